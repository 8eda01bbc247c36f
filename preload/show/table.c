/* SPDX-License-Identifier: MIT */
#include "preload/show/profile.h"

#include <math.h>
#include <string.h>

#include "common/text.h"
#include "preload/profile.h"

enum { MOST_LOCKS = 10, MOST_ROWS = 8, MOST_PAIRS = 8, MOST_CYCLES = 10, WIDTH = 90 };
enum { COUNT_WIDTH = 12, SHARE_WIDTH = 8, TIME_WIDTH = 8 };

/* --- figures ------------------------------------------------------------------------ */

/* "1.23 µs": three digits that count. */
static const char *time_text(char text[32], double ns)
{
    static const char *const units[] = {"ns", "µs", "ms", "s"};
    size_t unit = 0;
    if (isnan(ns)) {
        return "–";
    }
    for (; ns >= 999.5 && unit < 3; unit++) {
        ns /= 1000;
    }
    int decimals = unit == 0 || ns >= 99.95 ? 0 : ns >= 9.995 ? 1 : 2;
    (void)snprintf(text, 32, "%.*f %s", decimals, ns, units[unit]);
    return text;
}

static const char *share_text(char text[32], uint64_t part, uint64_t whole)
{
    double percent = whole > 0 ? 100.0 * (double)part / (double)whole : NAN;
    if (isnan(percent)) {
        return "–";
    }
    /* What happened is not 0, and what did not always happen is not 100. */
    bool least = part > 0 && percent < 0.05, most = part < whole && percent > 99.95;
    (void)snprintf(text, 32, "%s%.1f %%",
                   least  ? "<"
                   : most ? ">"
                          : "",
                   least  ? 0.1
                   : most ? 99.9
                          : percent);
    return text;
}

static void put_count(FILE *file, unsigned width, uint64_t count)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)count);
    text_right(file, width, text);
}

static void put_time(FILE *file, double ns)
{
    char text[32];
    text_right(file, TIME_WIDTH, time_text(text, ns));
}

static const char *site_text(const struct process *process, size_t site)
{
    return site != NO_SITE ? process->sites[site].text
                           : "not known (just changing hands)";
}

/* --- a lock ------------------------------------------------------------------------- */

static void put_spans(FILE *file, const struct spans *spans, bool any, bool whole)
{
    put_time(file, any ? (double)spans->total : NAN);
    put_time(file, any && whole ? spans_percentile(spans, 0.5) : NAN);
    put_time(file, any && whole ? spans_percentile(spans, 0.99) : NAN);
    put_time(file, any ? (double)spans->longest : NAN);
}

static bool is_estimate(const struct row *row)
{
    return row->holds_timed < row->acquisitions;
}

static void put_row(FILE *file, const struct process *process, const struct row *row)
{
    char text[32];
    (void)fprintf(file, "  %s%s\n",
                  row->kind == PROFILE_READ    ? "read: "
                  : row->kind == PROFILE_WRITE ? "write: "
                                               : "",
                  site_text(process, row->site));
    put_count(file, COUNT_WIDTH, row->acquisitions);
    text_right(file, SHARE_WIDTH, share_text(text, row->waited, row->acquisitions));
    put_spans(file, &row->waits, row->waited + row->gave_up > 0, !row->counts_lost);
    (void)fputs(row->holds_timed > 0 && is_estimate(row) ? " ~" : "  ", file);
    put_spans(file, &row->holds, row->holds_timed > 0, !row->counts_lost);
    (void)fputc('\n', file);
    if (row->gave_up > 0) {
        (void)fprintf(file, "%*s besides, %llu waited and gave up\n", COUNT_WIDTH, "",
                      (unsigned long long)row->gave_up);
    }
}

static void put_rows(FILE *file, const struct process *process,
                     const struct object *object)
{
    text_right(file, COUNT_WIDTH, "acquired");
    text_right(file, SHARE_WIDTH, "waited");
    text_right(file, TIME_WIDTH, "waiting");
    text_right(file, TIME_WIDTH, "p50");
    text_right(file, TIME_WIDTH, "p99");
    text_right(file, TIME_WIDTH, "max");
    text_right(file, TIME_WIDTH + 2, "holding");
    text_right(file, TIME_WIDTH, "p50");
    text_right(file, TIME_WIDTH, "p99");
    text_right(file, TIME_WIDTH, "max");
    (void)fputc('\n', file);
    for (size_t i = 0; i < object->rows.count && i < MOST_ROWS; i++) {
        put_row(file, process, &object->rows.items[i]);
    }
    if (object->rows.count > MOST_ROWS) {
        (void)fprintf(file, "  … and at %zu more places\n",
                      object->rows.count - MOST_ROWS);
    }
}

