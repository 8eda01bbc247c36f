/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "check/explore/loops.h"
#include "check/explore/races.h"
#include "check/explore/run.h"
#include "check/explore/work.h"
#include "virtual/program/tool.h"

/* --- choices ------------------------------------------------------------------------ */

unsigned instrument_choose(unsigned count, const char *what, const void *site)
{
    probe_effect();
    settle();
    loops_effect((unsigned)vm_self());
    struct event *event = next_event();
    event_id id = running_event();
    if (event == NULL) {
        graph_add(graph, id.thread, EVENT_CHOICE);
        event = event_of(graph, id);
        event->choices = (uint16_t)count;
        for (unsigned i = 1; i < count; i++) {
            push_item(&(struct item){.kind = ITEM_CHOICE,
                                     .stamp = event->stamp + 1,
                                     .event = id,
                                     .choice = (uint16_t)i});
        }
        share_weight(count - 1);
    }
    expect(event, EVENT_CHOICE, 0, site);
    event->site = site;
    event->name = what;
    model_execute(&model, id);
    told(id);
    return event->choice;
}

/* --- threads ------------------------------------------------------------------------ */

unsigned instrument_create(void (*function)(void *), void *argument, const void *site)
{
    probe_effect();
    settle();
    loops_effect((unsigned)vm_self());
    struct event *event = next_event();
    event_id id = running_event();
    if (event == NULL) {
        unsigned thread = 0;
        while (thread < MAX_THREADS && processors[thread].state != ABSENT) {
            thread++;
        }
        if (thread == MAX_THREADS) {
            instrument_refuse(site, "more than %d threads", MAX_THREADS);
        }
        if (thread >= width) {
            needs_width = true; /* the run is done again with more room */
            stop(STOPPED);
        }
        graph_add(graph, id.thread, EVENT_CREATE);
        event = event_of(graph, id);
        event->choice = (uint16_t)thread;
    }
    expect(event, EVENT_CREATE, 0, site);
    event->site = site;
    unsigned thread = event->choice;
    model_execute(&model, id);
    told(id);
    start(thread, function, argument, id);
    if (thread + 1 > result->threads) {
        result->threads = thread + 1;
    }
    return thread;
}

void instrument_join(unsigned processor, const void *site)
{
    probe_effect();
    settle();
    loops_effect((unsigned)vm_self());
    self()->joins = (uint16_t)processor;
    struct event *event = next_event();
    while (event == NULL && !is_ended(processor)) {
        pause_as(JOINING);
    }
    event_id id = running_event();
    if (event == NULL) {
        graph_add(graph, id.thread, EVENT_JOIN);
        event = event_of(graph, id);
        event->choice = (uint16_t)processor;
    }
    expect(event, EVENT_JOIN, 0, site);
    event->site = site;
    model_execute(&model, id);
    told(id);
}

_Noreturn void instrument_exit(void)
{
    probe_effect();
    settle();
    struct event *event = next_event();
    event_id id = running_event();
    if (event == NULL) {
        graph_add(graph, id.thread, EVENT_END);
    }
    model_execute(&model, id);
    told(id);
    self()->state = ENDED;
    vm_stop();
}

_Noreturn void instrument_end(int status, const void *site)
{
    probe_effect();
    settle();
    if (status != 0) {
        instrument_wrong(VM_STATUS, site, "the program ends with status %d", status);
    }
    program_over = true;
    self()->state = GONE;
    vm_stop();
}

/* --- the heap ----------------------------------------------------------------------- */

static void told_block(void *address, size_t size, bool freed, const void *site)
{
    if (trace != NULL && trace->block != NULL) {
        trace->block((unsigned)vm_self(), address, size, freed, site, trace->context);
    }
}

void instrument_allocate(void *address, size_t size, const void *site)
{
    probe_effect();
    settle();
    loops_effect((unsigned)vm_self());
    told_block(address, size, false, site);
}

/* As a write to all of the block: whatever is not ordered with it may come after it. */
void instrument_free(void *address, size_t size, const void *site)
{
    probe_effect();
    settle();
    unsigned t = (unsigned)vm_self();
    loops_effect(t);
    struct race race;
    if (races_free(address, size, t, model.now[t].happens, &race)) {
        struct failure *failure = &result->failure;
        failure->address = address;
        failure->size = size;
        failure->write = true;
        failure->other = (int)race.thread;
        failure->other_site = race.site;
        instrument_wrong(VM_USE_AFTER_FREE, site,
                         "free, and %s of the block by thread %u is not ordered with it",
                         race.write ? "a write" : "a read", race.thread);
    }
    told_block(address, size, true, site);
}

/* --- what is wrong, and what cannot be done ----------------------------------------- */

/* Before main there is no execution to show. */
static void fail_outside(const char *format, va_list arguments)
{
    if (vm_self() == VM_NOBODY) {
        (void)fputs("lockcheck: in a constructor of the program: ", stderr);
        (void)vfprintf(stderr, format, arguments);
        (void)fputc('\n', stderr);
        vm_quit(3);
    }
}

_Noreturn void instrument_wrong(const char *kind, const void *site, const char *format,
                                ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail_outside(format, arguments);
    probe_effect();
    settle();
    /* An edited graph may not be consistent: then nothing has been found. */
    if (check_due && phase == REPLAY && !model_consistent(&model)) {
        stop(PRUNED);
    }
    struct failure *failure = &result->failure;
    (void)vsnprintf(failure->text, sizeof failure->text, format, arguments);
    va_end(arguments);
    failure->kind = kind;
    failure->thread = vm_self();
    failure->site = site;
    result->verdict = WRONG;
    stop(FAILED);
}

_Noreturn void instrument_refuse(const void *site, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail_outside(format, arguments);
    probe_effect();
    (void)vsnprintf(result->why, sizeof result->why, format, arguments);
    va_end(arguments);
    result->failure.site = site;
    result->failure.thread = vm_self();
    result->verdict = REFUSED;
    stop(FAILED);
}
