/* SPDX-License-Identifier: MIT */
/* Locks, with others that want them. */
#include "bench/levels.h"
#include "bench/lines.h"
#include "bench/measure.h"
#include "bench/section.h"
#include "bench/subject.h"

#include <lockstep/wait.h>
#include <stdlib.h>

#include "common/memory.h"

/* What a thread finds out, on lines of its own. Entries have numbers: the protected data
   count them. */
struct thread_record {
    alignas(LKS_CACHE_LINE) uint64_t acquired_before; /* while warming up */
    uint64_t overlaps; /* entries into a section that was not over, and the like */
    int64_t tally;     /* of the task, from the beginning */

    uint64_t acquisitions; /* since then */
    uint64_t visits;       /* of locks, of which one is acquired at once, or two */
    uint64_t failed_tries;
    uint64_t unserved;
    uint64_t first_number;
    uint64_t last_number;
    uint64_t entered_again; /* entries by this thread right after its own */
    uint64_t run;           /* how many of them in a row, with the first one */
    uint64_t longest_run;
    uint64_t longest_idle; /* entries of others between two of its own */
    uint64_t windows;      /* of as many entries as threads, in which it has some */
    uint64_t from[LEVELS]; /* entries by where the lock came from, if not from itself */
    struct histogram waits;
    struct histogram handovers;
    struct counters counters;
};

struct lock_run {
    const lks_lock_class_t *class;
    struct subject subject;
    struct data data;
    struct thread_record *records;
    struct place *places;
    unsigned threads;
    struct workload workload, check;
};

/* Where a thread is: a lock, its own node, what the lock protects; and what it has seen
   there, to be noted when the lock is given back. */
struct visit {
    void *lock;
    void *node;
    struct guarded *guarded;
    uint64_t number; /* of the entry */
    unsigned last;   /* the thread that was inside before */
    bool overlaps;
    bool was_handed_over; /* by a release that was timed, by another thread */
    uint64_t handover_ns;
};

static void take(const struct lock_run *run, const struct workload *todo,
                 struct thread_record *record, struct visit *visits)
{
    const lks_lock_class_t *class = run->class;
    for (unsigned i = 0; i < todo->held; i++) {
        if (!todo->by_trying) {
            class->lock(visits[i].lock, visits[i].node);
        } else {
            lks_await(class->trylock(visits[i].lock, visits[i].node) ||
                      (record->failed_tries++, false));
        }
    }
}

static void give(const struct lock_run *run, const struct workload *todo,
                 struct visit *visits)
{
    for (unsigned i = todo->held; i-- > 0;) {
        run->class->unlock(visits[i].lock, visits[i].node);
    }
}

static inline void begin_visit(struct visit *visit, unsigned self,
                               const struct workload *todo)
{
    struct guarded *guarded = visit->guarded;
    visit->number = guarded->first;
    visit->last = guarded->last_inside;
    visit->was_handed_over = false;
    if (guarded->released_at != 0) {
        if (visit->last != self) {
            visit->was_handed_over = true;
            visit->handover_ns = clock_now() - guarded->released_at;
        }
        guarded->released_at = 0;
    }
    guarded->last_inside = self;
    visit->overlaps = begin_writing(guarded, todo);
}

/* Half of the times it looks only, if it can. */
static void do_task(const struct workload *todo, const struct visit *visits,
                    struct thread_record *record, uint32_t *random)
{
    const struct task *task = todo->task;
    struct payload *payloads[MOST_HELD] = {NULL};
    for (unsigned i = 0; i < todo->held; i++) {
        payloads[i] = payload_of(visits[i].guarded, todo);
    }
    if (task->look != NULL && next_random(random) >> 31 == 0) {
        task->look(payloads[0], random);
    } else {
        task->change(payloads, random, &record->tally);
    }
}

/* The critical section of thread `self`. */
static inline void critical_section(const struct team *team, unsigned self,
                                    const struct workload *todo, uint32_t *random,
                                    struct visit *visits)
{
    const struct lock_run *run = team->shared;
    uint64_t loops = vary(todo, todo->critical_loops, random);
    for (unsigned i = 0; i < todo->held; i++) {
        begin_visit(&visits[i], self, todo);
    }
    if (todo->task != NULL) {
        do_task(todo, visits, &run->records[self], random);
    }
    work(team, loops);
    for (unsigned i = 0; i < todo->held; i++) {
        visits[i].overlaps |= end_writing(visits[i].guarded, todo, visits[i].number);
    }
}

/* Notes a visit. Everything here is the thread's own, or not written during the run. */
static inline void note(const struct lock_run *run, struct thread_record *record,
                        unsigned self, const struct visit *visit)
{
    const uint64_t number = visit->number;
    const bool is_first = record->visits++ == 0;
    record->overlaps += visit->overlaps;
    if (is_first) {
        record->first_number = number;
    }
    if (is_first || number / run->threads != record->last_number / run->threads) {
        record->windows++;
    }
    if (visit->last == self) {
        record->entered_again++;
        record->run++;
    } else {
        record->run = 1;
        record->from[visit->last < run->threads
                         ? level_between(&run->places[visit->last], &run->places[self])
                         : SAME_PROCESSOR]++;
    }
    if (record->run > record->longest_run) {
        record->longest_run = record->run;
    }
    if (!is_first && number - record->last_number - 1 > record->longest_idle) {
        record->longest_idle = number - record->last_number - 1;
    }
    record->last_number = number;
    if (visit->was_handed_over) {
        histogram_add(&record->handovers,
                      minus_cost(visit->handover_ns, run->workload.clock_ns));
    }
}