static void put_pairs(FILE *file, const struct process *process,
                      const struct object *object)
{
    if (object->pairs.count == 0) {
        return;
    }
    text_right(file, COUNT_WIDTH, "waits");
    text_right(file, TIME_WIDTH, "for");
    (void)fputs("  who waits for whom\n", file);
    for (size_t i = 0; i < object->pairs.count && i < MOST_PAIRS; i++) {
        const struct pair *pair = &object->pairs.items[i];
        put_count(file, COUNT_WIDTH, pair->waits);
        put_time(file, (double)pair->total);
        (void)fprintf(file, "  %s\n%*s    for %s\n", site_text(process, pair->waiter),
                      COUNT_WIDTH + TIME_WIDTH, "", site_text(process, pair->holder));
    }
    if (object->pairs.count > MOST_PAIRS) {
        (void)fprintf(file, "  … and %zu more pairs\n", object->pairs.count - MOST_PAIRS);
    }
}

static void put_waiters(FILE *file, const struct process *process,
                        const struct object *object)
{
    for (size_t i = 0; i < object->waiters.count && i < MOST_PAIRS; i++) {
        const struct waiter *waiter = &object->waiters.items[i];
        (void)fprintf(file, "  thread %u %s: %s\n    for %s\n", waiter->tid,
                      process->is_running ? "waits now" : "waited when it ended",
                      site_text(process, waiter->site),
                      site_text(process, waiter->holder));
    }
    if (object->waiters.count > MOST_PAIRS) {
        (void)fprintf(file, "  … and %zu more threads\n",
                      object->waiters.count - MOST_PAIRS);
    }
}

static void put_object(FILE *file, const struct process *process,
                       const struct object *object)
{
    char share[32], waited[32];
    (void)fprintf(file, "\n%s %s\n", object->kind, object->name);
    (void)fprintf(file, "  %llu acquisition%s by %u thread%s%s",
                  (unsigned long long)object->acquisitions,
                  object->acquisitions == 1 ? "" : "s", object->threads,
                  object->threads == 1 ? "" : "s",
                  object->more_threads ? " or more" : "");
    if (object->threads > 1 && !object->more_threads) {
        (void)fprintf(file, " (Jain's index %.2f)", object->jain_index);
    }
    if (object->wait_total > 0) {
        (void)fprintf(file,
                      "; %s waited, %s in all\n  longest queue %u; passed over by %u",
                      share_text(share, object->waited, object->acquisitions),
                      time_text(waited, (double)object->wait_total),
                      object->longest_queue, object->passed_over);
    } else {
        (void)fputs("; none waited", file);
    }
    if (object->in_turn > 1) {
        (void)fprintf(file, "; %u objects, one after the other", object->in_turn);
    }
    (void)fputc('\n', file);
    put_rows(file, process, object);
    put_pairs(file, process, object);
    put_waiters(file, process, object);
}

/* --- cycles ------------------------------------------------------------------------- */

static void put_step(FILE *file, const struct process *process, const struct step *step)
{
    (void)fprintf(file, "  thread %u had %s %s\n", step->tid, step->has->kind,
                  step->has->name);
    for (unsigned i = 0; i < step->has_depth; i++) {
        (void)fprintf(file, "    %s %s\n", i == 0 ? "since" : "by",
                      site_text(process, step->has_stack[i]));
    }
    (void)fprintf(file, "  and asked for %s %s\n", step->wants->kind, step->wants->name);
    for (unsigned i = 0; i < step->depth; i++) {
        (void)fprintf(file, "    %s %s\n", i == 0 ? "at" : "by",
                      site_text(process, step->stack[i]));
    }
}

static void put_cycle(FILE *file, const struct process *process,
                      const struct cycle *cycle)
{
    (void)fprintf(file,
                  "\nA cycle in the order of locks: %zu threads can wait for each "
                  "other for ever\n",
                  cycle->count);
    for (size_t i = 0; i < cycle->count; i++) {
        put_step(file, process, &cycle->steps[i]);
    }
    if (cycle->others > 0) {
        (void)fprintf(file, "  There are %zu more with these places.\n", cycle->others);
    }
    if (cycle->may_be_reused) {
        (void)fputs(
            "  This takes it that memory which a lock was in was not freed without "
            "a destroy\n  and became another lock.\n",
            file);
    }
}

