/* SPDX-License-Identifier: MIT */
/*
 * One run of the program follows a graph and then extends it: first all threads replay
 * their events, each read waiting for the write it reads (so that plain data is right);
 * then the lowest thread that can go on adds an event, and so on to the end.
 *
 * What the program does comes in through accesses.c, plain.c, failed_tries.c and calls.c;
 * schedule.c says which thread runs. They stand on what this file declares: the state of
 * the one run there is, and what the running thread may ask of it.
 */
#ifndef LOCKCHECK_RUN_H
#define LOCKCHECK_RUN_H

#include <stdarg.h>

#include "check/explore/explore.h"

/* What a thread is about when it does not run. */
enum thread_state {
    ABSENT,
    READY,      /* can go on */
    WAITING,    /* replaying: for what its next event reads or follows */
    FRONTIER,   /* at the end of its events, about to add one */
    TO_WRITE,   /* has an update to write, which waits for the end of the replay */
    SPINNING,   /* makes plain accesses without end: the others first */
    PASSING,    /* goes on behind an idle turn: the others first */
    GIVING_WAY, /* its try would fail: the others first */
    BEHIND,     /* waits for one that is like it to go first, if that can */
    JOINING,    /* for a thread to end */
    LOOKING,    /* for another one to wait, or all others (others_wait.h) */
    BLOCKED,    /* in a failed try of a wait; or `lock` is what it waits for */
    BOUNDED,    /* has as many events as it may have */
    ENDED,
    GONE, /* has ended the program: nobody can join it */
};

enum phase {
    REPLAY,
    EXTEND,
    PROBE, /* the end: does a thread that waits go on when it reads the newest writes? */
};

/* AGAIN: the graph goes on, but threads were probed: it is to be replayed first. */
enum outcome { RUNNING, COMPLETE, DEAD_END, PRUNED, BOUND, FAILED, STOPPED, AGAIN };

struct processor {
    enum thread_state state;
    uint32_t resolved_end; /* behind its last event that this run has resolved; or 0 */
    uint16_t joins;        /* the thread that it waits for, if it is JOINING, … */
    const void *joins_at;  /* … and where in the program */
    uint32_t failed_from;  /* the event that its failed try begins with, or UINT32_MAX */
    uintptr_t failed_at;   /* where in the program the try fails (others_wait.h) */
    uint16_t looks_at;     /* if it is LOOKING: at that thread, or at all (MAX_THREADS) */
    uint32_t lock_location;
    const struct vm_operation *lock;    /* that it waits for, or NULL */
    const struct vm_operation *failing; /* that is GIVING_WAY: its try would fail … */
    uint32_t failing_location;
    event_id fails_with;       /* … with this write, the newest there */
    bool returned_early;       /* from a wait, and has had no effect since */
    bool stack_is_shared;      /* another thread has accessed its stack … */
    bool variables_are_shared; /* … or its thread-local variables */
    bool alone;                /* none other has begun, or they are over before */
    uint64_t plain;            /* accesses since its last event */
    event_id creator;
    void (*body)(void *);
    void *argument;

    /* Of threads that are alike (symmetry.h). */
    unsigned kind;
    uint16_t like;  /* the one created before it, or 0 … */
    uint16_t first; /* … and the first of all, which keeps what follows for them */
    uint16_t alike, joined; /* how many there are, and of how many the end is known … */
    int joiner;             /* … by this thread, or VM_NOBODY */
    bool knows_itself, is_looked_at;

    void *stays_at;               /* behind an idle turn there */
    uint32_t turn_from, turn_end; /* behind those events of it (lock_turns.h) */
    /* Of one that is PASSING, or about to add the event behind its idle turn. */
    uint32_t turn;  /* the turn's events; or 0 */
    uint32_t place; /* of its last write */
    event_id seen;  /* the event that has looked into it */

    bool within;     /* an access in pieces (pieces.h) … */
    uint32_t access; /* … with events already: what these have in common */

    bool is_known;       /* it stays where it is: try_is_known */
    event_id twin;       /* of its next event */
    unsigned joins_some; /* kinds of which it knows the end of some, not of all */
};