/* The warm-up is over: what was found out in it counts no more, but for mistakes. */
static void begin_to_count(struct thread_record *record)
{
    *record = (struct thread_record){.acquired_before = record->acquisitions,
                                     .overlaps = record->overlaps,
                                     .tally = record->tally};
    counters_begin(&record->counters);
}

/* Goes to the locks that are next. */
static void go_to_locks(const struct lock_run *run, const struct workload *todo,
                        uint32_t *random, struct visit *visits)
{
    uint32_t chosen[MOST_HELD] = {0};
    choose_locks(todo, random, chosen);
    for (unsigned i = 0; i < MOST_HELD; i++) {
        visits[i].lock = lock_at(&run->subject, chosen[i]);
        visits[i].guarded = guarded_at(&run->data, chosen[i]);
    }
}

/* Counts the entries after another thread's. */
static void note_meeting(struct team *team, unsigned *meetings, bool met)
{
    enum { AT_ONCE = 256 };
    *meetings += met;
    if (*meetings == AT_ONCE) {
        (void)atomic_fetch_add_explicit(&team->met, AT_ONCE, memory_order_relaxed);
        *meetings = 0;
    }
}

static void work_contended(struct team *team, unsigned self)
{
    const struct lock_run *run = team->shared;
    struct thread_record *record = &run->records[self];
    struct visit visits[MOST_HELD] = {{NULL}};
    uint32_t random = first_random(self);
    uint32_t until_sample = next_random(&random) % (2 * SAMPLE_EVERY);
    double arrival = 0;
    bool counting = false;
    unsigned meetings = 0;
    int phase;
    for (unsigned i = 0; i < run->workload.held; i++) {
        visits[i].node = node_of_thread(&run->subject, self, i);
    }
    while ((phase = atomic_load_explicit(&team->phase, memory_order_relaxed)) != OVER) {
        if (phase == COUNTING && !counting) {
            counting = true;
            begin_to_count(record);
            arrival = 0; /* nothing is left from before */
        }
        const struct workload *todo = phase == CHECKING ? &run->check : &run->workload;
        go_to_locks(run, todo, &random, visits);
        if (todo->interval_ns > 0) {
            plan_arrival(&arrival, todo->interval_ns, &random);
            if (!await_arrival(team, arrival)) {
                break;
            }
        }
        if (todo->interval_ns == 0 &&
            !is_sample(&until_sample, 2 * SAMPLE_EVERY, &random)) {
            take(run, todo, record, visits);
            critical_section(team, self, todo, &random, visits);
            give(run, todo, visits);
        } else {
            uint64_t asked = todo->interval_ns > 0 ? (uint64_t)arrival : clock_now();
            take(run, todo, record, visits);
            uint64_t entered = clock_now();
            critical_section(team, self, todo, &random, visits);
            if (run->subject.count == 1) {
                visits[0].guarded->released_at = clock_now();
            }
            give(run, todo, visits);
            histogram_add(&record->waits,
                          minus_cost(entered - asked, run->workload.clock_ns));
        }
        record->acquisitions++;
        for (unsigned i = 0; i < todo->held; i++) {
            note(run, record, self, &visits[i]);
        }
        if (phase == CHECKING) {
            note_meeting(team, &meetings, visits[0].last != self);
        }
        if (todo->interval_ns == 0) {
            work(team, vary(todo, todo->outside_loops, &random));
        }
    }
    if (!counting) {
        begin_to_count(record);
    }
    counters_end(&record->counters);
    if (arrival > 0) {
        record->unserved =
            note_unserved(&record->waits, arrival, run->workload.interval_ns, &random);
    }
}

/* Who was served how often, and in which order, of `all` entries together. */
static void evaluate_fairness(const struct lock_run *run, const struct thread_record *all,
                              double *values)
{
    uint64_t *served = zeroed(run->threads, sizeof *served);
    uint64_t first = UINT64_MAX;
    uint64_t last = 0;
    uint64_t idle = 0;
    for (unsigned i = 0; i < run->threads; i++) {
        const struct thread_record *record = &run->records[i];
        served[i] = record->acquisitions;
        if (record->acquisitions > 0) {
            first = record->first_number < first ? record->first_number : first;
            last = record->last_number > last ? record->last_number : last;
        }
    }
    for (unsigned i = 0; i < run->threads; i++) {
        const struct thread_record *record = &run->records[i];
        uint64_t since =
            record->acquisitions > 0 ? last - record->last_number : last + 1 - first;
        idle = since > idle ? since : idle;
        idle = record->longest_idle > idle ? record->longest_idle : idle;
    }
    values[JAIN] = jain_index(served, run->threads);
    values[DEVIATION] = relative_deviation(served, run->threads);
    values[SAME_THREAD] = (double)all->entered_again / (double)all->visits;
    if (run->subject.count == 1) { /* else there is no one order */
        values[LONGEST_RUN] = (double)all->longest_run;
        values[LONGEST_IDLE] = (double)idle;
        uint64_t window = run->threads > 0 ? run->threads : 1;
        uint64_t windows = last / window - first / window + 1;
        values[WINDOW_OWNERS] = (double)all->windows / (double)windows;
    }
    free(served);
}

