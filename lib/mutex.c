/* SPDX-License-Identifier: MIT */
/* The mutex: how threads wait, and which is woken. The states: lockstep/mutex.h. */
#include <lockstep/fence.h>
#include <lockstep/futex.h>
#include <lockstep/lock.h>
#include <lockstep/wait.h>
#include <pthread.h>

#undef LKS_INLINE /* the functions of the fence stay inline here */
#define LKS_INLINE
#include <lockstep/mutex.h>

#include "tsan.h"

/* A wait that has gone on for this long is hungry. Relaxed: no data go with it. */
static _Atomic(uint64_t) bound = LKS_MUTEX_BOUND_NS;

void lks_mutex_set_bound(uint64_t nanoseconds)
{
    atomic_store_explicit(&bound, nanoseconds, memory_order_relaxed);
}

/* --- the table ---------------------------------------------------------------------- */

_Atomic(uint32_t) lks_mutex_waiting[LKS_MUTEX_PLACES];

/* For each place the mutex, if any, for which one that waits there vouches: whoever comes
   to wait for it meanwhile need not make a heavy fence of its own (see join). */
static _Atomic(lks_mutex_t *) vouched[LKS_MUTEX_PLACES];

static unsigned index_of(const lks_mutex_t *mutex)
{
    return (unsigned)(lks_mutex_place(mutex) - lks_mutex_waiting);
}

/* --- a waiter ----------------------------------------------------------------------- */

/* Whom to wake: of those that sleep on the word, the hungry have both bits. */
enum { ANYBODY = 1, THE_HUNGRY = 2 };

struct wait {
    lks_mutex_t *mutex;
    const struct timespec *deadline; /* or NULL */
    bool counted;                    /* in the table; before that it spins */
    bool vouches;                    /* see join */
    uint64_t since;                  /* when it was counted, in nanoseconds */
    uint32_t word;                   /* as it saw it last */
    uint32_t share;                  /* the bits that it has set there for itself */
};

/* Replaces the word if it still is as the waiter saw it; else reads it anew. Relaxed:
   what is under the lock goes with HELD. */
static bool replace(struct wait *wait, uint32_t desired)
{
    return atomic_compare_exchange_strong_explicit(&wait->mutex->word, &wait->word,
                                                   desired, memory_order_relaxed,
                                                   memory_order_relaxed);
}

/*
 * What the word is when the waiter waits no longer. Its share goes, and so does a token
 * that nobody has taken yet, for it may be this waiter that was woken to take it.
 */
static uint32_t without(const struct wait *wait)
{
    uint32_t rest = wait->word & ~wait->share;
    if ((rest & LKS_MUTEX_WAKING) != 0) {
        rest &= ~(uint32_t)(LKS_MUTEX_TOKEN | LKS_MUTEX_WAKING);
    }
    return rest;
}

/* Takes the lock if it is free, or kept for this waiter. Returns whether it did. One that
   was counted leaves word that others may sleep, too: they may rely on its having looked
   after them (see join). */
