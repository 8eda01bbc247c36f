/* SPDX-License-Identifier: MIT */
/* Locks whose properties are known by how they are made; for lockbench, which must see
   them. Each excludes, but for those that say that they do not. */
#include <lockstep/atomic.h>
#include <lockstep/own.h>
#include <lockstep/wait.h>
#include <time.h>

/* --- unfair by k -------------------------------------------------------------------- */

/*
 * A thread has so many entries in a row, then some other thread has its own. In between
 * the lock is the thread's, though it is not inside: one who waits for 0.2 s of processor
 * time takes it then, since the thread may have gone for good.
 */
struct turns {
    _Atomic(uint64_t) state; /* (owner + 1) × 2³², entries left × 2, whether inside */
    bool alone;              /* there is no other thread */
};

static void begin_turns(struct turns *lock, uint32_t threads)
{
    atomic_init(&lock->state, 0);
    lock->alone = threads == 1;
}

static uint64_t turn_of(uint32_t self, uint64_t left, uint64_t inside)
{
    return (uint64_t)(self + 1) << 32 | left << 1 | inside;
}

static uint64_t processor_ns(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static bool try_turn(struct turns *lock, uint32_t self, uint64_t entries, bool patient)
{
    uint64_t state = atomic_load_explicit(&lock->state, memory_order_relaxed);
    uint64_t left = (uint32_t)state >> 1;
    bool mine = state >> 32 == (uint64_t)self + 1;
    if ((state & 1) != 0 || (patient && state != 0 && mine != (left > 0))) {
        return false;
    }
    uint64_t next = turn_of(self, (mine && left > 0 ? left : entries) - 1, 1);
    return atomic_compare_exchange_strong_explicit(
        &lock->state, &state, next, memory_order_acquire, memory_order_relaxed);
}

static void take_turn(struct turns *lock, uint32_t self, uint64_t entries)
{
    enum { OFTEN = 1024 };
    unsigned tries = 0;
    unsigned count = 0;
    bool patient = !lock->alone;
    uint64_t start = 0;
    while (!try_turn(lock, self, entries, patient)) {
        tries = lks_relax(tries);
        if (++count % OFTEN == 0) {
            start = start == 0 ? processor_ns() : start;
            patient = processor_ns() - start < 200000000u;
        }
    }
}

static void give_turn(struct turns *lock)
{
    uint64_t state = atomic_load_explicit(&lock->state, memory_order_relaxed);
    atomic_store_explicit(&lock->state, state - 1, memory_order_release);
}

/* Nine in a row for each thread. */
typedef struct turns nines_t;
static void nines_init(nines_t *lock, uint32_t threads)
{
    begin_turns(lock, threads);
}
static void nines_lock(nines_t *lock, uint32_t self)
{
    take_turn(lock, self, 9);
}
static void nines_unlock(nines_t *lock)
{
    give_turn(lock);
}
LKS_LOCK(nines)

/* Nine for thread 0, one for others. */
typedef struct turns favoured_t;
static void favoured_init(favoured_t *lock, uint32_t threads)
{
    begin_turns(lock, threads);
}
static void favoured_lock(favoured_t *lock, uint32_t self)
{
    take_turn(lock, self, self == 0 ? 9 : 1);
}
static void favoured_unlock(favoured_t *lock)
{
    give_turn(lock);
}
LKS_LOCK(favoured)

/* A thousand in a row: its threads hardly meet. */
typedef struct turns thousands_t;
static void thousands_init(thousands_t *lock, uint32_t threads)
{
    begin_turns(lock, threads);
}
static void thousands_lock(thousands_t *lock, uint32_t self)
{
    take_turn(lock, self, 1000);
}
static void thousands_unlock(thousands_t *lock)
{
    give_turn(lock);
}
LKS_LOCK(thousands)

/* --- broken once in n --------------------------------------------------------------- */

#ifndef ONCE_IN
#define ONCE_IN 1000
#endif

/* Lets a thread in whether it is free or not, once in ONCE_IN times, at random. */
typedef struct {
    _Atomic(unsigned) taken;
} leaky_t;

static _Thread_local uint64_t chance;
static _Thread_local bool leaks;

static void leaky_init(leaky_t *lock)
{
    atomic_init(&lock->taken, 0);
}

static void throw_dice(void)
{
    if (chance == 0) {
        struct timespec time;
        (void)clock_gettime(CLOCK_MONOTONIC, &time);
        chance = (uint64_t)time.tv_nsec ^ (uintptr_t)&chance;
    }
    chance = chance * 6364136223846793005u + 1442695040888963407u;
    leaks = (chance >> 33) % ONCE_IN == 0;
}

static void leaky_lock(leaky_t *lock)
{
    throw_dice();
    lks_await(leaks ||
              atomic_exchange_explicit(&lock->taken, 1, memory_order_acquire) == 0);
}

static void leaky_unlock(leaky_t *lock)
{
    if (!leaks) {
        atomic_store_explicit(&lock->taken, 0, memory_order_release);
    }
}
LKS_LOCK(leaky)

/* --- tried four times --------------------------------------------------------------- */

/* Every fourth try has it, if it is free. */
typedef struct {
    _Atomic(unsigned) taken;
    _Atomic(unsigned) tries;
} fourth_t;

static void fourth_init(fourth_t *lock)
{
    atomic_init(&lock->taken, 0);
    atomic_init(&lock->tries, 0);
}

static bool fourth_trylock(fourth_t *lock)
{
    return atomic_fetch_add_explicit(&lock->tries, 1, memory_order_relaxed) % 4 == 3 &&
           atomic_exchange_explicit(&lock->taken, 1, memory_order_acquire) == 0;
}

static void fourth_lock(fourth_t *lock)
{
    lks_await(atomic_exchange_explicit(&lock->taken, 1, memory_order_acquire) == 0);
}

static void fourth_unlock(fourth_t *lock)
{
    atomic_store_explicit(&lock->taken, 0, memory_order_release);
}
LKS_LOCK(fourth)

/* --- late once ---------------------------------------------------------------------- */

/* Kept for 0.2 s once, when it was taken rarely ten times: where threads arrive at a
   rate, as soon as they do, which is in the warm-up. */
typedef struct {
    _Atomic(unsigned) taken;
    uint64_t last_ns;
    unsigned rare;
} late_riser_t;

static void late_riser_init(late_riser_t *lock)
{
    atomic_init(&lock->taken, 0);
    lock->last_ns = 0;
    lock->rare = 0;
}

static void late_riser_lock(late_riser_t *lock)
{
    struct timespec now;
    lks_await(atomic_exchange_explicit(&lock->taken, 1, memory_order_acquire) == 0);
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    const uint64_t ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    const bool is_rare = lock->last_ns > 0 && ns - lock->last_ns > 20000;
    lock->last_ns = ns;
    lock->rare = lock->rare > 10 ? lock->rare : is_rare ? lock->rare + 1 : 0;
    if (lock->rare == 10) {
        lock->rare = 11;
        (void)nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
    }
}

static void late_riser_unlock(late_riser_t *lock)
{
    atomic_store_explicit(&lock->taken, 0, memory_order_release);
}
LKS_LOCK(late_riser)

/* --- slower by d ------------------------------------------------------------------- */

/* Lets go 0.1 ms of processor time after the last one has come. */
typedef struct {
    _Atomic(uint32_t) missing;
    _Atomic(uint32_t) episode;
    uint32_t threads;
} late_t;

static void late_init(late_t *barrier, uint32_t threads)
{
    atomic_init(&barrier->missing, threads);
    atomic_init(&barrier->episode, 0);
    barrier->threads = threads;
}

static void late_wait(late_t *barrier)
{
    uint32_t episode = atomic_load_explicit(&barrier->episode, memory_order_relaxed);
    if (atomic_fetch_sub_explicit(&barrier->missing, 1, memory_order_acq_rel) > 1) {
        lks_await(atomic_load_explicit(&barrier->episode, memory_order_acquire) !=
                  episode);
        return;
    }
    const uint64_t end = processor_ns() + 100000;
    while (processor_ns() < end) {
    }
    atomic_store_explicit(&barrier->missing, barrier->threads, memory_order_relaxed);
    atomic_store_explicit(&barrier->episode, episode + 1, memory_order_release);
}
LKS_BARRIER(late)
