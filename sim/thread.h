/* SPDX-License-Identifier: MIT */
/*
 * The threads of the simulated machine: for the files that time is made of (simulate.c,
 * access.c, parking.c, instrument.c, cache.c, checker.c), not for rules and workloads.
 */
#ifndef LOCKSIM_THREAD_H
#define LOCKSIM_THREAD_H

#include "sim/events.h"
#include "sim/simulate.h"

enum doing {
    ABSENT,   /* has not begun; it may wait for a processor */
    RUNNABLE, /* runs, or has an event */
    MISSING,  /* its access is under way */
    PARKED,   /* in a wait: nothing that it has read has changed */
    ASLEEP,   /* processor_sleep, joining, or back from that without a processor */
    OVER,
};

/* What one try of a wait has read and written. */
enum { TRY_LINES = 8 };
struct wait_try {
    uint64_t shape;     /* of addresses and uses, in their order */
    uint64_t signature; /* of these and values */
    uint64_t delays;    /* likewise */
    uint64_t epoch;     /* when it began */
    unsigned accesses, remote;
    cycles cost;  /* if all of them hit; delays too */
    bool changes; /* something, or has done what will not be the same the next time */
    bool sees;    /* a change that another thread has made meanwhile */
    bool writes;  /* the same over the same */

    unsigned count; /* of lines in `needs`; the others there mean nothing */
    struct need {
        struct line *line;
        enum use use; /* READ or not */
        uint64_t value;
        const void *address;
        uint32_t writes; /* of the line, when it was last accessed */
        unsigned times;  /* accessed */
        cycles after;    /* the beginning of the try it is looked at, first */
    } needs[TRY_LINES];
};

/* What is known of the try before. */
struct last_try {
    uint64_t shape, signature, delays;
};

/* What it did, to be done again without running the thread (parking.c): of the same
   state different values lead different ways. */
enum { TRY_STEPS = 8, WAYS = 4 };
struct step {
    cycles delay; /* or 0: an access, which is */
    struct vm_operation operation;
    struct line *line;
    enum use use;
    uint64_t value;
};
struct way {
    struct wait_try try;
    unsigned foretold;   /* values of one look that come next, … */
    uint64_t from, more; /* … from there on, each so much more */
    unsigned step_count;
    struct step steps[TRY_STEPS];
};

/* The thread goes through tries that are to come; these are made, or it is to be put back
   to where they began. */
enum foresight { NO_FORESIGHT, FORESEEING, FORESEEN };

struct thread {
    enum doing doing;
    unsigned processor;
    cycles clock;           /* its own time */
    uint32_t generation;    /* of its event: an older one is void */
    struct request request; /* the last one, or the one under way */
    bool postponed;         /* it is to begin when others have come first */

    /* Waiting: the try of a wait, and the turn of a loop that does not say that it is
       one, whose turns begin where `turn_site` accesses something. */
    struct wait_try try, turn;
    struct last_try last_try, last_turn;
    const void *turn_site;          /* or NULL */
    unsigned turn_left;             /* accesses until it is another place */
    const struct wait_try *waiting; /* the one that has failed last */
    cycles period, parked_at;       /* while PARKED */
    bool alone; /* PARKED, and nobody comes in the way of its looks at a module */

    unsigned step_count;          /* more than there can be: they are not all there */
    struct step steps[TRY_STEPS]; /* of the try */

    /* Tries are repeated while it stands at the beginning of one. */
    bool repeating;
    bool missed;          /* what its tries look at is not known any more */
    bool accessing;       /* step number `step` is an access under way */
    unsigned step;        /* the next one */
    unsigned known, told; /* steps that have been done, and of which it has been told */
    unsigned way_count, way_next; /* that go on from there; to be replaced next */
    struct way ways[WAYS], *way;  /* the one that it goes */
    const void *wait_site;
    enum foresight foresight;

    uint64_t hopeless; /* the epoch in which it has found that nothing has changed */
    int joined_by;     /* a thread, or NOBODY */

