/* SPDX-License-Identifier: MIT */
/* What plain accesses do: nothing to the graph, unless they write where atomic
   ones go. */
#include "check/explore/addresses.h"
#include "check/explore/failed_tries.h"
#include "check/explore/loops.h"
#include "check/explore/parts.h"
#include "check/explore/recent.h"
#include "check/explore/spins.h"
#include "check/explore/updates.h"
#include "virtual/instrument.h"

/* Plain accesses of a thread since its last event: at the first number the others run
   before it, behind the second it is taken to be in a loop without end. Measured with:
   lockcheck tests/check/bugs/volatile_flag.c, and three threads that go through an array
   of 4096 under a mutex: 16 to a million differ by less than two runs do. */
enum { PLAIN_LOOP = 2048, PLAIN_BOUND = 4 << 20 };

/* A plain write to a location that is accessed atomically too; all those accesses happen
   before it (or it is a race), so it is the newest. */
static void write_plainly(uint32_t location, const void *site)
{
    struct event *event = next_event();
    event_id id = running_event();
    if (event == NULL) {
        add_event(EVENT_WRITE);
        event = event_of(run.graph, id);
        event->location = location;
        event->plain = true;
        graph_put(run.graph, location, id,
                  graph_write_at(run.graph, location,
                                 (long)run.graph->location[location].writes - 1));
    }
    expect(event, EVENT_WRITE, location, site);
    event->size = run.graph->location[location].size;
    event->site = site;
    model_execute(&run.model, id);
    event->progress = UNKNOWN;
    trace_event(id);
}

/* The first location from `i` on that has been accessed and has some of these bytes; or
   how many there are. */
static uint32_t next_location(uint32_t i, const unsigned char *first, size_t size)
{
    for (; i < run.graph->locations; i++) {
        const struct location *at = &run.graph->location[i];
        if (i < run.model.at_room && run.model.at[i].count != 0 &&
            at->address < first + size && first < at->address + at->size) {
            break;
        }
    }
    return i;
}

static bool is_atomic(const void *address, size_t size)
{
    return (run.graph->lines & graph_lines(address, size)) != 0 &&
           next_location(0, address, size) < run.graph->locations;
}

static void plain_write_to_atomics(void *address, size_t size, const void *site)
{
    unsigned char *first = address;
    bool settled = false; /* once: what is written here is in memory only afterwards */
    for (uint32_t i = next_location(0, first, size); i < run.graph->locations;
         i = next_location(i + 1, first, size)) {
        const struct location *at = &run.graph->location[i];
        if (at->address < first || at->address + at->size > first + size) {
            unsigned char *end = at->address + at->size;
            unsigned char *from = at->address > first ? at->address : first;
            parts_plain(from, (size_t)((end < first + size ? end : first + size) - from),
                        site);
        }
        if (!settled) {
            settle();
            settled = true;
        }
        write_plainly(i, site);
    }
}

/* Whether the first thread to reach the bound may do so within a few turns of a loop. */
static bool is_near_bound(unsigned thread)
{
    enum { EVENTS = 16, PLAIN = 256 };
    return run.bound == run.options->events && !run.result->bound &&
           (run.processors[thread].plain + PLAIN > PLAIN_BOUND ||
            run.model.done[thread] + EVENTS > run.bound);
}

/* Apart, so that instrument_plain needs no room for it. */
__attribute__((noinline)) static void note_recent(void *address, size_t size, bool write,
                                                  bool own, const void *site)
{
    recent_note(&(struct recent){
        .address = address, .size = size, .site = site, .write = write, .own = own});
}

void instrument_plain(void *address, size_t size, enum vm_plain what, const void *site)
{
    unsigned t = (unsigned)vm_self();
    int owner = vm_stack_owner(address);
    bool own = owner == (int)t, write = what != VM_PLAIN_READ;
    bool may_be_silent = what == VM_PLAIN_STORE && !own && size <= MOST_SILENT;
    if (run.phase == PROBE) {
        probe_plain(write && !own && (!may_be_silent || is_atomic(address, size)));
        if (may_be_silent) {
            note_write(t, address, size);
        }
        return;
    }
    if (vm_rehearsing) {
        spins_plain(address, size, write, own, site);
        return;
    }
    run.steps++;
    note_written(t);
    if (last_event()->progress == UNKNOWN) {
        settle_plain();
    }
    uint64_t plain = ++run.processors[t].plain;
    if (plain > PLAIN_BOUND) {
        pause_as(BOUNDED);
    } else if (plain == PLAIN_LOOP) {
        pause_as(SPINNING); /* before the address is looked at: others may free it */
    }
    if (!own) {
        if (last_event()->progress == PENDING && (write || may_be_impossible())) {
            settle();
        }
        spins_forget(t);
        check_address(address, size, write, false, owner, site);
        loops_shared_reads[t] += !write;
        if (write && !may_be_silent) {
            loops_effect(t);
            races_write_in_try(t, address, size);
        }
    } else if ((unsigned char *)address + size > vm_calls[t].top) {
        check_any_address(address, size, write, false, owner, site);
    } else {
        check_block(address, size, write, site);
    }
    if (is_near_bound(t)) {
        note_recent(address, size, write, own, site);
    }
    check_race(address, size, write, false, site);
    if (write && is_atomic(address, size)) {
        plain_write_to_atomics(address, size, site);
        if (!own) {
            loops_effect(t);
            races_write_in_try(t, address, size);
        }
        may_be_silent = false;
    }
    if (run.trace != NULL && last_event()->progress != UNKNOWN) {
        run.trace->plain(t, address, size, write, site, run.trace->context);
    }
    if (may_be_silent) {
        note_write(t, address, size);
    }
}
