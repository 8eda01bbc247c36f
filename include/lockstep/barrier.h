/* SPDX-License-Identifier: MIT */
/*
 * Barriers by name: the catalog, and a barrier chosen at run time.
 *
 *   lks_barrier_t *barrier;
 *   int error = lks_barrier_create(&barrier, "dissemination", nthreads);
 *   …
 *   lks_barrier_wait(barrier, self);              self: 0 ≤ self < nthreads
 */
#ifndef LOCKSTEP_BARRIER_H
#define LOCKSTEP_BARRIER_H

#include <lockstep/atomic.h>

/* Every barrier of the library: LKS_EACH_BARRIER(X) expands to X(name) for each. The name
   is in the functions' names, lks_NAME_barrier_wait. */
#define LKS_EACH_BARRIER(X)                                                              \
    X(central)                                                                           \
    X(combining_tree)                                                                    \
    X(mcs_tree)                                                                          \
    X(tournament)                                                                        \
    X(dissemination)

/*
 * In the catalog there are also these with threads that sleep while they wait: they
 * differ in how they are initialised. LKS_EACH_SLEEPING_BARRIER(X) expands to X(name,
 * name of the barrier) for each.
 */
#define LKS_EACH_SLEEPING_BARRIER(X)                                                     \
    X(central_sleep, central)                                                            \
    X(combining_tree_sleep, combining_tree)                                              \
    X(mcs_tree_sleep, mcs_tree)                                                          \
    X(tournament_sleep, tournament)                                                      \
    X(dissemination_sleep, dissemination)

/* What can be said of a barrier in one word: lks_barrier_class.traits, or-ed. */
enum {
    /* Waiters sleep in the kernel when they have waited long enough. */
    LKS_BARRIER_SLEEPS = 1
};

/* A barrier algorithm, as a tool sees it. All functions are as in the algorithm's
   header. */
typedef struct lks_barrier_class {
    const char *name;    /* "dissemination" */
    const char *summary; /* one line, no full stop */
    const char *paper;   /* author, title, year */
    unsigned traits;
    /* Bytes of a barrier for `nthreads` threads (nodes and the like included), to be
       aligned to LKS_CACHE_LINE. */
    size_t (*size)(uint32_t nthreads);
    /* Makes the memory at `barrier` a barrier, with default parameters. Returns 0 or
       EINVAL. */
    int (*init)(void *barrier, uint32_t nthreads);
    void (*wait)(void *barrier, uint32_t thread_index);
    void (*destroy)(void *barrier);
    /* Brings a barrier fresh from init to two episodes before its counters wrap, for
       tests. */
    void (*age)(void *barrier);
} lks_barrier_class_t;

#ifdef __cplusplus
extern "C" {
#endif

/* Returns the class of that name, or NULL if there is none. */
const lks_barrier_class_t *lks_barrier_class_find(const char *name);

/* Returns the class after `previous` in the catalog's order: the first one for NULL, NULL
   after the last. */
const lks_barrier_class_t *lks_barrier_class_next(const lks_barrier_class_t *previous);

/* A barrier of a class chosen at run time. */
typedef struct lks_barrier lks_barrier_t;

/*
 * Makes a barrier of the named class for threads 0 … nthreads − 1 and stores it in
 * *barrier.
 * Returns 0, EINVAL for a null pointer or nthreads == 0, ENOENT if no class has that
 * name, or ENOMEM. Space: the class's size, in whole cache lines.
 */
int lks_barrier_create(lks_barrier_t **barrier, const char *name, uint32_t nthreads);

/* Frees the barrier; nobody waits at it. NULL is allowed. */
void lks_barrier_destroy(lks_barrier_t *barrier);

/* Returns the barrier's class. */
const lks_barrier_class_t *lks_barrier_class_of(const lks_barrier_t *barrier);

/* Waits until all threads have called it, thread `self` being one of them. What each
   wrote before, all see after. */
void lks_barrier_wait(lks_barrier_t *barrier, uint32_t self);

#ifdef __cplusplus
}
#endif

#endif
