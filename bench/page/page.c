/* SPDX-License-Identifier: MIT */
#include "bench/page/page.h"

#include <math.h>
#include <string.h>

#include "bench/fields.h"
#include "bench/page/glance.h"
#include "bench/page/html.h"
#include "bench/page/profile.h"
#include "bench/page/save.h"
#include "bench/page/verdicts.h"
#include "common/memory.h"

/* --- what stands below a figure ----------------------------------------------------- */

void put_commands(FILE *page, const json_t *commands)
{
    enum { OPEN = 3 };
    size_t i, count = json_array_size(commands);
    const json_t *command;
    (void)fputs(count > OPEN ? "<details class=\"from\"><summary>From " : "", page);
    if (count > OPEN) {
        (void)fprintf(page, "%zu commands</summary>\n", count);
    } else {
        (void)fputs("<p class=\"from\">From ", page);
    }
    json_array_foreach(commands, i, command)
    {
        (void)fputs(i > 0 && count <= OPEN ? " and " : "", page);
        (void)fputs("<code>", page);
        html_text(page, json_string_value(command));
        (void)fputs(count > OPEN ? "</code><br>\n" : "</code>", page);
    }
    (void)fputs(count > OPEN ? "</details>\n" : "</p>\n", page);
}

static void put_list(FILE *page, const char *before, const json_t *texts)
{
    size_t i;
    const json_t *text;
    json_array_foreach(texts, i, text)
    {
        (void)fputs(i == 0 ? before : "; ", page);
        html_text(page, json_string_value(text));
    }
}

static bool has_interval(const struct figure *figure, enum interval interval)
{
    for (size_t i = 0; i < figure->count; i++) {
        if (figure->points[i].interval == interval) {
            return true;
        }
    }
    return false;
}

static void put_intervals(FILE *page, const struct figure *figure)
{
    static const char *const words[] = {
        [OF_RUNS] = "the 95 % interval of the median of the runs of a launch",
        [RANGE_OF_RUNS] =
            "the least and the most of the runs, where they are too few for "
            "an interval",
        [OF_LAUNCHES] = "the 95 % interval of the median of the launches",
        [RANGE_OF_LAUNCHES] =
            "the least and the most of the launches, where they are too "
            "few for an interval"};
    const char *before = "Points are medians, and the bars at them ";
    for (int i = OF_RUNS; i <= RANGE_OF_LAUNCHES; i++) {
        if (has_interval(figure, (enum interval)i)) {
            (void)fprintf(page, "%s%s", before, words[i]);
            before = ", or ";
        }
    }
    (void)fputs(before[0] == ',' ? ". " : "", page);
}

/* What the distance was. */
static void put_way(FILE *page, const struct figure *figure)
{
    char least[32], most[32];
    (void)digits_of(least, figure->least_way);
    (void)digits_of(most, figure->most_way);
    if (isnan(figure->least_way)) {
        return;
    }
    (void)fprintf(page, "A cache line took %s", least);
    if (strcmp(least, most) != 0) {
        (void)fprintf(page, " to %s", most);
    }
    (void)fputs(" ns from one processor to another. ", page);
}

/* Where the numbers are from, and how many of them there were. */
static void put_origin(FILE *page, const struct figure *figure)
{
    put_commands(page, figure->commands);
    (void)fputs("<p class=\"from\">", page);
    if (json_array_size(figure->machines) > 0) {
        put_list(page, "On ", figure->machines);
        size_t launches = json_array_size(figure->launches);
        (void)fprintf(page, "; %zu launch%s", launches, launches == 1 ? "" : "es");
        if (!isnan(figure->most_runs)) {
            (void)fprintf(page, " of %.0f", figure->fewest_runs);
            if (figure->most_runs > figure->fewest_runs) {
                (void)fprintf(page, " to %.0f", figure->most_runs);
            }
            (void)fprintf(page, " run%s for each point",
                          figure->most_runs == 1 ? "" : "s");
        }
        (void)fputs(". ", page);
    }
    put_way(page, figure);
    put_intervals(page, figure);
    if (has_unbounded(figure)) {
        (void)fputs("∞, which is not drawn: without end. ", page);
    }
    size_t disturbed = disturbed_in(figure);
    if (disturbed > 0 && figure->with_disturbed) {
        (void)fprintf(
            page,
            "<strong class=\"bad\">%zu of %zu points (with a ~) are of runs that "
            "were disturbed: others had a part of the processors. They say "
            "little.</strong>",
            disturbed, figure->count);
    } else if (disturbed > 0) {
        (void)fputs("What has a ~ was disturbed, and is not drawn.", page);
    }
    (void)fputs("</p>\n", page);
}

