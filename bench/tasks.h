/* SPDX-License-Identifier: MIT */
/*
 * Real work in the place of none: what is done in the sections of a lock, with the data
 * that it protects, and between the episodes of a barrier. Each knows what must have come
 * of it in the end.
 */
#ifndef LOCKBENCH_TASKS_H
#define LOCKBENCH_TASKS_H

#include <lockstep/atomic.h>
#include <stdbool.h>
#include <stdint.h>

/* What each lock protects beside what all do: an account, or a bucket of a hash table. */
enum { PLACES = 12 };
struct payload {
    alignas(LKS_CACHE_LINE) int64_t amount; /* of money; of keys */
    uint32_t keys[PLACES];
};

/* A number of no importance, from the state of a thread's chance. */
typedef uint32_t *chance_t;

struct task {
    bool nested;     /* of two payloads at once */
    int64_t initial; /* the amount of each */
    /* Changes them, and adds to the tally what that adds to all amounts together. */
    void (*change)(struct payload *const *payloads, chance_t chance, int64_t *tally);
    /* Only reads; NULL: it always changes something. */
    void (*look)(const struct payload *payload, chance_t chance);
    /* Whether one is as it must be, whatever its amount; NULL: it is. */
    bool (*is_right)(const struct payload *payload);
};

/* A transfer between two accounts: no money is lost. */
extern const struct task bank_task;

/* A table with a lock for each bucket: a key that is there is taken out, another one is
   put in; or it is only looked for. */
extern const struct task table_task;

/* --- Jacobi's iteration, a part of the rows for each thread --- */

struct grid;

/* To be freed with grid_free. Ends the program where there is no memory. */
struct grid *grid_make(unsigned threads);
void grid_free(struct grid *grid);

/* The part of thread `self` in an episode, which begin with 1. Now and then it compares
   its rows with what must have come of them, and all begins anew. Returns false if they
   differ. */
bool grid_work(struct grid *grid, unsigned self, uint64_t episode);

#endif
