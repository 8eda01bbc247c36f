/* SPDX-License-Identifier: MIT */
/* The mutex: how threads wait, and which is called. The states: lockstep/mutex.h. */
#include <lockstep/fence.h>
#include <lockstep/futex.h>
#include <lockstep/lock.h>
#include <lockstep/tas.h>
#include <lockstep/wait.h>
#include <pthread.h>
#include <stddef.h>

#undef LKS_INLINE /* the functions of the fence and of the doors stay inline here */
#define LKS_INLINE
#include <lockstep/mutex.h>

#include "tsan.h"

/* A wait that has gone on for this long is hungry. Relaxed: no data go with it. */
static _Atomic(uint64_t) bound = LKS_MUTEX_BOUND_NS;

void lks_mutex_set_bound(uint64_t nanoseconds)
{
    atomic_store_explicit(&bound, nanoseconds, memory_order_relaxed);
}

/* --- the queues --------------------------------------------------------------------- */

/* How many stand in line; a thread that waits for a condition counts, too, till it has
   been called. Relaxed throughout: the fences put the looks of unlock in order. */
_Atomic(uint32_t) lks_mutex_waiting[LKS_MUTEX_PLACES];

static void count(const lks_mutex_t *mutex)
{
    (void)atomic_fetch_add_explicit(lks_mutex_place(mutex), 1, memory_order_relaxed);
}

static void count_out(const lks_mutex_t *mutex)
{
    (void)atomic_fetch_sub_explicit(lks_mutex_place(mutex), 1, memory_order_relaxed);
}

/* The queues of many mutexes are one, behind a door: one of a table. It is shut for some
   instructions; and for a heavy fence, when a queue begins. */
enum { DOORS = 64 };

static struct door {
    _Alignas(LKS_CACHE_LINE) lks_tas_t lock;
    struct lks_mutex_waiter *first; /* guarded by the lock, as is what it leads to */
    struct lks_mutex_waiter **end;  /* the link of the last one, if there is one */
    /* When a waiter was given the token last, and when one lost it. Relaxed: hints, as
       nothing depends on them. */
    _Atomic(uint64_t) called_at, taken_at;
} doors[DOORS];

static struct door *door_of(const lks_mutex_t *mutex)
{
    /* Neighbours have different ones, and so have those that are a cache line apart. */
    const uintptr_t address = (uintptr_t)mutex;
    return &doors[(address / sizeof *mutex + address / 256) % DOORS];
}

static struct door *shut_door(const lks_mutex_t *mutex)
{
    struct door *door = door_of(mutex);
    lks_tas_lock(&door->lock);
    return door;
}

static void open_door(struct door *door)
{
    lks_tas_unlock(&door->lock);
}

static void insert(struct door *door, struct lks_mutex_waiter **link,
                   struct lks_mutex_waiter *waiter)
{
    waiter->next = *link;
    *link = waiter;
    if (waiter->next == NULL) {
        door->end = &waiter->next;
    }
}

/* Before all others but the hungry, who stay in the order in which they came. */
static void insert_in_front(struct door *door, struct lks_mutex_waiter *waiter)
{
    struct lks_mutex_waiter **link = &door->first;
    while (*link != NULL && (*link)->hungry) {
        link = &(*link)->next;
    }
    insert(door, link, waiter);
}

static void append(struct door *door, struct lks_mutex_waiter *waiter)
{
    insert(door, door->first != NULL ? door->end : &door->first, waiter);
}

/* The last one in the queue, or NULL. */
static struct lks_mutex_waiter *last_of(const struct door *door)
{
    const size_t link = offsetof(struct lks_mutex_waiter, next);
    return door->first != NULL ? (void *)((char *)door->end - link) : NULL;
}

/* The link to the first that waits for the mutex, or to NULL. */
static struct lks_mutex_waiter **first_for(struct door *door, const lks_mutex_t *mutex)
{
    struct lks_mutex_waiter **link = &door->first;
    while (*link != NULL && (*link)->mutex != mutex) {
        link = &(*link)->next;
    }
    return link;
}

/* Takes out the waiter to which a link leads, and counts it out. Returns it, or NULL. */
static struct lks_mutex_waiter *take_out(struct door *door,
                                         struct lks_mutex_waiter **link)
{
    struct lks_mutex_waiter *waiter = *link;
    if (waiter != NULL) {
        *link = waiter->next;
        if (waiter->next == NULL) {
            door->end = link;
        }
        count_out(waiter->mutex);
    }
    return waiter;
}

