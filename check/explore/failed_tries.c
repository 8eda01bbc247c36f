/* SPDX-License-Identifier: MIT */
#include "check/explore/failed_tries.h"

#include <string.h>

#include "check/explore/calls.h"
#include "check/explore/idle_turns.h"
#include "check/explore/lock_turns.h"
#include "check/explore/loops.h"
#include "check/explore/others_wait.h"
#include "check/explore/races.h"
#include "check/explore/spins.h"
#include "check/explore/suspects.h"
#include "check/explore/updates.h"
#include "virtual/instrument.h"

/* The probe gives up after this number of reads, and takes it that the thread goes
   on. */
enum { PROBE_BOUND = 10000 };

/* The thread's last read, if nothing that it has written since lasts. */
static const struct event *last_read(unsigned thread, uint32_t *index)
{
    for (uint32_t i = run.model.done[thread]; i-- > 0;) {
        const struct event *event = &run.graph->thread[thread].event[i];
        if (event->kind == EVENT_READ || is_unwritten(event)) {
            *index = i;
            return event;
        }
        if (!is_fence(event) && !event->again) {
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
    if (event != NULL && self()->resolved_end == index + 1 &&
        graph_place(run.graph, event->source) + 1 <
            (long)run.graph->location[event->location].writes) {
        stop(PRUNED);
    }
}

static _Noreturn void found_stuck(void)
{
    run.probe_stuck = true;
    vm_stop();
}

/* For the rest of the execution, till the probe. `lasts`: that is gone on with. */
static void stay(bool lasts)
{
    if (!lasts) {
        drop_if_stale();
    }
    while (run.phase != PROBE) {
        pause_as(BLOCKED);
    }
}

/* What is there before a write that a thread is about to do; of no bytes: it is not. */
static struct {
    void *address;
    size_t size;
    unsigned char before[MOST_SILENT];
} plain_write[MAX_THREADS];

void note_write(unsigned thread, const void *address, size_t size)
{
    plain_write[thread].address = (void *)(uintptr_t)address;
    plain_write[thread].size = size;
    memcpy(plain_write[thread].before, address, size);
}

void note_written(unsigned thread)
{
    size_t size = plain_write[thread].size;
    void *address = plain_write[thread].address;
    if (size == 0) {
        return;
    }
    if (memcmp(address, plain_write[thread].before, size) == 0) {
        loops_wrote[thread]++;
    } else if (run.phase == PROBE) {
        vm_stop();
    } else {
        loops_effect(thread);
        races_write_in_try(thread, address, size);
    }
    plain_write[thread].size = 0;
}

void probe_ends(unsigned thread)
{
    memcpy(plain_write[thread].address, plain_write[thread].before,
           plain_write[thread].size);
    plain_write[thread].size = 0;
}

void begin_try(unsigned thread)
{
    plain_write[thread].size = 0;
    loops_effect(thread);
    races_begin_try(thread);
}

void note_change(event_id update)
{
    const struct event *event = event_of(run.graph, update);
    if (event->value != event->read) {
        loops_update(update.thread);
        races_begin_try(update.thread);
    }
}

void note_return(unsigned thread)
{
    loops_give_back(thread);
    races_begin_try(thread);
}

unsigned try_is_suspected(uint32_t from, bool rehearsed)
{
    unsigned t = (unsigned)vm_self(), count, suspected = races_end_try(t, from);
    const struct spin_access *access = spins_accesses(&count);
    for (const struct spin_access *end = access + count; rehearsed && access < end;
         access++) {
        suspected |= races_next_try(t, access->address, access->size, access->write);
    }
    return run.again ? suspected : 0;
}

static bool fail(uint32_t from, bool rehearsed)
{
    if (run.phase == PROBE) {
        found_stuck();
    }
    settle_silent();
    unsigned suspected = try_is_suspected(from, rehearsed);
    bool again = fails_and_goes_on((suspected & SUSPECTED_LATER) != 0);
    if (!again) {
        stay((suspected & SUSPECTED_HERE) != 0);
    }
    begin_try((unsigned)vm_self()); /* what counts is one more try, from here */
    return again;
}

bool try_failed(uint32_t from)
{
    return fail(from, false);
}

_Noreturn void try_is_known(void)
{
    unsigned t = (unsigned)vm_self();
    if (run.model.done[t] < run.graph->thread[t].events) {
        stop(PRUNED); /* its last read cannot be revisited: others depend on it */
    }
    self()->is_known = true;
    stay(false);
    vm_stop(); /* not stuck */
}

uint64_t probe_atomic(const struct vm_operation *operation)
{
    note_written((unsigned)vm_self());
    if (operation->kind == VM_STORE) {
        vm_stop();
    }
    idle_turns_probe(operation->address);
    run.probe_unsure = run.probe_unsure || lock_turns_at(operation->address);
    if (loops_closed((unsigned)vm_self(), operation)) {
        found_stuck();
    }
    others_wait_read(operation);
    uint64_t old = vm_peek(operation->address, operation->size), value;
    if (++run.probe_steps > PROBE_BOUND ||
        (vm_writes(operation, old, &value) && value != old)) {
        vm_stop();
    }
    return old;
}

void probe_plain(bool changes)
{
    note_written((unsigned)vm_self());
    if (changes || ++run.probe_steps > PROBE_BOUND) {
        vm_stop();
    }
}

/* Places of reads after which a try has failed, as many as there is room for. */
static const void **wait_at(const void *site)
{
    enum { PLACES = 256 };
    static const void *places[PLACES];
    return &places[(uintptr_t)site % PLACES];
}

void note_wait(const void *site)
{
    *wait_at(site) = site;
}

bool is_in_wait(const void *site)
{
    return *wait_at(site) == site;
}

/* --- what the program says of it ---------------------------------------------------- */

/* The event with which the running thread's try begins that has just failed, or 0; or
   TURN_REHEARSED. A wait of a library begins within its call. */
static uint32_t turn_of_wait(const void *site)
{
    unsigned t = (unsigned)vm_self();
    uint32_t from = run.model.done[t];
    const struct event *event = run.graph->thread[t].event;
    if (event[from - 1].name == NULL) {
        return races_in_try_before(t, from - 1) ? spins_turn() : 0;
    }
    while (from > 1 && event[from - 1].name != NULL && event[from - 1].site == site) {
        from--;
    }
    return from < run.model.done[t] ? from : 0;
}

void instrument_await_failed(const void *site)
{
    if (vm_rehearsing) {
        spins_fail();
        return;
    }
    note_written((unsigned)vm_self());
    uint32_t from = 0;
    bool rehearsed = false;
    if (run.phase != PROBE && run.model.done[vm_self()] > 0) {
        const struct event *last = last_event();
        note_wait(last->site);
        bool effect = last->kind == EVENT_WRITE ||
                      (last->kind == EVENT_UPDATE && last->value != last->read);
        if (effect && !last->plain) {
            return; /* the try had an effect: it is not a wait that may be left out */
        }
        from = turn_of_wait(site);
        if (from == TURN_REHEARSED) {
            return;
        }
        rehearsed = from != 0 && last->name == NULL;
    }
    others_wait_fails(UINT32_MAX, site);
    (void)fail(from, rehearsed);
}

_Noreturn void instrument_not_wanted(const void *site)
{
    (void)site;
    probe_effect();
    settle();
    stay(false);
    vm_stop(); /* not stuck: just not wanted */
}

void instrument_effect(void)
{
    probe_effect();
    begin_try((unsigned)vm_self());
    spins_forget((unsigned)vm_self());
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
