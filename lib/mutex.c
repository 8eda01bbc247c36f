/* SPDX-License-Identifier: MIT */
/* The mutex: how threads wait, and which is woken. The states: lockstep/mutex.h. */
#include <lockstep/fence.h>
#include <lockstep/futex.h>
#include <lockstep/lock.h>
#include <lockstep/wait.h>

#undef LKS_INLINE /* the functions of the fence stay inline here */
#define LKS_INLINE
#include <lockstep/mutex.h>

/* A wait that has gone on for this long is hungry. Relaxed: no data go with it. */
static _Atomic(uint64_t) bound = LKS_MUTEX_BOUND_NS;

/* While a light fence may have failed: sleep no longer than so many nanoseconds at a
   time. Nothing to measure: it is for a fault that is not expected. */
enum { NAP_NS = 10 * 1000 * 1000 };

void lks_mutex_set_bound(uint64_t nanoseconds)
{
    atomic_store_explicit(&bound, nanoseconds, memory_order_relaxed);
}

/* --- spinning ----------------------------------------------------------------------- */

/*
 * The number of tries, learned from how long waiting took: SHORTEST, doubled as often as
 * the three bits SPINS say, counted from their value 5 on, so that a new lock, which has
 * 0, has the middle. A spin that fails halves the number for the thread that comes next;
 * one that only just succeeds doubles it. The numbers are chosen, not measured; what
 * others do: build/lockbench -l mutex,pthread_mutex -t 2,4 --cs 0, and --cs 1000.
 */
enum { SHORTEST = 16, FIRST_LEVEL = 5, LEVELS = 7, LEVEL = 1 << 4 };

static unsigned level_of(uint32_t waiters)
{
    return (waiters / LEVEL + LEVELS + 1 - FIRST_LEVEL) & 7;
}

static uint32_t with_level(uint32_t waiters, unsigned level)
{
    return (waiters & ~(uint32_t)LKS_MUTEX_SPINS) | ((level + FIRST_LEVEL) & 7) * LEVEL;
}

static uint32_t waiters_of(lks_mutex_t *mutex)
{
    return atomic_load_explicit(&mutex->waiters, memory_order_relaxed);
}

static bool is_free(lks_mutex_t *mutex)
{
    return atomic_load_explicit(&mutex->held, memory_order_relaxed) == LKS_MUTEX_FREE;
}

/* Spins for the lock. Returns whether it got it. */
static bool spin(lks_mutex_t *mutex)
{
    uint32_t waiters = waiters_of(mutex);
    unsigned level = level_of(waiters);
    unsigned limit = lks_worth_spinning((unsigned)SHORTEST << level);
    for (unsigned tries = 0; tries < limit; tries++) {
        if (is_free(mutex) && lks_mutex_trylock(mutex)) {
            if (tries > limit / 2 && level + 1 < LEVELS) {
                /* If the word has changed meanwhile: another time. */
                (void)atomic_compare_exchange_strong_explicit(
                    &mutex->waiters, &waiters, with_level(waiters, level + 1),
                    memory_order_relaxed, memory_order_relaxed);
            }
            return true;
        }
        lks_delay(1);
    }
    return false;
}

/* --- waiting ------------------------------------------------------------------------ */

/* A waiter that counts in `waiters`. */
struct wait {
    lks_mutex_t *mutex;
    const struct timespec *deadline; /* or NULL */
    uint64_t since;                  /* when it began, in nanoseconds */
    uint32_t share;                  /* what of `waiters` is its own */
};

/* Replaces *waiters, which was read from the word, unless the word has changed: then
   reads it anew. Relaxed, as nearly all that is done to the word: what is under the lock
   goes with `held`, and that nobody misses the other's change is the fences' work. */
static bool replace(lks_mutex_t *mutex, uint32_t *waiters, uint32_t desired)
{
    return atomic_compare_exchange_strong_explicit(
        &mutex->waiters, waiters, desired, memory_order_relaxed, memory_order_relaxed);
}

/*
 * Counts the caller among the waiters. From here on every unlock either is seen by the
 * caller's next look at the lock, or sees that somebody waits. For a waiter that finds
 * FENCED set, another has seen to that: waiters have been present without a gap since it
 * made the heavy fence. Acquire, here, pairs with the release that set it.
 */
static void join(struct wait *wait)
{
    lks_mutex_t *mutex = wait->mutex;
    uint32_t waiters = waiters_of(mutex);
    unsigned level;
    do {
        level = level_of(waiters);
    } while (!atomic_compare_exchange_strong_explicit(
        &mutex->waiters, &waiters,
        with_level(waiters, level > 0 ? level - 1 : 0) + LKS_MUTEX_SLEEPER,
        memory_order_acquire, memory_order_relaxed));
    wait->share = LKS_MUTEX_SLEEPER;
    if ((waiters & LKS_MUTEX_FENCED) != 0 || !lks_asymmetric_fence_heavy()) {
        return;
    }
    waiters = waiters_of(mutex);
    while ((waiters & LKS_MUTEX_FENCED) == 0 &&
           !atomic_compare_exchange_strong_explicit(
               &mutex->waiters, &waiters, waiters | LKS_MUTEX_FENCED,
               memory_order_release, memory_order_relaxed)) {
    }
}

