/* SPDX-License-Identifier: MIT */
/*
 * Malthusian lock: an MCS queue that puts to sleep the threads it has no use for.
 *
 * Where more threads want a lock than it takes to keep it busy, those too many only cost
 * processor time, and a queue that insists on its order waits for threads that do not
 * run. A thread that leaves here looks at the first in the queue. If it is one too many,
 * since others stand behind it, or since it sleeps already, it is set aside: it joins a
 * list of passive threads, and sleeps. The next one, or a thread that comes by, enters. A
 * holds the lock, B and C wait, D and E are passive; then A leaves:
 *
 *   A ---> B ---> C <--- tail               C <--- tail
 *   eldest: D ---> E                        eldest: D ---> E ---> B
 *
 *   The eldest passive thread is called back when nobody is in the queue, or else when
 *   `period` releases have gone by. It does not get the lock, which would stand idle
 *   until it is awake: it queues up again, and this time is not set aside. Only one is on
 *   its way at a time. So while anybody is passive somebody holds the lock, or is on its
 *   way.
 *
 *   cost       uncontended: one swap, one compare-and-swap. Contended: O(1) remote
 *              references an acquisition; to set a thread aside and to call it back, a
 *              system call or two each. Space: five words a lock, one cache line for each
 *              thread that holds or wants it.
 *   fairness   none at short range: first come, first served among threads that are not
 *              set aside. Passive threads are called back in the order in which they were
 *              set aside, each after at most `period` releases from when the one before
 *              it had the lock; a thread that was called back is served in its turn.
 *   progress   starvation-free.
 *   lifetime   the lock may be freed, moved or used again when nobody holds it, waits for
 *              it or is passive. A node: when unlock, or a trylock in vain, has returned.
 *
 * D. Dice: Malthusian Locks. European Conference on Computer Systems (EuroSys), 2017,
 * where a thread that is called back is handed the lock, and chance says who is next.
 */
#ifndef LOCKSTEP_MALTHUSIAN_H
#define LOCKSTEP_MALTHUSIAN_H

#include <errno.h>
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <lockstep/wait.h>

/* A thread's place in the queue: the caller's, not to be touched from lock to unlock, and
   free for any use after that. It needs no initialising. */
typedef struct lks_malthusian_node {
    alignas(LKS_CACHE_LINE) _Atomic(struct lks_malthusian_node *) next;
    _Atomic(uint32_t) state; /* one of those below, and perhaps LKS_ASLEEP */
    bool called;             /* was passive, and is not to be set aside again */
    struct lks_malthusian_node *younger; /* the next passive one; the holder's */
} lks_malthusian_node_t;

enum {
    LKS_MALTHUSIAN_ENTERS = 0,
    LKS_MALTHUSIAN_WAITS = 2,
    LKS_MALTHUSIAN_QUEUES_AGAIN = 4
};

/* All but the tail belongs to the holder. It lies with the tail, since a thread that
   wants the lock has just fetched that. */
typedef struct LKS_CAPABILITY lks_malthusian {
    _Atomic(lks_malthusian_node_t *) tail;
    lks_malthusian_node_t *eldest; /* of the passive ones */
    lks_malthusian_node_t *youngest;
    uint32_t period;
    uint32_t releases; /* since one was called back, or since the first became passive */
    bool on_its_way;   /* one that was called back has not had the lock yet */
} lks_malthusian_t;

/* Rare enough for the system calls not to matter, with short critical sections: an
   estimate (two system calls of some microseconds in 256 releases), not a measurement.
   What another period does to throughput and to the longest wait:
   build/lockbench -l malthusian,mcs -t 4,8. */
#define LKS_MALTHUSIAN_PERIOD 256

/* clang-format off */
#define LKS_MALTHUSIAN_INIT \
    { LKS_NULL, LKS_NULL, LKS_NULL, LKS_MALTHUSIAN_PERIOD, 0, false }
/* clang-format on */

/* Makes *lock a free lock that calls a passive thread back at least every `period`
   releases. Returns 0, or EINVAL for a null pointer or period == 0. */
LKS_INLINE int lks_malthusian_init(lks_malthusian_t *lock, uint32_t period)
{
    if (lock == LKS_NULL || period == 0) {
        return EINVAL;
    }
    atomic_store_explicit(&lock->tail, LKS_NULL, memory_order_relaxed);
    lock->eldest = LKS_NULL;
    lock->youngest = LKS_NULL;
    lock->period = period;
    lock->releases = 0;
    lock->on_its_way = false;
    return 0;
}

/* Queues up and waits. Returns LKS_MALTHUSIAN_ENTERS when the caller has the lock, or
   else LKS_MALTHUSIAN_QUEUES_AGAIN. */
LKS_INLINE uint32_t lks_malthusian_queue(lks_malthusian_t *lock,
                                         lks_malthusian_node_t *node)
{
    atomic_store_explicit(&node->next, LKS_NULL, memory_order_relaxed);
    /* Release: the successor's link must come after our NULL in the order of `next`.
       Acquire: the same, seen from the successor; and when the lock is free, what the
       last holder released with its NULL. */
    lks_malthusian_node_t *predecessor =
        atomic_exchange_explicit(&lock->tail, node, memory_order_acq_rel);
    if (predecessor == LKS_NULL) {
        return LKS_MALTHUSIAN_ENTERS;
    }
    atomic_store_explicit(&node->state, LKS_MALTHUSIAN_WAITS, memory_order_relaxed);
    /* Release: the thread that changes our state or looks at `called` must see what we
       have stored. */
    atomic_store_explicit(&predecessor->next, node, memory_order_release);
    const lks_wait_mode_t sleeps = LKS_WAIT_SLEEP;
    lks_await_change(&node->state, LKS_MALTHUSIAN_WAITS, &sleeps);
    /* Relaxed: nobody changes it any more, and the wait has acquired. */
    return atomic_load_explicit(&node->state, memory_order_relaxed);
}

