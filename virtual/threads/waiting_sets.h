/* SPDX-License-Identifier: MIT */
/*
 * A waiting set: the threads that wait for a condition variable or a futex.
 *
 * It is a 64-bit word with a bit for each thread. The thread that takes another one out
 * of it wakes that one, by writing the number of its wait to its own word: a waiter reads
 * no more than that, so it makes no difference to it which others wait. The word's last
 * bit is free for other purposes.
 *
 * Threads whose numbers are too high share the bit VM_CROWD, which may stay when none of
 * them is left; which ones they are is kept natively, only for instruments with time.
 */
#ifndef LOCKSTEP_VIRTUAL_WAITING_SETS_H
#define LOCKSTEP_VIRTUAL_WAITING_SETS_H

#include "virtual/ground/operations.h"

#define VM_CROWD (UINT64_C(1) << 62)

struct vm_waiters { /* a bit for each thread */
    uint64_t bits[VM_PROCESSORS / 64];
};

/* The running thread's bit, to be set in the word: it waits from then on. */
uint64_t vm_begin_wait(const uint64_t *word, struct vm_call call);

/* The threads that wait, when the word has this value. */
struct vm_waiters vm_waiters_of(const uint64_t *word, uint64_t value);
unsigned vm_waiters_count(const struct vm_waiters *waiters);
void vm_add_waiters(struct vm_waiters *to, const struct vm_waiters *more);

/* One of those that wait: its number. */
unsigned vm_choose_waiter(const struct vm_waiters *waiters, struct vm_call call);

/* Takes a thread out of a set; false: another has done so. */
bool vm_take_waiter(uint64_t *word, unsigned thread, enum vm_order order,
                    struct vm_call call);

/* To take threads out of a set by writing to the word: the value without them; and, once
   it is written, the same for those of the crowd. Returns how many of them others had
   taken out: these are no longer among `waiters`. */
uint64_t vm_without(uint64_t value, const struct vm_waiters *waiters);
unsigned vm_take_crowd(const uint64_t *word, struct vm_waiters *waiters);

void vm_await_wake(struct vm_call call);
bool vm_await_wake_or_cancel(struct vm_call call); /* false: it is cancelled */
bool vm_await_wake_until(uint64_t limit, struct vm_call call); /* false: not in time */
void vm_wake(unsigned thread, struct vm_call call);
void vm_wake_all(const struct vm_waiters *waiters, struct vm_call call);

#endif
