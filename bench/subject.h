/* SPDX-License-Identifier: MIT */
/* The lock of a run, and what its threads have for it. */
#ifndef LOCKBENCH_SUBJECT_H
#define LOCKBENCH_SUBJECT_H

#include "bench/competitors.h"

/* A lock or reader-writer lock, with a node for each thread. */
struct subject {
    void *lock;
    char *nodes; /* NULL: it needs none */
    size_t stride;
    bool by_index; /* in place of the node comes the index */
};

/* Makes one that `threads` threads use; ends the program where there is no memory. */
struct subject make_subject(const struct competitor *competitor, unsigned threads);

/* Likewise. Returns whether its init takes so many threads. */
bool try_subject(const struct competitor *competitor, unsigned threads,
                 struct subject *subject);

void free_subject(const struct competitor *competitor, struct subject *subject);

/* What thread `self` gives as its node, or NULL. */
static inline void *node_of_thread(const struct subject *subject, unsigned self)
{
    if (subject->by_index) {
        return (void *)(uintptr_t)self;
    }
    return subject->nodes != NULL ? subject->nodes + self * subject->stride : NULL;
}

#endif
