/* SPDX-License-Identifier: MIT */
/*
 * One run of the program follows a graph and then extends it: first all threads replay
 * their events, each read waiting for the write it reads (so that plain data is right);
 * then the lowest thread that can go on adds an event, and so on to the end.
 *
 *   run.c        who runs, and how a run ends
 *   accesses.c   what atomic operations, fences and plain accesses do
 *   failed_tries.c  failed tries of waits
 *   calls.c      threads, choices, the heap, and what is wrong
 *
 * They share what this file declares: the state of the one run there is.
 */
#ifndef LOCKCHECK_RUN_H
#define LOCKCHECK_RUN_H

#include "check/explore/explore.h"

enum state {
    ABSENT,
    READY,    /* can go on */
    WAITING,  /* replaying: for what its next event reads or follows */
    FRONTIER, /* at the end of its events, about to add one */
    HALF,     /* has an update to write */
    SPINNING, /* makes plain accesses without end: the others first */
    JOINING,  /* for a thread to end */
    BLOCKED,  /* in a failed try of a wait */
    BOUNDED,  /* has as many events as it may have */
    ENDED,
    GONE, /* has ended the program: nobody can join it */
};

enum phase {
    REPLAY,
    EXTEND,
    PROBE, /* the end: does a thread that waits go on when it reads the newest writes? */
};

enum outcome { RUNNING, COMPLETE, DEAD_END, PRUNED, BOUND, FAILED, STOPPED };

struct processor {
    enum state state;
    bool pending;       /* its last event is an update that may turn out to be silent */
    bool plain_pending; /* its last event is a plain write: the value is not known yet */
    uint32_t fresh;     /* its last event with a new source, plus one */
    uint16_t joins;
    uint64_t plain; /* accesses since its last event */
    event_id creator;
    void (*body)(void *);
    void *argument;
};

extern const struct explore_options *options;
extern const struct trace *trace; /* or NULL */
extern struct explore_result *result;
extern struct graph *graph;
extern struct model model;
extern enum phase phase;
extern enum outcome outcome;
extern struct processor processors[MAX_THREADS];
extern uint32_t bound;    /* on the events of a thread */
extern unsigned width;    /* threads that the clocks have room for */
extern bool needs_width;  /* … which was too little: the run is done again */
extern bool check_due;    /* the graph was edited: is it consistent? */
extern bool program_over; /* some thread has ended it */
extern double weight;     /* of the run: its share of the whole */
extern uint64_t steps;    /* of all kinds: for the watchdog */
extern bool probe_stuck;  /* what the probe of a thread has found */
extern unsigned probe_steps;

enum { PLAIN_BOUND = 4 << 20, PLAIN_LOOP = 2048, PROBE_BOUND = 10000 };

/* --- run.c -------------------------------------------------------------------------- */

/* Runs the program along `along`, and, if `extend`, on to an end. */
enum outcome run(struct graph *along, bool extend);

/* Ends the run, from a processor. */
_Noreturn void stop(enum outcome what);

/* The running thread, and its next place in the graph. */
struct processor *self(void);
event_id running_event(void);

/* The running thread's next event, if the graph has it; NULL when it is to add one. */
struct event *next_event(void);

/* The running thread pauses until it is run again. */
void pause_as(enum state state);

/* Refuses a program whose replay does not do what the graph says: such an event, with
   that location if it is an access. */
void expect(const struct event *event, enum event_kind kind, uint32_t location,
            const void *site);
_Noreturn void refuse_change(const void *site);

/* After an event was added: is the graph still consistent? If not the run ends. */
void check_new(const struct event *event);

/* Tells the trace, if there is one. */
void told(event_id id);

/* Makes a thread ready. */
void start(unsigned thread, void (*function)(void *), void *argument, event_id creator);
bool is_ended(unsigned thread);

/* --- accesses.c --------------------------------------------------------------------- */

/* The second half of an update: right behind its source. */
void write_update(event_id id);

/* --- failed_tries.c ---------------------------------------------------------------------- */

/* A try of a wait of the running thread has failed. */
void try_failed(void);

/* What was left open at the thread's last event is decided now: all of it, or only the
   value of a plain write. Called whenever the program does something. */
void settle(void);
void settle_plain(void);

/* Whether an update that may turn out to be silent must be decided before a plain
   read. */
bool may_be_impossible(void);

/* While probing: something other than a read is met, so the thread is not stuck. */
void probe_effect(void);
uint64_t probe_atomic(const struct vm_operation *operation);

#endif
