/* SPDX-License-Identifier: MIT */
#include "check/explore/explore.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "check/explore/forks.h"
#include "check/explore/jobs.h"
#include "check/explore/parts.h"
#include "check/explore/probes.h"
#include "check/explore/schedule.h"
#include "check/explore/suspects.h"
#include "check/explore/symmetry.h"
#include "check/explore/tso.h"
#include "check/explore/work.h"
#include "virtual/program/program.h"

static size_t leaking;

static void count_leak(const struct vm_heap_block *block, void *context)
{
    (void)context;
    leaking++;
    if (run.result->leak == NULL) {
        run.result->leak = block->allocated;
    }
}

/* The first time. */
static void note_bound(void)
{
    if (run.result->bound || run.bound < run.options->events ||
        run.options->bounded == NULL) {
        return;
    }
    for (unsigned t = 0; t < MAX_THREADS; t++) {
        if (run.processors[t].state == BOUNDED) {
            run.options->bounded(run.result->loop, sizeof run.result->loop, run.graph, t,
                                 run.graph->thread[t].events < run.bound);
            return;
        }
    }
}

/* An execution stands for those that are like it. */
static void count_like(void)
{
    bool exact = true;
    uint64_t count = symmetry_count(&exact);
    run.result->inexact = run.result->inexact || !exact;
    if (__builtin_add_overflow(run.result->stand_for, count, &run.result->stand_for)) {
        run.result->stand_for = UINT64_MAX;
        run.result->inexact = true;
    }
}

static void conclude(enum outcome what)
{
    run.result->runs++;
    run.result->full |= vm_heap_was_full;
    /* What goes on from a failed try is only looked at for races. */
    bool early = run.early && run.result->early_possible && has_early_return(run.graph);
    run.result->early_runs += early;
    bool known = early ? run.early_again || has_gone_on() : run.early_alone || run.again;
    if (known && (what == COMPLETE || what == DEAD_END)) {
        return;
    }
    switch (what) {
    case COMPLETE:
        run.result->executions += !early;
        run.result->early += early;
        if (!early) {
            count_like();
        }
        leaking = 0;
        vm_each_block(count_leak, NULL);
        if (leaking > run.result->leaked) {
            run.result->leaked = leaking;
        }
        if (run.options->execution != NULL) {
            run.options->execution(run.graph, run.options->context);
        }
        break;
    case DEAD_END:
        run.result->blocked += !early;
        break;
    case BOUND:
        note_bound();
        run.result->bound = true;
        run.result->bounded++;
        break;
    default:
        break;
    }
}

static void share_work(void)
{
    if (items_left() > 1 && jobs_wanted()) {
        jobs_publish(run.result);
        switch (jobs_fork()) {
        case JOBS_CHILD:
            *run.result = (struct explore_result){.threads = run.result->threads};
            keep_oldest();
            break;
        case JOBS_PARENT:
            drop_oldest();
            break;
        case JOBS_NO_FORK:
            break;
        }
    }
}

/* Bounded executions after which a search is given up: loops with effects and without end
   have more than anyone can wait for. Measured with: lockcheck --bound=63 for two threads
   that add to a counter for ever: 4 s of one processor's time; the programs of
   tests/check and examples/check that end have none at all. */
enum { MOST_BOUNDED = 20000 };

/* … and after which the bound may just be too small. Measured with: libstdc++'s
   std::barrier, of which a twentieth of the executions reach the first bound. */
enum { SOME_BOUNDED = 100 };

/* Runs in which a wait returns early, before that is enough: or half as many as there are
   without. */
enum { EARLY_RUNS = 10000 };

/* Takes up what is left, but no more early returns than are enough. */
static bool next_work(void)
{
    struct explore_result *to = run.result;
    while (next_item()) {
        uint64_t early = jobs_early_runs(to);
        if (run.options->all_early_returns || early < EARLY_RUNS ||
            early <= jobs_runs(to) / 3 || !has_early_return(work_graph())) {
            return true;
        }
        to->early_cut = true;
    }
    return false;
}

static bool is_after(clockid_t clock, double seconds)
{
    struct timespec now;
    return seconds > 0 && clock_gettime(clock, &now) == 0 &&
           (double)now.tv_sec + (double)now.tv_nsec / 1e9 >= seconds;
}

/* Processor time at which the search is cut, or 0. */
static double cut_at(const struct explore_options *with)
{
    struct timespec now;
    return with->most_seconds > 0 && clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0
               ? (double)now.tv_sec + (double)now.tv_nsec / 1e9 + with->most_seconds
               : 0;
}

