/* SPDX-License-Identifier: MIT */
#include "bench/page/page.h"
#include "bench/page/save.h"
#include "common/tool.h"

static struct page page = {.title = "Locks and barriers, measured and checked"};
static const char *output_path;

static struct option_row rows[] = {
    {"output", 'o', OPTION_TEXT, &output_path, .argument = "FILE",
     .help = "write the page there, not to standard output"},
    {"title", 0, OPTION_TEXT, &page.title, .argument = "TEXT",
     .help = "the page's heading"},
    {"svg", 0, OPTION_TEXT, &page.svg, .argument = "DIR",
     .help = "write each figure there, too, as SVG"},
    {"pdf", 0, OPTION_TEXT, &page.pdf, .argument = "DIR",
     .help = "the same as PDF, for a paper"},
    {"csv", 0, OPTION_TEXT, &page.csv, .argument = "DIR",
     .help = "write the numbers of each figure there, as CSV"},
    {.name = NULL},
};

static const struct command_line report_line = {
    .usage = "usage: lockbench report RESULTS ... -o report.html\n",
    .purpose =
        "Makes one page of results that lockbench, lockcheck and locksim have written\n"
        "with --format json, of one machine or several, and lockstep-run with\n"
        "--profile=FILE. gnuplot draws it; without it the page has its tables.\n",
    .after = "Exit status: 0 written, 1 written without what could not be read, 3 not\n"
             "written. What is in the page: lockbench-report(1).\n",
    .rows = rows,
};

int report_command(int argc, char **argv)
{
    static struct collection results;
    struct rest rest = options_read(&report_line, argc, argv);
    if (rest.count == 0) {
        refuse("report: of which results? Name files that --format json has written");
    }
    output_check(output_path);
    for (int i = 0; i < rest.count; i++) {
        collection_read(&results, rest.words[i]);
    }
    if (results.count == 0 && results.profiles == NULL) {
        refuse("report: there are no results in %s",
               rest.count == 1 ? "this file" : "these files");
    }
    collection_name(&results);
    page.results = &results;
    page.groups = groups_of(&results);
    page.machines = machines_of(&results);
    page.matrices = matrices_of(&results, &page.groups);
    page.figures = figures_of(&results, &page.groups);
    page.no_gnuplot = plot_missing();
    if (page.no_gnuplot != NULL) {
        (void)fprintf(stderr,
                      "lockbench: nothing is drawn: gnuplot cannot be run (%s); the page "
                      "has its tables\n",
                      page.no_gnuplot);
    }
    save_all(&page);
    FILE *output = output_open(output_path);
    put_page(output, &page);
    output_close(output, output_path);
    return results.unread ? STATUS_WRONG : STATUS_GOOD;
}
