/* SPDX-License-Identifier: MIT */
/* Reader-writer locks and barriers in the shapes that C files have; all of them are
   right. */
#include <lockstep/own.h>
#include <stdatomic.h>

/* --- readers and writers: one word, and nothing that is optional --- */

typedef struct {
    atomic_int inside; /* readers, or −1 */
} many_t;

void many_init(many_t *lock)
{
    atomic_init(&lock->inside, 0);
}

void many_rdlock(many_t *lock)
{
    int seen = atomic_load_explicit(&lock->inside, memory_order_relaxed);
    while (seen < 0 || !atomic_compare_exchange_weak_explicit(
                           &lock->inside, &seen, seen + 1, memory_order_acquire,
                           memory_order_relaxed)) {
        seen = atomic_load_explicit(&lock->inside, memory_order_relaxed);
    }
}

void many_rdunlock(many_t *lock)
{
    atomic_fetch_sub_explicit(&lock->inside, 1, memory_order_release);
}

void many_wrlock(many_t *lock)
{
    int none = 0;
    while (!atomic_compare_exchange_weak_explicit(
        &lock->inside, &none, -1, memory_order_acquire, memory_order_relaxed)) {
        none = 0;
    }
}

void many_wrunlock(many_t *lock)
{
    atomic_store_explicit(&lock->inside, 0, memory_order_release);
}

LKS_RWLOCK(many)

/* --- the same with another spelling, one unlock for both, and tries --- */

typedef many_t one_unlock_t;

#define one_unlock_init       many_init
#define one_unlock_read_lock  many_rdlock
#define one_unlock_write_lock many_wrlock

int one_unlock_read_trylock(one_unlock_t *lock)
{
    int seen = atomic_load_explicit(&lock->inside, memory_order_relaxed);
    return seen >= 0 && atomic_compare_exchange_strong_explicit(
                            &lock->inside, &seen, seen + 1, memory_order_acquire,
                            memory_order_relaxed);
}

int one_unlock_write_trylock(one_unlock_t *lock)
{
    int none = 0;
    return atomic_compare_exchange_strong_explicit(
        &lock->inside, &none, -1, memory_order_acquire, memory_order_relaxed);
}

void one_unlock_unlock(one_unlock_t *lock)
{
    if (atomic_load_explicit(&lock->inside, memory_order_relaxed) < 0) {
        atomic_store_explicit(&lock->inside, 0, memory_order_release);
    } else {
        atomic_fetch_sub_explicit(&lock->inside, 1, memory_order_release);
    }
}

LKS_RWLOCK(one_unlock)

/* --- a barrier that needs nobody's index --- */

typedef struct {
    atomic_uint here, round;
    unsigned count;
} all_t;

int all_init(all_t *barrier, unsigned count)
{
    atomic_init(&barrier->here, 0);
    atomic_init(&barrier->round, 0);
    barrier->count = count;
    return count > 0 ? 0 : 22;
}

void all_wait(all_t *barrier)
{
    unsigned round = atomic_load_explicit(&barrier->round, memory_order_relaxed);
    if (atomic_fetch_add_explicit(&barrier->here, 1, memory_order_acq_rel) + 1 ==
        barrier->count) {
        atomic_store_explicit(&barrier->here, 0, memory_order_relaxed);
        atomic_store_explicit(&barrier->round, round + 1, memory_order_release);
    } else {
        while (atomic_load_explicit(&barrier->round, memory_order_acquire) == round) {
        }
    }
}

LKS_BARRIER(all)

/* --- one that does: a sense of each thread --- */

typedef struct {
    atomic_int left, sense;
    int count;
    struct {
        _Alignas(64) int sense;
    } own[64];
} sense_t;

int sense_init(sense_t *barrier, int count)
{
    if (count > 64) {
        return 22;
    }
    atomic_init(&barrier->left, count);
    atomic_init(&barrier->sense, 0);
    barrier->count = count;
    for (int i = 0; i < count; i++) {
        barrier->own[i].sense = 0;
    }
    return 0;
}

void sense_wait(sense_t *barrier, int self)
{
    int sense = barrier->own[self].sense = !barrier->own[self].sense;
    if (atomic_fetch_sub_explicit(&barrier->left, 1, memory_order_acq_rel) == 1) {
        atomic_store_explicit(&barrier->left, barrier->count, memory_order_relaxed);
        atomic_store_explicit(&barrier->sense, sense, memory_order_release);
    } else {
        while (atomic_load_explicit(&barrier->sense, memory_order_acquire) != sense) {
        }
    }
}

LKS_BARRIER(sense)
