/* SPDX-License-Identifier: MIT */
/* The last plain accesses of the thread that is about to reach the bound: what its loop
   reads and writes. */
#ifndef LOCKCHECK_RECENT_H
#define LOCKCHECK_RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct recent {
    unsigned char *address;
    size_t size;
    uint64_t value; /* before it, of 1, 2, 4 or 8 bytes */
    const void *site;
    bool write, own; /* own: on the thread's stack */
};

/* An access of the running thread. */
void recent_note(const struct recent *access);

/* How many there are of a thread, and one of them, from the oldest on. */
size_t recent_count(unsigned thread);
const struct recent *recent_at(size_t index);

#endif
