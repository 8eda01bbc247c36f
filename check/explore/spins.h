/* SPDX-License-Identifier: MIT */
/*
 * Spins that end: a loop that looks at a variable a number of times, and then does
 * something else. Its turns differ by a counter, so they are no failed tries (loops.h).
 * But it makes no difference in which of them the variable was found changed.
 *
 * When a read finds another write than the thread's read before, with nothing in
 * between, it is rehearsed what the thread would have done had the earlier one found it
 * already. If that is the same, the execution is like another one, and is not gone on
 * with. doc/lockcheck-loops.7 has the rule, and why nothing is lost.
 */
#ifndef LOCKCHECK_SPINS_H
#define LOCKCHECK_SPINS_H

#include "check/explore/run.h"

/* Begins a new execution. */
void spins_begin(void);

/* The thread has done something else, or has read memory that others may write. */
void spins_forget(unsigned thread);

/* The running thread's read `id` has its source: what comes of it? The operation is as
   the program has it; `registers` as they were noted for it. */
enum spin {
    SPIN_NEW,       /* nothing is known that it is like: go on */
    SPIN_KNOWN,     /* the execution is like another one */
    SPIN_REHEARSED, /* return the value at once: it is only tried what the thread does */
};
enum spin spins_look(event_id id, const struct vm_operation *operation,
                     const struct vm_registers *registers);

/* The read `id` is done. Returns the value that its operation returns. */
uint64_t spins_note(event_id id, const struct vm_operation *operation,
                    const struct vm_registers *registers);

/* What comes of the try of a wait if the running read finds another value: it is
   rehearsed until the thread does something else, and fails as well if it is back then
   where it is now. */
enum spin_try {
    TRY_FAILS,
    TRY_GOES_ON,   /* or it is not known */
    TRY_REHEARSED, /* return that value at once */
};
enum spin_try spins_try(const struct vm_operation *operation,
                        const struct vm_registers *registers);

/* The running thread's try of a wait has failed: is its last event all that it was? It is
   rehearsed whether the next one comes to the same place, and fails when it has read the
   same there. Returns that event, or 0: perhaps not; or TURN_REHEARSED: return at
   once. */
enum { TURN_REHEARSED = UINT32_MAX };
uint32_t spins_turn(void);

/* The same of the last try that spins_try has found to fail. */
uint32_t spins_turn_of_try(void);

/* What it has accessed plainly in such a try, of the last one that failed, and what it
   accesses in the next one. */
struct spin_access {
    unsigned char *address;
    size_t size;
    bool write;
    const void *site;
};
const struct spin_access *spins_accesses(unsigned *count);

/* While it is rehearsed: the thread says that the try has failed. */
void spins_fail(void);

/* … or comes to an operation. Whether that is the next try's, which is to read the same:
   return *value, which of spins_try is that of the read that was asked for. */
bool spins_again(uint64_t *value);

/* While it is rehearsed (vm_rehearsing): the thread does an operation, a fence, or (NULL)
   something that cannot be compared. */
_Noreturn void spins_arrive(const struct vm_operation *operation);
_Noreturn void spins_arrive_fence(enum vm_fence fence, enum vm_order order);

/* … or accesses memory. */
void spins_plain(unsigned char *address, size_t size, bool write, bool own,
                 const void *site);

#endif