/* Whether failed tries have come to be suspected; with symmetry they are not searched. */
static bool is_suspect(void)
{
    bool found = suspects_find();
    if (found && run.symmetric) {
        run.result->begin_again |= TOLD_APART;
    }
    return found && !run.symmetric;
}

/* The search in which an execution was wrong is made again, in another way: 0 if that is
   the verdict. */
static enum begin_again other_search(void)
{
    if (run.result->verdict != WRONG) {
        return 0;
    }
    if (run.order_refused && run.options->execution == NULL) {
        return LENIENT;
    }
    return !run.apart && has_early_return(run.graph) ? APART : 0;
}

/* What has been counted goes on from `counted`; up to so many executions that reach the
   bound. Returns whether it is worth trying with a larger one. */
static bool explore_within_bound(struct explore_result counted, uint64_t bounded)
{
    const struct explore_options *with = run.options;
    struct explore_result *to = run.result;
    const double end = cut_at(with);
    *to = counted;
    to->failure.other = VM_NOBODY;
    work_begin(NULL);
    run.check_due = false;
    jobs_begin(with->jobs);
    probes_begin();
    bool left = true; /* is there work to do? */
    do {
        enum outcome what = run_newest();
        conclude(what);
        if (what == FAILED && other_search() != 0) {
            jobs_keep(run.graph);
            to->begin_again = other_search();
        } else if (what == FAILED && jobs_claim()) {
            to->graph = work_graph();
            to->begin_again = 0;
            jobs_publish(to);
            jobs_wait();
            return false;
        }
        if (to->runs % 64 == 0) {
            to->to_come = forks_left();
            jobs_publish(to);
            probes_make();
            if (with->tick != NULL) {
                with->tick();
            }
        }
        if (run.symmetric && to->runs >= 1024 && (to->runs & (to->runs - 1)) == 0) {
            (void)is_suspect(); /* the sooner the better: it begins again */
        }
        to->cut =
            is_after(CLOCK_PROCESS_CPUTIME_ID, end) || jobs_runs(to) >= run.most_runs;
        if (is_after(CLOCK_MONOTONIC, with->until)) {
            jobs_end_time();
        }
        share_work();
    } while (!jobs_interrupted() && !jobs_found() && !jobs_lost() && !to->cut &&
             !jobs_begin_again(to) && jobs_bounded(to) < bounded && (left = next_work()));
    to->to_come = forks_left();
    jobs_end(to, !left);
    if (to->full && to->why[0] == '\0') {
        (void)snprintf(to->why, sizeof to->why,
                       "malloc has returned NULL: a thread may have %zu MiB (--memory N)",
                       vm_heap_limit >> 20);
    }
    if (to->unsure && to->why[0] == '\0') {
        (void)snprintf(
            to->why, sizeof to->why,
            "a thread may wait for ever, or not: for what another one changes, "
            "and puts back, again and again");
    }
    bool sure = !to->bound && !to->interrupted && !to->cut && to->why[0] == '\0';
    to->verdict = sure ? VERIFIED : INCONCLUSIVE;
    if (sure && to->executions == 0 && to->left == 0 && !to->beyond) {
        to->verdict = INCONCLUSIVE; /* it should have been a hang */
        (void)snprintf(to->why, sizeof to->why, "%s",
                       (vm_left_open & VM_LEFT_UNWANTED) != 0
                           ? "each execution was left by __VERIFIER_assume"
                           : "no execution came to its end");
    }
    return to->bound && !to->interrupted && !to->cut && !to->elsewhere &&
           to->begin_again == 0 && to->why[0] == '\0';
}

/* With small bounds first: most programs stay within them, and what is wrong with the
   others is found sooner, and shorter. Measured with: the programs of tests/check/bugs,
   tests/check/programs and examples/check: at 64 only the one without end needs a second
   search; at 16 five others do, one of them after 25131 runs. */
enum { FIRST_BOUND = 64, FACTOR = 4 };

static uint32_t larger_bound(void)
{
    const uint32_t most = run.options->events;
    return run.bound < most / FACTOR ? FACTOR * run.bound : most;
}

/* A loop with effects and without end is looked at thoroughly with each bound; but first
   a glance with this one and the next shows whether there is such a loop. */
static void explore_within(struct explore_result counted)
{
    const uint32_t first = run.bound, most = run.options->events;
    bool more = first < most && explore_within_bound(counted, SOME_BOUNDED);
    if (more) {
        run.bound = larger_bound();
        more = explore_within_bound(counted, SOME_BOUNDED);
    }
    if (first < most && !more) {
        return;
    }
    run.bound = first;
    while (explore_within_bound(counted, MOST_BOUNDED) && run.bound < most) {
        run.bound = larger_bound();
    }
    run.bound = first;
}

