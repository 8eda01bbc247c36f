/* SPDX-License-Identifier: MIT */
/*
 * Execution graphs: what the threads did, which write each read took its value from, and
 * the order of the writes to each location (modification order).
 *
 * A graph says all there is to say of an execution: running the program again along it
 * gives the same values everywhere. Events that touch no shared atomic (plain accesses)
 * are not in it.
 */
#ifndef LOCKCHECK_GRAPH_H
#define LOCKCHECK_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "virtual/virtual.h"

enum { MAX_THREADS = 64 };

/* An event's name: its thread, and its place in the thread. */
typedef struct event_id {
    uint16_t thread, index;
} event_id;

/* The write before all others, of each location: what memory held. */
#define INITIAL ((event_id){UINT16_MAX, UINT16_MAX})

static inline bool same_event(event_id a, event_id b)
{
    return a.thread == b.thread && a.index == b.index;
}

static inline bool is_initial(event_id id)
{
    return id.thread == UINT16_MAX;
}

enum event_kind {
    EVENT_BEGIN, /* of a thread; `other` is the event that created it, INITIAL for main */
    EVENT_END,   /* of a thread */
    EVENT_CREATE, /* `choice` is the new thread */
    EVENT_JOIN,   /* `choice` is the thread that ended, `source` its end */
    EVENT_WAITED, /* another thread waits, or has ended: `source` is its last event before
                     that, `choices` how many events say so of one thread each */
    EVENT_CHOICE, /* `choice` of what the program leaves open */
    EVENT_FENCE,
    EVENT_LIGHT_FENCE, /* the halves of an asymmetric fence */
    EVENT_HEAVY_FENCE,
    EVENT_READ, /* also a compare-and-swap that failed */
    EVENT_WRITE,
    EVENT_UPDATE, /* a read-modify-write that wrote */
};

/*
 * How far an event has come. What a read-modify-write does depends on the value that it
 * reads; and if it writes the value that was there (a test-and-set that spins), what its
 * thread does next decides whether that counts as a write: in a failed try of a wait it
 * does not.
 *
 *     READ, UNRESOLVED      it has a source: what it does is not known
 *        |
 *        | resolve
 *        |------------> READ, DONE            it writes nothing
 *        v
 *     UPDATE, HALF          it has read, and is to write …
 *        |
 *        | write_or_wait
 *        |------------> UPDATE, PENDING       … the value that was there
 *        |                |    |
 *        |<---- settle ---+    +--- settle_silent ---> READ, SILENT
 *        v
 *     UPDATE, DONE          it has written, and stands in its location's order
 *
 * Back to UNRESOLVED goes, from any state, a read that is given another source
 * (graph_read_from); back to HALF an update whose write is cut off (graph_cut), and one
 * that is PENDING when it is run again.
 *
 * A plain write is announced before it is made: it is WRITE, UNKNOWN until its thread
 * does something else, and then WRITE, DONE. Any other event is DONE.
 */
enum progress { DONE, UNRESOLVED, HALF, PENDING, SILENT, UNKNOWN };

struct event {
    uint8_t kind;
    uint8_t progress;
    uint8_t order;  /* that it had in effect */
    uint8_t size;   /* of the location */
    bool plain;     /* a plain write to a location that is also accessed atomically */
    bool spurious;  /* a weak compare-and-swap that is to fail without cause */
    bool distinct;  /* a read: found not to be like the one before (spins.h) */
    bool early;     /* a choice: whether a wait returns early … */
    bool again;     /* … or whether it goes on after a failed try */
    bool locked;    /* on x86 it is an instruction that locks the bus (tso.h) */
    bool waits;     /* a read: of a lock that its thread waits for (locks.h) … */
    bool handed;    /* … which it has got in another one's place */
    bool waited_at; /* a read: from here on a try of a wait has failed (others_wait.h) */
    uint16_t choice, choices;
    uint32_t location; /* index */
    uint32_t place;    /* of a write in its location's order, from 0 */
    event_id source;   /* of a read or update: the write it reads */
    event_id twin;     /* that it depends on as well (symmetry.h; or else, behind an idle
                          turn of `turn` events, idle_turns.h), or INITIAL */
    uint32_t stamp;    /* when it was added, in the order in which events were */
    uint32_t written;  /* the same for the write of an update or write */
    uint32_t waited;   /* the stamp since which its thread has waited for it, or 0 */
    uint32_t turn;
    uint32_t access; /* of one piece (pieces.h): 1 + the index of the first one; or 0 … */
    bool completes; /* … and this is the last */
    uint64_t read;  /* value */
    uint64_t value; /* written */
    const void *site;
    const char *name;
};