static bool take(struct wait *wait)
{
    wait->word = atomic_load_explicit(&wait->mutex->word, memory_order_relaxed);
    while (lks_mutex_is_free(wait->word & ~wait->share)) {
        uint32_t rest = wait->counted ? without(wait) | LKS_MUTEX_ASLEEP : wait->word;
        /* Acquire: pairs with the release in unlock. */
        if (atomic_compare_exchange_strong_explicit(
                &wait->mutex->word, &wait->word, rest | LKS_MUTEX_MINE,
                memory_order_acquire, memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

/* Sleeps while the word is as the waiter saw it last. Returns as lks_futex_wait. */
static int sleep_as(const struct wait *wait, uint32_t who)
{
    return lks_futex_wait_as(&wait->mutex->word, wait->word, who, wait->deadline);
}

/* --- spinning ----------------------------------------------------------------------- */

/*
 * The number of tries, learned from how long waiting took: SHORTEST, doubled as often as
 * `level` says. A spin that fails halves the number for the thread that comes next; one
 * that only just succeeds doubles it. Kept beside the table, for all mutexes of a place:
 * a hint, which goes with no data. The numbers are chosen, not measured; what others do:
 * build/lockbench -l mutex,pthread_mutex -t 2,4 --cs 0, and --cs 1000.
 */
enum { SHORTEST = 16, FIRST_LEVEL = 3, LEVELS = 7 };

static _Atomic(uint32_t) levels[LKS_MUTEX_PLACES]; /* from FIRST_LEVEL, modulo LEVELS */

static _Atomic(uint32_t) *level_of(const lks_mutex_t *mutex)
{
    return &levels[index_of(mutex)];
}

static unsigned get_level(const lks_mutex_t *mutex)
{
    uint32_t level = atomic_load_explicit(level_of(mutex), memory_order_relaxed);
    return (level + FIRST_LEVEL) % LEVELS;
}

static void set_level(const lks_mutex_t *mutex, unsigned level)
{
    atomic_store_explicit(level_of(mutex), (level + LEVELS - FIRST_LEVEL) % LEVELS,
                          memory_order_relaxed);
}

/* Returns whether it got the lock. */
static bool spin(struct wait *wait)
{
    unsigned level = get_level(wait->mutex);
    unsigned limit = lks_worth_spinning((unsigned)SHORTEST << level);
    for (unsigned tries = 0; tries < limit; tries++) {
        if (take(wait)) {
            if (tries > limit / 2 && level + 1 < LEVELS) {
                set_level(wait->mutex, level + 1);
            }
            return true;
        }
        lks_delay(1);
    }
    if (!wait->counted && limit > 0 && level > 0) {
        set_level(wait->mutex, level - 1);
    }
    return false;
}

/* --- the wait ----------------------------------------------------------------------- */

/* See join. Release: whoever relies on it has all before it in its past. */
static void vouch(struct wait *wait)
{
    lks_mutex_t *nobody = NULL;
    wait->vouches =
        wait->vouches || atomic_compare_exchange_strong_explicit(
                             &vouched[index_of(wait->mutex)], &nobody, wait->mutex,
                             memory_order_release, memory_order_relaxed);
}

/*
 * Counts the caller among those that wait. From here on every unlock either is seen by
 * the caller's next look at the word, or sees in the table that somebody waits. For that
 * it makes a heavy fence, and then vouches for the mutex until it has waited. A waiter
 * that finds one that vouches has the fence in its past, and with it the unlocks that
 * the fence made visible; the others see the one that vouches counted, or later the
 * caller, and at no time in between nobody. So it may vouch itself from then on.
 */
static void join(struct wait *wait)
{
    wait->counted = true;
    wait->since = lks_monotonic_now();
    /* Acquire: pairs with leave. One that has left is not found to vouch. */
    (void)atomic_fetch_add_explicit(lks_mutex_place(wait->mutex), 1,
                                    memory_order_acquire);
    if (atomic_load_explicit(&vouched[index_of(wait->mutex)], memory_order_acquire) !=
        wait->mutex) {
        lks_asymmetric_fence_heavy();
        vouch(wait);
    }
}

/* Counts it out: it has the lock, or has left the word to others. */
static void leave(const struct wait *wait)
{
    if (wait->vouches) {
        atomic_store_explicit(&vouched[index_of(wait->mutex)], NULL,
                              memory_order_relaxed);
    }
    (void)atomic_fetch_sub_explicit(lks_mutex_place(wait->mutex), 1,
                                    memory_order_release);
}

/* The deadline has passed. Threads that unlocked since the caller had the token relied on
   it; but it leaves only while somebody else holds the lock, and wakes others. */
static int give_up(struct wait *wait)
{
    int error = 0;
    while (!take(wait)) {
        if (replace(wait, without(wait))) {
            error = ETIMEDOUT;
            break;
        }
    }
    leave(wait);
    return error;
}

/* Waits until the lock is kept for the caller. Returns 0 when it has it, or ETIMEDOUT. */
static int starve(struct wait *wait)
{
    unsigned tries = lks_worth_spinning((unsigned)SHORTEST << LEVELS / 2);
    wait->share = LKS_MUTEX_TOKEN | LKS_MUTEX_HUNGRY;
    while (!take(wait)) {
        if ((wait->word & LKS_MUTEX_HUNGRY) == 0) {
            (void)replace(wait, wait->word | wait->share | LKS_MUTEX_ASLEEP);
        } else if (tries > 0) {
            tries--;
            lks_delay(1);
        } else if (sleep_as(wait, ANYBODY | THE_HUNGRY) == ETIMEDOUT) {
            return ETIMEDOUT;
        }
    }
    return 0;
}

/* With the token. Returns 0 when the caller has the lock, ETIMEDOUT, or EAGAIN when it
   has come too late and has given the token back. */
static int compete(struct wait *wait)
{
    wait->share = LKS_MUTEX_TOKEN;
    if (spin(wait)) {
        return 0;
    }
    if (lks_monotonic_now() - wait->since >=
        atomic_load_explicit(&bound, memory_order_relaxed)) {
        return starve(wait);
    }
    (void)atomic_fetch_and_explicit(&wait->mutex->word, ~(uint32_t)LKS_MUTEX_TOKEN,
                                    memory_order_relaxed);
    wait->share = 0;
    vouch(wait);
    return EAGAIN;
}

/* Whether a waiter may take the token: it is being given away; or the waiter has been
   woken for it, but somebody got the lock before and took it away (see without). */
static bool may_take_token(uint32_t word, bool woken)
{
    return (word & LKS_MUTEX_WAKING) != 0 || (woken && (word & LKS_MUTEX_TOKEN) == 0);
}

/* Waits, counted. Returns 0 when the caller has the lock, or ETIMEDOUT. */
static int sleep_and_compete(struct wait *wait)
{
    bool woken = false;
    while (!take(wait)) {
        uint32_t held = wait->word;
        int error = EAGAIN;
        if (may_take_token(held, woken)) {
            if (replace(wait, (held & ~(uint32_t)LKS_MUTEX_WAKING) | LKS_MUTEX_TOKEN)) {
                error = compete(wait);
                woken = false;
                if (error == 0) {
                    break;
                }
            }
        } else if ((held & LKS_MUTEX_ASLEEP) != 0 ||
                   replace(wait, held | LKS_MUTEX_ASLEEP)) {
            wait->word = held | LKS_MUTEX_ASLEEP;
            error = sleep_as(wait, ANYBODY);
            woken = woken || error == 0;
        }
        if (error == ETIMEDOUT) {
            return give_up(wait);
        }
    }
    leave(wait);
    return 0;
}

int lks_mutex_wait(lks_mutex_t *mutex, const struct timespec *deadline)
{
    if (deadline != NULL && !lks_is_instant(deadline)) {
        return EINVAL;
    }
    struct wait wait = {.mutex = mutex, .deadline = deadline};
    lks_take_turns();
    int error = 0;
    if (!spin(&wait)) {
        join(&wait);
        error = sleep_and_compete(&wait);
    }
    if (error == 0) {
        tell_acquired(&mutex->word);
    }
    return error;
}

/* --- away for a condition ----------------------------------------------------------- */

/*
 * Threads that were let go while somebody held the lock stand in a list, in that order;
 * LET_GO says that there are some. Each unlock takes one out and calls it, that is wakes
 * it: so they come back one after the other, and when they can have the lock. The lists
 * of many mutexes are one, behind a door: one of a table.
 */
enum { DOORS = 64 };

static struct door {
    _Alignas(LKS_CACHE_LINE) lks_mutex_t mutex;
    struct lks_mutex_absence *first; /* guarded by the mutex, as is what it leads to */
} doors[DOORS];

static struct door *door_of(const lks_mutex_t *mutex)
{
    return &doors[(uintptr_t)mutex / sizeof *mutex % DOORS];
}

/* The link that leads to the first that is to come back to the mutex, or to NULL. */
static struct lks_mutex_absence **link_to_first(const lks_mutex_t *mutex)
{
    struct lks_mutex_absence **link = &door_of(mutex)->first;
    while (*link != NULL && (*link)->mutex != mutex) {
        link = &(*link)->next;
    }
    return link;
}

/* The caller holds the mutex. It is counted from now on: each owner after it has that in
   its past, and so finds it, without any fence. */
void lks_mutex_leave(struct lks_mutex_absence *absence, lks_mutex_t *mutex)
{
    absence->mutex = mutex;
    absence->next = NULL;
    atomic_store_explicit(&absence->may_return, 0, memory_order_relaxed);
    (void)atomic_fetch_add_explicit(lks_mutex_place(mutex), 1, memory_order_relaxed);
}

/* The record may be gone as soon as the word is set. */
static void call(struct lks_mutex_absence *absence)
{
    _Atomic(uint32_t) *word = &absence->may_return;
    atomic_store_explicit(word, 1, memory_order_release);
    lks_futex_wake(word, 1);
}

/* Sets LET_GO if somebody holds the lock. Returns whether it did. Relaxed: what goes with
   it is behind the door. */
static bool tell_owner(lks_mutex_t *mutex)
{
    uint32_t word = atomic_load_explicit(&mutex->word, memory_order_relaxed);
    while ((word & LKS_MUTEX_HELD) != 0) {
        if (atomic_compare_exchange_strong_explicit(
                &mutex->word, &word, word | LKS_MUTEX_LET_GO, memory_order_relaxed,
                memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

void lks_mutex_let_go(struct lks_mutex_absence *absence)
{
    struct door *door = door_of(absence->mutex);
    lks_mutex_lock(&door->mutex);
    bool is_held = tell_owner(absence->mutex);
    if (is_held) {
        struct lks_mutex_absence **last = &door->first;
        while (*last != NULL) {
            last = &(*last)->next;
        }
        *last = absence;
    }
    lks_mutex_unlock(&door->mutex);
    if (!is_held) {
        call(absence);
    }
}

/* Takes the first that is to come back to the mutex out of the list; the caller holds it.
   There is none in a child that was forked meanwhile. */
static struct lks_mutex_absence *next_to_call(lks_mutex_t *mutex)
{
    struct door *door = door_of(mutex);
    lks_mutex_lock(&door->mutex);
    struct lks_mutex_absence **link = link_to_first(mutex);
    struct lks_mutex_absence *first = *link;
    *link = first != NULL ? first->next : NULL;
    if (*link_to_first(mutex) == NULL) {
        (void)atomic_fetch_and_explicit(&mutex->word, ~(uint32_t)LKS_MUTEX_LET_GO,
                                        memory_order_relaxed);
    }
    lks_mutex_unlock(&door->mutex);
    return first;
}

/* Takes the mutex again, when the caller has been called, or nobody has let it go. */
void lks_mutex_return(struct lks_mutex_absence *absence)
{
    struct wait wait = {.mutex = absence->mutex};
    if (take(&wait) || spin(&wait)) {
        leave(&wait);
    } else {
        wait.counted = true;
        wait.since = lks_monotonic_now();
        (void)sleep_and_compete(&wait);
    }
    tell_acquired(&absence->mutex->word);
}

/* --- giving the lock back ----------------------------------------------------------- */

void lks_mutex_give(lks_mutex_t *mutex)
{
    uint32_t rest, whom;
    struct lks_mutex_absence *called = NULL;
    tell_releases(&mutex->word);
    uint32_t word = atomic_load_explicit(&mutex->word, memory_order_relaxed);
    do {
        if ((word & LKS_MUTEX_LET_GO) != 0 && called == NULL) {
            called = next_to_call(mutex);
            word = atomic_load_explicit(&mutex->word, memory_order_relaxed);
        }
        rest = word & (LKS_MUTEX_OWNER - 1) & ~(uint32_t)LKS_MUTEX_HELD;
        whom = 0;
        if ((rest & LKS_MUTEX_HUNGRY) != 0) {
            whom = THE_HUNGRY;
        } else if (called == NULL &&
                   (rest & (LKS_MUTEX_ASLEEP | LKS_MUTEX_TOKEN)) == LKS_MUTEX_ASLEEP) {
            /* A waiter that is only about to sleep finds that the word has changed. One
               that is called wakes the next by its own unlock. */
            rest |= LKS_MUTEX_TOKEN | LKS_MUTEX_WAKING;
            whom = ANYBODY;
        }
        /* Release: pairs with the acquire of the next owner. Then the mutex may be
           gone. */
    } while (!atomic_compare_exchange_strong_explicit(
        &mutex->word, &word, rest, memory_order_release, memory_order_relaxed));
    if (whom != 0) {
        lks_futex_wake_those(&mutex->word, 1, whom);
    }
    if (called != NULL) {
        call(called);
    }
}

/* Bits that say whom to wake may just have been overwritten, and the mutex may be gone:
   so one of each is woken, and sets its bits anew. */
void lks_mutex_wake(lks_mutex_t *mutex)
{
    lks_futex_wake_those(&mutex->word, 1, ANYBODY);
    lks_futex_wake_those(&mutex->word, 1, THE_HUNGRY);
}

/* --- the process -------------------------------------------------------------------- */

/* In a child that was forked nobody waits: the threads that did are not there. */
static void forget_who_waits(void)
{
    for (unsigned i = 0; i < LKS_MUTEX_PLACES; i++) {
        atomic_store_explicit(&lks_mutex_waiting[i], 0, memory_order_relaxed);
        atomic_store_explicit(&vouched[i], NULL, memory_order_relaxed);
    }
    for (unsigned i = 0; i < DOORS; i++) {
        (void)lks_mutex_init(&doors[i].mutex);
        doors[i].first = NULL;
    }
}

__attribute__((constructor)) static void begin(void)
{
    lks_refuse_copies();
    (void)pthread_atfork(NULL, NULL, forget_who_waits);
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
