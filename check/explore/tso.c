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

static bool go_on(struct machine *machine, unsigned thread)
{
    bool progress = store_some(machine, thread);
    event_id id = {(uint16_t)thread, (uint16_t)machine->carried_out[thread]};
    while (id.index < machine->model->done[thread] && can_carry_out(machine, id)) {
        machine->carried_out[thread] = ++id.index;
        (void)store_some(machine, thread);
        progress = true;
    }
    return progress;
}

bool tso_consistent(const struct model *model)
{
    static struct machine machine;
    machine.model = model;
    memset(machine.carried_out, 0, sizeof machine.carried_out);
    memset(machine.stored, 0, sizeof machine.stored);
    bool progress = true, left = true;
    while (progress && left) {
        progress = left = false;
        for (unsigned t = 0; t < model->graph->threads; t++) {
            progress = go_on(&machine, t) || progress;
            left = left || machine.stored[t] < model->done[t];
        }
    }
    return !left;
}