/* --- the table below a figure ------------------------------------------------------- */

static void put_point(FILE *page, const struct point *point)
{
    char value[32], low[32], high[32];
    if (point == NULL) {
        (void)fputs("<td class=\"n\">–</td>", page);
        return;
    }
    (void)fprintf(page, "<td class=\"n\">%s%s%s", point->best ? "*" : "",
                  point->disturbed ? "~" : "", digits_of(value, point->value));
    if (point->interval != NO_INTERVAL) {
        (void)fprintf(page, " <small>%s to %s</small>", digits_of(low, point->low),
                      digits_of(high, point->high));
    }
    (void)fputs("</td>", page);
}

/* What the * is. */
static void put_best(FILE *page, const struct figure *figure)
{
    if (!figure->has_best) {
        return;
    }
    (void)fputs("<p class=\"from\">* the best of its column", page);
    if (figure->parts > 1) {
        (void)fprintf(page, " in all %u figures", figure->parts);
    }
    if (figure->topic->origin == OF_SIM) {
        (void)fputs("; what is simulated comes out the same each time.", page);
    } else if (figure->untold) {
        (void)fputs("; what cannot be told from it is not known, as these results do not "
                    "have the values of the runs.",
                    page);
    } else {
        (void)fputs(", and what cannot be told from it by the rank-sum test at 5 %, "
                    "corrected for the number of all pairs.",
                    page);
    }
    if (!figure->untold && figure->needed > 0 && figure->topic->origin != OF_SIM) {
        (void)fprintf(page,
                      " Where there are too few values to tell any from the best, it "
                      "alone is marked: it takes %zu of each.",
                      figure->needed);
    }
    (void)fputs(figure->has_lone ? " Where all but one were disturbed none is marked."
                                 : "",
                page);
    (void)fputs("</p>\n", page);
}

static void put_heads(FILE *page, const struct figure *figure)
{
    (void)fputs("<tr><th>name", page);
    for (size_t i = 0; i < figure->x_count; i++) {
        (void)fputs("<th class=\"n\">", page);
        if (figure->topic->tail) {
            (void)fputs(percentile_names[(int)figure->xs[i] - 1], page);
        } else if (figure->topic->x != NULL) {
            (void)fprintf(page, "%.10g", figure->xs[i]);
        } else {
            html_text(page, figure->topic->y_label);
        }
    }
    (void)fputs(figure->topic->growth != NULL ? "<th>grows with</tr>\n" : "</tr>\n",
                page);
}

static void put_rows(FILE *page, const struct figure *figure)
{
    enum { OPEN = 12, INLINE = 3 };
    bool folded = figure->series_count > OPEN;
    (void)fputs(folded ? "<details><summary>The numbers</summary>\n" : "", page);
    (void)fprintf(page, "<div class=\"table\"><table%s>\n<caption>",
                  figure->x_count > INLINE ? " class=\"wide\"" : "");
    html_text(page, figure->topic->y_label);
    if (figure->topic->x != NULL || figure->topic->tail) {
        (void)fputs(", by ", page);
        html_text(page, figure->topic->x_label);
    }
    if (figure->topic->tail) {
        (void)fprintf(page, ", %.10g threads", figure->threads);
    }
    (void)fputs("</caption>\n", page);
    put_heads(page, figure);
    for (size_t i = 0; i < figure->series_count; i++) {
        (void)fputs("<tr>", page);
        html_cell(page, figure->series[i].name);
        for (size_t k = 0; k < figure->x_count; k++) {
            put_point(page, point_at(figure, i, figure->xs[k]));
        }
        if (figure->topic->growth != NULL) {
            const char *growth = figure->series[i].growth;
            html_cell(page, growth != NULL ? growth : "–");
        }
        (void)fputs("</tr>\n", page);
    }
    (void)fputs("</table></div>\n", page);
    put_best(page, figure);
    (void)fputs(folded ? "</details>\n" : "", page);
}

/* --- figures ------------------------------------------------------------------------ */

static void put_drawing(FILE *file, const struct page *page, const char *label,
                        struct picture picture)
{
    size_t size;
    if (page->no_gnuplot != NULL) {
        return;
    }
    char *svg = plot_draw(PLOT_PAGE, &picture, &size);
    if (svg == NULL) {
        (void)fputs("<p class=\"bad\">Not drawn: ", file);
        html_text(file, plot_complaint());
        (void)fputs("</p>\n", file);
        return;
    }
    plot_inline(file, svg, label);
    free(svg);
}