/* Nobody stands in the queue: the caller has shut the door. Relaxed, as all that changes
   the bits alone: what is under the lock goes with HELD, and what is in the queue with
   the door. */
static void clear_queued(lks_mutex_t *mutex)
{
    (void)atomic_fetch_and_explicit(&mutex->word, ~(uint32_t)LKS_MUTEX_QUEUED,
                                    memory_order_relaxed);
}

/* --- a waiter ----------------------------------------------------------------------- */

/* How a waiter was called, as `called` in its record says, and `how` when it has seen
   it. */
enum { NOT_CALLED, CALLED, WITH_TOKEN, AS_OWNER };

/* The record may be gone as soon as the word is set. */
static void call(struct lks_mutex_waiter *waiter, uint32_t how)
{
    _Atomic(uint32_t) *word = &waiter->called;
    /* Release: pairs with the acquire of the thread that is called. */
    atomic_store_explicit(word, how, memory_order_release);
    lks_futex_wake(word, 1);
}

enum { MOST_PASSED = 15, ALL_PASSED = MOST_PASSED * LKS_MUTEX_PASSED };

static uint32_t without_token(uint32_t word)
{
    return word & ~(uint32_t)(LKS_MUTEX_TOKEN | ALL_PASSED);
}

/* What the word becomes when the waiter does not compete any more. If the token was taken
   from it, another one may lose its own: then one more is called. */
static uint32_t settled(const struct lks_mutex_waiter *waiter, uint32_t word)
{
    return waiter->how == WITH_TOKEN ? without_token(word) : word;
}

/* The caller has got the lock. With LKS_CHECKED it says who it is. */
static void sign(lks_mutex_t *mutex)
{
    (void)mutex;
#ifdef LKS_CHECKED
    (void)atomic_fetch_or_explicit(&mutex->word, LKS_MUTEX_MINE, memory_order_relaxed);
#endif
}

/* Takes the lock if it is free. It does not look at the word first, for while that came
   from a processor far away somebody would take the lock again. */
static bool take(const struct lks_mutex_waiter *waiter)
{
    _Atomic(uint32_t) *word = &waiter->mutex->word;
    /* Acquire: pairs with the release in unlock. */
    const uint32_t old =
        atomic_fetch_or_explicit(word, LKS_MUTEX_HELD, memory_order_acquire);
    if (!lks_mutex_is_free(old)) {
        return false;
    }
    if (waiter->how == WITH_TOKEN) {
        (void)atomic_fetch_and_explicit(word, without_token(UINT32_MAX),
                                        memory_order_relaxed);
    }
    sign(waiter->mutex);
    return true;
}

/*
 * Looks at the lock ever more rarely, as often as is worth it; one that has not been
 * called stands in line sooner where there is a line. Returns whether it got the lock.
 *
 * The third look is measured. Where it takes long, since lines travel far, it is the
 * hand-overs that take the time: then looks are rare from the first on, so that the
 * thread that has the lock takes it several times before another one does.
 *
 * The numbers are chosen by measurement, on 2 processors whose lines take 205 ns one way:
 * build/lockbench -l mutex,pthread_mutex -t 2,4,8 --cs 0, 200, 2000 and 20000; how many
 * looks come before a line, and what is far, as in passed_by.
 */
enum {
    LOOKS = 48,
    LOOKS_BEFORE_A_LINE = 8,
    MEASURED_LOOK = 2, /* counted from 0 */
    FAR_NS = 150,      /* with a look at the clock */
    LONGEST_PAUSE = 64
};

/* What the last look that was measured has shown: a hint. */
static _Atomic(bool) lines_are_far;

/* A look of the caller's began then. Returns how long it is to pause after it. */
static unsigned judge_look(uint64_t begin, unsigned pauses)
{
    const bool far = lks_monotonic_now() - begin >= FAR_NS;
    if (far != atomic_load_explicit(&lines_are_far, memory_order_relaxed)) {
        atomic_store_explicit(&lines_are_far, far, memory_order_relaxed);
    }
    return far ? LONGEST_PAUSE : pauses;
}

