/* SPDX-License-Identifier: MIT */
#include "check/explore/loops.h"
#include "check/explore/run.h"

/* The thread's last read, if nothing that it has written since lasts. */
static const struct event *last_read(unsigned thread, uint32_t *index)
{
    for (uint32_t i = model.done[thread]; i-- > 0;) {
        const struct event *event = &graph->thread[thread].event[i];
        if (event->kind == EVENT_READ) {
            *index = i;
            return event;
        }
        if (!is_fence(event)) {
            return NULL;
        }
    }
    return NULL;
}

/* The thread stays where it is: had its last read passed over a newer write, it will
   never be revisited, and the execution is not worth going on with. */
static void drop_if_stale(void)
{
    unsigned t = (unsigned)vm_self();
    uint32_t index;
    const struct event *event = last_read(t, &index);
    if (event != NULL && self()->fresh == index + 1 &&
        graph_place(graph, event->source) + 1 <
            (long)graph->location[event->location].writes) {
        stop(PRUNED);
    }
}

/*
 * A try of a wait has failed. The thread stays here for the rest of the execution: when a
 * write comes that it could have read instead, it is revisited. Had the last read of the
 * try passed over a newer write, that cannot be: the try might as well not have been, and
 * the execution is not worth going on with.
 */
void try_failed(void)
{
    unsigned t = (unsigned)vm_self();
    struct processor *processor = self();
    if (phase == PROBE) {
        probe_stuck = true;
        vm_stop();
    }
    if (processor->pending) {
        struct event *event = &graph->thread[t].event[model.done[t] - 1];
        event->kind = EVENT_READ;
        event->unwritten = false;
        event->silent = true;
        processor->pending = false;
    }
    drop_if_stale();
    while (phase != PROBE) {
        pause_as(BLOCKED);
    }
    loops_effect(t); /* what counts is one more try, from here */
}

/* The value of a plain write is known by now. */
void settle_plain(void)
{
    struct processor *processor = self();
    steps++;
    if (processor->plain_pending) {
        processor->plain_pending = false;
        struct event *event = &graph->thread[vm_self()].event[model.done[vm_self()] - 1];
        const struct location *at = &graph->location[event->location];
        event->value = vm_peek(at->address, at->size);
    }
}

/* What was left open at the thread's last event is decided now. */
void settle(void)
{
    struct processor *processor = self();
    settle_plain();
    if (processor->pending) {
        while (phase == REPLAY) {
            pause_as(HALF);
        }
        processor->pending = false;
        write_update(
            (event_id){(uint16_t)vm_self(), (uint16_t)(model.done[vm_self()] - 1)});
    }
}

/* Whether an update that may turn out to be silent must be decided before a plain read:
   if it had to write, it might have been impossible, and the read must not be judged. */
bool may_be_impossible(void)
{
    unsigned t = (unsigned)vm_self();
    if (!self()->pending) {
        return false;
    }
    event_id id = {(uint16_t)t, (uint16_t)(model.done[t] - 1)};
    const struct event *event = event_of(graph, id);
    return event->order == VM_SEQ_CST ||
           model_taken(&model, event->location, event->source, id);
}

/* Something other than a read is met while probing: the thread goes on. */
void probe_effect(void)
{
    if (phase == PROBE) {
        vm_stop();
    }
}

/* Reads the newest write. */
static uint64_t probe_read(const struct vm_operation *operation)
{
    uint64_t old = vm_peek(operation->address, operation->size), value;
    if (operation->kind == VM_STORE || ++probe_steps > PROBE_BOUND ||
        (vm_writes(operation, old, &value) && value != old)) {
        vm_stop();
    }
    return old;
}

uint64_t probe_atomic(const struct vm_operation *operation)
{
    if (operation->kind != VM_STORE && loops_closed((unsigned)vm_self())) {
        probe_stuck = true;
        vm_stop();
    }
    return probe_read(operation);
}

/* --- what the program says of it ---------------------------------------------------- */

void instrument_await_failed(const void *site)
{
    (void)site;
    if (phase != PROBE && model.done[vm_self()] > 0) {
        const struct event *last =
            &graph->thread[vm_self()].event[model.done[vm_self()] - 1];
        bool effect = last->kind == EVENT_WRITE ||
                      (last->kind == EVENT_UPDATE && last->value != last->read);
        if (effect && !self()->pending && !last->plain) {
            return; /* the try had an effect: it is not a wait that may be left out */
        }
    }
    try_failed();
}

_Noreturn void instrument_not_wanted(const void *site)
{
    (void)site;
    probe_effect();
    settle();
    drop_if_stale();
    while (phase != PROBE) {
        pause_as(BLOCKED);
    }
    vm_stop(); /* not stuck: just not wanted */
}

void instrument_effect(void)
{
    probe_effect();
    loops_effect((unsigned)vm_self());
}

void instrument_yield(const void *site)
{
    (void)site;
}

void instrument_delay(unsigned pauses, const void *site)
{
    (void)pauses;
    (void)site;
}

/* --- there is no time --------------------------------------------------------------- */

bool instrument_has_time(void)
{
    return false;
}

uint64_t instrument_now(void)
{
    return 0;
}

void instrument_sleep(uint64_t nanoseconds, const void *site)
{
    (void)nanoseconds, (void)site;
}

bool instrument_await_failed_until(uint64_t limit, const void *site)
{
    (void)limit, (void)site;
    return false;
}