static void put_cycles(FILE *file, const struct process *process)
{
    for (size_t i = 0; i < process->cycles.count && i < MOST_CYCLES; i++) {
        put_cycle(file, process, &process->cycles.items[i]);
    }
    if (process->cycles.count > MOST_CYCLES) {
        (void)fprintf(file, "\n… and %zu more cycles\n",
                      process->cycles.count - MOST_CYCLES);
    }
    if (process->cycles_left_out) {
        (void)fputs("\nThere may be more cycles: the search was ended.\n", file);
    }
}

/* --- what the figures do not say ---------------------------------------------------- */

static void put_loss(FILE *file, uint64_t count, const char *what)
{
    if (count > 0) {
        text_wrapped(file, WIDTH, "%llu %s", (unsigned long long)count, what);
    }
}

static void put_notes(FILE *file, const struct process *process)
{
    const struct profile_header *header = process->header;
    (void)fputc('\n', file);
    if (header->every > 1) {
        text_wrapped(
            file, WIDTH,
            "Acquisitions and waits are counted, and waits timed, one and all. "
            "Holding is timed of the first %u acquisitions of each thread at each "
            "place, then of one in %u at random, which counts %u times: so it is "
            "estimated where there is a ~. Percentiles are right to 25 %%.",
            header->first, header->every, header->every);
    } else {
        text_wrapped(file, WIDTH,
                     "All is counted and timed, nothing sampled; a ~ is where a lock was "
                     "held at the end. Percentiles are right to 25 %%.");
    }
    put_loss(file, process->lost_acquisitions,
             "acquisitions are missing: there was no room for more locks, places or "
             "threads.");
    put_loss(file, process->lost_nested,
             "calls are missing: a signal handler made them within another one.");
    put_loss(file, process->lost_held,
             "holdings are missing, in times and orders: the thread held 32 others.");
    put_loss(
        file, process->given_by_others,
        "times another thread gave a lock back than the one that took it, or one that "
        "was not seen to be taken: these were not timed.");
    put_loss(file, process->lost_pairs,
             "waits are missing in who waits for whom: there was no room.");
    put_loss(
        file, process->lost_durations,
        "durations are in no percentile: there was no room, and where a – is none is "
        "known.");
    put_loss(file, process->lost_orders,
             "orders of locks are missing: there was no room. A cycle may be, too.");
}

/* Each file that lines could not be read from. */
static void put_troubles(FILE *file, const struct process *process)
{
    for (uint32_t i = 0; i < items_of(process->header, PROFILE_MODULES); i++) {
        const struct profile_module *module =
            item_of(process->header, PROFILE_MODULES, i);
        bool shown = false;
        for (size_t k = 0; k < process->site_count && !shown; k++) {
            const struct site *site = &process->sites[k];
            shown = site->module != NULL && site->file == NULL &&
                    strcmp(site->module, module->path) == 0;
        }
        const char *trouble = shown ? place_trouble(module) : NULL;
        if (trouble != NULL) {
            text_wrapped(file, WIDTH, "%s: %s: no lines of it.", module->path, trouble);
        }
    }
}

void print_process(FILE *file, const struct process *process)
{
    char text[32];
    (void)fprintf(file, "\nProcess %u: %s\n%s after its first lock%s\n",
                  process->header->pid, process->command,
                  time_text(text, process->seconds * 1e9),
                  process->is_running ? "; it is still running" : "");
    for (size_t i = 0; i < process->object_count && i < MOST_LOCKS; i++) {
        put_object(file, process, process->sorted[i]);
    }
    if (process->object_count > MOST_LOCKS) {
        uint64_t waited = 0;
        for (size_t i = MOST_LOCKS; i < process->object_count; i++) {
            waited += process->sorted[i]->wait_total;
        }
        (void)fprintf(
            file, "\n… and %zu more locks, which were waited for for %s in all\n",
            process->object_count - MOST_LOCKS, time_text(text, (double)waited));
    }
    put_cycles(file, process);
    put_notes(file, process);
    put_troubles(file, process);
}