static void put_figure(FILE *file, const struct page *page, const struct figure *figure)
{
    (void)fprintf(file, "<section id=\"%s\" class=\"figure%s%s\">\n<h3>", figure->id,
                  figure->half ? " half" : "", figure->first ? " first" : "");
    html_text(file, figure->title);
    if (figure->about[0] != '\0') {
        (void)fputs(" <span class=\"muted\">", file);
        html_text(file, figure->about);
        (void)fputs("</span>", file);
    }
    (void)fputs("</h3>\n<figure>\n", file);
    if (has_drawn(figure)) {
        put_drawing(file, page, figure->title, picture_of(figure));
    } else {
        (void)fputs("<p>The axis has no place for any of these.</p>\n", file);
    }
    (void)fputs("<figcaption>", file);
    html_text(file, figure->topic->look);
    (void)fputs("</figcaption>\n</figure>\n", file);
    put_rows(file, figure);
    put_origin(file, figure);
    (void)fputs("</section>\n", file);
}

static bool has_section(const struct page *page, int section)
{
    for (size_t i = 0; i < page->figures.count; i++) {
        if ((int)page->figures.items[i]->topic->section == section) {
            return true;
        }
    }
    return false;
}

static void put_section(FILE *file, const struct page *page, int section)
{
    html_element(file, "h2", section_titles[section]);
    (void)fputs("<div class=\"figures\">\n", file);
    for (size_t i = 0; i < page->figures.count; i++) {
        if ((int)page->figures.items[i]->topic->section == section) {
            put_figure(file, page, page->figures.items[i]);
        }
    }
    (void)fputs("</div>\n", file);
}

/* --- machines ----------------------------------------------------------------------- */

static void put_facts(FILE *file, const struct machine *machine)
{
    const char *name;
    json_t *value;
    (void)fputs("<details><summary>What the system says of it</summary>\n"
                "<div class=\"table\"><table>\n",
                file);
    json_object_foreach(field(machine->record, "machine"), name, value)
    {
        char *text = text_of(value);
        (void)fputs("<tr>", file);
        html_cell(file, name);
        html_cell(file, json_is_null(value) ? "–" : text);
        (void)fputs("</tr>\n", file);
        free(text);
    }
    (void)fputs("</table></div></details>\n", file);
}

static void put_ways(FILE *file, const struct page *page, const struct ways *ways)
{
    json_t *commands = json_array();
    (void)fprintf(file, "<section id=\"%s\">\n<h3>The way of a cache line", ways->id);
    if (ways->group->label[0] != '\0') {
        (void)fputs(" <span class=\"muted\">", file);
        html_text(file, ways->group->label);
        (void)fputs("</span>", file);
    }
    (void)fputs("</h3>\n<figure>\n", file);
    put_drawing(file, page, "The way of a cache line", picture_of_ways(ways));
    (void)fputs(
        "<figcaption>Nanoseconds from one processor to another, one way; darker is "
        "longer. Look for blocks: processors that are near to each other hand a "
        "lock over in that time, at best.</figcaption>\n</figure>\n<details",
        file);
    (void)fputs(ways->count > 12 ? "" : " open", file);
    (void)fputs(
        "><summary>The numbers</summary>\n<div class=\"table\"><table>\n"
        "<tr><th class=\"n\">processor<th class=\"n\">and<th>share<th class=\"n\">"
        "ns<th></tr>\n",
        file);
    for (size_t i = 0; i < ways->count; i++) {
        const json_t *record = ways->items[i]->record;
        char *command = command_of(field(record, "command_line"));
        const char *shared = text_in(record, "shared");
        add_text(commands, command);
        free(command);
        (void)fprintf(file,
                      "<tr><td class=\"n\">%" JSON_INTEGER_FORMAT
                      "</td><td class=\"n\">%" JSON_INTEGER_FORMAT "</td>",
                      json_integer_value(field(record, "first")),
                      json_integer_value(field(record, "second")));
        html_cell(file, shared != NULL ? shared : "–");
        html_number(file, number_in(record, "one_way_ns"));
        html_cell(file, truth_in(record, "disturbed") ? "disturbed" : "");
        (void)fputs("</tr>\n", file);
    }
    (void)fputs("</table></div></details>\n", file);
    put_commands(file, commands);
    json_decref(commands);
    (void)fputs("</section>\n", file);
}

