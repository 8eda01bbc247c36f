/* SPDX-License-Identifier: MIT */
#include "check/explore/run.h"

#include <stdio.h>

#include "check/explore/lock_turns.h"
#include "check/explore/locks.h"
#include "check/explore/spins.h"
#include "check/explore/symmetry.h"
#include "virtual/instrument.h"
#include "virtual/program/tool.h"

struct run run = {.width = 8};

/* --- the running thread ------------------------------------------------------------- */

_Noreturn void stop(enum outcome what)
{
    run.outcome = what;
    vm_stop();
}

event_id running_event(void)
{
    unsigned t = (unsigned)vm_self();
    return (event_id){(uint16_t)t, (uint16_t)run.model.done[t]};
}

void pause_as(enum thread_state state)
{
    self()->state = state;
    vm_pause();
    self()->state = READY;
}

bool is_ended(unsigned thread)
{
    return run.processors[thread].state == ENDED;
}

bool has_newer_write(unsigned thread)
{
    const struct processor *processor = &run.processors[thread];
    return graph_place(run.graph, processor->fails_with) + 1 <
           (long)run.graph->location[processor->failing_location].writes;
}

/* --- its events --------------------------------------------------------------------- */

bool can_follow(const struct event *event)
{
    if (!is_initial(event->twin) &&
        event->twin.index >= run.model.done[event->twin.thread]) {
        return false;
    }
    if (reads(event) || event->kind == EVENT_WAITED) {
        return model_done(&run.model, event->source);
    }
    return event->kind != EVENT_JOIN || is_ended(event->choice);
}

struct event *next_event(void)
{
    unsigned t = (unsigned)vm_self();
    self()->plain = 0;
    for (;;) {
        struct thread *thread = &run.graph->thread[t];
        if (run.model.done[t] < thread->events) {
            struct event *event = &thread->event[run.model.done[t]];
            if (can_follow(event)) {
                return event;
            }
            pause_as(WAITING);
        } else if (run.phase == REPLAY || is_others_turn()) {
            pause_as(FRONTIER);
        } else if (thread->events >= run.bound) {
            pause_as(BOUNDED); /* for good */
        } else {
            bool last = run.nobody_else;
            run.nobody_else = false;
            if (!symmetry_waits(last || thread->waits != 0)) {
                return NULL;
            }
            pause_as(BEHIND);
        }
    }
}

event_id add_event(enum event_kind kind)
{
    lock_turns_goes_on();
    symmetry_add(kind);
    event_id id = graph_add(run.graph, (unsigned)vm_self(), kind);
    struct event *event = event_of(run.graph, id);
    event->twin = self()->turn > 0 ? self()->seen : self()->twin;
    event->turn = self()->turn;
    self()->turn = 0;
    if (self()->within && kind >= EVENT_READ) {
        event->access = self()->access != 0 ? self()->access : id.index + 1U;
    }
    return id;
}

void expect(const struct event *event, enum event_kind kind, uint32_t location,
            const void *site)
{
    bool same =
        event->location == location &&
        (event->kind == kind || (kind == EVENT_READ && event->kind == EVENT_UPDATE));
    if (!same) {
        refuse_change(site);
    }
}

/* Whether nothing comes after an event that has just been added at the end of its thread:
   it is no fence's way to another SC event, so psc has no new cycle; nor is one through
   it in what TSO orders. */
static bool is_newest(const struct event *event)
{
    if (!accesses(event)) {
        return true;
    }
    long place =
        writes(event) ? (long)event->place : graph_place(run.graph, event->source);
    return place + 1 == (long)run.graph->location[event->location].writes;
}

bool is_consistent(const struct event *event)
{
    if (is_newest(event)) {
        return true;
    }
    bool needs_none =
        model_sc_events(&run.model) < 2 ||
        (event->order != VM_SEQ_CST && run.model.sc_fences[VM_FULL_FENCE] == 0);
    return (run.model.kind != MODEL_TSO && needs_none) || model_consistent(&run.model);
}

void check_new(const struct event *event)
{
    if (run.phase == EXTEND && !is_consistent(event)) {
        stop(PRUNED);
    }
}

void trace_event(event_id id)
{
    if (run.trace != NULL) {
        run.trace->event(id, run.trace->context);
    }
}

void probe_effect(void)
{
    if (vm_rehearsing) {
        spins_arrive(NULL);
    }
    if (run.phase == PROBE) {
        vm_stop();
    }
}

/* --- what cannot be done ------------------------------------------------------------ */

void (*explore_outside)(const struct explore_result *result);

void fail_outside(enum verdict verdict, const char *kind, const void *site,
                  const char *format, va_list arguments)
{
    if (vm_self() != VM_NOBODY) {
        return;
    }
    static struct explore_result result;
    result = (struct explore_result){.verdict = verdict, .threads = 1};
    result.failure.kind = kind;
    result.failure.thread = result.failure.other = VM_NOBODY;
    result.failure.site = site;
    (void)vsnprintf(result.failure.text, sizeof result.failure.text, format, arguments);
    (void)snprintf(result.why, sizeof result.why, "%.255s", result.failure.text);
    explore_outside(&result);
}

_Noreturn void instrument_refuse(const void *site, const char *format, ...)
{
    struct explore_result *result = run.result;
    va_list arguments;
    va_start(arguments, format);
    fail_outside(REFUSED, NULL, site, format, arguments);
    probe_effect();
    (void)vsnprintf(result->why, sizeof result->why, format, arguments);
    va_end(arguments);
    result->failure.site = site;
    result->failure.thread = vm_self();
    result->verdict = REFUSED;
    stop(FAILED);
}

_Noreturn void refuse_change(const void *site)
{
    instrument_refuse(site,
                      "the program does not do the same when it is run the same way "
                      "again; what it does must not depend on time, addresses or "
                      "anything outside");
}
