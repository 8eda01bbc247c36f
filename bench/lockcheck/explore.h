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

#include "model.h"

struct explore_options {
    bool sequential;            /* --model=sc: every order is seq_cst */
    bool same_thread;           /* release sequences of C11 to C++17 */
    unsigned spurious;          /* failures of weak compare-and-swaps, each thread */
    uint32_t events;            /* of each thread, at most */
    unsigned jobs;              /* processes */
    void (*program)(void);      /* the first thread */
    /* Called with each complete execution, or NULL. */
    void (*execution)(const struct graph *graph, void *context);
    /* Called now and then, or NULL: true ends the exploration. */
    bool (*tick)(void *context);
    void *context;
};

enum verdict { VERIFIED, WRONG, INCONCLUSIVE, REFUSED };

/* What is wrong with an execution. */
struct failure {
    const char *kind;
    char text[512];
    int thread;               /* or VM_NOBODY */
    const void *site;         /* or NULL */
    int other;                /* of a race: the other thread, or VM_NOBODY */
    const void *other_site;
    bool blocked[MAX_THREADS]; /* of a hang: the threads that wait */
};

#define KIND_RACE "race"
#define KIND_HANG "hang"
#define KIND_MIXED "mixed size"

struct explore_result {
    enum verdict verdict;
    uint64_t executions; /* complete ones */
    uint64_t blocked;    /* that end with a thread waiting for what it has not read yet */
    uint64_t runs;       /* of the program */
    double explored;     /* share of the whole, an estimate: 1 at the end */
    unsigned threads;    /* the most that there were at once */
    bool bound;          /* some thread reached the bound on events */
    bool interrupted;
    char why[256];       /* inconclusive or refused: the reason */
    struct failure failure;
    struct graph *graph; /* of the failure */
};

/* Explores. With several jobs, only one process returns with WRONG, and it is not always
   the one that called: the one whose `parent` is set ends with _exit. */
void explore(const struct explore_options *options, struct explore_result *result);

/* Runs one graph again, telling `trace` what happens. */
struct trace {
    void (*event)(event_id id, void *context);
    void (*plain)(unsigned thread, void *address, size_t size, bool write, const void *site,
                  void *context);
    void *context;
};
void explore_again(const struct explore_options *options, struct graph *graph,
                   const struct trace *trace, struct explore_result *result);

/* The totals so far, of all processes. */
void explore_totals(struct explore_result *result);

/* For --weaken: the atomic operations that were executed. */
struct site {
    const void *address;
    uint8_t kind;    /* enum vm_kind, or SITE_FENCE */
    uint8_t order, failure;
    int8_t use_order, use_failure; /* instead; -1: as they are */
};
enum { SITE_FENCE = 100 };
void sites_record(bool on);
struct site *sites_all(size_t *count);

#endif