static bool spin(const struct lks_mutex_waiter *waiter)
{
    const unsigned looks = lks_worth_spinning(LOOKS);
    unsigned pauses =
        atomic_load_explicit(&lines_are_far, memory_order_relaxed) ? LONGEST_PAUSE : 1;
    for (unsigned i = 0; i < looks; i++) {
        const uint64_t begin = i == MEASURED_LOOK ? lks_monotonic_now() : 0;
        if (take(waiter)) {
            return true;
        }
        if (waiter->how == NOT_CALLED && i >= LOOKS_BEFORE_A_LINE &&
            (atomic_load_explicit(&waiter->mutex->word, memory_order_relaxed) &
             LKS_MUTEX_QUEUED) != 0) {
            return false;
        }
        pauses = i == MEASURED_LOOK ? judge_look(begin, pauses) : pauses;
        lks_delay(pauses);
        pauses = pauses < LONGEST_PAUSE ? 2 * pauses : pauses;
    }
    return false;
}

/*
 * Takes the lock if it is free, and otherwise says in the word that somebody stands in
 * line; all that do have been counted, and the door is shut. Returns whether it was free.
 *
 * If the word has no bit, its owner may be about to store: so there is a heavy fence
 * first, and either the store is found here, or the owner finds somebody counted. If it
 * has one, an owner that has seen it does not store; and for one that has not, the thread
 * that set it has made the fence. Since then there has always been somebody in the queue:
 * till that owner has stored, none is called.
 */
static bool take_or_stay(const struct lks_mutex_waiter *waiter)
{
    _Atomic(uint32_t) *word = &waiter->mutex->word;
    uint32_t old = atomic_load_explicit(word, memory_order_relaxed);
    bool fenced = false, is_free;
    do {
        if (!fenced && old % LKS_MUTEX_OWNER == LKS_MUTEX_HELD) {
            lks_asymmetric_fence_heavy();
            fenced = true;
        }
        is_free = lks_mutex_is_free(old);
        /* Acquire: as in take. */
    } while (!atomic_compare_exchange_strong_explicit(
        word, &old, settled(waiter, old) | (is_free ? LKS_MUTEX_MINE : LKS_MUTEX_QUEUED),
        memory_order_acquire, memory_order_relaxed));
    return is_free;
}

/* Stands in line; in front, if it had the token. Returns false if it has got the lock
   instead. */
static bool stand_in_line(struct lks_mutex_waiter *waiter)
{
    const bool again = waiter->how == WITH_TOKEN;
    waiter->hungry = again && lks_monotonic_now() - waiter->since >=
                                  atomic_load_explicit(&bound, memory_order_relaxed);
    struct door *door = shut_door(waiter->mutex);
    count(waiter->mutex);
    const bool has_lock = take_or_stay(waiter);
    if (has_lock) {
        count_out(waiter->mutex);
    } else {
        atomic_store_explicit(&waiter->called, NOT_CALLED, memory_order_relaxed);
        if (again) {
            insert_in_front(door, waiter);
        } else {
            append(door, waiter);
        }
    }
    open_door(door);
    return !has_lock;
}

/* Leaves the line. Returns false if it does not stand there: it has been called, or will
   be at once. */
static bool withdraw(struct lks_mutex_waiter *waiter)
{
    struct door *door = shut_door(waiter->mutex);
    struct lks_mutex_waiter **link = &door->first;
    while (*link != NULL && *link != waiter) {
        link = &(*link)->next;
    }
    const bool withdrawn = take_out(door, link) != NULL;
    if (withdrawn && *first_for(door, waiter->mutex) == NULL) {
        clear_queued(waiter->mutex); /* who comes next makes a fence */
    }
    open_door(door);
    return withdrawn;
}

/* Returns false if the deadline passed first. A hungry one spins first: the next unlock
   hands it the lock, which would be idle until it is awake. */
static bool sleep_until_called(struct lks_mutex_waiter *waiter,
                               const struct timespec *deadline)
{
    unsigned looks = waiter->hungry ? lks_worth_spinning(LOOKS) : 0;
    while (looks-- > 0 &&
           atomic_load_explicit(&waiter->called, memory_order_relaxed) == NOT_CALLED) {
        lks_delay(LONGEST_PAUSE / 4);
    }
    /* Acquire: pairs with the release in call. */
    while ((waiter->how = atomic_load_explicit(&waiter->called, memory_order_acquire)) ==
           NOT_CALLED) {
        if (lks_futex_wait(&waiter->called, NOT_CALLED, deadline) == ETIMEDOUT) {
            return false;
        }
    }
    return true;
}

