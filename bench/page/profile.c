/* SPDX-License-Identifier: MIT */
#include "bench/page/profile.h"

#include <math.h>
#include <string.h>

#include "bench/fields.h"
#include "bench/page/html.h"

enum { MOST_LOCKS = 40 };

const char *profile_trouble(const json_t *record)
{
    static const char *const kinds[] = {"place", "pair", "waiter", "cycle"};
    const char *kind = text_in(record, "kind");
    bool known = false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && kind != NULL; i++) {
        known = known || strcmp(kind, kinds[i]) == 0;
    }
    if (!known || text_in(record, "name") == NULL ||
        !json_is_integer(field(record, "process.pid"))) {
        return "a result without its name, kind or process";
    }
    bool has_lock = json_is_integer(field(record, "lock.acquisitions"));
    return strcmp(kind, "cycle") == 0 || has_lock ? NULL : "a result without its lock";
}

/* --- cells -------------------------------------------------------------------------- */

static void put_time(FILE *page, double ns)
{
    static const char *const units[] = {"ns", "µs", "ms", "s"};
    char text[32];
    size_t unit = 0;
    for (; ns >= 999.5 && unit < 3; unit++) {
        ns /= 1000;
    }
    if (isnan(ns)) {
        (void)fputs("<td class=\"n\">–</td>", page);
        return;
    }
    (void)fprintf(page, "<td class=\"n\">%s %s</td>",
                  digits_of(text, round(ns * 10) / 10), units[unit]);
}

/* What happened is not 0, and what did not always happen is not 100. */
static void put_share(FILE *page, double part, double whole)
{
    char text[32];
    const double percent = whole > 0 ? round(1000 * part / whole) / 10 : NAN;
    (void)fprintf(page, "<td class=\"n\">%s %%</td>",
                  part > 0 && percent == 0         ? "&lt;0.1"
                  : part < whole && percent == 100 ? "&gt;99.9"
                                                   : digits_of(text, percent));
}

static void put_place(FILE *page, const json_t *record, const char *path)
{
    const char *text = text_in(field(record, path), "text");
    html_cell(page, text != NULL ? text : "not known");
}

static void put_head(FILE *page, const char *const *names, size_t first_text)
{
    (void)fputs("<div class=\"table\"><table>\n<tr>", page);
    for (size_t i = 0; names[i] != NULL; i++) {
        (void)fputs(i >= first_text ? "<th>" : "<th class=\"n\">", page);
        html_text(page, names[i]);
    }
    (void)fputs("</tr>\n", page);
}

static void put_foot(FILE *page)
{
    (void)fputs("</table></div>\n", page);
}

/* --- which records go together ------------------------------------------------------ */

static bool is_kind(const json_t *record, const char *kind)
{
    return strcmp(text_in(record, "kind"), kind) == 0;
}

static bool is_same(const json_t *one, const json_t *other, const char *path)
{
    return json_equal(field(one, path), field(other, path)) != 0;
}

static bool is_same_process(const json_t *one, const json_t *other)
{
    return is_same(one, other, "process.pid") && is_same(one, other, "process.command") &&
           is_same(one, other, "process.seconds");
}

static bool is_same_lock(const json_t *one, const json_t *other)
{
    return is_same_process(one, other) && is_same(one, other, "lock.address");
}

/* Whether it is the first of its process, or lock: they come one after the other. */
static bool is_first(const json_t *records, size_t index,
                     bool (*is_like)(const json_t *, const json_t *))
{
    return index == 0 ||
           !is_like(json_array_get(records, index - 1), json_array_get(records, index));
}

/* --- a lock ------------------------------------------------------------------------- */

