/* SPDX-License-Identifier: MIT */
/*
 * The exploration: every consistent execution graph of a program, each once.
 *
 * Optimal dynamic partial-order reduction on graphs: M. Kokologiannakis, I. Marmanis,
 * V. Gladstein, V. Vafeiadis: Truly Stateless, Optimal Dynamic Partial Order Reduction,
 * POPL 2022 (TruSt). The program is run from its beginning for each graph.
 */
#ifndef LOCKCHECK_EXPLORE_H
#define LOCKCHECK_EXPLORE_H

#include "check/explore/model.h"

struct explore_options {
    enum memory_model model;
    bool same_thread;       /* release sequences of C11 to C++17 */
    unsigned spurious;      /* failures of weak compare-and-swaps, each thread */
    bool wakes;             /* waits may return for no reason */
    bool interrupts;        /* … and those of semaphores with EINTR */
    bool all_early_returns; /* all executions with one, however many */
    uint32_t events;        /* of each thread, at most */
    bool symmetry;          /* threads that are alike: one order of them is enough */
    unsigned deviations;    /* > 0: first none, then more, up to so many; not VERIFIED */
    bool idle_turns;        /* are left out (idle_turns.h) */
    unsigned jobs;          /* processes */
    double until;           /* on CLOCK_MONOTONIC, in seconds: the end; 0: none */
    double most_seconds; /* of one process: then the search is cut; 0: as long as it is */
    void (*program)(void);     /* the first thread */
    void (*begin)(bool shown); /* called before each run, or NULL; `shown`: somebody is to
                                  see what the program does in it */
    void (*tick)(void);        /* called now and then, or NULL */
    /* Called with each complete execution, or NULL. */
    void (*execution)(const struct graph *graph, void *context);
    /* Called once, when an execution has ended with a thread that has reached the bound,
       in events or (`plain`) in plain accesses: writes down where, and in which loop. */
    void (*bounded)(char *text, size_t size, const struct graph *graph, unsigned thread,
                    bool plain);
    void *context;
};

enum verdict { VERIFIED, WRONG, INCONCLUSIVE, REFUSED };

/* What is wrong with an execution. */
struct failure {
    const char *kind;
    char text[512];
    int thread;       /* or VM_NOBODY */
    const void *site; /* or NULL */
    void *address;    /* of the access that is wrong … */
    size_t size;      /* … and how much it accesses; 0: it is no access */
    bool write;
    int other; /* of a race: the other thread, or VM_NOBODY */
    const void *other_site;
    bool blocked[MAX_THREADS]; /* of a hang: the threads that wait */
    int joins[MAX_THREADS];    /* whose end they wait for, or VM_NOBODY */
};

#define KIND_RACE "race"
#define KIND_HANG "hang"

/* Why a search begins again, in another way. */
enum begin_again {
    TOLD_APART = 1,   /* threads that begin alike are not */
    IDLE_TURN = 2,    /* there are idle turns: they are left out … */
    IDLE_SUSPECT = 4, /* … which may lose something */
    PARTS_FOUND = 16, /* an atomic object is accessed by parts, too (parts.h) */
    TRIES_SEEN = 8,   /* what std::lock does when it has to try again is seen */
    LOCK_TURN =
        32, /* there are turns that only take locks and look: they are left out … */
    LOCK_SUSPECT = 64, /* … which may lose something */
    LOOKED = 128,      /* a thread looks at others: none gives way */
    APART = 256,       /* one is wrong in which a wait returns early */
    LENIENT = 512,     /* one is wrong as it takes an order that C does not allow */
};

/* A lock: a word that has one value when it is free. Or a word that a thread has written,
   and writes again in turns that change nothing else. */
struct lock_word {
    void *address;
    uint64_t free;
    bool rewritten;
};
enum { LOCK_WORDS = 8 };

/* How mutexes are tried: by std::lock, or otherwise. */
enum tries { TRIES_TOGETHER = 1, TRIES_ALONE = 2, TRIES_BOTH = 3 };

struct explore_result {
    enum verdict verdict;
    uint64_t executions;  /* complete ones */
    uint64_t stand_for;   /* these, and those with threads that are alike changed about */
    bool inexact;         /* … at most that many */
    unsigned begin_again; /* why nothing of this counts (enum begin_again), or 0 */
    void *idle_at;        /* … a location with idle turns */
    struct lock_word lock_word; /* … one that is taken in turns that only look */
    unsigned tries;             /* enum tries */
    uint64_t blocked;    /* that end with a thread waiting for what it has not read yet */
    uint64_t left;       /* of these, the ones that end with main nevertheless */
    uint64_t early;      /* complete ones more, in which one wait has returned early */
    uint64_t runs;       /* of the program … */
    uint64_t early_runs; /* … in which some wait has returned early */
    uint64_t bounded;    /* … in which some thread has reached the bound */
    double to_come;      /* runs that are left, an estimate … */
    double explored;     /* … and the share of those that were made: 1 at the end */
    int64_t open;        /* items of work left behind and not taken up yet */
    unsigned threads;    /* the most that there were at once */
    bool bound;          /* some thread reached the bound on events */
    char loop[768];      /* … as `bounded` has it */
    bool unsure;         /* whether a thread waits for ever cannot be told */
    bool full;           /* malloc has returned NULL for want of memory */
    bool interrupted;    /* by the user, or because … */
    bool late;           /* … the time was up */
    bool cut;            /* most_seconds were up */
    bool early_possible; /* some wait might have returned early */
    bool early_cut;      /* not all executions with an early return were made */
    bool beyond;         /* not those that have more deviations */
    int64_t covered;     /* all that have up to so many were made; -1: not even those */
    bool elsewhere;      /* another process has found, and printed, what is wrong */
    size_t leaked;       /* blocks never freed, in some execution; the first one's site */
    const void *leak;
    const void *stuck; /* where a thread waits for a lock when the program is over */
    char why[256];     /* inconclusive or refused: the reason */
    struct failure failure;
    struct graph *graph; /* of the failure */
};

/* Explores. With several jobs the process that returns with WRONG may be a child of the
   one that called, which returns with `elsewhere` after it. */
void explore(const struct explore_options *options, struct explore_result *result);

/* The deviations that executions may have in the search that is under way, or -1. */
int64_t explore_deviations(void);

/* Runs one graph again; `trace` is called with what happens. */
struct vm_whole_call;
struct trace {
    void (*event)(event_id id, void *context);
    void (*plain)(unsigned thread, void *address, size_t size, bool write,
                  const void *site, void *context);
    /* malloc and free. */
    void (*block)(unsigned thread, void *address, size_t size, bool freed,
                  const void *site, void *context);
    /* A call of a thread library, as instrument.h has it. */
    void (*call_begins)(unsigned thread, const struct vm_whole_call *call, void *context);
    void (*call_returns)(unsigned thread, const char *result, const uint64_t *woken,
                         void *context);
    void *context;
};
void explore_again(const struct explore_options *options, struct graph *graph,
                   const struct trace *trace, struct explore_result *result);

/* Whether the execution that is wrong is also one of x86-TSO, and wrong there; or it
   cannot be told. Otherwise no x86 processor comes to that by itself. */
bool explore_may_be_of_x86(const struct explore_options *options,
                           struct explore_result *result);

/* Called, and does not return, when the program is wrong, or cannot be checked, before
   there is an execution: in a constructor. */
extern void (*explore_outside)(const struct explore_result *result);

/* From a signal handler: the running thread will not come back. */
void explore_give_up(const char *why);

/* How many steps have been made: for a watchdog, each second. Ends a search whose time is
   over. */
uint64_t explore_steps(void);

#endif