/* The time of a waiter is up that has been called. Returns 0 if it has the lock all the
   same, or ETIMEDOUT: then the owner has been told to call another one. */
static int give_up(struct lks_mutex_waiter *waiter)
{
    struct door *door = shut_door(waiter->mutex);
    const bool has_lock = take_or_stay(waiter);
    if (!has_lock && *first_for(door, waiter->mutex) == NULL) {
        clear_queued(waiter->mutex);
    }
    open_door(door);
    return has_lock ? 0 : ETIMEDOUT;
}

/* Whether the lock has been handed to the waiter. */
static bool is_owner(const struct lks_mutex_waiter *waiter)
{
    if (waiter->how != AS_OWNER) {
        return false;
    }
    sign(waiter->mutex);
    return true;
}

/* Returns 0 when the caller has the lock, or ETIMEDOUT. */
static int wait_in_line(struct lks_mutex_waiter *waiter, const struct timespec *deadline)
{
    waiter->since = lks_monotonic_now();
    while (stand_in_line(waiter)) {
        const bool in_time = sleep_until_called(waiter, deadline);
        if (!in_time) {
            if (withdraw(waiter)) {
                return ETIMEDOUT;
            }
            (void)sleep_until_called(waiter, NULL);
        }
        if (is_owner(waiter) || spin(waiter)) {
            break;
        }
        if (!in_time) {
            return give_up(waiter);
        }
    }
    return 0;
}

int lks_mutex_wait(lks_mutex_t *mutex, const struct timespec *deadline)
{
    if (deadline != NULL && !lks_is_instant(deadline)) {
        return EINVAL;
    }
    struct lks_mutex_waiter waiter;
    waiter.mutex = mutex;
    waiter.reason = NULL;
    waiter.how = NOT_CALLED;
    lks_take_turns();
    int error = spin(&waiter) ? 0 : wait_in_line(&waiter, deadline);
    if (error == 0) {
        tell_acquired(&mutex->word);
    }
    return error;
}

/* --- away for a condition ----------------------------------------------------------- */

/* The caller holds the mutex. It is counted from now on: each owner after it has that in
   its past, and so finds it, without any fence. */
void lks_mutex_leave(struct lks_mutex_waiter *waiter, lks_mutex_t *mutex,
                     const void *reason)
{
    waiter->mutex = mutex;
    waiter->behind = NULL;
    waiter->reason = reason;
    waiter->hungry = false;
    atomic_store_explicit(&waiter->called, NOT_CALLED, memory_order_relaxed);
    count(mutex);
}

void lks_mutex_stay_behind(struct lks_mutex_waiter *first,
                           struct lks_mutex_waiter *waiter)
{
    if (first->behind == NULL) {
        first->behind = waiter;
    } else {
        first->last_behind->next = waiter;
    }
    first->last_behind = waiter->behind != NULL ? waiter->last_behind : waiter;
    waiter->next = waiter->behind;
}

struct lks_mutex_waiter *lks_mutex_next_behind(struct lks_mutex_waiter *waiter)
{
    struct lks_mutex_waiter *next = waiter->behind;
    if (next != NULL) {
        next->behind = next->next;
        next->last_behind = waiter->last_behind;
    }
    return next;
}

/* Sets QUEUED if somebody holds the lock. Returns whether it did. */
static bool tell_owner(lks_mutex_t *mutex)
{
    uint32_t word = atomic_load_explicit(&mutex->word, memory_order_relaxed);
    while (!lks_mutex_is_free(word)) {
        if (atomic_compare_exchange_strong_explicit(
                &mutex->word, &word, word | LKS_MUTEX_QUEUED, memory_order_relaxed,
                memory_order_relaxed)) {
            return true;
        }
    }
    return false;
}

/* The last in line, if it waits for the same mutex and was away for the same reason. */
static struct lks_mutex_waiter *last_alike(const struct door *door,
                                           const struct lks_mutex_waiter *waiter)
{
    struct lks_mutex_waiter *last = last_of(door);
    const bool alike =
        last != NULL && last->mutex == waiter->mutex && last->reason == waiter->reason;
    return alike ? last : NULL;
}