static void put_row(FILE *page, const json_t *record)
{
    (void)fputs("<tr>", page);
    html_number(page, number_in(record, "acquisitions"));
    put_share(page, number_in(record, "waited"), number_in(record, "acquisitions"));
    put_time(page, number_in(record, "waiting.total_ns"));
    put_time(page, number_in(record, "waiting.p50_ns"));
    put_time(page, number_in(record, "waiting.p99_ns"));
    put_time(page, number_in(record, "waiting.max_ns"));
    put_time(page, number_in(record, "holding.total_ns"));
    put_time(page, number_in(record, "holding.p50_ns"));
    put_time(page, number_in(record, "holding.p99_ns"));
    put_time(page, number_in(record, "holding.max_ns"));
    put_place(page, record, "place");
    const char *mode = text_in(record, "mode");
    html_cell(page, mode != NULL ? mode : "");
    (void)fputs("</tr>\n", page);
}

static void put_rows(FILE *page, const json_t *records, const json_t *lock)
{
    static const char *const names[] = {
        "acquired",   "waited",  "waiting, all", "half below",
        "99 % below", "longest", "holding, all", "half below",
        "99 % below", "longest", "at",           "",
        NULL};
    size_t i;
    const json_t *record;
    put_head(page, names, 10);
    json_array_foreach(records, i, record)
    {
        if (is_kind(record, "place") && is_same_lock(record, lock)) {
            put_row(page, record);
        }
    }
    put_foot(page);
}

static void put_pairs(FILE *page, const json_t *records, const json_t *lock)
{
    static const char *const names[] = {"waits", "time", "who waits", "for whom", NULL};
    size_t i;
    const json_t *record;
    bool begun = false;
    json_array_foreach(records, i, record)
    {
        bool pair = is_kind(record, "pair");
        if (is_kind(record, "cycle") || !(pair || is_kind(record, "waiter")) ||
            !is_same_lock(record, lock)) {
            continue;
        }
        if (!begun) {
            put_head(page, names, 2);
            begun = true;
        }
        (void)fputs("<tr>", page);
        if (pair) {
            html_number(page, number_in(record, "waits"));
            put_time(page, number_in(record, "waiting_total_ns"));
        } else {
            (void)fputs("<td class=\"n\">at the end</td><td></td>", page);
        }
        put_place(page, record, "waiter");
        put_place(page, record, "holder");
        (void)fputs("</tr>\n", page);
    }
    if (begun) {
        put_foot(page);
    }
}

static void put_lock(FILE *page, const json_t *records, const json_t *lock)
{
    char text[32];
    bool waits = number_in(lock, "lock.waiting_total_ns") > 0 ||
                 number_in(lock, "lock.waiting_at_end") > 0;
    const char *kind = text_in(lock, "lock.kind");
    (void)fprintf(page, "<details%s><summary>", waits ? " open" : "");
    html_text(page, kind != NULL ? kind : "lock");
    (void)fputc(' ', page);
    html_text(page, text_in(lock, "name"));
    (void)fprintf(page, ": %s acquisitions",
                  digits_of(text, number_in(lock, "lock.acquisitions")));
    (void)fprintf(page, " by %s threads",
                  digits_of(text, number_in(lock, "lock.threads")));
    (void)fprintf(page, "%s, Jain’s index ",
                  truth_in(lock, "lock.threads_are_more") ? " or more" : "");
    (void)fprintf(page, "%s; longest queue ",
                  digits_of(text, number_in(lock, "lock.jain_index")));
    (void)fputs(digits_of(text, number_in(lock, "lock.longest_queue")), page);
    (void)fprintf(page, ", passed over by %s</summary>\n",
                  digits_of(text, number_in(lock, "lock.passed_over")));
    put_rows(page, records, lock);
    put_pairs(page, records, lock);
    (void)fputs("</details>\n", page);
}

/* --- cycles ------------------------------------------------------------------------- */

static void put_stack(FILE *page, const json_t *stack)
{
    size_t i;
    const json_t *frame;
    (void)fputs("<pre>", page);
    json_array_foreach(stack, i, frame)
    {
        const char *text = text_in(frame, "text");
        html_text(page, i == 0 ? "at " : "by ");
        html_text(page, text != NULL ? text : "not known");
        (void)fputc('\n', page);
    }
    (void)fputs("</pre>\n", page);
}

