/* SPDX-License-Identifier: MIT */
#include "check/explore/calls.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "check/explore/addresses.h"
#include "check/explore/failed_tries.h"
#include "check/explore/forks.h"
#include "check/explore/lock_turns.h"
#include "check/explore/loops.h"
#include "check/explore/others_wait.h"
#include "check/explore/pieces.h"
#include "check/explore/races.h"
#include "check/explore/spins.h"
#include "check/explore/suspects.h"
#include "check/explore/symmetry.h"
#include "check/explore/updates.h"
#include "check/explore/work.h"
#include "virtual/ground/memory.h"
#include "virtual/instrument.h"

/* What every call here begins with: it is no read, and it lasts. */
static void begin_call(void)
{
    probe_effect();
    settle();
    begin_try((unsigned)vm_self());
    spins_forget((unsigned)vm_self());
}

/* What every call that is an event ends with. */
static void execute(event_id id)
{
    model_execute(&run.model, id);
    trace_event(id);
}

/* --- choices ------------------------------------------------------------------------ */

/* Chooses 0, and leaves the others that may be had for later. */
static struct event *add_choice(unsigned count, unsigned may_be_had, bool early)
{
    event_id id = add_event(EVENT_CHOICE);
    struct event *event = event_of(run.graph, id);
    event->early = early;
    if (early && !symmetry_may_choose(id)) {
        may_be_had = 1;
    }
    event->choices = (uint16_t)count;
    for (unsigned i = 1; i < may_be_had; i++) {
        push_item(&(struct item){.kind = ITEM_CHOICE,
                                 .stamp = event->stamp + 1,
                                 .event = id,
                                 .choice = (uint16_t)i});
    }
    note_fork(may_be_had - 1);
    return event;
}

static unsigned take_choice(struct event *event, const char *what, const void *site)
{
    event_id id = running_event();
    expect(event, EVENT_CHOICE, 0, site);
    event->site = site;
    event->name = what;
    execute(id);
    return event->choice;
}

unsigned instrument_choose(unsigned count, const char *what, const void *site)
{
    begin_call();
    struct event *event = next_event();
    if (event == NULL) {
        event = add_choice(count, count, false);
    }
    return take_choice(event, what, site);
}

bool has_early_return(const struct graph *graph)
{
    for (unsigned t = 0; t < graph->threads; t++) {
        for (uint32_t i = 0; i < graph->thread[t].events; i++) {
            const struct event *event = &graph->thread[t].event[i];
            if (event->kind == EVENT_CHOICE && event->early && event->choice == 1) {
                return true;
            }
        }
    }
    return false;
}

static bool is_tried(enum vm_early why)
{
    return why == VM_SPURIOUS ? run.options->wakes : run.options->interrupts;
}

void instrument_tries_mutex(bool together)
{
    run.result->tries |= run.tries_again ? 0 : together ? TRIES_TOGETHER : TRIES_ALONE;
}

/* A graph says which waits were asked; one that was made without asking has none. At most
   one in an execution says yes, which is a property of graphs that parts of them keep, so
   that each graph is still explored once. */
bool instrument_returns_early(enum vm_early why, const char *name, const void *site)
{
    static const char *const what[] = {
        [VM_SPURIOUS] = "whether the wait returns for no reason",
        [VM_INTERRUPTED] = "whether the wait is interrupted",
    };
    (void)name;
    unsigned t = (unsigned)vm_self();
    uint32_t done = run.model.done[t];
    const struct event *next = &run.graph->thread[t].event[done];
    bool decided = done < run.graph->thread[t].events;
    if (run.phase == PROBE) {
        return false;
    }
    probe_effect();
    run.result->early_possible = run.result->early_possible || is_tried(why);
    if (decided ? !next->early && !next->again : !is_tried(why) || !run.early) {
        return false;
    }
    if (self()->returned_early && loops_closed(t, NULL)) {
        others_wait_fails(loops_closed_from, site);
        /* Back where it was: as if it had begun to wait only now. */
        (void)try_failed(loops_closed_from);
        return false;
    }
    settle();
    struct event *event = next_event();
    if (event == NULL) {
        event = add_choice(2, has_early_return(run.graph) ? 1 : 2, true);
    }
    bool early = take_choice(event, what[why], site) == 1;
    if (early) {
        self()->returned_early = true;
        (void)loops_closed(t, NULL);
    }
    return early;
}

