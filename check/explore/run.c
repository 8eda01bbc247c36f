/* SPDX-License-Identifier: MIT */
#include "check/explore/run.h"

#include <stdio.h>
#include <string.h>

#include "check/explore/loops.h"
#include "check/explore/races.h"

const struct explore_options *options;
const struct trace *trace;
struct explore_result *result;
struct graph *graph;
struct model model;
enum phase phase;
enum outcome outcome;
struct processor processors[MAX_THREADS];
uint32_t bound;
unsigned width = 8;
bool needs_width;
bool check_due;
bool program_over;
double weight;
uint64_t steps;
bool probe_stuck;
unsigned probe_steps;

/* --- the running thread ------------------------------------------------------------- */

_Noreturn void stop(enum outcome what)
{
    outcome = what;
    vm_stop();
}

struct processor *self(void)
{
    return &processors[vm_self()];
}

void pause_as(enum state state)
{
    self()->state = state;
    vm_pause();
    self()->state = READY;
}

bool is_ended(unsigned thread)
{
    return processors[thread].state == ENDED;
}

static bool can_follow(const struct event *event)
{
    if (reads(event)) {
        return model_done(&model, event->source);
    }
    return event->kind != EVENT_JOIN || is_ended(event->choice);
}

/* The running thread's next event, if the graph has it; NULL when it is to add one. */
struct event *next_event(void)
{
    unsigned t = (unsigned)vm_self();
    self()->plain = 0;
    for (;;) {
        struct thread *thread = &graph->thread[t];
        if (model.done[t] < thread->events) {
            struct event *event = &thread->event[model.done[t]];
            if (can_follow(event)) {
                return event;
            }
            pause_as(WAITING);
        } else if (phase == REPLAY) {
            pause_as(FRONTIER);
        } else if (thread->events >= bound) {
            pause_as(BOUNDED); /* for good */
        } else {
            return NULL;
        }
    }
}

event_id running_event(void)
{
    unsigned t = (unsigned)vm_self();
    return (event_id){(uint16_t)t, (uint16_t)model.done[t]};
}

_Noreturn void refuse_change(const void *site)
{
    instrument_refuse(site,
                      "the program does not do the same when it is run the same way "
                      "again; what it does must not depend on time, addresses or "
                      "anything outside");
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
   it is no fence's way to another SC event, so psc has no new cycle. */
static bool is_newest(const struct event *event)
{
    if (!accesses(event)) {
        return true;
    }
    long place = writes(event) ? (long)event->place : graph_place(graph, event->source);
    return place + 1 == (long)graph->location[event->location].writes;
}

/* After an event was added: is the graph still consistent? */
void check_new(const struct event *event)
{
    if (phase == EXTEND && !is_newest(event) && model_sc_events(&model) >= 2 &&
        (event->order == VM_SEQ_CST || model.sc_fences[VM_FULL_FENCE] > 0) &&
        !model_consistent(&model)) {
        stop(PRUNED);
    }
}

void told(event_id id)
{
    if (trace != NULL) {
        trace->event(id, trace->context);
    }
}

/* --- threads ------------------------------------------------------------------------ */

static void body(void *argument)
{
    struct processor *processor = argument;
    struct event *event = next_event();
    event_id id = running_event();
    if (event == NULL) {
        graph_add(graph, id.thread, EVENT_BEGIN);
        event_of(graph, id)->source = processor->creator;
    }
    model_execute(&model, id);
    told(id);
    processor->body(processor->argument);
    instrument_exit();
}

void start(unsigned thread, void (*function)(void *), void *argument, event_id creator)
{
    processors[thread] = (struct processor){
        .state = READY, .creator = creator, .body = function, .argument = argument};
    vm_spawn(thread, body, &processors[thread]);
}

/* --- a run, from beginning to end --------------------------------------------------- */

static void replay(void)
{
    for (bool progress = true; progress && outcome == RUNNING;) {
        progress = false;
        for (unsigned t = 0; t < MAX_THREADS && outcome == RUNNING; t++) {
            struct processor *processor = &processors[t];
            if (t > 0 && processor->state == ABSENT && t >= graph->threads) {
                break;
            }
            bool ready = processor->state == READY;
            if (processor->state == WAITING) {
                ready = can_follow(&graph->thread[t].event[model.done[t]]);
            } else if (processor->state == SPINNING) {
                ready = model.done[t] < graph->thread[t].events;
            }
            if (ready) {
                vm_run(t);
                progress = true;
            }
        }
    }
}

/* The thread that adds the next event: one with half an update, or else the lowest that
   can. */
static int next_thread(void)
{
    for (unsigned t = 0; t < MAX_THREADS; t++) {
        if (processors[t].state == HALF) {
            return (int)t;
        }
    }
    for (unsigned t = 0; t < MAX_THREADS; t++) {
        enum state state = processors[t].state;
        if (state == READY || state == FRONTIER ||
            (state == JOINING && is_ended(processors[t].joins))) {
            return (int)t;
        }
    }
    for (unsigned t = 0; t < MAX_THREADS; t++) {
        if (processors[t].state == SPINNING) {
            return (int)t;
        }
    }
    return VM_NOBODY;
}

static bool is_stuck(unsigned thread)
{
    probe_stuck = false;
    probe_steps = 0;
    vm_registers.stack = NULL;
    vm_run(thread);
    return probe_stuck;
}

/* No thread can go on. */
static enum outcome finish(void)
{
    bool waiting = false, stuck = true;
    for (unsigned t = 0; t < MAX_THREADS; t++) {
        if (processors[t].state == BOUNDED) {
            return BOUND;
        }
    }
    phase = PROBE;
    for (unsigned t = 0; t < MAX_THREADS && stuck; t++) {
        enum state state = processors[t].state;
        result->failure.blocked[t] = state == BLOCKED || state == JOINING;
        result->failure.joins[t] = state == JOINING ? processors[t].joins : VM_NOBODY;
        if (state == BLOCKED) {
            waiting = true;
            stuck = is_stuck(t);
        } else if (state == JOINING) {
            waiting = true;
        }
    }
    if (!waiting) {
        return COMPLETE;
    }
    if (stuck && program_over) { /* they may: nobody waits for them */
        result->left++;
        return DEAD_END;
    }
    if (!stuck) {
        return DEAD_END;
    }
    result->verdict = WRONG;
    struct failure *failure = &result->failure;
    failure->kind = KIND_HANG;
    failure->thread = failure->other = VM_NOBODY;
    failure->site = failure->other_site = NULL;
    failure->size = 0;
    snprintf(failure->text, sizeof failure->text,
             "no thread can go on, and what they wait for will not come");
    return FAILED;
}

static void first_thread(void *argument)
{
    (void)argument;
    options->program();
}

enum outcome run(struct graph *along, bool extend)
{
    if (options->begin != NULL) {
        options->begin();
    }
    vm_reset();
    vm_registers.stack = NULL;
    graph = along;
    model.same_thread = options->same_thread;
    model_begin(&model, graph, width);
    races_begin();
    loops_begin();
    memset(processors, 0, sizeof processors);
    phase = REPLAY;
    outcome = RUNNING;
    program_over = false;
    start(0, first_thread, NULL, INITIAL);
    replay();
    if (outcome == RUNNING && check_due && !model_consistent(&model)) {
        outcome = PRUNED;
    }
    check_due = false;
    if (outcome == RUNNING && !extend) {
        return finish();
    }
    phase = EXTEND;
    while (outcome == RUNNING) {
        int thread = next_thread();
        if (thread == VM_NOBODY) {
            return finish();
        }
        vm_run((unsigned)thread);
    }
    return outcome;
}
