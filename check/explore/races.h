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
 * Notes an access of the running thread to `size` bytes. Returns an earlier one that
 * conflicts with it and does not happen before it, or NULL.
 */
const struct race *races_access(const void *address, size_t size, bool write, bool atomic,
                                const void *site);

/* The running thread frees the block: returns whether an access to it does not happen
   before that, and if so which. Whatever comes later the heap itself knows. */
bool races_free(const void *address, size_t size, struct race *race);

/* The thread has done something that lasts: what it accesses from here on is the next
   try's. */
void races_begin_try(unsigned thread);

/* The thread has read; is about to write plainly where others may read, which may be a
   part of the try, although it lasts; or there is a fence, and what it accesses from here
   on may be ordered otherwise than what it has accessed before. */
void races_read_in_try(unsigned thread);
void races_write_in_try(unsigned thread, const void *address, size_t size);
void races_fence_in_try(unsigned thread);

/* A try of a wait of the thread has failed, which is not seen from where it goes on.
   Returns for what an access of the try is suspected (suspects.h). The try began with the
   thread's event `from`; or 0: it is all that has come since it may have begun. */
unsigned races_end_try(unsigned thread, uint32_t from);

/* Whether what may be of the try was accessed plainly in front of that event. */
bool races_in_try_before(unsigned thread, uint32_t event);

/* The same of an access that the thread is going to do as it begins the next try. */
unsigned races_next_try(unsigned thread, const void *address, size_t size, bool write);

/* The same of all that the thread has accessed since its event `first`. *seen: another
   thread accesses what it has written there plainly. */
unsigned races_end_turn(unsigned thread, uint32_t first, bool *seen);

#endif