static void put_named(FILE *page, const char *before, const char *name)
{
    html_text(page, before);
    (void)fputs("<strong>", page);
    html_text(page, name != NULL ? name : "?");
    (void)fputs("</strong>", page);
}

static void put_cycle(FILE *page, const json_t *record)
{
    size_t i;
    const json_t *step;
    (void)fprintf(page,
                  "<p class=\"bad\">A cycle in the order of locks: %zu threads can wait "
                  "for each other for ever</p>\n",
                  json_array_size(field(record, "steps")));
    json_array_foreach(field(record, "steps"), i, step)
    {
        (void)fprintf(page, "<p>Thread %.0f", number_in(step, "thread"));
        put_named(page, " had ", text_in(step, "has"));
        (void)fputs(", taken</p>\n", page);
        put_stack(page, field(step, "has_stack"));
        put_named(page, "and asked for ", text_in(step, "wants"));
        put_stack(page, field(step, "wants_stack"));
    }
    if (truth_in(record, "memory_may_be_reused")) {
        html_element(
            page, "p",
            "This takes it that memory which a lock was in was not freed without "
            "a destroy and became another lock.");
    }
}

/* --- a process ---------------------------------------------------------------------- */

/* What is missing, if something is. */
static void put_losses(FILE *page, const json_t *process)
{
    const char *name;
    json_t *count;
    bool begun = false;
    json_object_foreach(field(process, "process.lost"), name, count)
    {
        if (json_integer_value(count) > 0) {
            (void)fputs(begun ? ", " : "<p class=\"bad\">Not in these figures: ", page);
            html_text(page, name);
            (void)fprintf(page, " %" JSON_INTEGER_FORMAT, json_integer_value(count));
            begun = true;
        }
    }
    (void)fputs(begun ? ". lockstep-results(5) says what that is.</p>\n" : "", page);
}

static void put_process(FILE *page, const json_t *records, size_t index)
{
    const json_t *process = json_array_get(records, index), *record;
    const char *command = text_in(process, "process.command");
    size_t i, locks = 0;
    html_element(page, "h3", command != NULL ? command : "?");
    (void)fprintf(page, "<p>Process %.0f", number_in(process, "process.pid"));
    (void)fprintf(page,
                  "; waits are timed one and all, holding of the first %.0f of each "
                  "thread and place and then of one in %.0f.</p>\n",
                  number_in(process, "process.timed_at_first"),
                  number_in(process, "process.timed_every"));
    put_losses(page, process);
    json_array_foreach(records, i, record)
    {
        if (is_kind(record, "cycle") && is_same_process(record, process)) {
            put_cycle(page, record);
        }
    }
    json_array_foreach(records, i, record)
    {
        if (!is_kind(record, "cycle") && is_same_process(record, process) &&
            is_first(records, i, is_same_lock) && locks++ < MOST_LOCKS) {
            put_lock(page, records, record);
        }
    }
    if (locks > MOST_LOCKS) {
        (void)fprintf(page, "<p>… and %zu more locks, which were waited for less.</p>\n",
                      locks - MOST_LOCKS);
    }
}

void put_profiles(FILE *page, const json_t *records)
{
    if (json_array_size(records) == 0) {
        return;
    }
    (void)fputs(
        "<section id=\"profile\">\n<h2>Who waits for whom</h2>\n"
        "<p>Locks of unmodified programs, as lockstep-run saw them; those that "
        "threads waited for longest come first. Look at the pairs: the place that "
        "holds is the one to shorten.</p>\n",
        page);
    for (size_t i = 0; i < json_array_size(records); i++) {
        if (is_first(records, i, is_same_process)) {
            put_process(page, records, i);
        }
    }
    (void)fputs("</section>\n", page);
}