static void put_machines(FILE *file, const struct page *page)
{
    if (page->machines.count == 0 && page->matrices.count == 0) {
        return;
    }
    html_element(file, "h2", page->machines.count == 1 ? "The machine" : "Machines");
    for (size_t i = 0; i < page->machines.count; i++) {
        const struct machine *machine = &page->machines.items[i];
        (void)fprintf(file, "<section id=\"%s\">\n", machine->id);
        html_element(file, "h3", machine->text);
        if (machine_is_known(machine)) {
            (void)fputs("<figure>\n", file);
            put_drawing(file, page, machine->text, picture_of_machine(machine));
            (void)fputs("<figcaption>A number is a processor as the system counts them; "
                        "those in one box are hardware threads of a core, and share all "
                        "that is around them.</figcaption>\n</figure>\n",
                        file);
        } else {
            (void)fputs("<p>These results do not say how its processors lie.</p>\n",
                        file);
        }
        put_facts(file, machine);
        (void)fputs("</section>\n", file);
    }
    for (size_t i = 0; i < page->matrices.count; i++) {
        put_ways(file, page, &page->matrices.items[i]);
    }
}

/* --- the page ----------------------------------------------------------------------- */

static void put_summary(FILE *file, const struct page *page)
{
    json_t *files = json_array();
    size_t count = page->results->count + json_array_size(page->results->profiles);
    for (size_t i = 0; i < page->results->count; i++) {
        add_text(files, page->results->items[i].file);
    }
    for (size_t i = 0; i < page->results->profile_files.count; i++) {
        add_text(files, page->results->profile_files.items[i]);
    }
    (void)fprintf(file, "<p>%zu result%s", count, count == 1 ? "" : "s");
    put_list(file, " from ", files);
    (void)fputs(". A lock has the same colour, mark and dash in all figures.", file);
    if (page->results->left_out.count > 0) {
        (void)fputs(" <a href=\"#left-out\">What was left out</a> is at the end.", file);
    }
    (void)fputs("</p>\n", file);
    json_decref(files);
    if (page->no_gnuplot != NULL) {
        (void)fputs("<p class=\"bad\">Nothing is drawn: gnuplot cannot be run (", file);
        html_text(file, page->no_gnuplot);
        (void)fputs("). The tables have all the numbers.</p>\n", file);
    }
}

static void put_left_out(FILE *file, const struct collection *results)
{
    if (results->left_out.count == 0) {
        return;
    }
    (void)fputs("<section id=\"left-out\">\n<h2>What was left out</h2>\n<ul>\n", file);
    for (size_t i = 0; i < results->left_out.count; i++) {
        html_element(file, "li", results->left_out.items[i]);
    }
    (void)fputs("</ul>\n</section>\n", file);
}

static void put_contents(FILE *file, const struct page *page)
{
    (void)fputs("<nav>\n", file);
    for (size_t i = 0; i < page->figures.count; i++) {
        const struct figure *figure = page->figures.items[i];
        if (i == 0 || figure->topic != page->figures.items[i - 1]->topic) {
            (void)fprintf(file, "<a href=\"#%s\">", figure->id);
            html_text(file, figure->topic->title);
            (void)fputs("</a>\n", file);
        }
    }
    if (has_verdicts(page->results)) {
        (void)fputs("<a href=\"#verdicts\">Verdicts</a>\n", file);
    }
    if (page->results->profiles != NULL) {
        (void)fputs("<a href=\"#profile\">Who waits for whom</a>\n", file);
    }
    (void)fputs("</nav>\n", file);
}

void put_page(FILE *file, const struct page *page)
{
    html_begin(file, page->title);
    put_summary(file, page);
    put_contents(file, page);
    put_glance(file, page);
    plot_marks(file);
    put_machines(file, page);
    for (int section = 0; section < SECTIONS; section++) {
        if (has_section(page, section)) {
            put_section(file, page, section);
        }
    }
    if (has_verdicts(page->results)) {
        (void)fputs("<section id=\"verdicts\">\n<h2>Verdicts of lockcheck</h2>\n"
                    "<p>Whether each is right in every execution that the C11 memory "
                    "model allows of small programs that use it. Look at what is not "
                    "verified first: the figures of a lock that is wrong are worth "
                    "nothing.</p>\n",
                    file);
        put_verdicts(file, page->results, &page->groups);
        (void)fputs("</section>\n", file);
    }
    put_profiles(file, page->results->profiles);
    put_left_out(file, page->results);
    html_end(file);
}
