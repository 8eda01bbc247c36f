/* SPDX-License-Identifier: MIT */
/*
 * Time: processors that run until an access has to wait, and events in the order of
 * their times.
 *
 * A processor goes on as long as its accesses hit and no event is due before its own time
 * (access.c). An access that misses becomes a request to the machine's rules (smp.c,
 * dancehall.c, numa.c); these say when it takes effect, which is the one moment at which
 * its value is read or written and states of lines change, and when the processor goes
 * on. So there is one order of all accesses: machines are sequentially consistent, as
 * processors have one access under way at a time.
 */
#ifndef LOCKSIM_SIMULATE_H
#define LOCKSIM_SIMULATE_H

#include "sim/counts.h"
#include "sim/machine/machine.h"
#include "sim/rules/lines.h"
#include "virtual/virtual.h"

struct request {
    unsigned processor;
    enum use use;
    struct line *line;
    const void *address;
    const struct vm_operation *operation; /* NULL: plain, the program does it */
    const void *site;
    cycles issued;
    uint64_t value;               /* what the operation read; of a plain one, 0 */
    enum state before;            /* of the line, for this processor, at the effect */
    enum transaction transaction; /* the last one that it took */
    struct request *next;         /* for the rules */
};

/* The rules of a structure. */
struct rules {
    void (*begin)(void); /* of a run: everything is idle */
    /* An access that does not hit (or any, without caches), at `now`. What it needs is
       decided when it takes effect, from the line's state then. */
    void (*miss)(struct request *request);

    /*
     * NULL, or without caches, of a processor that waits and looks at a line again and
     * again, first at `from`, and each time `rest` cycles after it has the value: what a
     * look costs, if until disturb_alone none will find its module busy, or keep it busy
     * when another access comes; else 0. And the rules are told of such looks: so many
     * until `time`, the last one begun at `last`.
     */
    cycles (*settle)(unsigned processor, const struct line *line, cycles from,
                     cycles rest);
    void (*looked)(unsigned processor, uint64_t looks, cycles last, cycles time);
};
extern const struct rules smp_rules, dancehall_rules, numa_rules;

/* The machine of the run. */
extern struct machine machine;
extern unsigned processors; /* of the run: 0 … processors − 1 */

/* --- for the rules ------------------------------------------------------------------ */

/* The time of the event that is being done. */
extern cycles now;

/* Calls function(argument) at a time, not before now; of those at the same time, after
   the processors and in the order in which they were asked for. */
void at(cycles time, void (*function)(void *argument), void *argument);

/* The access takes effect now: reads and writes memory. Before the rules change
   states. */
void take_effect(struct request *request);

/* The processor goes on at `time`. */
void finish(struct request *request, cycles time);

/* To be called after the state of a line has changed for `processor` for the worse (no
   copy, or no longer to be written), or its copy has been updated: it may be waiting for
   that. */
void disturb(struct line *line, unsigned processor);

/* The processor's looks (see settle) will not be alone any more: `other` makes an access
   now, or, if that is NOBODY, one comes now. */
void disturb_alone(unsigned processor, int other);

/* A copy of a line goes from one processor's cache (NOBODY: memory) to another's (NOBODY:
   memory; all that have one: an update, called for each). For pictures and
   the checker. */
void transfer(struct line *line, int from, int to, cycles begin, cycles end);

/* After a fill: if the cache is full, takes another line out of it and says which, and
   whether it is modified and must be written back; else NULL. */
struct line *evict(struct line *filled, unsigned processor, bool *modified);
static inline struct line *evicted(struct line *filled, unsigned processor,
                                   bool *modified)
{
    return machine.caching == 0 ? NULL : evict(filled, processor, modified);
}

/* A seeded random number, 0 … count − 1. */
uint64_t random_below(uint64_t count);

/* What it is made of (splitmix64): multiples of the step, scattered, have no pattern. */
#define SCATTER_STEP UINT64_C(0x9e3779b97f4a7c15)
uint64_t scattered(uint64_t value);

