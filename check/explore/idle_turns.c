/* SPDX-License-Identifier: MIT */
#include "check/explore/idle_turns.h"

#include "check/explore/loops.h"

static void begin_again(enum begin_again why)
{
    run.result->begin_again |= why;
}

/* --- what an idle turn is ----------------------------------------------------------- */

/* A turn of a thread: its events from `first` to before `end`. */
struct turn {
    unsigned thread;
    uint32_t first, end;
    uint32_t location;
    uint32_t last;  /* write */
    uint64_t value; /* that was there before, and is there again */
};

static const struct event *event_in(const struct turn *turn, uint32_t index)
{
    return &run.graph->thread[turn->thread].event[index];
}

static bool is_lower(event_id a, event_id b)
{
    return a.thread < b.thread || (a.thread == b.thread && a.index < b.index);
}

static bool is_own(const struct turn *turn, event_id write)
{
    return write.thread == turn->thread && write.index >= turn->first &&
           write.index < turn->end;
}

/* Whether all that the turn does is to read one location and to change it, each time
   what it has left there itself, and in the end nothing. */
static bool changes_nothing(struct turn *turn)
{
    bool writes = false;
    for (uint32_t i = turn->first; i < turn->end; i++) {
        const struct event *event = event_in(turn, i);
        if (!reads(event) || event->location != turn->location ||
            event->progress != DONE || event->spurious || event->waits) {
            return false;
        }
        if (event->kind == EVENT_UPDATE) {
            if (!writes) {
                turn->value = event->read;
            } else if (event->source.thread != turn->thread ||
                       event->source.index != turn->last) {
                return false;
            }
            writes = true;
            turn->last = i;
        }
    }
    return writes && event_in(turn, turn->last)->value == turn->value;
}

/* Whether another thread has read what was there in between; *seen: the lowest such
   event. */
static bool is_looked_into(const struct turn *turn, event_id *seen)
{
    const struct access_list *at = &run.model.at[turn->location];
    *seen = INITIAL; /* higher than all others */
    for (uint32_t i = 0; i < at->count; i++) {
        event_id id = at->event[i];
        const struct event *event = event_of(run.graph, id);
        if (id.thread != turn->thread && reads(event) && is_own(turn, event->source) &&
            event->source.index != turn->last && is_lower(id, *seen)) {
            *seen = id;
        }
    }
    return !is_initial(*seen);
}

/* --- the thread stays behind it ----------------------------------------------------- */

/* Whether the thread would make the same turn again and again: all that the turn has read
   is what it would read now. */
static bool is_repeated(const struct turn *turn)
{
    const struct location *at = &run.graph->location[turn->location];
    for (uint32_t i = turn->first; i < turn->end; i++) {
        const struct event *event = event_in(turn, i);
        if (!is_own(turn, event->source) && event->read != turn->value) {
            return false;
        }
    }
    return vm_peek(at->address, at->size) == turn->value;
}

/* Whether no write of the thread comes behind this one and in front of event `end`. */
static bool is_last_write(const struct thread *thread, event_id write, uint32_t end)
{
    for (uint32_t i = write.index + 1U; i < end; i++) {
        if (writes(&thread->event[i])) {
            return false;
        }
    }
    return true;
}

static bool is_left_out(const struct turn *turn)
{
    void *address = run.graph->location[turn->location].address;
    if (run.trace != NULL || run.idle_at == address) {
        return true;
    }
    if (run.idle_at == NULL && run.options->idle_turns) {
        run.result->idle_at = address;
        begin_again(IDLE_TURN);
        stop(STOPPED);
    }
    return false;
}

bool idle_turn(uint32_t first)
{
    struct turn turn = {
        .thread = (unsigned)vm_self(), .first = first, .end = run.model.done[vm_self()]};
    const struct thread *thread = &run.graph->thread[turn.thread];
    turn.location = event_in(&turn, first)->location;
    if (run.idle_refused || turn.end < thread->events || !changes_nothing(&turn)) {
        return false;
    }
    while (run.phase == REPLAY && run.trace == NULL) {
        pause_as(FRONTIER); /* others may come to read something of it */
    }
    event_id seen;
    bool passes = is_looked_into(&turn, &seen);
    if (!is_left_out(&turn)) {
        return false;
    }
    if (passes) {
        self()->place = event_in(&turn, turn.last)->place;
        pause_as(PASSING);
        (void)is_looked_into(&turn, &self()->seen);
        self()->turn = turn.end - turn.first;
        loops_pass(turn.thread);
        return true;
    }
    self()->stays_at = run.graph->location[turn.location].address;
    while (run.phase != PROBE) {
        pause_as(BLOCKED);
    }
    run.probe_stuck = is_repeated(&turn);
    idle_turns_probe(self()->stays_at);
    vm_stop();
}

void idle_turns_probe(const void *address)
{
    for (int t = 0; t < (int)run.graph->threads; t++) {
        if (t != vm_self() && run.processors[t].stays_at == address) {
            run.probe_unsure = true;
        }
    }
}

bool idle_turns_may_read(event_id read, event_id source)
{
    if (is_initial(source) || source.thread == read.thread) {
        return true;
    }
    const struct thread *thread = &run.graph->thread[source.thread];
    for (uint32_t i = source.index + 1; i < thread->events; i++) {
        const struct event *event = &thread->event[i];
        if (event->turn > 0) { /* its last write is before `i` */
            return i - event->turn > source.index || is_last_write(thread, source, i) ||
                   !is_lower(read, event->twin);
        }
    }
    return true;
}

/* --- what may see an idle turn that it depends on ----------------------------------- */

/* The place behind which an access must read that knows of this one. */
static long place_after(const struct event *event)
{
    return writes(event) ? (long)event->place : graph_place(run.graph, event->source) + 1;
}

void idle_turns_read(uint32_t location)
{
    const struct thread_view *present = &run.model.present[vm_self()];
    if (present->loose == 0 || location >= run.model.at_room) {
        return;
    }
    long floor = model_floor(&run.model, location, present->happens);
    const struct access_list *at = &run.model.at[location];
    for (uint32_t i = 0; i < at->count; i++) {
        if (model_in(present->depends, at->event[i]) &&
            !model_in(present->happens, at->event[i]) &&
            place_after(event_of(run.graph, at->event[i])) > floor) {
            begin_again(IDLE_SUSPECT);
        }
    }
}

void idle_turns_touch(struct touch touch)
{
    if (run.idle_at == NULL) {
        return;
    }
    bool there = touch.number == (uintptr_t)run.idle_at / 8;
    int owner = vm_stack_owner((void *)(touch.number * 8));
    if (there ? (touch.what & TOUCH_ATOMIC) == 0
              : owner != VM_NOBODY && owner != (int)touch_thread(touch.what)) {
        begin_again(IDLE_SUSPECT);
    }
}

void idle_turns_free(uintptr_t first, uintptr_t end)
{
    uintptr_t number = (uintptr_t)run.idle_at / 8;
    if (run.idle_at != NULL && number >= first && number < end) {
        begin_again(IDLE_SUSPECT);
    }
}
