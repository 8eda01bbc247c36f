/* SPDX-License-Identifier: MIT */
/* Data races: which accesses to each byte are not ordered by happens-before. */
#ifndef LOCKCHECK_RACES_H
#define LOCKCHECK_RACES_H

#include "check/explore/model.h"

struct race {
    unsigned thread; /* of the earlier access */
    bool write, atomic;
    const void *site;
    void *address; /* races_free: of it */
};

/* Begins a new execution. */
void races_begin(void);

/*
 * Notes an access by `thread` to `size` bytes, in its place after `done` events of the
 * thread, whose view is `happens`. Returns whether an earlier access conflicts with it
 * and does not happen before it, and if so which.
 */
bool races_access(const void *address, size_t size, bool write, bool atomic,
                  unsigned thread, const clock_value *happens, uint32_t done,
                  const void *site, struct race *race);

/* The block is freed: returns whether an access to it does not happen before that, and if
   so which. Whatever comes later the heap itself knows. */
bool races_free(const void *address, size_t size, unsigned thread,
                const clock_value *happens, struct race *race);

#endif