struct run {
    /* Given by the caller. */
    const struct explore_options *options;
    const struct trace *trace; /* or NULL */
    struct explore_result *result;
    uint32_t bound;           /* on the events of a thread */
    uint32_t most_deviations; /* of an execution from the first one (work.h) */
    bool early;               /* waits may return early … */
    bool early_alone;         /* … and what has none of that is known already */
    bool apart;               /* first without early returns */
    uint64_t most_runs;       /* then it is cut */
    bool again;               /* threads may go on from suspected tries */
    bool early_again;         /* … and early returns were all searched without */
    bool symmetric;    /* of what threads that are alike do one order is enough … */
    void *idle_at;     /* idle turns are left out there (idle_turns.h); or NULL … */
    bool idle_refused; /* … and not again */
    struct lock_word lock_word[LOCK_WORDS]; /* that are taken in turns that … */
    unsigned lock_words;     /* … are left out (lock_turns.h), so many … */
    bool lock_turns_refused; /* … and not again */
    bool looked;             /* some thread looks at others: none gives way */
    bool lenient;            /* what takes a forbidden order goes on (graph.h) */
    bool tries_again; /* what std::lock does when it has to try again is explored */

    /* The execution, as far as it has come. */
    struct graph *graph;
    struct model model;
    enum phase phase;
    enum outcome outcome;
    struct processor processors[MAX_THREADS];
    unsigned begun;     /* of these, the first so many; the others are ABSENT */
    bool check_due;     /* the graph was edited: is it consistent? */
    bool program_over;  /* some thread has ended it */
    bool nobody_else;   /* the thread that is run is BEHIND, and nobody else can go on */
    bool locks;         /* some thread has had to wait for a lock */
    bool looks;         /* some thread has looked at another one */
    bool order_refused; /* it ends as wrong at an order that C does not allow */

    /* What the probe of a thread that waits has found. */
    bool probe_stuck;
    bool probe_unsure; /* another one changes, and puts back, what it waits for */
    unsigned probe_steps;

    /* Of all runs. */
    unsigned width;   /* threads that the clocks have room for */
    bool needs_width; /* … which was too little: the run is done again */
    uint64_t steps;   /* of all kinds: for the watchdog */
};
extern struct run run;

/* Ends the run, from a processor. */
_Noreturn void stop(enum outcome what);

/* The running thread, and its next place in the graph. */
static inline struct processor *self(void)
{
    return &run.processors[vm_self()];
}
event_id running_event(void);

/* The running thread's next event, if the graph has it; NULL when it is to add one. Waits
   until what the event reads or follows is there, and to add one until all have replayed
   theirs. */
struct event *next_event(void);

/* The running thread's last event. */
static inline struct event *last_event(void)
{
    unsigned t = (unsigned)vm_self();
    return &run.graph->thread[t].event[run.model.done[t] - 1];
}

/* Adds that event of the running thread, which next_event has found missing. */
event_id add_event(enum event_kind kind);

/* The running thread pauses until it is run again. */
void pause_as(enum thread_state state);

/* Whether what an event reads or follows is there. */
bool can_follow(const struct event *event);

bool is_ended(unsigned thread);

/* Whether a newer write has come where the thread is GIVING_WAY. */
bool has_newer_write(unsigned thread);

/* Refuses a program whose replay does not do what the graph says: such an event, with
   that location if it is an access. */
void expect(const struct event *event, enum event_kind kind, uint32_t location,
            const void *site);
_Noreturn void refuse_change(const void *site);

/* Ends lockcheck with a line on standard error if no thread runs: before main there is no
   execution to show. */
void fail_outside(enum verdict verdict, const char *kind, const void *site,
                  const char *format, va_list arguments);

/* After an event was added: is the graph still consistent? If not the run ends. */
bool is_consistent(const struct event *event);
void check_new(const struct event *event);

/* Hands an event to the trace, if there is one. */
void trace_event(event_id id);

/* Whether some wait of an execution returns early. */
bool has_early_return(const struct graph *graph);

/* Whether a thread has gone on from a suspected try. */
bool has_gone_on(void);

/* While probing: something other than a read is met, so the thread is not stuck. While
   rehearsing: it cannot be compared. */
void probe_effect(void);

#endif