struct location {
    unsigned char *address;
    uint8_t size;
    uint64_t initial; /* value */
    uint32_t writes;  /* in `order` */
    uint32_t room;
    event_id *order; /* modification order, without INITIAL */
};

struct thread {
    uint32_t events, room;
    uint32_t waits; /* for a lock, since that stamp; or 0 */
    struct event *event;
};

struct graph {
    uint32_t threads;
    uint32_t locations, room;
    uint32_t stamp; /* of the next event */
    uint64_t lines; /* graph_lines of all locations */
    bool lenient;   /* orders that C does not allow are taken as compilers take them */
    struct thread thread[MAX_THREADS];
    struct location *location;
};

static inline struct event *event_of(const struct graph *graph, event_id id)
{
    return &graph->thread[id.thread].event[id.index];
}

/* A bit for each cache line that the bytes lie on, or all; different lines may have the
   same. */
static inline uint64_t graph_lines(const void *address, size_t size)
{
    enum { LINE = 64 };
    uintptr_t first = (uintptr_t)address / LINE,
              last = ((uintptr_t)address + size - 1) / LINE;
    return last - first > 1 ? UINT64_MAX
                            : UINT64_C(1) << first % 64 | UINT64_C(1) << last % 64;
}

static inline bool reads(const struct event *event)
{
    return event->kind == EVENT_READ || event->kind == EVENT_UPDATE;
}

/* Whether it is an update that has not written yet. */
static inline bool is_unwritten(const struct event *event)
{
    return event->progress == HALF || event->progress == PENDING;
}

static inline bool writes(const struct event *event)
{
    return event->kind == EVENT_WRITE ||
           (event->kind == EVENT_UPDATE && !is_unwritten(event));
}

static inline bool accesses(const struct event *event)
{
    return event->kind >= EVENT_READ;
}

static inline bool is_fence(const struct event *event)
{
    return event->kind >= EVENT_FENCE && event->kind < EVENT_READ;
}

/* Adds an event at the end of a thread, stamped, otherwise zero. */
event_id graph_add(struct graph *graph, unsigned thread, enum event_kind kind);

/* Gives a read a source, new or another than it had: what it does is open again. */
void graph_read_from(struct graph *graph, event_id read, event_id source);

/* The location at an address. Makes it if it is new; its initial value is not known. */
uint32_t graph_location(struct graph *graph, void *address, unsigned size);

/* Whether a location overlaps these bytes that is not just these. */
bool graph_overlaps(const struct graph *graph, const void *address, size_t size);

/* The place of a write in its location's order, from 0; INITIAL is at -1. */
static inline long graph_place(const struct graph *graph, event_id write)
{
    return is_initial(write) ? -1 : (long)event_of(graph, write)->place;
}

/* The write at a place of a location's order, INITIAL at -1. */
static inline event_id graph_write_at(const struct graph *graph, uint32_t location,
                                      long place)
{
    return place < 0 ? INITIAL : graph->location[location].order[place];
}

/* Puts a write behind `before` (which may be INITIAL) in its location's order. */
void graph_put(struct graph *graph, uint32_t location, event_id write, event_id before);

/* Takes a write out of its location's order. */
void graph_take(struct graph *graph, uint32_t location, event_id write);

/* Makes `to` a copy of `from`, in memory of its own. */
void graph_copy(struct graph *to, const struct graph *from);

/* Removes all that was added at or after `stamp`. */
void graph_cut(struct graph *graph, uint32_t stamp);

/* Removes the events of each thread from that index on. A thread waits for a lock if it
   did before `stamp`. */
void graph_keep(struct graph *graph, const uint32_t *events, uint32_t stamp);

/* Empties the graph; its memory stays. */
void graph_clear(struct graph *graph);

/* The value that a write wrote. */
uint64_t graph_value(const struct graph *graph, uint32_t location, event_id write);

#endif
