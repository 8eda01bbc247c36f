/* SPDX-License-Identifier: MIT */
/*
 * Races of what only a failed try of a wait accesses.
 *
 * A thread whose try has failed stays there for the rest of the execution
 * (failed_tries.h): where it goes on, the try is not seen. What it accesses is held
 * against the accesses of that execution. All others that it may race with depend on what
 * the thread does after the wait, and by relaxed accesses alone, or they would be ordered
 * after the try.
 *
 * So both are noted: what failed tries touch, and what is touched by a thread that
 * depends on another one beyond what is ordered before it (it is "loose"). Where they
 * meet, the try is suspected, and a search follows in which, once in each execution, a
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
};

/* Begins anew, with nothing noted. */
void suspects_begin(void);

/* Notes an access of a try that has failed. Returns whether it is suspected. */
bool suspects_try(const struct touch *touch);

/* Notes an access by a thread that is loose on the threads of that set; and that it frees
   the memory from 8 * `first` to before 8 * `end`. */
void suspects_loose(const struct touch *touch, uint64_t threads);
void suspects_free(uintptr_t first, uintptr_t end, uint64_t threads);

/* From now on is suspected what was noted up to now. Returns whether that is more than
   before. */
bool suspects_find(void);

#endif
