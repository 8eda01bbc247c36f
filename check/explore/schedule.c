/* SPDX-License-Identifier: MIT */
#include "check/explore/schedule.h"

#include <stdio.h>
#include <string.h>

#include "check/explore/calls.h"
#include "check/explore/deadlocks.h"
#include "check/explore/failed_tries.h"
#include "check/explore/locks.h"
#include "check/explore/loops.h"
#include "check/explore/others_wait.h"
#include "check/explore/parts.h"
#include "check/explore/pieces.h"
#include "check/explore/races.h"
#include "check/explore/spins.h"
#include "check/explore/symmetry.h"
#include "check/explore/work.h"

/* Runs the threads until all have replayed their events. */
static void replay(void)
{
    for (bool progress = true; progress && run.outcome == RUNNING;) {
        progress = false;
        for (unsigned t = 0; t < run.begun && run.outcome == RUNNING; t++) {
            struct processor *processor = &run.processors[t];
            bool ready = processor->state == READY;
            if (processor->state == WAITING) {
                ready = can_follow(&run.graph->thread[t].event[run.model.done[t]]);
            } else if (processor->state == SPINNING) {
                ready = run.model.done[t] < run.graph->thread[t].events;
            }
            if (ready) {
                vm_run(t);
                progress = true;
            }
        }
    }
}

/* The thread that adds the next event: one with half an update, or half an access; or one
   that waits for a lock that it can have, or has given way to a write; or else the lowest
   that can. */
static int next_thread(void)
{
    for (unsigned t = 0; t < run.graph->threads; t++) {
        if (run.processors[t].state == FRONTIER && run.graph->thread[t].waits != 0) {
            return (int)t; /* it says what for */
        }
    }
    for (unsigned t = 0; t < run.begun; t++) {
        if (run.processors[t].state == TO_WRITE) {
            return (int)t;
        }
    }
    for (unsigned t = 0; t < run.begun; t++) {
        if (run.processors[t].state == FRONTIER && run.processors[t].access != 0) {
            return (int)t;
        }
    }
    for (unsigned t = 0; t < run.graph->threads; t++) {
        if (can_lock(t)) {
            return (int)t;
        }
    }
    for (unsigned t = 0; t < run.begun; t++) {
        if (run.processors[t].state == GIVING_WAY && has_newer_write(t)) {
            return (int)t;
        }
    }
    int looking = others_wait_next();
    if (looking != VM_NOBODY) {
        return looking;
    }
    for (unsigned t = 0; t < run.begun; t++) {
        enum thread_state state = run.processors[t].state;
        if (state == READY || state == FRONTIER ||
            (state == JOINING && is_ended(run.processors[t].joins))) {
            return (int)t;
        }
    }
    static const enum thread_state last[] = {SPINNING, GIVING_WAY, PASSING, BEHIND};
    int found = VM_NOBODY;
    for (unsigned i = 0; i < sizeof last / sizeof *last && found == VM_NOBODY; i++) {
        for (unsigned t = 0; t < run.begun; t++) {
            const struct processor *processor = &run.processors[t];
            if (processor->state == last[i] &&
                (found == VM_NOBODY ||
                 (last[i] == PASSING &&
                  processor->place < run.processors[found].place))) {
                found = (int)t;
            }
        }
    }
    return found != VM_NOBODY ? found : others_wait_for_nothing();
}

/* Whether a thread that waits has nothing to go on with. */
static bool is_stuck(unsigned thread)
{
    run.probe_stuck = false;
    run.probe_steps = 0;
    vm_registers.stack = NULL;
    vm_run(thread);
    probe_ends(thread);
    if (run.probe_stuck) {
        others_wait_stuck(thread);
    }
    return run.probe_stuck;
}

static enum outcome hang(const char *why)
{
    struct failure *failure = &run.result->failure;
    run.result->verdict = WRONG;
    failure->kind = KIND_HANG;
    failure->thread = failure->other = VM_NOBODY;
    failure->site = failure->other_site = NULL;
    failure->size = 0;
    for (unsigned t = run.begun; t < MAX_THREADS; t++) {
        failure->blocked[t] = false;
    }
    (void)snprintf(failure->text, sizeof failure->text, "%s", why);
    return FAILED;
}

/* The program is over: the threads that wait for a lock, which now nobody gives back, or
   in a loop of their own. (For work, in a condition's wait, they may.) */
