/* SPDX-License-Identifier: MIT */
/* The locks of a run, and what its threads have for them. */
#ifndef LOCKBENCH_SUBJECT_H
#define LOCKBENCH_SUBJECT_H

#include "bench/competitors.h"

/* Locks or reader-writer locks of one kind, each on lines of its own, with as many nodes
   for each thread as it may hold at once. */
struct subject {
    char *locks;
    size_t lock_size, lock_stride;
    uint32_t count;
    char *nodes; /* NULL: it needs none */
    size_t node_size, node_stride;
    unsigned held;
    bool by_index; /* in place of the node comes the index */
};

/* Makes `count` that `threads` threads use, who hold `held` at once; ends the program
   where there is no memory. */
struct subject make_subject(const struct competitor *competitor, unsigned threads,
                            uint32_t count, unsigned held);

/* Likewise, one. Returns whether its init takes so many threads. */
bool try_subject(const struct competitor *competitor, unsigned threads,
                 struct subject *subject);

void free_subject(const struct competitor *competitor, struct subject *subject);

static inline void *lock_at(const struct subject *subject, uint32_t which)
{
    return subject->locks + which * subject->lock_stride;
}

/* What thread `self` gives as its node for what it takes as the first, second, … of those
   that it holds at once; or NULL. */
static inline void *node_of_thread(const struct subject *subject, unsigned self,
                                   unsigned nth)
{
    if (subject->by_index) {
        return (void *)(uintptr_t)self;
    }
    size_t node = (size_t)self * subject->held + nth;
    return subject->nodes != NULL ? subject->nodes + node * subject->node_stride : NULL;
}

#endif
