/* SPDX-License-Identifier: MIT */
#include "bench/page/verdicts.h"

#include <math.h>
#include <string.h>

#include "bench/fields.h"
#include "bench/page/html.h"
#include "bench/page/save.h"
#include "common/memory.h"
#include "common/text.h"

static const char *verdict_in(const struct result *result)
{
    return text_in(result->record, "verdict");
}

/* What own locks do not have is not checked, and takes nothing from their verdict. */
static bool is_unchecked(const struct result *result)
{
    return strcmp(verdict_in(result), "not checked") == 0;
}

static bool is_check(const struct result *result, const struct group *group,
                     const char *name)
{
    return result->origin == OF_CHECK && !is_unchecked(result) &&
           (group == NULL || result->group == group) &&
           (name == NULL || strcmp(result->name, name) == 0);
}

bool has_verdicts(const struct collection *results)
{
    for (size_t i = 0; i < results->count; i++) {
        if (results->items[i].origin == OF_CHECK ||
            results->items[i].origin == OF_WEAKEN) {
            return true;
        }
    }
    return false;
}

/* How bad it is; what no lockcheck writes is not known to be right. */
static int badness(const char *verdict)
{
    return strcmp(verdict, "wrong") == 0 ? 2 : strcmp(verdict, "verified") == 0 ? 0 : 1;
}

static const char *worst_of(const struct collection *results, const struct group *group,
                            const char *name)
{
    static const char *const words[] = {"verified", "inconclusive", "wrong"};
    int worst = -1;
    for (size_t i = 0; i < results->count; i++) {
        if (is_check(&results->items[i], group, name)) {
            int bad = badness(verdict_in(&results->items[i]));
            worst = bad > worst ? bad : worst;
        }
    }
    return worst < 0 ? NULL : words[worst];
}

const char *verdict_of(const struct collection *results, const char *name)
{
    return worst_of(results, NULL, name);
}

/* "lock, 2 threads × 1" */
static char *client_text(const json_t *record)
{
    const char *client = text_in(record, "client");
    return client == NULL ? text_made("the program")
                          : text_made("%s, %.0f thread%s × %.0f", client,
                                      number_in(record, "client_threads"),
                                      number_in(record, "client_threads") == 1 ? "" : "s",
                                      number_in(record, "client_rounds"));
}

void put_verdict(FILE *page, const char *verdict)
{
    if (verdict == NULL) {
        html_cell(page, "not checked");
        return;
    }
    int bad = badness(verdict);
    (void)fprintf(page, "<td class=\"%s\">%s", bad == 0 ? "good" : "bad",
                  bad == 0   ? "✓ "
                  : bad == 2 ? "✗ "
                             : "? ");
    html_text(page, verdict);
    (void)fputs("</td>", page);
}

static void put_checks(FILE *page, const struct collection *results,
                       const struct group *group, const char *name)
{
    for (size_t i = 0; i < results->count; i++) {
        const struct result *result = &results->items[i];
        if (is_check(result, group, name)) {
            char *client = client_text(result->record);
            const char *message = text_in(result->record, "message");
            (void)fputs("<tr>", page);
            html_cell(page, name);
            html_cell(page, client);
            put_verdict(page, verdict_in(result));
            html_number(page, number_in(result->record, "executions"));
            html_number(page, number_in(result->record, "all_executions"));
            html_cell(page, message != NULL ? message : "");
            (void)fputs("</tr>\n", page);
            free(client);
        }
    }
}

/* What was not checked, a line each. */
static void put_unchecked(FILE *page, const struct collection *results,
                          const struct group *group)
{
    for (size_t i = 0; i < results->count; i++) {
        const struct result *result = &results->items[i];
        const char *message = text_in(result->record, "message");
        if (result->origin == OF_CHECK && result->group == group &&
            is_unchecked(result) && message != NULL) {
            (void)fputs("<p class=\"from\">", page);
            html_text(page, message);
            (void)fputs("</p>\n", page);
        }
    }
}

/* --- executions that are wrong ------------------------------------------------------ */

static void put_counterexample(FILE *page, const struct result *result)
{
    const json_t *lines = field(result->record, "counterexample"), *line;
    const char *message = text_in(result->record, "message");
    char *client = client_text(result->record);
    (void)fputs("<details><summary>", page);
    html_text(page, result->name);
    (void)fputs(", ", page);
    html_text(page, client);
    (void)fputs(": the execution that is wrong", page);
    (void)fputs("</summary>\n<pre>", page);
    free(client);
    size_t i;
    json_array_foreach(lines, i, line)
    {
        html_text(page, json_is_string(line) ? json_string_value(line) : "");
        (void)fputc('\n', page);
    }
    if (json_array_size(lines) == 0) {
        html_text(page, message != NULL ? message : "");
        (void)fputs("\n(these results do not have the execution)", page);
    }
    (void)fputs("</pre></details>\n", page);
}

/* --- weaker orders ------------------------------------------------------------------ */