/* Whether a thread of the execution has gone on from a suspected try. */
bool has_gone_on(void)
{
    for (unsigned t = 0; t < run.graph->threads; t++) {
        for (uint32_t i = 0; i < run.graph->thread[t].events; i++) {
            const struct event *event = &run.graph->thread[t].event[i];
            if (event->again && event->choice == 1) {
                return true;
            }
        }
    }
    return false;
}

bool fails_and_goes_on(bool may_go_on)
{
    unsigned t = (unsigned)vm_self();
    uint32_t done = run.model.done[t];
    bool decided = done < run.graph->thread[t].events;
    if (decided ? !run.graph->thread[t].event[done].again : !may_go_on) {
        return false;
    }
    struct event *event = next_event();
    if (event == NULL) {
        event = add_choice(2, has_gone_on() ? 1 : 2, false);
        event->again = true;
    }
    return take_choice(event, "whether a wait goes on after a try that has failed",
                       NULL) == 1;
}

/* --- calls of thread libraries, as a whole ------------------------------------------ */

static bool is_told(void)
{
    return run.trace != NULL && run.trace->call_begins != NULL && run.phase != PROBE &&
           vm_self() != VM_NOBODY;
}

void instrument_call_begins(const struct vm_whole_call *call)
{
    if (is_told()) {
        run.trace->call_begins((unsigned)vm_self(), call, run.trace->context);
    }
}

void instrument_call_returns(const char *result, const uint64_t *woken)
{
    if (is_told()) {
        run.trace->call_returns((unsigned)vm_self(), result, woken, run.trace->context);
    }
}

/* --- threads ------------------------------------------------------------------------ */

static void body(void *argument)
{
    struct processor *processor = argument;
    struct event *event = next_event();
    event_id id = running_event();
    if (event == NULL) {
        add_event(EVENT_BEGIN);
        event_of(run.graph, id)->source = processor->creator;
    }
    execute(id);
    processor->body(processor->argument);
    instrument_exit();
}

void start(unsigned thread, void (*function)(void *), void *argument, event_id creator)
{
    run.processors[thread] = (struct processor){.state = READY,
                                                .alone = is_initial(creator),
                                                .creator = creator,
                                                .body = function,
                                                .argument = argument};
    run.begun = thread < run.begun ? run.begun : thread + 1;
    vm_spawn(thread, body, &run.processors[thread]);
}

static bool is_over(unsigned thread)
{
    return !run.options->same_thread && is_ended(thread) &&
           run.model.present[vm_self()].happens[thread] ==
               run.graph->thread[thread].events;
}

/* A thread that has ended, and of whose end the running thread knows: another one can go
   on in its place, as if it were the same one, since all of the first happens before all
   of the second. Not where release sequences go by threads. MAX_THREADS: there is none.
   */
static unsigned thread_that_is_over(void)
{
    unsigned thread = 1;
    while (thread < MAX_THREADS && !is_over(thread)) {
        thread++;
    }
    return thread;
}

/* The number of a new thread. Ends the run if it is more than there is room for. */
static unsigned new_thread(int again, const void *site)
{
    unsigned thread = 0;
    if (again != VM_NOBODY && is_over((unsigned)again)) {
        return (unsigned)again;
    }
    while (thread < MAX_THREADS && run.processors[thread].state != ABSENT) {
        thread++;
    }
    if (thread == MAX_THREADS) {
        thread = thread_that_is_over();
    }
    if (thread == MAX_THREADS) {
        instrument_refuse(site, "more than %d threads at the same time%s", MAX_THREADS,
                          run.options->same_thread
                              ? ", or, with --release-sequences=same-thread, in all"
                              : "");
    }
    if (thread >= run.width) {
        run.needs_width = true; /* the run is done again with more room */
        stop(STOPPED);
    }
    return thread;
}