    unsigned char *stack_low, *stack_high;
    bool stack_seen;       /* by another thread */
    const void *polled[4]; /* words there that it has looked at last */
    unsigned polled_next, polls;
};

extern struct thread threads[VM_PROCESSORS];
extern unsigned threads_count, awake_count; /* that there have been; that do not sleep */
extern int running_on[VM_PROCESSORS]; /* the thread that has the processor, or NOBODY */

static inline struct thread *self(void)
{
    return &threads[vm_running];
}

extern const struct rules *rules; /* of the machine */

/* Lets a thread go on at a time; what had been said before is void. */
void resume_at(struct thread *thread, cycles time);

/* Whether another thread or event comes first. */
static inline bool others_first(const struct thread *thread)
{
    return thread->clock > due ||
           (thread->clock == due && due_order < (uint64_t)(thread - threads));
}

/* Lets all threads go first whose time is before that of the running one. */
void let_others(struct thread *thread);

/* The running thread stops here until it is resumed. */
void pause_as(enum doing doing);

/* The thread gives its processor back, for good or until it takes another one, for which
   it waits. */
void release_processor(struct thread *thread);
void take_processor(struct thread *thread);

/* Ends the run: all that are left wait for each other. */
void deadlock(void);

/* Begins an access, thread->request; returns whether it hit, and is over. Else it is over
   when the thread is resumed. */
bool access_begin(struct thread *thread);

/* The same of one that has been postponed, at its time. */
bool access_postponed(struct thread *thread);

/* The running thread, or the one that is about to run: what of the accesses to its own
   stack the virtual multiprocessor is to tell (vm_unheard). To be called when its clock
   has changed. */
void hear(const struct thread *thread);

/* One access of the running thread to one line; returns what an operation has read. */
uint64_t simulate_access(const void *address, enum use use,
                         const struct vm_operation *operation, const void *site);

_Noreturn void stop_run(enum ending ending);

/* A value in memory has changed: waits may end. */
extern uint64_t epoch;

/* How many threads are parked and alone. */
extern unsigned alone_count;

/* --- parking.c ---------------------------------------------------------------------- */

void thread_begins(struct thread *thread);
void try_access(struct thread *thread, const struct request *request);
void try_private(struct thread *thread);
void try_delay(struct thread *thread, cycles duration);

/* Goes on with the tries of a thread that waits. Returns whether it has to run itself, as
   one of them has gone another way. */
bool repeat_tries(struct thread *thread);

/* The access under way, of a try that is repeated, is over at `time`. Returns whether it
   was the try's last step and has found the same: then the thread goes on with the next
   one, after its pause, which so needs no event of its own. */
bool step_ends_try(struct thread *thread, cycles time);

/* Whether the thread runs through what has been done already; then it is told the value
   of its next step, an operation at that address (a delay: NULL). */
bool step_is_known(struct thread *thread, const void *address, uint64_t *value);

/* The same while it foresees: the value that it will find, if all goes on as it does. */
uint64_t step_foreseen(struct thread *thread, const struct vm_operation *operation);
void delay_foreseen(struct thread *thread, cycles duration);

/* From that time on another thread looks at a line of its stack. */
void stack_is_seen(struct thread *thread, cycles time);

/* To be called before the thread does what is no part of waiting: if that is only
   foreseen it does not come back. */
void try_is_over(struct thread *thread);

/* What the thread does now will not be the same the next time. */
void try_changes(struct thread *thread);

/* It is more than accesses and delays: the try cannot be repeated step by step. */
void try_does_more(struct thread *thread);

/* Before an atomic access: does a turn of a loop begin here? */
void turn_access(const void *site);

/* --- checker.c ---------------------------------------------------------------------- */

void check_access(struct line *line, unsigned processor, enum use use);
void check_transfer(struct line *line, int from, int to);

/* --- cache.c ------------------------------------------------------------------------ */

void cache_begin(void);
void cache_touch(struct line *line, unsigned processor);
bool cache_has(const struct line *line, unsigned processor);

#endif