/* Takes the lock, waiting as long as it takes, with *node as the caller's place. */
LKS_INLINE void lks_malthusian_lock(lks_malthusian_t *lock, lks_malthusian_node_t *node)
    LKS_ACQUIRES(*lock)
{
    node->called = false;
    if (lks_malthusian_queue(lock, node) == LKS_MALTHUSIAN_QUEUES_AGAIN) {
        node->called = true;
        (void)lks_malthusian_queue(lock, node);
        lock->on_its_way = false;
    }
}

/* Takes the lock if it is free, with *node as the caller's place. Returns whether it did;
   never waits. */
LKS_INLINE_TRY bool lks_malthusian_trylock(lks_malthusian_t *lock,
                                           lks_malthusian_node_t *node)
    LKS_ACQUIRES_IF(true, *lock)
{
    atomic_store_explicit(&node->next, LKS_NULL, memory_order_relaxed);
    lks_malthusian_node_t *nobody = LKS_NULL;
    /* Release: as in lock. Acquire: pairs with the release of the last holder's NULL. */
    return atomic_compare_exchange_strong_explicit(
        &lock->tail, &nobody, node, memory_order_acq_rel, memory_order_relaxed);
}

/* Tells whether somebody held the lock a moment ago: a hint, it orders nothing. */
LKS_INLINE bool lks_malthusian_is_locked(const lks_malthusian_t *lock)
{
    return atomic_load_explicit(&lock->tail, memory_order_relaxed) != LKS_NULL;
}

/* Tells the holder whether the first in the queue is one too many. */
LKS_INLINE bool lks_malthusian_is_surplus(const lks_malthusian_node_t *first)
{
    /* Relaxed: what is read decides nothing that must be right. */
    return !first->called &&
           (atomic_load_explicit(&first->next, memory_order_relaxed) != LKS_NULL ||
            (atomic_load_explicit(&first->state, memory_order_relaxed) & LKS_ASLEEP) !=
                0);
}

/* Makes a waiter that leaves the queue the youngest of the passive ones. */
LKS_INLINE void lks_malthusian_set_aside(lks_malthusian_t *lock,
                                         lks_malthusian_node_t *node)
{
    node->younger = LKS_NULL;
    if (lock->eldest == LKS_NULL) {
        lock->eldest = node;
    } else {
        lock->youngest->younger = node;
    }
    lock->youngest = node;
}

/* Returns the passive thread that is to be called back by the release under way, or NULL;
   it is passive no longer. */
LKS_INLINE lks_malthusian_node_t *lks_malthusian_next_to_recall(lks_malthusian_t *lock,
                                                                bool is_queue_empty)
{
    lks_malthusian_node_t *eldest = lock->eldest;
    if (eldest == LKS_NULL || lock->on_its_way ||
        (++lock->releases < lock->period && !is_queue_empty)) {
        return LKS_NULL;
    }
    lock->eldest = eldest->younger;
    lock->releases = 0;
    lock->on_its_way = true;
    return eldest;
}

/* Gives the lock back; the caller holds it with *node. */
LKS_INLINE void lks_malthusian_unlock(lks_malthusian_t *lock, lks_malthusian_node_t *node)
    LKS_RELEASES(*lock)
{
    lks_check(lks_malthusian_is_locked(lock), "the lock is not held", lock);
    lks_malthusian_node_t *last = node;
    /* Acquire: pairs with the release of the link. */
    lks_malthusian_node_t *successor =
        atomic_load_explicit(&last->next, memory_order_acquire);
    if (successor != LKS_NULL && lks_malthusian_is_surplus(successor)) {
        lks_malthusian_set_aside(lock, successor);
        last = successor;
        /* Relaxed: only whether there is one counts, for now. */
        successor = atomic_load_explicit(&last->next, memory_order_relaxed);
    }
    lks_malthusian_node_t *called =
        lks_malthusian_next_to_recall(lock, successor == LKS_NULL);
    lks_malthusian_node_t *expected = last;
    /* Release: pairs with the acquire of the thread that finds the lock free. */
    if (successor != LKS_NULL || !atomic_compare_exchange_strong_explicit(
                                     &lock->tail, &expected, LKS_NULL,
                                     memory_order_release, memory_order_relaxed)) {
        /* If there is no link yet somebody has swapped, and will link in a moment.
           Acquire: as above. */
        lks_await((successor = atomic_load_explicit(&last->next, memory_order_acquire)) !=
                  LKS_NULL);
        lks_change_and_wake(&successor->state, LKS_MALTHUSIAN_ENTERS);
    }
    if (called != LKS_NULL) {
        lks_change_and_wake(&called->state, LKS_MALTHUSIAN_QUEUES_AGAIN);
    }
}

/* Ends the lock's life; nobody holds it or waits for it. It owns nothing. */
LKS_INLINE void lks_malthusian_destroy(lks_malthusian_t *lock)
{
    (void)lock;
    lks_check(!lks_malthusian_is_locked(lock) && lock->eldest == LKS_NULL &&
                  !lock->on_its_way,
              "the lock is in use", lock);
}

#endif