void lks_mutex_let_go(struct lks_mutex_waiter *waiter)
{
    struct door *door = shut_door(waiter->mutex);
    const bool is_held = tell_owner(waiter->mutex);
    struct lks_mutex_waiter *alike = is_held ? last_alike(door, waiter) : NULL;
    if (alike != NULL) {
        lks_mutex_stay_behind(alike, waiter);
    } else if (is_held) {
        append(door, waiter);
    } else {
        count_out(waiter->mutex);
    }
    open_door(door);
    if (!is_held) {
        call(waiter, CALLED);
    }
}

/* The caller holds the mutex. The next from behind it does not stay behind anybody again,
   or it might for ever. */
static void let_next_go(struct lks_mutex_waiter *waiter)
{
    struct lks_mutex_waiter *next = lks_mutex_next_behind(waiter);
    if (next != NULL) {
        struct door *door = shut_door(next->mutex);
        (void)tell_owner(next->mutex);
        append(door, next);
        open_door(door);
    }
}

/* Takes the mutex again, when the caller has been called, or nobody has let it go. It was
   not hungry: it has not been handed the lock. */
void lks_mutex_return(struct lks_mutex_waiter *waiter)
{
    /* Relaxed: a caller that has been called knows it by an acquire. */
    waiter->how = atomic_load_explicit(&waiter->called, memory_order_relaxed);
    if (waiter->how == NOT_CALLED) {
        count_out(waiter->mutex);
    }
    if (!spin(waiter)) {
        (void)wait_in_line(waiter, NULL);
    }
    let_next_go(waiter);
    tell_acquired(&waiter->mutex->word);
}

/* --- giving the lock back ----------------------------------------------------------- */

/* The bits that an unlock heeds: QUEUED alone in a child that was forked by one of
   several threads, where the one that had the token may be missing. */
static uint32_t heeded = LKS_MUTEX_QUEUED | LKS_MUTEX_TOKEN | ALL_PASSED;

/* The caller has the lock, or has set TOKEN, and has shut the door. */
static void give_token(struct door *door, struct lks_mutex_waiter **link)
{
    atomic_store_explicit(&door->called_at, lks_monotonic_now(), memory_order_relaxed);
    (void)take_out(door, link);
}

/*
 * What the word becomes of a lock that is given back, if nobody is called. Takes the
 * token away when MOST_PASSED have passed by the thread that has it, if it has had it for
 * the bound; or within QUICKLY_NS, but not twice within the bound, for it may only take
 * long to wake. The numbers are chosen by measurement, on 2 processors whose lines take
 * 55 ns one way, and 215 ns: build/lockbench -l mutex,tbb:mutex,nsync:mu -t 4,8,16,32
 * --bind none --cs 0, 200, 500, 2000 and 20000. Where sections are long, calling others
 * sooner makes more of them sleep in turn.
 */
enum { QUICKLY_NS = 16000 };

static uint32_t passed_by(const lks_mutex_t *mutex, uint32_t word)
{
    const unsigned most = lks_worth_spinning(MOST_PASSED);
    if ((word & LKS_MUTEX_TOKEN) == 0 || most == 0) {
        return word;
    }
    if ((word & ALL_PASSED) < most * LKS_MUTEX_PASSED) {
        return word + LKS_MUTEX_PASSED;
    }
    struct door *door = door_of(mutex);
    const uint64_t long_ago = atomic_load_explicit(&bound, memory_order_relaxed);
    const uint64_t now = lks_monotonic_now();
    const uint64_t had =
        now - atomic_load_explicit(&door->called_at, memory_order_relaxed);
    if (had < long_ago &&
        (had >= QUICKLY_NS ||
         now - atomic_load_explicit(&door->taken_at, memory_order_relaxed) < long_ago)) {
        return word & ~(uint32_t)ALL_PASSED;
    }
    atomic_store_explicit(&door->taken_at, now, memory_order_relaxed);
    return without_token(word);
}

/*
 * Gives the lock back, and calls the first in line, if there is one. While the caller has
 * the lock, and has shut the door, nobody else changes the word. From the store on the
 * mutex may be gone.
 */
