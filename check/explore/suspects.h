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
#include <stddef.h>
#include <stdint.h>

/* An access to some of the 8 bytes at 8 * `number`. `what`: these, a bit for each of the
   bytes, and the thread. */
struct touch {
    uintptr_t number;
    uint32_t what;
};
enum {
    TOUCH_ATOMIC = 1,
    TOUCH_WRITE = 2,
    TOUCH_OWN = 32,   /* symmetry_first_touch: the thread's own memory … */
    TOUCH_ALIKE = 64, /* … and a thread that is like others */
    TOUCH_LATER =
        128, /* on a stack: by its thread, which has had no lasting event yet; or
                          by another one that depends on such an event of it */
    TOUCH_BYTES = 8,
    TOUCH_THREAD = 16,
    TOUCH_NUMBER = 22,
};

static inline unsigned touch_thread(uint32_t what)
{
    return what >> TOUCH_THREAD;
}

static inline uint8_t touch_bytes(uint32_t what)
{
    return (uint8_t)(what >> TOUCH_BYTES);
}

/* Begins anew, with nothing noted. */
void suspects_begin(void);

/* Notes an access of a try that has failed. Returns for what it is suspected: a race in
   its own execution, or in one in which its thread goes on. */
enum { SUSPECTED_HERE = 1, SUSPECTED_LATER = 2 };
unsigned suspects_try(struct touch touch);

/* Notes any access, or one by a thread that is loose on the threads of that set. */
static inline void suspects_touch(struct touch touch);
void suspects_loose(struct touch touch, uint64_t threads);

/* Notes that a thread, loose on those, frees the memory from 8 * `first` to before
   8 * `end`. */
void suspects_free(unsigned thread, uintptr_t first, uintptr_t end, uint64_t loose);

/* From now on is suspected what was noted up to now. Returns whether that is more than
   before. */
bool suspects_find(void);

/* --- how an access is noted --------------------------------------------------------- */

/* A note is what an access is with one of these (of LOOSE: the thread that it is loose
   on) and the cell's number, shortened if need be; never 0. A BLOCK has the logarithm of
   how many cells it frees for the bytes. */
enum {
    NOTE_TRY = 4,
    NOTE_TOUCH = 8,
    NOTE_LOOSE = NOTE_TRY | NOTE_TOUCH,
    NOTE_BLOCK = 16,
};

static inline uint64_t suspects_note(struct touch touch, unsigned kind)
{
    uint64_t number =
        (uint64_t)touch.number ^ (uint64_t)touch.number >> (64 - TOUCH_NUMBER);
    return number << TOUCH_NUMBER | touch.what | kind;
}

static inline size_t suspects_hash(uint64_t note)
{
    return (size_t)(note * UINT64_C(0x9E3779B97F4A7C15) >> 40);
}

/* The last ones that this process has noted: most are the same in each execution. */
enum { SUSPECTS_RECENT = 1 << 10 };
extern uint64_t suspects_recent[SUSPECTS_RECENT];

void suspects_put(struct touch touch, unsigned kind);

static inline void suspects_put_once(struct touch touch, unsigned kind)
{
    uint64_t note = suspects_note(touch, kind);
    uint64_t *last = &suspects_recent[suspects_hash(note) % SUSPECTS_RECENT];
    if (*last != note) {
        *last = note;
        suspects_put(touch, kind);
    }
}

static inline void suspects_touch(struct touch touch)
{
    suspects_put_once(touch, NOTE_TOUCH);
}

#endif
