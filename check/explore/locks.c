/* SPDX-License-Identifier: MIT */
#include "check/explore/locks.h"
#include "check/explore/forks.h"
#include "check/explore/lock_turns.h"

#include <string.h>

#include "check/explore/addresses.h"
#include "check/explore/revisits.h"
#include "check/explore/symmetry.h"
#include "check/explore/work.h"

/* --- turns -------------------------------------------------------------------------- */

/* A write that gives the lock: of the value that is waited for. */
static bool is_turn(const struct vm_operation *operation, uint32_t location,
                    event_id write)
{
    return (is_initial(write) || event_of(run.graph, write)->progress == DONE) &&
           graph_value(run.graph, location, write) == operation->expected;
}

/* Whether the thread stays where it is, whoever gives the lock back (lockcheck-loops(7),
   "Locking several mutexes"). */
static bool stays(const struct vm_operation *operation)
{
    return operation->tries_again && !run.tries_again;
}

/* The place of the newest turn that a thread may have, or what is below it: -2. */
static long free_turn(unsigned thread, const struct vm_operation *operation,
                      uint32_t location)
{
    if (stays(operation)) {
        return -2;
    }
    long floor = model_floor(&run.model, location, run.model.present[thread].happens);
    for (long i = (long)run.graph->location[location].writes - 1; i >= floor; i--) {
        if (is_turn(operation, location, graph_write_at(run.graph, location, i)) &&
            !model_splits(&run.model, location, i)) {
            return i;
        }
    }
    return -2;
}

bool can_lock(unsigned thread)
{
    const struct processor *processor = &run.processors[thread];
    return processor->lock != NULL &&
           free_turn(thread, processor->lock, processor->lock_location) > -2;
}

/* --- who else could have had a turn ------------------------------------------------- */

/* What an event depends on that is to be added to a thread, and reads `source`. */
static void prefix_with(unsigned thread, event_id source, clock_value *prefix)
{
    memcpy(prefix, run.model.present[thread].prefix, MAX_THREADS * sizeof *prefix);
    if (!is_initial(source)) {
        const clock_value *other = model_prefix(&run.model, source);
        for (unsigned t = 0; t < run.model.width; t++) {
            prefix[t] = prefix[t] > other[t] ? prefix[t] : other[t];
        }
    }
    event_id twin = run.processors[thread].twin;
    for (unsigned t = 0; t < run.model.width && !is_initial(twin); t++) {
        clock_value other = model_prefix(&run.model, twin)[t];
        prefix[t] = prefix[t] > other ? prefix[t] : other;
    }
    prefix[thread] = (clock_value)(run.model.done[thread] + 1);
}

static void push_lock(unsigned thread, uint32_t location, event_id source, uint32_t since)
{
    push_item(&(struct item){
        .kind = ITEM_LOCK,
        .stamp = run.graph->stamp,
        .event = {(uint16_t)thread, (uint16_t)run.graph->thread[thread].events},
        .other = source,
        .read = run.processors[thread].twin,
        .location = location,
        .since = since});
}

/* The running thread has come to a lock: could it have had a turn that another one has
   had? Returns how many items are left for that. */
static unsigned push_turns(const struct vm_operation *operation, uint32_t location)
{
    unsigned t = (unsigned)vm_self(), count = 0;
    const struct location *at = &run.graph->location[location];
    for (long i = model_floor(&run.model, location, run.model.present[t].happens);
         i + 1 < (long)at->writes; i++) {
        event_id source = graph_write_at(run.graph, location, i),
                 taker = at->order[i + 1];
        if (!is_turn(operation, location, source) ||
            !model_splits(&run.model, location, i)) {
            continue;
        }
        clock_value prefix[MAX_THREADS];
        prefix_with(t, source, prefix);
        bool waits = event_of(run.graph, taker)->waits;
        if (waits ? can_take(taker, prefix) : can_free(location, source, prefix)) {
            push_lock(t, location, source,
                      waits ? event_of(run.graph, taker)->stamp : run.graph->stamp);
            count++;
        }
    }
    return count;
}