static void note_waits_left(void)
{
    for (unsigned t = 0; t < run.graph->threads; t++) {
        const struct thread *thread = &run.graph->thread[t];
        const struct event *last = &thread->event[thread->events - 1];
        bool waits = run.result->failure.blocked[t] &&
                     run.result->failure.joins[t] == VM_NOBODY &&
                     (last->name == NULL || strstr(last->name, "lock") != NULL);
        if (waits && run.result->stuck == NULL) {
            run.result->stuck = last->site;
        }
    }
}

/* No thread can go on. */
static enum outcome finish(void)
{
    for (unsigned t = 0; t < run.begun; t++) {
        if (run.processors[t].state == BOUNDED) {
            return BOUND;
        }
    }
    symmetry_finish();
    struct failure *failure = &run.result->failure;
    bool waiting = false, stuck = true;
    bool unsure = false;
    int looking = VM_NOBODY;
    run.phase = PROBE;
    for (unsigned t = 0; t < run.begun && stuck; t++) {
        enum thread_state state = run.processors[t].state;
        failure->blocked[t] = state == BLOCKED || state == JOINING;
        failure->joins[t] = state == JOINING ? run.processors[t].joins : VM_NOBODY;
        waiting = waiting || failure->blocked[t];
        run.probe_unsure = false;
        looking = state == LOOKING ? (int)t : looking;
        others_wait_probe(t);
        stuck = state != BLOCKED || is_stuck(t);
        unsure = unsure || run.probe_unsure;
    }
    if (!stuck) {
        return DEAD_END;
    }
    if (unsure) {
        run.result->unsure = true;
        return DEAD_END;
    }
    if (looking != VM_NOBODY) {
        return others_wait_add((unsigned)looking) ? AGAIN : DEAD_END;
    }
    if (parts_are_split() && pieces_torn()) {
        return DEAD_END;
    }
    if (!waiting) {
        return COMPLETE;
    }
    bool deadlocked[MAX_THREADS];
    memcpy(deadlocked, failure->blocked, sizeof deadlocked);
    bool deadlock = run.program_over && deadlocks_find(deadlocked) > 0;
    show_waits();
    if (deadlock) {
        memcpy(failure->blocked, deadlocked, sizeof deadlocked);
        return hang("a deadlock: these threads wait for each other, or for locks of "
                    "threads that have ended");
    }
    if (run.program_over) { /* they may wait: nobody waits for them */
        run.result->left++;
        note_waits_left();
        return DEAD_END;
    }
    return hang("no thread can go on, and what they wait for will not come");
}

static void first_thread(void *argument)
{
    (void)argument;
    run.options->program();
}

enum outcome run_along(struct graph *graph, bool extend)
{
    if (run.options->begin != NULL) {
        run.options->begin(!extend || run.options->execution != NULL);
    }
    vm_reset();
    vm_events = run.model.done;
    vm_registers.stack = NULL;
    run.graph = graph;
    run.model.kind = run.options->model;
    run.model.same_thread = run.options->same_thread;
    model_begin(&run.model, run.graph, run.width);
    races_begin();
    loops_begin(run.begun);
    spins_begin();
    memset(run.processors, 0, run.begun * sizeof *run.processors);
    run.begun = 0;
    run.phase = REPLAY;
    run.outcome = RUNNING;
    run.program_over = run.nobody_else = run.locks = run.looks = false;
    run.order_refused = false;
    start(0, first_thread, NULL, INITIAL);
    replay();
    if (run.outcome == RUNNING && run.check_due && !model_consistent(&run.model)) {
        run.outcome = PRUNED;
    }
    run.check_due = false;
    if (run.outcome == RUNNING && !extend) {
        return finish();
    }
    run.phase = EXTEND;
    while (run.outcome == RUNNING) {
        int thread = next_thread();
        if (thread == VM_NOBODY) {
            return finish();
        }
        run.nobody_else = run.processors[thread].state == BEHIND;
        if (run.nobody_else && symmetry_is_useless((unsigned)thread)) {
            return DEAD_END;
        }
        vm_run((unsigned)thread);
    }
    if (run.outcome == FAILED) {
        show_failed_tries();
    }
    return run.outcome;
}

enum outcome run_newest(void)
{
    for (;;) {
        run.needs_width = false;
        enum outcome what = run_along(work_graph(), true);
        if (what != AGAIN && !run.needs_width) {
            return what;
        }
        run.width *= run.needs_width ? 2 : 1;
    }
}