unsigned instrument_create(void (*function)(void *), void *argument, unsigned kind,
                           int again, const void *site)
{
    begin_call();
    struct event *event = next_event();
    event_id id = running_event();
    if (event == NULL) {
        unsigned thread = new_thread(again, site);
        add_event(EVENT_CREATE);
        event = event_of(run.graph, id);
        event->choice = (uint16_t)thread;
    }
    expect(event, EVENT_CREATE, 0, site);
    event->site = site;
    unsigned thread = event->choice;
    execute(id);
    symmetry_begin(thread);
    self()->alone = false;
    start(thread, function, argument, id);
    symmetry_create(thread, kind, id);
    if (thread + 1 > run.result->threads) {
        run.result->threads = thread + 1;
    }
    return thread;
}

/* Whether all other threads are over before the running one, here. */
static bool is_alone(void)
{
    unsigned self = (unsigned)vm_self();
    const clock_value *happens = run.model.present[self].happens;
    for (unsigned t = 0; t < run.graph->threads; t++) {
        if (t != self && (!is_ended(t) || happens[t] < run.model.done[t])) {
            return false;
        }
    }
    return true;
}

void instrument_join(unsigned processor, const void *site)
{
    begin_call();
    self()->joins = (uint16_t)processor;
    self()->joins_at = site;
    struct event *event = next_event();
    lock_turns_goes_on();
    while (event == NULL && !is_ended(processor)) {
        pause_as(JOINING);
    }
    event_id id = running_event();
    if (event == NULL) {
        add_event(EVENT_JOIN);
        event = event_of(run.graph, id);
        event->choice = (uint16_t)processor;
        event->source = (event_id){event->choice,
                                   (uint16_t)(run.graph->thread[processor].events - 1)};
    }
    expect(event, EVENT_JOIN, 0, site);
    event->site = site;
    execute(id);
    self()->alone = is_alone();
    symmetry_join(processor);
}

void instrument_look_at_result(unsigned processor)
{
    symmetry_look_at_result(processor);
}

void instrument_know_oneself(void)
{
    symmetry_know_oneself();
}

void instrument_view(unsigned *events, unsigned threads, const void *site)
{
    begin_call();
    symmetry_know_oneself();
    const clock_value *happens = run.model.present[vm_self()].happens;
    for (unsigned t = 0; t < MAX_THREADS; t++) {
        unsigned count = t < run.width ? happens[t] : 0;
        if (t < threads) {
            events[t] = count;
        } else if (count > 0) {
            instrument_refuse(site, "lockcheck_view: there are more than %u threads",
                              threads);
        }
    }
}

/* Whatever is not ordered with the end of memory may come after it. */
static bool is_used_beyond(void *address, size_t size, struct race *race)
{
    if (!self()->alone) {
        unsigned t = (unsigned)vm_self();
        suspects_free(t, (uintptr_t)address / 8, ((uintptr_t)address + size + 7) / 8,
                      run.model.present[t].loose);
    }
    if (!races_free(address, size, race)) {
        return false;
    }
    struct failure *failure = &run.result->failure;
    failure->address = address;
    failure->size = size;
    failure->write = true;
    failure->other = (int)race->thread;
    failure->other_site = race->site;
    return true;
}

/* Memory of the running thread's that ends with it: `what`. */
static void check_end_of(struct vm_stack memory, bool shared, const char *what)
{
    struct race race;
    suspects_free((unsigned)vm_self(), (uintptr_t)memory.low / 8,
                  (uintptr_t)memory.high / 8, run.model.present[vm_self()].loose);
    if (shared && is_used_beyond(memory.low, (size_t)(memory.high - memory.low), &race)) {
        run.result->failure.address = race.address;
        run.result->failure.size = 1;
        instrument_wrong(
            VM_USE_AFTER_FREE, NULL,
            "the thread ends, and %s in its %s by thread %u is not ordered with that",
            race.write ? "a write" : "a read", what, race.thread);
    }
}