/*
 * Counts the caller out. Its share goes, and so does a token that nobody has taken yet,
 * for it may be the caller that was woken to take it. So this is for a thread that has
 * the lock, and will look after the others when it gives it back, or that does so at
 * once.
 */
static void leave(const struct wait *wait)
{
    uint32_t waiters = waiters_of(wait->mutex);
    uint32_t rest;
    do {
        rest = waiters - wait->share;
        if ((rest & LKS_MUTEX_WAKING) != 0) {
            rest &= ~(uint32_t)(LKS_MUTEX_TOKEN | LKS_MUTEX_WAKING);
        }
        if (rest < LKS_MUTEX_SLEEPER) {
            rest &= ~(uint32_t)LKS_MUTEX_FENCED;
        }
    } while (!replace(wait->mutex, &waiters, rest));
}

/* The instant NAP_NS from now. */
static struct timespec end_of_nap(void)
{
    uint64_t end = lks_monotonic_now() + NAP_NS;
    return (struct timespec){(time_t)(end / 1000000000u), (long)(end % 1000000000u)};
}

/* Sleeps while *word is `value`. Returns as lks_futex_wait. */
static int sleep_on(const struct wait *wait, _Atomic(uint32_t) *word, uint32_t value)
{
    if (lks_asymmetric_fence_kind() == LKS_FENCE_LOST) {
        const struct timespec end = end_of_nap();
        if (wait->deadline == NULL ||
            lks_nanoseconds(&end) < lks_nanoseconds(wait->deadline)) {
            (void)lks_futex_wait(word, value, &end);
            return 0;
        }
    }
    return lks_futex_wait(word, value, wait->deadline);
}

/* After a heavy fence that has failed: until what others have stored can be seen. */
static void nap(void)
{
    static _Atomic(uint32_t) unchanged;
    const struct timespec end = end_of_nap();
    (void)lks_futex_wait(&unchanged, 0, &end);
}

/* --- hungry waiters ----------------------------------------------------------------- */

/* Takes the lock if it is free or handed over. Returns whether it did; if not, *held is
   what somebody else holds it by. */
