/* SPDX-License-Identifier: MIT */
#include "bench/page/glance.h"

#include <math.h>
#include <string.h>

#include "bench/fields.h"
#include "bench/page/html.h"
#include "bench/page/verdicts.h"

/* What the columns show of each lock: a point of a figure. */
static const struct column {
    const char *topic, *head;
    bool by_threads;
} columns[] = {
    {"latency", "free, ns", false},
    {"throughput", "million a second", true},
    {"waiting", "99 % of waits below, ns", true},
    {"fairness", "Jain’s index", true},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* Whether what it has is in the figures of another group, too. */
static bool is_part(const struct page *page, const struct group *group)
{
    for (size_t i = 0; i < page->groups.count; i++) {
        const struct group *other = page->groups.items[i];
        if (other != group && is_part_of(group, other)) {
            return true;
        }
    }
    return false;
}

static size_t groups_of_kind(const struct page *page, enum origin origin)
{
    size_t count = 0;
    for (size_t i = 0; i < page->groups.count; i++) {
        const struct group *group = page->groups.items[i];
        count += group->origin == origin && !is_part(page, group) &&
                 (group->kind == NULL || strcmp(group->kind, "lock") == 0);
    }
    return count;
}

/* The point of a lock in the figures of a topic; NULL: there is none. */
static const struct point *point_of(const struct page *page, const char *topic,
                                    const char *name, double x)
{
    for (size_t i = 0; i < page->figures.count; i++) {
        const struct figure *figure = page->figures.items[i];
        for (size_t k = 0; k < figure->series_count; k++) {
            if (strcmp(figure->topic->id, topic) == 0 &&
                strcmp(figure->series[k].name, name) == 0) {
                return point_at(figure, k, x);
            }
        }
    }
    return NULL;
}

/* The most threads that have a processor each; if there are none, the fewest. */
static double threads_of(const struct page *page)
{
    for (size_t i = 0; i < page->figures.count; i++) {
        const struct figure *figure = page->figures.items[i];
        if (strcmp(figure->topic->id, "throughput") == 0) {
            double threads = figure->xs[0];
            for (size_t k = 0; k < figure->x_count; k++) {
                threads = figure->xs[k] <= figure->processors ? figure->xs[k] : threads;
            }
            return threads;
        }
    }
    return NAN;
}

static const char *growth_of(const struct page *page, const char *name)
{
    for (size_t i = 0; i < page->figures.count; i++) {
        const struct figure *figure = page->figures.items[i];
        for (size_t k = 0; k < figure->series_count; k++) {
            if (strcmp(figure->topic->id, "sim-cycles") == 0 &&
                strcmp(figure->series[k].name, name) == 0) {
                return figure->series[k].growth;
            }
        }
    }
    return NULL;
}

static bool is_broken(const struct page *page, const char *name)
{
    for (size_t i = 0; i < page->results->count; i++) {
        const struct result *result = &page->results->items[i];
        if (result->name != NULL && strcmp(result->name, name) == 0 &&
            truth_in(result->record, "broken")) {
            return true;
        }
    }
    return false;
}

static json_t *names_of(const struct page *page)
{
    json_t *names = json_array();
    for (size_t i = 0; i < page->results->count; i++) {
        const struct result *result = &page->results->items[i];
        if (result->name != NULL && result->family == LOCKS &&
            result->origin != OF_WEAKEN && !is_none(result)) {
            add_text(names, result->name);
        }
    }
    return names;
}

static void put_row(FILE *file, const struct page *page, const char *name, double threads)
{
    const char *verdict = verdict_of(page->results, name);
    (void)fputs("<tr>", file);
    html_cell(file, name);
    if (is_broken(page, name)) {
        (void)fputs("<td class=\"bad\">✗ broken in lockbench</td>", file);
    } else {
        put_verdict(file, verdict);
    }
    for (int i = 0; i < COLUMNS; i++) {
        const struct point *point =
            point_of(page, columns[i].topic, name, columns[i].by_threads ? threads : 0);
        char text[32];
        (void)fprintf(file, "<td class=\"n\">%s%s%s</td>",
                      point != NULL && point->best ? "*" : "",
                      point != NULL && point->disturbed ? "~" : "",
                      point != NULL ? digits_of(text, point->value) : "–");
    }
    const char *growth = growth_of(page, name);
    html_cell(file, growth != NULL ? growth : "–");
    (void)fputs("</tr>\n", file);
}

void put_glance(FILE *file, const struct page *page)
{
    json_t *names = names_of(page);
    double threads = threads_of(page);
    if (json_array_size(names) > 0 && groups_of_kind(page, OF_BENCH) <= 1 &&
        groups_of_kind(page, OF_SIM) <= 1) {
        (void)fputs("<section id=\"glance\">\n<h2>At a glance</h2>\n"
                    "<div class=\"table\"><table>\n",
                    file);
        if (!isnan(threads)) {
            (void)fprintf(file,
                          "<caption>Throughput, waits and fairness are of %.0f thread%s; "
                          "*: the best, or not to be told from it; ~: others disturbed "
                          "the runs</caption>\n",
                          threads, threads == 1 ? "" : "s");
        }
        (void)fputs("<tr><th>lock<th>verdict of lockcheck", file);
        for (int i = 0; i < COLUMNS; i++) {
            (void)fprintf(file, "<th class=\"n\">%s", columns[i].head);
        }
        (void)fputs("<th>simulated cycles grow with</tr>\n", file);
        size_t i;
        const json_t *name;
        json_array_foreach(names, i, name)
        {
            put_row(file, page, json_string_value(name), threads);
        }
        (void)fputs("</table></div>\n</section>\n", file);
    }
    json_decref(names);
}
