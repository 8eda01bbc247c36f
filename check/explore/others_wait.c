/* SPDX-License-Identifier: MIT */
#include "check/explore/others_wait.h"

#include "check/explore/failed_tries.h"
#include "check/explore/lock_turns.h"
#include "check/explore/spins.h"
#include "check/explore/updates.h"
#include "virtual/instrument.h"

/* --- where threads wait ------------------------------------------------------------- */

/* A place where a thread was found to wait when no other could go on: the calls that it
   is in, as a number, and what its try reads there. Once known it is so for good. */
enum { MOST_READS = 64, MOST_PLACES = 64 };
static struct place {
    uintptr_t number;
    unsigned reads;
    const void *site[MOST_READS];
} places[MOST_PLACES];
static unsigned place_count;

/* What the thread that is probed reads, as far as there is room. */
static struct {
    const void *address, *site;
} probed[MOST_READS];
static unsigned probed_count;

/* For each thread, the event that its failed try begins with, or the end … */
static uint32_t waits_from[MAX_THREADS];
/* … if that is known. */
static bool is_known[MAX_THREADS];

void others_wait_fails(uint32_t from, const void *site)
{
    const struct vm_calls *calls = &vm_calls[vm_self()];
    uintptr_t number = (uintptr_t)site;
    for (unsigned i = 0; i < calls->depth && i < VM_CALLS; i++) {
        number = number * 31 + (uintptr_t)calls->sites[i];
    }
    self()->failed_from = from;
    self()->failed_at = number;
}

void others_wait_probe(unsigned thread)
{
    probed_count = 0;
    waits_from[thread] = run.model.done[thread];
    is_known[thread] = true;
}

void others_wait_read(const struct vm_operation *operation)
{
    if (probed_count < MOST_READS) {
        probed[probed_count].address = operation->address;
        probed[probed_count].site = operation->site;
    }
    probed_count++;
}

static struct place *place_of(uintptr_t number)
{
    for (unsigned i = 0; i < place_count; i++) {
        if (places[i].number == number) {
            return &places[i];
        }
    }
    return NULL;
}

static void learn_place(uintptr_t number)
{
    if (place_of(number) == NULL && place_count < MOST_PLACES) {
        struct place *place = &places[place_count++];
        *place = (struct place){.number = number, .reads = probed_count};
        for (unsigned i = 0; i < probed_count; i++) {
            place->site[i] = probed[i].site;
        }
    }
}

/* --- which events of a thread are its failed try ------------------------------------ */

/* They end with these reads. Sets *from to the first. */
static bool find_reads(unsigned thread, unsigned reads_left,
                       bool (*is)(const struct event *event, unsigned read,
                                  const void *context),
                       const void *context, uint32_t *from)
{
    *from = run.model.done[thread];
    while (reads_left > 0 && *from > 0) {
        const struct event *event = &run.graph->thread[thread].event[--*from];
        if (reads(event) && !is(event, --reads_left, context)) {
            return false;
        }
    }
    return reads_left == 0;
}

static bool is_probed(const struct event *event, unsigned read, const void *context)
{
    (void)context;
    return run.graph->location[event->location].address == probed[read].address;
}

static bool is_at_site(const struct event *event, unsigned read, const void *context)
{
    return event->site == ((const struct place *)context)->site[read];
}

void others_wait_stuck(unsigned thread)
{
    const struct processor *processor = &run.processors[thread];
    if (processor->lock != NULL) {
        return; /* it has not read yet */
    }
    bool few = probed_count <= MOST_READS;
    if (processor->failed_from != UINT32_MAX) {
        waits_from[thread] = processor->failed_from;
    } else {
        is_known[thread] =
            few && find_reads(thread, probed_count, is_probed, NULL, &waits_from[thread]);
    }
    if (few) {
        learn_place(processor->failed_at);
    }
}

/* Whether all that a try has read from that event on is still the newest. */
static bool is_up_to_date(unsigned thread, uint32_t from)
{
    for (uint32_t i = from; i < run.model.done[thread]; i++) {
        const struct event *event = &run.graph->thread[thread].event[i];
        if (reads(event) && graph_place(run.graph, event->source) + 1 <
                                (long)run.graph->location[event->location].writes) {
            return false;
        }
    }
    return true;
}

/* --- at all others ------------------------------------------------------------------ */