/* And so do a function's variables when it returns. */
void instrument_frame_ends(void *address, size_t size, const void *site)
{
    struct race race;
    if (self()->stack_is_shared && run.phase != PROBE && !vm_rehearsing &&
        is_used_beyond(address, size, &race)) {
        run.result->failure.address = race.address;
        run.result->failure.size = 1;
        instrument_wrong(VM_USE_AFTER_FREE, site,
                         "the function returns, and %s of its variable by thread %u is "
                         "not ordered with that",
                         race.write ? "a write" : "a read", race.thread);
    }
}

_Noreturn void instrument_exit(void)
{
    probe_effect();
    settle();
    struct event *event = next_event();
    event_id id = running_event();
    if (event == NULL) {
        add_event(EVENT_END);
    }
    check_end_of(vm_stack(id.thread), self()->stack_is_shared, "stack");
    struct vm_stack variables = vm_thread_locals(id.thread);
    if (variables.low != NULL) {
        check_end_of(variables, self()->variables_are_shared, "thread-local variables");
    }
    execute(id);
    self()->state = ENDED;
    symmetry_end();
    vm_stop();
}

/* The line of the running thread's last event. */
static const void *last_known_place(void)
{
    const struct thread *thread = &run.graph->thread[vm_self()];
    for (uint32_t i = run.model.done[vm_self()]; i-- > 0;) {
        if (i < thread->events && thread->event[i].site != NULL) {
            return thread->event[i].site;
        }
    }
    return NULL;
}

_Noreturn void instrument_end(int status, const void *site)
{
    if (vm_self() == VM_NOBODY && status == 0) {
        instrument_refuse(site, "the program ends in a constructor: main is not reached");
    }
    if (vm_self() == VM_NOBODY) {
        instrument_wrong(VM_STATUS, site, "the program ends with status %d", status);
    }
    probe_effect();
    settle();
    if (status != 0) {
        instrument_wrong(VM_STATUS, site, "the program ends with status %d", status);
    }
    run.program_over = true;
    self()->state = GONE;
    vm_stop();
}

/* --- the heap ----------------------------------------------------------------------- */

static void trace_block(void *address, size_t size, bool freed, const void *site)
{
    if (run.trace != NULL && run.trace->block != NULL) {
        run.trace->block((unsigned)vm_self(), address, size, freed, site,
                         run.trace->context);
    }
}

uint64_t instrument_allocate(void *address, size_t size, const void *site)
{
    begin_call();
    trace_block(address, size, false, site);
    unsigned t = (unsigned)vm_self();
    return allocation_mark(t, run.model.done[t] + 1);
}

void instrument_free(void *address, size_t size, const void *site)
{
    begin_call();
    struct race race;
    if (is_used_beyond(address, size, &race)) {
        instrument_wrong(VM_USE_AFTER_FREE, site,
                         "free, and %s of the block by thread %u is not ordered with it",
                         race.write ? "a write" : "a read", race.thread);
    }
    trace_block(address, size, true, site);
}

/* --- what is wrong ------------------------------------------------------------------ */

bool instrument_takes_order(void)
{
    run.order_refused = vm_self() == VM_NOBODY || !run.graph->lenient;
    return !run.order_refused;
}

_Noreturn void instrument_wrong(const char *kind, const void *site, const char *format,
                                ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail_outside(WRONG, kind, site, format, arguments);
    probe_effect();
    settle();
    /* An edited graph may not be consistent: then nothing has been found. */
    if (run.check_due && run.phase == REPLAY && !model_consistent(&run.model)) {
        stop(PRUNED);
    }
    pieces_found_wrong(strcmp(kind, VM_CRASH) == 0, site);
    struct failure *failure = &run.result->failure;
    (void)vsnprintf(failure->text, sizeof failure->text, format, arguments);
    va_end(arguments);
    failure->kind = kind;
    failure->thread = vm_self();
    bool lost = site == NULL && strcmp(kind, VM_CRASH) == 0;
    failure->site = lost ? last_known_place() : site;
    run.result->verdict = WRONG;
    stop(FAILED);
}