/* What the next search begins with. */
static struct explore_result counted_so_far(const struct explore_result *of)
{
    return (struct explore_result){.executions = of->executions,
                                   .stand_for = of->stand_for,
                                   .inexact = of->inexact,
                                   .blocked = of->blocked,
                                   .early = of->early,
                                   .tries = of->tries,
                                   .left = of->left,
                                   .early_possible = of->early_possible,
                                   .early_cut = of->early_cut,
                                   .beyond = of->beyond,
                                   .threads = of->threads,
                                   .leaked = of->leaked,
                                   .leak = of->leak,
                                   .stuck = of->stuck};
}

/* And if failed tries have come to be suspected, the same with these: without symmetry,
   or all of it begins again; and without early returns, if not all of them are tried. */
static void explore_with_tries(struct explore_result counted)
{
    const struct explore_result *to = run.result;
    explore_within(counted);
    while (to->verdict == VERIFIED && to->begin_again == 0 && is_suspect()) {
        run.again = run.early_again = true;
        run.early = run.early && !to->early_cut;
        explore_within(counted_so_far(to));
    }
}

/* With early returns of waits, one in each execution at most, and without, at once. If an
   execution with one is wrong it is kept, and all begins again without, as what is wrong
   so is shown so. Where each execution is handed on, those with one come behind the
   others. */
static void explore_all(void)
{
    const struct explore_result *to = run.result;
    suspects_begin();
    run.again = run.early_again = false;
    run.early = !run.apart;
    run.early_alone = false;
    explore_with_tries((struct explore_result){.threads = 1});
    if (run.apart && run.options->execution != NULL && to->verdict == VERIFIED &&
        to->begin_again == 0 && to->early_possible) {
        run.early = run.early_alone = true;
        run.early_again = false;
        explore_with_tries(counted_so_far(to));
    }
}

static bool told_apart; /* threads that begin alike have been */

/* One more lock that is taken in turns that only look, if there is room for it. */
static void note_lock_word(void)
{
    const struct explore_result *to = run.result;
    bool more = (to->begin_again & LOCK_TURN) != 0;
    run.lock_turns_refused = run.lock_turns_refused || parts_are_split() ||
                             (to->begin_again & LOCK_SUSPECT) != 0 ||
                             (more && run.lock_words == LOCK_WORDS);
    if (run.lock_turns_refused) {
        run.lock_words = 0;
    } else if (more) {
        run.lock_word[run.lock_words++] = to->lock_word;
    }
}

/* Where an execution with an early return is wrong: one without is looked for in so many
   runs, or twice as many as there have been. */
enum { PLAIN_RUNS = 10000 };

static void note_failure(void)
{
    const struct explore_result *to = run.result;
    if ((to->begin_again & PARTS_FOUND) != 0 && run.options->execution == NULL) {
        jobs_keep_none(); /* its events are others now */
        run.apart = run.lenient = false;
        run.most_runs = UINT64_MAX;
    } else if ((to->begin_again & LENIENT) != 0) {
        jobs_keep_another();
        run.apart = false;
        run.lenient = true;
        run.most_runs = UINT64_MAX;
    } else if ((to->begin_again & APART) != 0) {
        run.apart = true;
        run.most_runs = to->runs > PLAIN_RUNS / 2 ? 2 * to->runs : PLAIN_RUNS;
    }
}

/* With idle turns left out, or such as write words once more, no threads are alike. */
static bool is_to_begin_again(void)
{
    const struct explore_result *to = run.result;
    told_apart = told_apart || (to->begin_again & TOLD_APART) != 0;
    note_failure();
    run.idle_refused =
        run.idle_refused || parts_are_split() || (to->begin_again & IDLE_SUSPECT) != 0;
    run.tries_again = run.tries_again || (to->begin_again & TRIES_SEEN) != 0;
    run.looked = run.looked || (to->begin_again & LOOKED) != 0;
    run.idle_at = run.idle_refused      ? NULL
                  : run.idle_at != NULL ? run.idle_at
                                        : to->idle_at;
    note_lock_word();
    run.symmetric = run.options->symmetry && !told_apart && run.idle_at == NULL &&
                    !(run.lock_words > 0 && run.lock_word[0].rewritten) &&
                    !parts_are_split();
    return to->begin_again != 0;
}

/* The wrong execution that was kept is the verdict, when none was found that is wrong
   otherwise. It is run once more, which says again what is wrong with it. */
static void show_kept(void)
{
    struct explore_result *to = run.result, again = {.verdict = VERIFIED};
    if (to->verdict == WRONG || to->verdict == REFUSED || to->elsewhere) {
        return;
    }
    to->verdict = INCONCLUSIVE;
    (void)snprintf(to->why, sizeof to->why,
                   "an execution is wrong, and could not be made once more");
    if (jobs_kept() != NULL) {
        explore_again(run.options, jobs_kept(), NULL, &again);
    }
    if (again.verdict == WRONG) {
        to->verdict = WRONG;
        to->failure = again.failure;
        to->graph = again.graph;
    }
    run.result = to;
}