/* --- for workloads ------------------------------------------------------------------ */

/* Starts anew: processors and lines are forgotten, time is 0. */
void simulation_begin(const struct machine *which, unsigned count, uint64_t seed);

/* Whether what runs is the library's alone, whose waits do nothing but accesses and
   pauses: a program's may call what is not seen here. False, when a simulation begins. */
extern bool all_seen;

/*
 * PRIVATE: what a thread does between two accesses is taken to concern it alone, as
 * nobody looks at its stack, and so need not wait for others to come first. If a thread
 * does look at another one's the run is over, and has to be made anew with
 * SHARED_STACKS, as they are when a simulation begins.
 */
enum stacks { SHARED_STACKS, PRIVATE, WERE_NOT_PRIVATE };
extern enum stacks stacks;

/* Lets a processor run body(argument) from `time` on, as the thread of the same number.
   Programs make their other threads themselves (instrument_create). */
void processor_start(unsigned processor, void (*body)(void *), void *argument,
                     cycles time);

/* How a run ended. */
enum ending {
    ENDED,       /* all bodies have ended, or the program has (simulation.status) */
    STOPPED,     /* simulation_stop */
    DEADLOCKED,  /* all that are left wait */
    FAILED,      /* the program is wrong: simulation.message */
    REFUSED,     /* it cannot be simulated, likewise */
    INTERRUPTED, /* by the user */
};
enum ending simulation_run(void);

/* How late it is: where the processor is that has stopped the run, or else the one that
   is the farthest. */
cycles simulation_time(void);

struct simulation {
    int status;        /* of the program */
    char message[512]; /* of FAILED, REFUSED, DEADLOCKED */
    const void *site;  /* of that, or NULL */
};
extern struct simulation simulation;

/* When it is later than that the run ends with DEADLOCKED: workloads put it off whenever
   they get on. */
extern cycles simulation_deadline;

/* For a signal handler: the run that is under way ends with INTERRUPTED. */
void simulation_interrupt(void);
extern volatile bool simulation_interrupted;

/* Counts what waiting threads have done before `time`: else it is counted when their
   waits end. */
void count_waiting(cycles time);

/* From a processor: its own time; to let cycles pass; to stop the run. */
cycles processor_now(void);
void processor_work(cycles duration);
_Noreturn void simulation_stop(void);

/* Waits until another processor calls processor_wake; without any access. */
void processor_sleep(void);
void processor_wake(unsigned processor);

/* --- for observers ------------------------------------------------------------ */

enum phase { WORKING, WAITING, HOLDING, DONE };

struct seen {
    cycles issued;
    cycles time; /* of its effect */
    cycles end;
    unsigned processor;
    enum use use;
    const struct vm_operation *operation; /* NULL: plain */
    const void *address;
    const struct line *line;
    const void *site;
    uint64_t value; /* read by an operation */
    enum state before, after;
    bool hit;
    enum transaction transaction; /* if not hit */
    uint64_t repeated; /* tries of a wait that hit and found nothing new: how often */
};

struct observer {
    void (*access)(const struct seen *seen);
    void (*transfer)(const struct line *line, int from, int to, cycles begin, cycles end);
    void (*phase)(unsigned processor, enum phase phase, cycles time);
};
extern const struct observer *observer; /* or NULL; members may be NULL */

/* The processor's phase from now on (workloads say it). */
void processor_phase(enum phase phase);

/* --- trust -------------------------------------------------------------------------- */

/* While true, each try of a wait is simulated, and none only counted: the results are the
   same. */
extern bool polling;

/* --- the checker -------------------------------------------------------------------- */

/* While true: one writer or many readers, every read returns the last write, holders are
   real. Ends the process with a line when it finds otherwise. */
extern bool checking;

/* All lines once more, at the end of a run. */
void check_end(void);

#endif