static void put_weaker(FILE *page, const struct collection *results,
                       const struct group *group)
{
    static const char *const names[] = {"operation", "order", "weaker_order", "outcome"};
    (void)fputs("<details><summary>Which weaker memory orders fail</summary>\n"
                "<div class=\"table\"><table>\n<tr><th>place<th>what<th>order<th>weaker"
                "<th>outcome</tr>\n",
                page);
    for (size_t i = 0; i < results->count; i++) {
        const json_t *record = results->items[i].record;
        if (results->items[i].group != group) {
            continue;
        }
        (void)fputs("<tr><td>", page);
        html_text(page, text_in(record, "file"));
        (void)fprintf(page, ":%.0f:%.0f</td>", number_in(record, "line"),
                      number_in(record, "column"));
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            const char *text = text_in(record, names[k]);
            html_cell(page, text != NULL ? text : "–");
        }
        (void)fputs("</tr>\n", page);
    }
    (void)fputs("</table></div></details>\n", page);
}

/* --- all of it ---------------------------------------------------------------------- */

/* Whether it is the first of its name in its group. */
static bool is_first(const struct collection *results, size_t index)
{
    const struct result *result = &results->items[index];
    for (size_t i = 0; i < index; i++) {
        if (is_check(&results->items[i], result->group, result->name)) {
            return false;
        }
    }
    return true;
}

static void put_row(FILE *page, const struct collection *results,
                    const struct result *result)
{
    double executions = 0, all = 0;
    size_t checks = 0;
    const char *failure = NULL;
    for (size_t i = 0; i < results->count; i++) {
        const struct result *one = &results->items[i];
        if (is_check(one, result->group, result->name)) {
            checks++;
            executions += number_in(one->record, "executions");
            all += number_in(one->record, "all_executions");
            if (failure == NULL && badness(verdict_in(one)) > 0) {
                failure = text_in(one->record, "message");
            }
        }
    }
    (void)fputs("<tr>", page);
    html_cell(page, result->name);
    put_verdict(page, worst_of(results, result->group, result->name));
    (void)fprintf(page, "<td class=\"n\">%zu</td>", checks);
    html_number(page, executions);
    html_number(page, all);
    html_cell(page, failure != NULL ? failure : "");
    (void)fputs("</tr>\n", page);
}

static void put_group(FILE *page, const struct collection *results,
                      const struct group *group)
{
    json_t *commands = json_array();
    (void)fputs("<div class=\"table\"><table>\n<tr><th>name<th>verdict<th class=\"n\">"
                "checks<th class=\"n\">executions<th class=\"n\">that these stand for<th>"
                "what was found</tr>\n",
                page);
    for (size_t i = 0; i < results->count; i++) {
        if (is_check(&results->items[i], group, NULL)) {
            char *command = command_of(field(results->items[i].record, "command_line"));
            add_text(commands, command);
            free(command);
            if (is_first(results, i)) {
                put_row(page, results, &results->items[i]);
            }
        }
    }
    (void)fputs("</table></div>\n", page);
    put_unchecked(page, results, group);
    put_commands(page, commands);
    json_decref(commands);
    for (size_t i = 0; i < results->count; i++) {
        if (is_check(&results->items[i], group, NULL) &&
            badness(verdict_in(&results->items[i])) == 2) {
            put_counterexample(page, &results->items[i]);
        }
    }
    (void)fputs("<details class=\"long\"><summary>Each check</summary>\n<div "
                "class=\"table\"><table>\n"
                "<tr><th>name<th>client<th>verdict<th class=\"n\">executions"
                "<th class=\"n\">that these stand for<th>what was found</tr>\n",
                page);
    for (size_t i = 0; i < results->count; i++) {
        if (is_check(&results->items[i], group, NULL) && is_first(results, i)) {
            put_checks(page, results, group, results->items[i].name);
        }
    }
    (void)fputs("</table></div></details>\n", page);
}

void put_verdicts(FILE *page, const struct collection *results,
                  const struct groups *groups)
{
    for (size_t i = 0; i < groups->count; i++) {
        const struct group *group = groups->items[i];
        if (group->origin != OF_CHECK && group->origin != OF_WEAKEN) {
            continue;
        }
        if (group->label[0] != '\0') {
            html_element(page, "h3", group->label);
        }
        if (group->origin == OF_CHECK) {
            put_group(page, results, group);
        } else {
            put_weaker(page, results, group);
        }
    }
}

void csv_verdicts(FILE *file, const struct collection *results)
{
    (void)fputs("name,client,threads,rounds,verdict,executions,message\n", file);
    for (size_t i = 0; i < results->count; i++) {
        const json_t *record = results->items[i].record;
        if (results->items[i].origin == OF_CHECK) {
            csv_text(file, results->items[i].name);
            csv_field(file, record, "client");
            csv_field(file, record, "client_threads");
            csv_field(file, record, "client_rounds");
            csv_field(file, record, "verdict");
            csv_field(file, record, "executions");
            csv_field(file, record, "message");
            (void)fputc('\n', file);
        }
    }
}