unsigned push_waiting(uint32_t location, event_id source)
{
    unsigned count = 0;
    for (unsigned t = 0; t < run.graph->threads; t++) {
        const struct processor *other = &run.processors[t];
        if (t != (unsigned)vm_self() && other->lock != NULL && !stays(other->lock) &&
            other->lock_location == location && is_turn(other->lock, location, source) &&
            model_floor(&run.model, location, run.model.present[t].happens) <=
                graph_place(run.graph, source)) {
            push_lock(t, location, source, run.graph->stamp);
            count++;
        }
    }
    return count;
}

/* --- waiting for one's turn --------------------------------------------------------- */

struct event *add_lock(const struct vm_operation *operation, uint32_t location)
{
    unsigned t = (unsigned)vm_self(), count = 0;
    struct thread *thread = &run.graph->thread[t];
    if (thread->waits == 0) {
        bool others = !symmetry_waits_for_lock() && !stays(operation);
        count = others ? push_turns(operation, location) : 0;
        if (free_turn(t, operation, location) == -2) {
            note_fork(count);
            thread->waits = run.graph->stamp++;
            lock_turns_goes_on();
            check_race(operation->address, operation->size, false, true, operation->site);
        }
    }
    if (thread->waits != 0) {
        run.locks = true;
        self()->lock = operation;
        self()->lock_location = location;
        pause_as(BLOCKED);
        if (run.phase == PROBE) {
            return NULL;
        }
        self()->lock = NULL;
    }
    long newest = free_turn(t, operation, location);
    event_id source = graph_write_at(run.graph, location, newest);
    if (thread->waits != 0) {
        count = push_waiting(location, source);
    }
    event_id id = add_event(EVENT_READ);
    struct event *event = event_of(run.graph, id);
    event->location = location;
    event->waits = true;
    event->waited = thread->waits;
    thread->waits = 0;
    graph_read_from(run.graph, id, source);
    for (long i = model_floor(&run.model, location, run.model.present[t].happens);
         i < newest; i++) {
        source = graph_write_at(run.graph, location, i);
        if (is_turn(operation, location, source) &&
            !model_splits(&run.model, location, i)) {
            push_item(&(struct item){.kind = ITEM_READ,
                                     .stamp = event->stamp + 1,
                                     .event = id,
                                     .other = source});
            count++;
        }
    }
    note_fork(count);
    return event;
}

bool is_others_turn(void)
{
    int t = vm_self();
    bool comes = run.graph->thread[t].waits == 0; /* it does not only say what for */
    for (int other = 0; run.locks && comes && other < (int)run.graph->threads; other++) {
        enum thread_state state = run.processors[other].state;
        if (can_lock((unsigned)other) ||
            (other < t && (state == READY || state == FRONTIER))) {
            return true;
        }
    }
    return false;
}

/* --- at the end --------------------------------------------------------------------- */

/* Adds a read that is not in the graph. */
static struct event *show(unsigned thread, const struct vm_operation *operation,
                          uint32_t location, event_id source)
{
    event_id id = graph_add(run.graph, thread, EVENT_READ);
    struct event *event = event_of(run.graph, id);
    event->location = location;
    event->order =
        (uint8_t)(operation->kind >= VM_CAS ? operation->failure : operation->order);
    event->size = (uint8_t)operation->size;
    event->site = operation->site;
    event->name = operation->name;
    event->source = source;
    event->read = graph_value(run.graph, location, source);
    return event;
}

void show_waits(void)
{
    for (unsigned t = 0; t < run.graph->threads; t++) {
        const struct vm_operation *operation = run.processors[t].lock;
        if (operation == NULL) {
            continue;
        }
        uint32_t location = run.processors[t].lock_location;
        long newest = (long)run.graph->location[location].writes - 1;
        show(t, operation, location, graph_write_at(run.graph, location, newest))
            ->waited = run.graph->thread[t].waits;
        run.graph->thread[t].waits = 0;
    }
}

void show_failed_tries(void)
{
    for (unsigned t = 0; t < run.graph->threads; t++) {
        const struct processor *processor = &run.processors[t];
        if (processor->state == GIVING_WAY) {
            (void)show(t, processor->failing, processor->failing_location,
                       processor->fails_with);
        }
    }
}
