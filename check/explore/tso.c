/* SPDX-License-Identifier: MIT */
#include "check/explore/tso.h"

#include <string.h>

/* --- instructions ------------------------------------------------------------------- */

bool tso_locks(const struct vm_operation *operation)
{
    return operation->kind > VM_STORE ||
           (operation->kind == VM_STORE && operation->order == VM_SEQ_CST);
}

static enum vm_order order_of(bool locks, bool loads)
{
    return locks ? VM_SEQ_CST : loads ? VM_ACQUIRE : VM_RELEASE;
}

enum vm_order tso_order(const struct vm_operation *operation)
{
    return order_of(tso_locks(operation), operation->kind == VM_LOAD);
}

void tso_orders(struct graph *graph)
{
    for (unsigned t = 0; t < graph->threads; t++) {
        for (uint32_t i = 0; i < graph->thread[t].events; i++) {
            struct event *event = &graph->thread[t].event[i];
            if (accesses(event) && !event->plain) {
                event->order = (uint8_t)order_of(event->locked, reads(event));
            }
        }
    }
}

/* --- the axiom ---------------------------------------------------------------------- */

/*
 * A relation has no cycle if its events can be taken away one by one, each when nothing
 * is left that comes before it. Here that is a run of the machine with store buffers: of
 * each thread, so many events have been carried out in program order, and of these the
 * stores among the first so many have left its buffer for memory.
 */
struct machine {
    const struct model *model;
    uint32_t carried_out[MAX_THREADS], stored[MAX_THREADS];
    uint64_t interrupted[MAX_THREADS]; /* by the membarrier that the thread is in; or 0 */
    bool lazy;                         /* there are membarriers: stores wait */
};

/* Whether nothing may pass it, in either direction. Threads are created and joined by
   calls of the system. */
static bool is_barrier(const struct event *event)
{
    switch ((enum event_kind)event->kind) {
    case EVENT_BEGIN:
    case EVENT_END:
    case EVENT_CREATE:
    case EVENT_JOIN:
    case EVENT_WAITED:
        return true;
    case EVENT_FENCE:
    case EVENT_HEAVY_FENCE:
        return event->order == VM_SEQ_CST;
    case EVENT_READ:
    case EVENT_WRITE:
    case EVENT_UPDATE:
        return event->locked;
    default:
        return false;
    }
}

static bool is_carried_out(const struct machine *machine, event_id id)
{
    return is_initial(id) || id.index < machine->carried_out[id.thread];
}

static bool is_stored(const struct machine *machine, event_id id)
{
    return is_initial(id) || id.index < machine->stored[id.thread];
}

/* Whether memory is ready for a write: it has those before it, and nothing has yet to
   read one of these. */
static bool can_store(const struct machine *machine, event_id id)
{
    const struct model *model = machine->model;
    const struct event *event = event_of(model->graph, id);
    const struct location *location = &model->graph->location[event->location];
    for (uint32_t i = event->place; i-- > 0;) {
        if (model_done(model, location->order[i])) {
            if (!is_stored(machine, location->order[i])) {
                return false;
            }
            break;
        }
    }
    const struct access_list *at = &model->at[event->location];
    for (uint32_t i = 0; i < at->count; i++) {
        event_id read = at->event[i];
        const struct event *other = event_of(model->graph, read);
        if (reads(other) && !same_event(read, id) && !is_carried_out(machine, read) &&
            graph_place(model->graph, other->source) < (long)event->place) {
            return false;
        }
    }
    return true;
}

/* Whether a thread's next event can be carried out. */
static bool can_carry_out(const struct machine *machine, event_id id)
{
    const struct event *event = event_of(machine->model->graph, id);
    if (is_barrier(event) && machine->stored[id.thread] < id.index) {
        return false;
    }
    if (event->kind == EVENT_BEGIN || event->kind == EVENT_JOIN) {
        return is_carried_out(machine, event->source);
    }
    if (event->kind == EVENT_WAITED) { /* what has been done before is seen */
        return is_carried_out(machine, event->source) &&
               is_stored(machine, event->source);
    }
    if (reads(event) && !is_stored(machine, event->source) &&
        (event->locked || event->source.thread != id.thread)) {
        return false;
    }
    return !event->locked || !writes(event) || can_store(machine, id);
}

/* Empties a thread's store buffer, as far as that can be. */
static bool store_some(struct machine *machine, unsigned thread)
{
    uint32_t *stored = &machine->stored[thread], before = *stored;
    while (*stored < machine->carried_out[thread]) {
        event_id id = {(uint16_t)thread, (uint16_t)*stored};
        if (writes(event_of(machine->model->graph, id)) && !can_store(machine, id)) {
            break;
        }
        ++*stored;
    }
    return *stored > before;
}

/* A membarrier interrupts each other thread once between its beginning and its end, and
   empties its buffer. When that is, it is open: here, as soon as the buffer is empty. So
   the membarrier begins as soon as it can; and a store that would have to wait in the
   buffer is not carried out before something needs it. */
static bool interrupt(struct machine *machine, unsigned thread)
{
    uint64_t *interrupted = &machine->interrupted[thread], before = *interrupted;
    uint64_t all = 0;
    for (unsigned t = 0; t < machine->model->graph->threads; t++) {
        bool is_empty = machine->stored[t] == machine->carried_out[t];
        *interrupted |= (uint64_t)(is_empty || t == thread) << t;
        all |= UINT64_C(1) << t;
    }
    bool is_over = *interrupted == all;
    if (is_over) {
        machine->carried_out[thread]++;
        machine->stored[thread]++;
        *interrupted = 0;
    }
    return is_over || *interrupted != before;
}

/* Whether a thread's next event is a store that would have to wait. */
static bool must_wait(const struct machine *machine, event_id id)
{
    const struct event *event = event_of(machine->model->graph, id);
    return event->kind == EVENT_WRITE && !event->locked &&
           (machine->stored[id.thread] < id.index || !can_store(machine, id));
}

static bool go_on(struct machine *machine, unsigned thread)
{
    const struct model *model = machine->model;
    bool progress = store_some(machine, thread);
    event_id id = {(uint16_t)thread, (uint16_t)machine->carried_out[thread]};
    while (id.index < model->done[thread] && can_carry_out(machine, id)) {
        const struct event *event = event_of(model->graph, id);
        if (event->kind == EVENT_HEAVY_FENCE && is_barrier(event)) {
            return interrupt(machine, thread) || progress;
        }
        if (machine->lazy && must_wait(machine, id)) {
            break;
        }
        machine->carried_out[thread] = ++id.index;
        (void)store_some(machine, thread);
        progress = true;
    }
    return progress;
}

/* Whether the machine comes to the end. */
static bool comes_to_end(struct machine *machine)
{
    const struct model *model = machine->model;
    bool progress = true, left = true;
    while (progress && left) {
        progress = left = false;
        for (unsigned t = 0; t < model->graph->threads; t++) {
            progress = go_on(machine, t) || progress;
            left = left || machine->stored[t] < model->done[t];
        }
    }
    for (unsigned t = 0; t < model->graph->threads && left && machine->lazy; t++) {
        event_id id = {(uint16_t)t, (uint16_t)machine->carried_out[t]};
        if (id.index < model->done[t] && must_wait(machine, id)) {
            struct machine other = *machine;
            other.carried_out[t]++;
            left = !comes_to_end(&other);
        }
    }
    return !left;
}

bool tso_consistent(const struct model *model)
{
    struct machine machine = {.model = model,
                              .lazy = model->sc_fences[VM_HEAVY_FENCE] > 0};
    return comes_to_end(&machine);
}