static bool take_or_receive(lks_mutex_t *mutex, uint32_t *held)
{
    *held = atomic_load_explicit(&mutex->held, memory_order_relaxed);
    while (*held == LKS_MUTEX_FREE || *held == LKS_MUTEX_HANDED) {
        /* Acquire: pairs with the release in unlock. */
        if (atomic_compare_exchange_strong_explicit(&mutex->held, held, LKS_MUTEX_MINE,
                                                    memory_order_acquire,
                                                    memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

/*
 * Waits to be handed the lock. Returns whether it got it before the deadline.
 *
 * Only one waiter at a time is hungry, since only one has the token. It sleeps on `held`,
 * alone. The heavy fence makes every unlock that it overlooks see HUNGRY; and, when it
 * gives up, makes every hand-over that it overlooks see that nobody is hungry any more.
 */
static bool starve(struct wait *wait)
{
    lks_mutex_t *mutex = wait->mutex;
    uint32_t held;
    (void)atomic_fetch_add_explicit(&mutex->waiters, LKS_MUTEX_HUNGRY,
                                    memory_order_relaxed);
    wait->share |= LKS_MUTEX_HUNGRY;
    (void)lks_asymmetric_fence_heavy();
    unsigned tries = lks_worth_spinning((unsigned)SHORTEST << LEVELS / 2);
    while (!take_or_receive(mutex, &held)) {
        if (tries > 0) {
            tries--;
            lks_delay(1);
        } else if (sleep_on(wait, &mutex->held, held) == ETIMEDOUT) {
            (void)atomic_fetch_sub_explicit(&mutex->waiters, LKS_MUTEX_HUNGRY,
                                            memory_order_relaxed);
            wait->share &= ~(uint32_t)LKS_MUTEX_HUNGRY;
            if (!lks_asymmetric_fence_heavy()) {
                nap();
            }
            return take_or_receive(mutex, &held);
        }
    }
    return true;
}

/* Returns false when the deadline has passed. */
static bool compete(struct wait *wait, bool *taken)
{
    *taken = spin(wait->mutex);
    if (*taken || lks_monotonic_now() - wait->since <
                      atomic_load_explicit(&bound, memory_order_relaxed)) {
        return true;
    }
    *taken = starve(wait);
    return *taken;
}

/* --- the wait ----------------------------------------------------------------------- */

/* Gives the token back. Threads that unlocked since it was given relied on its owner, who
   must look at the lock again: the heavy fence makes every unlock that it overlooks see
   the token gone. */
static void give_token_back(struct wait *wait)
{
    (void)atomic_fetch_sub_explicit(&wait->mutex->waiters, LKS_MUTEX_TOKEN,
                                    memory_order_relaxed);
    wait->share &= ~(uint32_t)LKS_MUTEX_TOKEN;
    (void)lks_asymmetric_fence_heavy();
}

/* Gives up: the deadline has passed. The caller may have been woken, or have kept others
   from being woken: somebody else is. */
static int give_up(const struct wait *wait)
{
    leave(wait);
    /* Without the fence the lock may only seem to be held. */
    if (!lks_asymmetric_fence_heavy() || is_free(wait->mutex)) {
        lks_mutex_wake(wait->mutex);
    }
    return ETIMEDOUT;
}

/* Whether a waiter may take the token: it is being given away; or the waiter has been
   woken for it, but somebody got the lock before and took it away (see leave). */
static bool may_take_token(uint32_t waiters, bool woken)
{
    return (waiters & LKS_MUTEX_WAKING) != 0 ||
           (woken && (waiters & LKS_MUTEX_TOKEN) == 0);
}

int lks_mutex_wait(lks_mutex_t *mutex, const struct timespec *deadline)
{
    if (deadline != NULL && !lks_is_instant(deadline)) {
        return EINVAL;
    }
    lks_take_turns();
    if (spin(mutex)) {
        return 0;
    }
    struct wait wait = {mutex, deadline, lks_monotonic_now(), 0};
    join(&wait);
    bool woken = false;
    for (bool taken = false;;) {
        /* Read before the lock is looked at: a thread that frees it later changes the
           word. */
        uint32_t waiters = waiters_of(mutex);
        if (taken || lks_mutex_trylock(mutex)) {
            leave(&wait);
            return 0;
        }
        if (!may_take_token(waiters, woken)) {
            int error = sleep_on(&wait, &mutex->waiters, waiters);
            if (error == ETIMEDOUT) {
                return give_up(&wait);
            }
            woken = woken || error == 0;
        } else if (replace(mutex, &waiters,
                           (waiters & ~(uint32_t)LKS_MUTEX_WAKING) | LKS_MUTEX_TOKEN)) {
            wait.share |= LKS_MUTEX_TOKEN;
            if (!compete(&wait, &taken)) {
                return give_up(&wait);
            }
            if (!taken) {
                give_token_back(&wait);
                woken = false;
            }
        }
    }
}

/* --- giving the lock back ----------------------------------------------------------- */

/*
 * Hands the lock, which is free, to the hungry waiter. Returns whether there is nothing
 * left to do: the waiter has been woken, or somebody else has the lock and will look.
 */
static bool hand_over(lks_mutex_t *mutex)
{
    uint32_t found = LKS_MUTEX_FREE;
    /* Acquire: if the last holder was the hungry one, see below that it is so no more. No
       release: what the last holder released goes on through read-modify-writes. */
    if (!atomic_compare_exchange_strong_explicit(&mutex->held, &found, LKS_MUTEX_HANDED,
                                                 memory_order_acquire,
                                                 memory_order_relaxed)) {
        return true;
    }
    lks_asymmetric_fence_light();
    if ((waiters_of(mutex) & LKS_MUTEX_HUNGRY) != 0) {
        lks_futex_wake(&mutex->held, 1);
        return true;
    }
    /* It has given up. Unless it has still noticed, the lock is free once more. */
    found = LKS_MUTEX_HANDED;
    bool freed = atomic_compare_exchange_strong_explicit(
        &mutex->held, &found, LKS_MUTEX_FREE, memory_order_relaxed, memory_order_relaxed);
    lks_asymmetric_fence_light();
    return !freed;
}

void lks_mutex_wake(lks_mutex_t *mutex)
{
    uint32_t waiters = waiters_of(mutex);
    while (lks_mutex_needs_wake(waiters)) {
        if ((waiters & LKS_MUTEX_HUNGRY) != 0) {
            if (hand_over(mutex)) {
                return;
            }
            waiters = waiters_of(mutex);
        } else if (replace(mutex, &waiters,
                           waiters | LKS_MUTEX_TOKEN | LKS_MUTEX_WAKING)) {
            /* A waiter that is only about to sleep finds that the word has changed. */
            lks_futex_wake(&mutex->waiters, 1);
            return;
        }
    }
}

/* --- in the catalog ----------------------------------------------------------------- */

LKS_LOCK_CALLS_context_free(mutex)

static size_t mutex_size(uint32_t nthreads)
{
    (void)nthreads;
    return sizeof(lks_mutex_t);
}

static int mutex_init(void *lock, uint32_t nthreads)
{
    (void)nthreads;
    return lks_mutex_init(lock);
}

const lks_lock_class_t lks_mutex_class = {
    .name = "mutex",
    .summary = "test-and-set whose waiters spin, then sleep; one woken at a time",
    .paper = "Drepper: Futexes Are Tricky, 2011",
    .traits = LKS_LOCK_TRYLOCK | LKS_LOCK_SLEEPS,
    .size = mutex_size,
    .init = mutex_init,
    .lock = mutex_lock,
    .trylock = mutex_trylock,
    .unlock = mutex_unlock,
    .is_locked = mutex_is_locked,
    .destroy = mutex_destroy,
};
