/* SPDX-License-Identifier: MIT */
/*
 * Seqlock: readers that write nothing, and read again if somebody wrote meanwhile.
 *
 * A number that is odd while somebody writes. A reader takes an even number, reads, and
 * looks whether the number is still the same; if not, what it has read may be of two
 * writings, and it reads again. Writers are kept apart by a lock of their own, any lock.
 *
 *   lks_mutex_lock(&mutex);
 *   lks_seqlock_write_begin(&seqlock);
 *   lks_seqlock_store(&point.x, x);
 *   lks_seqlock_store(&point.y, y);
 *   lks_seqlock_write_end(&seqlock);
 *   lks_mutex_unlock(&mutex);
 *
 *   do {
 *       number = lks_seqlock_read_begin(&seqlock);
 *       x = lks_seqlock_load(&point.x);
 *       y = lks_seqlock_load(&point.y);
 *   } while (lks_seqlock_read_retry(&seqlock, number));
 *
 * A reader reads while others write, so C11 wants the data atomic: _Atomic fields, read
 * and written by the two macros. A pointer among the data must not be followed before
 * read_retry has returned false, and what it leads to must still be there.
 *
 *   cost       reading: three loads more than the data, no write, no remote reference
 *              while nobody writes. Writing: two stores. On processors where loads are
 *              not ordered anyway (aarch64) each load and store of the data is one that
 *              acquires or releases. Space: one word.
 *   fairness   none: writers pass readers over.
 *   progress   writers never wait for readers. A reader goes on only once nobody has
 *              written while it read: with writers that never pause, perhaps never.
 *   lifetime   may be freed when nobody reads or writes any more. Not to be moved or
 *              initialised anew while readers may come.
 *
 * H.-J. Boehm: Can Seqlocks Get Along with Programming Language Memory Models? Workshop
 * on Memory Systems Performance and Correctness, 2012.
 */
#ifndef LOCKSTEP_SEQLOCK_H
#define LOCKSTEP_SEQLOCK_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <lockstep/wait.h>

typedef struct lks_seqlock {
    _Atomic(size_t) number; /* odd: somebody writes */
} lks_seqlock_t;

/* clang-format off */
#define LKS_SEQLOCK_INIT { 0 }
/* clang-format on */

/*
 * Read and write one atomic object of the data, given by its address.
 *
 * A reader that finds what a writer has stored must then find that writer's odd number,
 * or a later one: the store releases what came before it, and the load acquires that.
 */
#define lks_seqlock_load(object) atomic_load_explicit((object), memory_order_acquire)
#define lks_seqlock_store(object, value)                                                 \
    atomic_store_explicit((object), (value), memory_order_release)

/* Makes *seqlock one that nobody writes under. Returns 0, or EINVAL for a null
   pointer. */
LKS_INLINE int lks_seqlock_init(lks_seqlock_t *seqlock)
{
    if (seqlock == LKS_NULL) {
        return EINVAL;
    }
    atomic_store_explicit(&seqlock->number, 0, memory_order_relaxed);
    return 0;
}

/* Begins to read: waits until nobody writes, and returns the number for
   lks_seqlock_read_retry. What earlier writers have stored, the caller sees. */
LKS_INLINE size_t lks_seqlock_read_begin(const lks_seqlock_t *seqlock)
{
    size_t number;
    /* Acquire: pairs with the release of write_end. */
    lks_await(((number = atomic_load_explicit(&seqlock->number, memory_order_acquire)) &
               1) == 0);
    return number;
}

/*
 * Ends to read: tells whether somebody has written since read_begin returned `number`.
 * If so, what was read is to be thrown away. (It is missed if writers have begun a
 * multiple of SIZE_MAX / 2 + 1 times meanwhile, which on 64 bits does not happen.)
 */
LKS_INLINE_TRY bool lks_seqlock_read_retry(const lks_seqlock_t *seqlock, size_t number)
{
    /* Relaxed: the loads of the data, which come before it, acquire. */
    return atomic_load_explicit(&seqlock->number, memory_order_relaxed) != number;
}

/* Begins to write; the caller holds the lock that keeps writers apart. */
LKS_INLINE void lks_seqlock_write_begin(lks_seqlock_t *seqlock)
{
    /* Relaxed: only writers change it, and the stores of the data release. */
    size_t number = atomic_load_explicit(&seqlock->number, memory_order_relaxed);
    lks_check((number & 1) == 0, "somebody writes already", seqlock);
    atomic_store_explicit(&seqlock->number, number + 1, memory_order_relaxed);
}

/* Ends to write. */
LKS_INLINE void lks_seqlock_write_end(lks_seqlock_t *seqlock)
{
    size_t number = atomic_load_explicit(&seqlock->number, memory_order_relaxed);
    lks_check((number & 1) == 1, "nobody has begun to write", seqlock);
    /* Release: pairs with the acquire of read_begin. */
    atomic_store_explicit(&seqlock->number, number + 1, memory_order_release);
}

#endif
