/* SPDX-License-Identifier: MIT */
/*
 * Races of what only a failed try of a wait accesses.
 *
 * A thread whose try has failed stays there for the rest of the execution
 * (failed_tries.h): where it goes on, the try is not seen. What it accesses is held
 * against the accesses of that execution. All others that it may race with depend on what
 * the thread does after the wait, and by relaxed accesses alone, or they would be ordered
 * after the try. And if the try has passed over a newer write, its execution is not even
 * gone on with.
 *
 * So three things are noted: what failed tries touch; what is touched at all; and what is
 * touched by a thread that depends on another one beyond what is ordered before it (it is
 * "loose"). Where they meet, the try is suspected, and a search follows in which each
 * execution with a suspected try is gone on with; and in which, once in each execution, a
 * suspected try fails and its thread goes on.
 *
 * All processes of a search note in one memory.
 */
#ifndef LOCKCHECK_SUSPECTS_H
#define LOCKCHECK_SUSPECTS_H

#include <stdbool.h>
#include <stdint.h>

/* An access to some of the 8 bytes at 8 * `number`. */
struct touch {
    uintptr_t number;
    uint8_t bytes; /* a bit for each */
    uint8_t thread;
    bool write, atomic;
    bool own, alike; /* symmetry_first_touch: its own memory; it is like others */
};

/* Begins anew, with nothing noted. */
void suspects_begin(void);

/* Notes an access of a try that has failed. Returns for what it is suspected: a race in
   its own execution, or in one in which its thread goes on. */
enum { SUSPECTED_HERE = 1, SUSPECTED_LATER = 2 };
unsigned suspects_try(const struct touch *touch);

/* Notes any access, or one by a thread that is loose on the threads of that set. */
void suspects_touch(const struct touch *touch);
void suspects_loose(const struct touch *touch, uint64_t threads);

/* Notes that a thread, loose on those, frees the memory from 8 * `first` to before
   8 * `end`. */
void suspects_free(unsigned thread, uintptr_t first, uintptr_t end, uint64_t loose);

/* From now on is suspected what was noted up to now. Returns whether that is more than
   before. */
bool suspects_find(void);

#endif