/* How often they are to meet. In eight runs a mistake that is made once in a million
   entries is then made more than once, on average. Those of the catalog have been checked
   otherwise; and where threads take turns on a processor they hardly meet, however long
   it takes. */
static uint64_t enough_meetings(const struct competitor *competitor, unsigned threads,
                                const struct conditions *conditions)
{
    bool can_meet =
        threads > 1 && threads <= lks_topology_processors(conditions->placement.topology);
    return competitor->own && can_meet ? 200000 : 0;
}

/* Adds up what the threads of a run that took `elapsed_ns` found out. */
static void evaluate(struct lock_run *run, bool bound, double elapsed_ns,
                     struct outcome *outcome)
{
    struct thread_record *all = allocate_lines(sizeof *all);
    for (unsigned i = 0; i < run->threads; i++) {
        const struct thread_record *record = &run->records[i];
        all->acquired_before += record->acquired_before;
        all->acquisitions += record->acquisitions;
        all->visits += record->visits;
        all->failed_tries += record->failed_tries;
        all->overlaps += record->overlaps;
        all->tally += record->tally;
        all->unserved += record->unserved;
        all->entered_again += record->entered_again;
        all->windows += record->windows;
        if (record->longest_run > all->longest_run) {
            all->longest_run = record->longest_run;
        }
        for (int level = 0; level < LEVELS; level++) {
            all->from[level] += record->from[level];
        }
        histogram_merge(&all->waits, &record->waits);
        histogram_merge(&all->handovers, &record->handovers);
        add_counters(&all->counters, &record->counters);
    }
    set_counters(outcome, &all->counters, all->acquisitions);
    double *values = outcome->values;
    values[ACQUISITIONS] = (double)all->acquisitions / elapsed_ns * 1e3;
    if (all->acquisitions > 0) {
        evaluate_fairness(run, all, values);
        for (int level = 0; level < LEVELS && bound; level++) {
            values[FROM_PROCESSOR + level] =
                (double)all->from[level] / (double)all->visits;
        }
        if (run->workload.by_trying) {
            values[FAILED_TRIES] = (double)all->failed_tries / (double)all->acquisitions;
        }
    }
    if (run->workload.interval_ns > 0) {
        values[UNSERVED_SHARE] =
            (double)all->unserved / fmax(1, (double)(all->unserved + all->acquisitions));
    }
    set_waits(outcome, WAIT_MEDIAN_NS, &all->waits);
    if (all->handovers.total > 0) {
        values[HANDOVER_NS] = histogram_percentile(&all->handovers, 0.5);
    }
    values[BYTES_PER_LOCK] = (double)run->subject.lock_size;
    values[BYTES_PER_THREAD] = (double)run->subject.node_size;
    set_soundness(outcome,
                  (all->acquired_before + all->acquisitions) * run->workload.held,
                  updates_of(&run->data, run->subject.count), all->overlaps);
    if (run->workload.task != NULL) {
        set_wrong_results(outcome, errors_in(&run->data, &run->workload, all->tally));
    }
    free(all);
}

struct outcome measure_lock(const struct competitor *competitor, unsigned threads,
                            const struct conditions *conditions)
{
    struct outcome outcome = no_outcome();
    struct lock_run *run = allocate_lines(sizeof *run);
    struct team *team = allocate_lines(sizeof *team);
    run->class = competitor->lock;
    run->records = allocate_lines(threads * sizeof *run->records);
    run->places = zeroed(threads, sizeof *run->places);
    run->threads = threads;
    find_places(run->places, conditions->placement.processors, threads);
    run->workload = workload_of(conditions, threads);
    run->check = check_of(conditions);
    run->subject =
        make_subject(competitor, threads, run->workload.locks->count, run->workload.held);
    run->data = make_data(&run->workload, threads);
    team->count = threads;
    team->placement = &conditions->placement;
    team->company = &outcome.company;
    team->work = work_contended;
    team->shared = run;
    team->to_meet = enough_meetings(competitor, threads, conditions);
    double elapsed = team_run(team, conditions->duration_ns);
    if (elapsed < 0) {
        outcome.verdict = HANGS;
        return outcome;
    }
    evaluate(run, conditions->placement.processors != NULL, elapsed, &outcome);
    free(team);
    free_subject(competitor, &run->subject);
    free(run->data.memory);
    free(run->records);
    free(run->places);
    free(run);
    return outcome;
}