bool others_wait_add(unsigned looking)
{
    for (unsigned t = 0; t < run.begun; t++) {
        if (!is_known[t] || !is_up_to_date(t, waits_from[t])) {
            return false;
        }
    }
    for (unsigned t = 0; t < run.begun; t++) {
        if (t != looking) {
            event_id id = graph_add(run.graph, looking, EVENT_WAITED);
            struct event *event = event_of(run.graph, id);
            event->choice = (uint16_t)t;
            event->choices = (uint16_t)(run.begun - 1);
            event->source = (event_id){(uint16_t)t, (uint16_t)(waits_from[t] - 1)};
        }
    }
    return true;
}

/* What both begin with: it is no read, and it lasts. Returns the first event of what is
   seen, or NULL. */
static struct event *begin_to_look(void)
{
    probe_effect();
    settle();
    begin_try((unsigned)vm_self());
    spins_forget((unsigned)vm_self());
    lock_turns_refuse(); /* that a thread stays there is not seen here */
    struct event *event = next_event();
    if (event == NULL && run.phase == EXTEND && !run.looked) {
        run.result->begin_again |= LOOKED;
        stop(STOPPED);
    }
    return event;
}

static void see(const void *site)
{
    struct event *event = next_event();
    if (event == NULL) {
        refuse_change(site);
    }
    expect(event, EVENT_WAITED, 0, site);
    event->site = site;
    event_id id = running_event();
    model_execute(&run.model, id);
    trace_event(id);
}

void instrument_others_wait(const void *site)
{
    const struct event *event = begin_to_look();
    if (event == NULL && run.begun > 1) {
        self()->looks_at = MAX_THREADS;
        pause_as(LOOKING); /* for the rest of this run: it is done again, with events */
    }
    for (unsigned left = event != NULL ? event->choices : 0; left > 0; left--) {
        see(site);
    }
}

/* --- at one ------------------------------------------------------------------------- */

/* A thread may wait in a place that is known: marks the read that its try begins with. A
   thread that has come to that read waits there, or might have, whatever it reads now:
   what it has done before is all that it does by itself. */
static void mark_wait(unsigned thread)
{
    const struct processor *processor = &run.processors[thread];
    const struct place *place = processor->state == BLOCKED && processor->lock == NULL
                                    ? place_of(processor->failed_at)
                                    : NULL;
    uint32_t from = processor->failed_from;
    bool is_found =
        place != NULL && (from != UINT32_MAX ||
                          find_reads(thread, place->reads, is_at_site, place, &from));
    if (is_found && from < run.model.done[thread] && is_up_to_date(thread, from)) {
        run.graph->thread[thread].event[from].waited_at = true;
    }
}

/* The last event of a thread before such a read, or INITIAL. */
static event_id before_wait(unsigned thread)
{
    for (uint32_t i = 1; i < run.model.done[thread]; i++) {
        if (run.graph->thread[thread].event[i].waited_at) {
            return (event_id){(uint16_t)thread, (uint16_t)(i - 1)};
        }
    }
    return INITIAL;
}

int others_wait_next(void)
{
    for (unsigned t = 0; run.looks && t < run.begun; t++) {
        unsigned other = run.processors[t].looks_at;
        if (run.processors[t].state != LOOKING || other >= run.begun) {
            continue;
        }
        mark_wait(other);
        if (!is_initial(before_wait(other))) {
            return (int)t;
        }
        if (run.processors[other].state == READY ||
            run.processors[other].state == FRONTIER) {
            return (int)other;
        }
    }
    return VM_NOBODY;
}

int others_wait_for_nothing(void)
{
    for (unsigned t = 0; t < run.begun; t++) {
        if (run.processors[t].state == LOOKING &&
            run.processors[t].looks_at < MAX_THREADS) {
            return (int)t;
        }
    }
    return VM_NOBODY;
}

bool instrument_waits(unsigned thread, const void *site)
{
    struct event *event = begin_to_look();
    if (event == NULL) {
        self()->looks_at = (uint16_t)thread;
        run.looks = true;
        pause_as(LOOKING);
        event_id before = before_wait(thread);
        event = event_of(run.graph, add_event(EVENT_WAITED));
        event->choice = (uint16_t)thread;
        event->choices = !is_initial(before);
        event->source = before;
    }
    bool waits = event->choices != 0;
    see(site);
    return waits;
}