/* All executions that have up to so many deviations. */
static void explore_up_to(uint32_t deviations)
{
    run.most_deviations = deviations;
    run.apart = run.options->execution != NULL;
    run.most_runs = UINT64_MAX;
    if (!run.lenient) {
        jobs_keep_none();
    }
    run.bound = run.apart || run.options->events < FIRST_BOUND ? run.options->events
                                                               : FIRST_BOUND;
    run.idle_at = NULL;
    run.lock_words = 0;
    run.tries_again = !run.options->idle_turns;
    run.idle_refused = run.tries_again || parts_are_split();
    run.lock_turns_refused = run.idle_refused;
    do {
        explore_all();
    } while (is_to_begin_again());
    if (run.apart && run.options->execution == NULL) {
        show_kept();
    }
}

/* First those with none, then more and more. Where each is handed on, it is so once. */
static void explore_bounded(void)
{
    const struct explore_options *with = run.options;
    struct explore_result *to = run.result;
    int64_t covered = -1;
    uint32_t deviations = with->execution == NULL ? 0 : with->deviations;
    do {
        explore_up_to(deviations);
        covered = to->verdict == VERIFIED ? deviations : covered;
    } while (to->verdict == VERIFIED && !to->elsewhere && to->beyond &&
             deviations++ < with->deviations);
    to->covered = covered;
    to->verdict = to->verdict == VERIFIED ? INCONCLUSIVE : to->verdict;
}

void explore(const struct explore_options *with, struct explore_result *to)
{
    parts_begin(false);
    run.options = with;
    run.result = to;
    run.trace = NULL;
    run.symmetric = with->symmetry && !parts_are_split();
    told_apart = run.looked = run.lenient = false;
    if (with->deviations > 0) {
        explore_bounded();
    } else {
        explore_up_to(UINT32_MAX);
    }
    if (run.lenient) {
        show_kept();
    }
}

int64_t explore_deviations(void)
{
    return run.options->deviations > 0 ? (int64_t)run.most_deviations : -1;
}

void explore_give_up(const char *why)
{
    if (vm_self() == VM_NOBODY && vm_is_loading) {
        struct explore_result result = {.verdict = INCONCLUSIVE, .threads = 1};
        (void)snprintf(result.why, sizeof result.why,
                       "a constructor of the program computes without end");
        explore_outside(&result);
    }
    if (vm_self() == VM_NOBODY || run.phase == PROBE) {
        return;
    }
    (void)snprintf(run.result->why, sizeof run.result->why, "%s", why);
    run.result->failure.thread = vm_self();
    run.result->verdict = INCONCLUSIVE;
    stop(FAILED);
}

uint64_t explore_steps(void)
{
    if (run.options != NULL && is_after(CLOCK_MONOTONIC, run.options->until)) {
        jobs_end_time(); /* of a run that takes long, too */
    }
    return run.steps;
}

void explore_again(const struct explore_options *with, struct graph *of,
                   const struct trace *to, struct explore_result *into)
{
    parts_begin(true);
    work_begin(of);
    run.options = with;
    run.result = into;
    run.trace = to;
    run.again = run.early_again = run.early = false;
    suspects_begin();
    run.bound = UINT32_MAX;
    run.check_due = false;
    memset(&into->failure, 0, sizeof into->failure);
    into->failure.other = VM_NOBODY;
    into->graph = work_graph();
    while (run.width < of->threads) {
        run.width *= 2;
    }
    (void)run_along(work_graph(), false);
    run.trace = NULL;
}

bool explore_may_be_of_x86(const struct explore_options *options,
                           struct explore_result *result)
{
    static struct graph original, of_x86;
    if (result->graph != &original) { /* it may be where the search goes on */
        graph_copy(&original, result->graph);
        result->graph = &original;
    }
    struct explore_result again = {.verdict = VERIFIED};
    explore_again(options, &original, NULL, &again);
    if (again.verdict != WRONG) {
        return true; /* what is not seen again cannot be seen to be missing */
    }
    graph_copy(&of_x86, &original);
    tso_orders(&of_x86);
    struct explore_options how = *options;
    how.model = MODEL_TSO;
    again.verdict = VERIFIED;
    explore_again(&how, &of_x86, NULL, &again);
    bool wrong = again.verdict == WRONG && model_consistent(&run.model);
    return wrong || again.verdict == REFUSED || again.verdict == INCONCLUSIVE;
}