static void call_first(lks_mutex_t *mutex)
{
    struct door *door = shut_door(mutex);
    struct lks_mutex_waiter **link = first_for(door, mutex), *first = *link;
    const bool hungry = first != NULL && first->hungry;
    if (hungry) {
        /* The lock stays held; with LKS_CHECKED, not by the caller. QUEUED stays, too, so
           that others that come meanwhile need no fence. */
        atomic_store_explicit(&mutex->word, LKS_MUTEX_HELD | LKS_MUTEX_QUEUED,
                              memory_order_relaxed);
        (void)take_out(door, link);
    } else {
        /* Release: pairs with the acquire of the next owner. */
        atomic_store_explicit(&mutex->word,
                              first != NULL ? LKS_MUTEX_QUEUED | LKS_MUTEX_TOKEN
                                            : LKS_MUTEX_FREE,
                              memory_order_release);
        if (first != NULL) {
            give_token(door, link);
        }
    }
    open_door(door);
    if (first != NULL) {
        call(first, hungry ? AS_OWNER : WITH_TOKEN);
    }
}

void lks_mutex_give(lks_mutex_t *mutex)
{
    tell_releases(&mutex->word);
    uint32_t word = atomic_load_explicit(&mutex->word, memory_order_relaxed);
    while ((word & heeded) != LKS_MUTEX_QUEUED) {
        /* Release: as in call_first. */
        if (atomic_compare_exchange_strong_explicit(
                &mutex->word, &word, passed_by(mutex, word & heeded),
                memory_order_release, memory_order_relaxed)) {
            return;
        }
    }
    call_first(mutex);
}

/* Sets QUEUED; and TOKEN, if the lock is free and nobody else has it. Returns whether it
   set that, too. */
static bool take_token(lks_mutex_t *mutex)
{
    const uint32_t busy = LKS_MUTEX_HELD | (heeded & LKS_MUTEX_TOKEN);
    uint32_t bits, word = atomic_load_explicit(&mutex->word, memory_order_relaxed);
    do {
        bits = LKS_MUTEX_QUEUED | ((word & busy) == 0 ? LKS_MUTEX_TOKEN : 0u);
    } while (!atomic_compare_exchange_strong_explicit(
        &mutex->word, &word, word | bits, memory_order_relaxed, memory_order_relaxed));
    return (word & busy) == 0;
}

/* The caller's store may have overwritten QUEUED. The mutex may be gone; but not while
   one stands in line for it, and the door is shut. If somebody has taken the lock
   meanwhile, it calls the first when it gives it back. */
void lks_mutex_wake(lks_mutex_t *mutex)
{
    struct door *door = shut_door(mutex);
    struct lks_mutex_waiter **link = first_for(door, mutex), *first = NULL;
    if (*link != NULL && take_token(mutex)) {
        first = *link;
        give_token(door, link);
    }
    open_door(door);
    if (first != NULL) {
        call(first, WITH_TOKEN);
    }
}

/* One that has been called and does not stand in line has the token; unless that was
   taken from it, or it has not come along into a child that was forked. */
bool lks_mutex_is_awaited(const lks_mutex_t *mutex)
{
    struct door *door = shut_door(mutex);
    const bool in_line = *first_for(door, mutex) != NULL;
    open_door(door);
    return in_line || (atomic_load_explicit(&mutex->word, memory_order_relaxed) & heeded &
                       LKS_MUTEX_TOKEN) != 0;
}

/* --- the process -------------------------------------------------------------------- */

static bool was_alone; /* before the fork there was one thread, and so no token */

static void note_whether_alone(void)
{
    was_alone = lks_only_thread();
}

/* In a child that was forked nobody waits: the threads that did are not there. */
static void forget_who_waits(void)
{
    heeded = was_alone ? heeded : LKS_MUTEX_QUEUED;
    for (unsigned i = 0; i < LKS_MUTEX_PLACES; i++) {
        atomic_store_explicit(&lks_mutex_waiting[i], 0, memory_order_relaxed);
    }
    for (unsigned i = 0; i < DOORS; i++) {
        (void)lks_tas_init(&doors[i].lock);
        doors[i].first = NULL;
    }
}

__attribute__((constructor)) static void begin(void)
{
    lks_refuse_copies();
    (void)pthread_atfork(note_whether_alone, NULL, forget_who_waits);
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
