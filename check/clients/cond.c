/* SPDX-License-Identifier: MIT */
/* The condition variable, with a mutex, and with another lock. */
#include <assert.h>
#include <errno.h>
#include <lockstep/cond.h>
#include <lockstep/futex.h>
#include <lockstep/tas.h>
#include <lockstep/wait.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

#include "check/clients/kinds.h"

static struct {
    lks_mutex_t mutex;
    lks_tas_t other;
    bool with_other;  /* in place of the mutex */
    lks_cond_t *cond; /* NULL: freed */
    unsigned threads, rounds;
    bool inside;    /* signals and broadcasts come under the lock */
    bool timed;     /* the waits for the last broadcast */
    bool one_each;  /* the next signal comes when the one before has been of use */
    unsigned items; /* plain: under the lock */
    unsigned taken;
    sem_t waits, has_taken; /* the system's, whose orders are not the library's */
} store;

static void give_other(void *lock)
{
    lks_tas_unlock(lock);
}

static void take_other(void *lock)
{
    lks_tas_lock(lock);
}

static void lock_store(void)
{
    if (store.with_other) {
        lks_tas_lock(&store.other);
    } else {
        lks_mutex_lock(&store.mutex);
    }
}

static void unlock_store(void)
{
    if (store.with_other) {
        lks_tas_unlock(&store.other);
    } else {
        lks_mutex_unlock(&store.mutex);
    }
}

static bool is_locked(void)
{
    return lks_tas_is_locked(&store.other) || lks_mutex_is_locked(&store.mutex);
}

static void wait_for_store(void)
{
    if (store.with_other) {
        lks_cond_wait_with(store.cond, give_other, take_other, &store.other);
    } else {
        lks_cond_wait(store.cond, &store.mutex);
    }
}

static int wait_for_store_till(const struct timespec *limit)
{
    return store.with_other ? lks_cond_timedwait_with(store.cond, give_other, take_other,
                                                      &store.other, limit)
                            : lks_cond_timedwait(store.cond, &store.mutex, limit);
}

/* Thread 0 has something for each of the others, which wait for it. */
static void produce(unsigned items, void (*wake)(lks_cond_t *))
{
    lock_store();
    store.items += items;
    if (store.inside) {
        wake(store.cond);
    }
    unlock_store();
    if (!store.inside) {
        wake(store.cond);
    }
}

/* Takes an item, if there is one. The caller holds the lock. */
static void take(void)
{
    if (store.items > 0) {
        store.items--;
        store.taken++;
    }
}

static void consume(void)
{
    lock_store();
    while (store.items == 0) {
        wait_for_store();
    }
    take();
    unlock_store();
}

/* It is let go only when there is something for it. */
static void *wait_and_consume(void *unused)
{
    (void)unused;
    lock_store();
    (void)sem_post(&store.waits);
    wait_for_store();
    assert(store.items > 0);
    take();
    unlock_store();
    if (store.one_each) {
        (void)sem_post(&store.has_taken);
    }
    return NULL;
}

static void *one_by_one(void *argument)
{
    unsigned self = *(unsigned *)argument;
    for (unsigned i = 1; i < store.threads && self == 0; i++) {
        produce(1, lks_cond_signal);
    }
    if (self > 0) {
        consume();
    }
    return NULL;
}

static void *all_at_once(void *argument)
{
    if (*(unsigned *)argument == 0) {
        produce(store.threads - 1, lks_cond_broadcast);
    } else {
        consume();
    }
    return NULL;
}

/* The thread that wakes all frees the condition at once: those that wait no longer need
   it, though their time may be up at that moment. */
static void *for_the_last_time(void *argument)
{
    lock_store();
    if (*(unsigned *)argument == 0) {
        store.items += store.threads - 1;
        lks_cond_broadcast(store.cond);
        free(store.cond);
        store.cond = NULL;
    } else {
        struct timespec limit = deadline();
        if (store.items == 0 && !store.timed) {
            wait_for_store();
        } else if (store.items == 0) {
            int error = wait_for_store_till(&limit);
            assert(error == ETIMEDOUT || store.items > 0);
        }
        take();
    }
    unlock_store();
    return NULL;
}

/* Thread 1 waits once, and not for ever; should a signal have found it, there is
   something for it, and otherwise the signal has found another. */
static void *not_for_ever(void *argument)
{
    if (*(unsigned *)argument != 1) {
        return one_by_one(argument);
    }
    struct timespec limit = deadline();
    lock_store();
    if (store.items == 0) {
        int error = wait_for_store_till(&limit);
        assert(error == 0 || error == ETIMEDOUT);
    }
    take();
    unlock_store();
    return NULL;
}

static void begin(unsigned threads)
{
    store.threads = threads;
    int error = lks_mutex_init(&store.mutex);
    assert(error == 0);
    error = lks_tas_init(&store.other);
    assert(error == 0);
    store.cond = lines(sizeof *store.cond);
    error = lks_cond_init(store.cond);
    assert(error == 0);
}

static void end(void)
{
    assert(store.items + store.taken == store.threads - 1);
    assert(!is_locked());
    const _Atomic(uint32_t) *counted = lks_mutex_place(&store.mutex);
    assert(atomic_load_explicit(counted, memory_order_relaxed) == 0);
    if (store.cond != NULL) {
        lks_cond_forget(store.cond); /* no wait is left that a signal has ended */
        lks_cond_destroy(store.cond);
        free(store.cond);
    }
    lks_mutex_destroy(&store.mutex);
    lks_tas_destroy(&store.other);
}

static void run(unsigned threads, void *(*body)(void *))
{
    begin(threads);
    run_threads(threads, body);
    end();
}

static void run_signal(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)rounds;
    run(threads, one_by_one);
    assert(store.items == 0);
}

static void run_broadcast(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)rounds;
    run(threads, all_at_once);
    assert(store.items == 0);
}

static void run_signal_inside(const void *unused, unsigned threads, unsigned rounds)
{
    store.inside = true;
    run_signal(unused, threads, rounds);
}

static void run_broadcast_inside(const void *unused, unsigned threads, unsigned rounds)
{
    store.inside = true;
    run_broadcast(unused, threads, rounds);
}

static void begin_waits(unsigned threads)
{
    begin(threads + 1);
    (void)sem_init(&store.waits, 0, 0);
    (void)sem_init(&store.has_taken, 0, 0);
}

static void start_waiting(unsigned thread)
{
    start_thread(thread, wait_and_consume);
    /* It has the lock when it says so, till it waits. */
    (void)sem_wait(&store.waits);
    lks_await(!is_locked());
}

/* All wait, and main lets them go under the lock, one by one; in a second round the last
   of them without it. */
static void run_all_wait(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused;
    begin_waits(threads);
    for (unsigned i = 0; i < threads; i++) {
        start_waiting(i);
    }
    lock_store();
    store.items = threads;
    for (unsigned i = rounds; i <= threads; i++) {
        lks_cond_signal(store.cond);
    }
    unlock_store();
    for (unsigned i = 1; i < rounds; i++) {
        lks_cond_signal(store.cond);
    }
    join_threads(threads);
    end();
    assert(store.items == 0);
}

/* All wait, and each signal is for one of them. */
static void run_one_each(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)rounds;
    store.one_each = true;
    begin_waits(threads);
    for (unsigned i = 0; i < threads; i++) {
        start_waiting(i);
    }
    for (unsigned i = 0; i < threads; i++) {
        produce(1, lks_cond_signal);
        (void)sem_wait(&store.has_taken);
    }
    join_threads(threads);
    end();
    assert(store.items == 0);
}

static void wait_in_vain(void)
{
    struct timespec limit = deadline();
    lock_store();
    int error = wait_for_store_till(&limit);
    assert(error == ETIMEDOUT);
    unlock_store();
}

/* Main waits for a limited time, alone and behind the others that there are so far. Those
   are let go at once, in a second round without the lock; then it does so again, where
   what was there before may be left. */
static void run_in_vain(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused;
    store.inside = rounds == 1;
    begin_waits(threads);
    for (unsigned i = 0; i < threads; i++) {
        wait_in_vain();
        start_waiting(i);
    }
    wait_in_vain();
    produce(threads, lks_cond_broadcast);
    join_threads(threads);
    wait_in_vain();
    end();
}

static void run_last(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)rounds;
    run(threads, for_the_last_time);
    assert(store.items == 0);
}

static void run_last_timed(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)rounds;
    store.timed = true;
    run(threads, for_the_last_time);
}

static void run_timedwait(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)rounds;
    run(threads, not_for_ever);
}

/* --- in parts, by a thread that goes when it has been signalled --------------------- */

/* Waits until it has been let go, and takes nothing: what it was signalled for is for
   another one. If it is not to wait, it may go before. */
static void go_away(bool waits)
{
    struct lks_cond_waiter waiter;
    lock_store();
    bool has_to_wait = store.items == 0;
    if (has_to_wait) {
        lks_cond_enter(store.cond, &waiter);
    }
    unlock_store();
    if (!has_to_wait) {
        return;
    }
    if (waits || !lks_cond_withdraw(store.cond, &waiter)) {
        _Atomic(uint32_t) *word = &waiter.absence.called;
        while (atomic_load_explicit(word, memory_order_acquire) == 0) {
            (void)lks_futex_wait(word, 0, NULL);
        }
        lks_cond_pass_on(&waiter);
    }
    lock_store();
    lks_cond_leave(&waiter);
    unlock_store();
}

/* Thread 0 signals once, for one of two that wait. */
static void *one_for_two(void *argument)
{
    unsigned self = *(unsigned *)argument;
    if (self == 0) {
        produce(1, lks_cond_signal);
    } else if (self == 1) {
        go_away(false);
    } else {
        consume();
    }
    return NULL;
}

static void run_pass_on(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)rounds;
    store.with_other = true;
    begin(threads);
    run_threads(threads, one_for_two);
    assert(store.items == 0 && store.taken == 1);
    lks_cond_forget(store.cond);
    free(store.cond);
}

/* Thread 0 lets the other go by a signal, and the condition is gone. */
static void *signal_and_free(void *argument)
{
    if (*(unsigned *)argument != 0) {
        go_away(true);
        return NULL;
    }
    lock_store();
    store.items = 1;
    lks_cond_signal(store.cond);
    lks_cond_forget(store.cond);
    free(store.cond);
    unlock_store();
    return NULL;
}

static void run_forget(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)rounds;
    store.with_other = true;
    begin(threads);
    run_threads(threads, signal_and_free);
}

/* --- in parts, of which one thread has several waits -------------------------------- */

enum { WAITS = 6 };

static bool is_let_go(struct lks_cond_waiter *waiter)
{
    return atomic_load_explicit(&waiter->absence.called, memory_order_relaxed) == 1;
}

/* Begins waits, in memory that is full of ones; one in zeros. */
static void enter_all(struct lks_cond_waiter **waiters)
{
    lock_store();
    for (unsigned i = 0; i < WAITS; i++) {
        waiters[i] = malloc(sizeof *waiters[i]);
        memset((void *)waiters[i], i != 1, sizeof *waiters[i]);
        lks_cond_enter(store.cond, waiters[i]);
    }
    unlock_store();
}

static void leave_one(struct lks_cond_waiter *waiter)
{
    lock_store();
    lks_cond_leave(waiter);
    unlock_store();
    free(waiter);
}

/* --- the part of a wait that is the mutex's, of which one thread has several -------- */

enum { AWAY = 7 };
static const char one, another; /* reasons */

/* Two whose waiters stand in the same queue (lib/mutex.c): 16 kB apart. */
static lks_mutex_t mutexes[4097], *const its = &mutexes[0], *const other = &mutexes[4096];

static bool is_called(const struct lks_mutex_waiter *waiter)
{
    return atomic_load_explicit(&waiter->called, memory_order_relaxed) != 0;
}

/* Unlocks, which calls the waiter that is named, and no other; it takes the lock. */
static void comes_next(struct lks_mutex_waiter *waiters, unsigned which)
{
    static unsigned come;
    assert(!is_called(&waiters[which]));
    lks_mutex_unlock(its);
    come++;
    unsigned called = 0;
    for (unsigned i = 0; i < AWAY; i++) {
        called += is_called(&waiters[i]);
    }
    assert(is_called(&waiters[which]) && called == come);
    lks_mutex_return(&waiters[which]);
}

/* In memory that is full of ones: some are away for one reason, and two for another. */
static void come_back(void)
{
    struct lks_mutex_waiter waiters[AWAY], elsewhere;
    lks_mutex_lock(other);
    lks_mutex_leave(&elsewhere, other, &one);
    lks_mutex_let_go(&elsewhere);
    memset((void *)waiters, 1, sizeof waiters);
    lks_mutex_lock(its);
    for (unsigned i = 0; i < AWAY; i++) {
        lks_mutex_leave(&waiters[i], its, i == 3 || i == 5 ? &another : &one);
    }
    lks_mutex_stay_behind(&waiters[1], &waiters[2]);
    lks_mutex_let_go(&waiters[0]);
    lks_mutex_let_go(&waiters[1]);
    lks_mutex_let_go(&waiters[4]);
    lks_mutex_let_go(&waiters[3]);
    /* 0, behind it 1, 2 and 4; 3 */
    comes_next(waiters, 0);
    lks_mutex_let_go(&waiters[6]);
    lks_mutex_let_go(&waiters[5]);
    /* 3; 1, behind it 2, 4 and 6; 5 */
    comes_next(waiters, 3);
    comes_next(waiters, 1);
    comes_next(waiters, 5);
    comes_next(waiters, 2);
    comes_next(waiters, 4);
    comes_next(waiters, 6);
    lks_mutex_unlock(its);
    lks_mutex_unlock(other);
    lks_mutex_return(&elsewhere);
    lks_mutex_unlock(other);
}

/* What three signals and a broadcast let go, and what is passed on by two of three. */
static void run_in_parts(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)rounds;
    struct lks_cond_waiter *waiters[WAITS];
    store.with_other = true;
    begin(threads);
    enter_all(waiters);
    for (unsigned i = 0; i < 3; i++) {
        lks_cond_signal(store.cond);
        assert(is_let_go(waiters[i]) && !is_let_go(waiters[i + 1]));
    }
    for (unsigned i = 0; i < 2; i++) {
        lks_cond_pass_on(waiters[i]);
        assert(is_let_go(waiters[i + 3]) && !is_let_go(waiters[i + 4]));
        leave_one(waiters[i]);
    }
    leave_one(waiters[2]); /* with its signal */
    bool withdrawn = lks_cond_withdraw(store.cond, waiters[5]);
    assert(withdrawn);
    leave_one(waiters[5]);
    withdrawn = lks_cond_withdraw(store.cond, waiters[4]);
    assert(!withdrawn);
    leave_one(waiters[4]);
    leave_one(waiters[3]);
    enter_all(waiters);
    lks_cond_broadcast(store.cond);
    withdrawn = lks_cond_withdraw(store.cond, waiters[WAITS - 1]);
    assert(!withdrawn);
    for (unsigned i = 0; i < WAITS; i++) {
        assert(is_let_go(waiters[i]) && (i + 1 == WAITS || !is_let_go(waiters[i + 1])));
        leave_one(waiters[i]);
    }
    come_back();
    end();
}

static struct lks_cond_waiter *signalled[WAITS];

/* Thread 0 signals without the lock while a wait ends that was signalled before. */
static void *signal_or_leave(void *argument)
{
    if (*(unsigned *)argument == 0) {
        lks_cond_signal(store.cond);
    } else {
        leave_one(signalled[0]);
    }
    return NULL;
}

static void run_leave(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)rounds;
    store.with_other = true;
    begin(threads);
    enter_all(signalled);
    lks_cond_signal(store.cond);
    run_threads(threads, signal_or_leave);
    assert(is_let_go(signalled[1]) && !is_let_go(signalled[2]));
    lks_cond_broadcast(store.cond);
    for (unsigned i = 1; i < WAITS; i++) {
        leave_one(signalled[i]);
    }
    lks_cond_forget(store.cond);
    free(store.cond);
}

/* --- the same with another lock ----------------------------------------------------- */

#define WITH_OTHER(name)                                                                 \
    static void name##_with(const void *unused, unsigned threads, unsigned rounds)       \
    {                                                                                    \
        store.with_other = true;                                                         \
        name(unused, threads, rounds);                                                   \
    }
WITH_OTHER(run_signal)
WITH_OTHER(run_broadcast)
WITH_OTHER(run_signal_inside)
WITH_OTHER(run_all_wait)
WITH_OTHER(run_one_each)
WITH_OTHER(run_in_vain)
WITH_OTHER(run_last)
WITH_OTHER(run_last_timed)
WITH_OTHER(run_timedwait)

static const struct client_size sizes[] = {{2, 1, false}, {0, 0, false}};
static const struct client_size all_wait_sizes[] = {
    {2, 1, false}, {3, 1, false}, {2, 2, false}, {0, 0, false}};
static const struct client_size in_vain_sizes[] = {
    {2, 1, false}, {2, 2, false}, {0, 0, false}};
static const struct client_size other_sizes[] = {
    {2, 1, false}, {3, 1, false}, {0, 0, false}};
static const struct client_size pass_on_sizes[] = {{3, 1, true}, {0, 0, false}};
static const struct client_size one_size[] = {{1, 1, false}, {0, 0, false}};
static const struct client_size full_sizes[] = {{2, 1, true}, {0, 0, false}};

/* What takes long comes last: most mistakes are found before. */
static const struct client clients[] = {
    {"in parts", fits_all, NULL, run_in_parts, one_size},
    {"signal", fits_all, NULL, run_signal, sizes},
    {"broadcast", fits_all, NULL, run_broadcast, sizes},
    {"signal inside", fits_all, NULL, run_signal_inside, sizes},
    {"broadcast inside", fits_all, NULL, run_broadcast_inside, sizes},
    {"one each", fits_all, NULL, run_one_each, sizes},
    {"in vain", fits_all, NULL, run_in_vain, in_vain_sizes},
    {"last broadcast", fits_all, NULL, run_last, sizes},
    {"another lock, signal", fits_all, NULL, run_signal_with, other_sizes},
    {"another lock, broadcast", fits_all, NULL, run_broadcast_with, other_sizes},
    {"another lock, signal inside", fits_all, NULL, run_signal_inside_with, other_sizes},
    {"another lock, one each", fits_all, NULL, run_one_each_with, sizes},
    {"another lock, in vain", fits_all, NULL, run_in_vain_with, sizes},
    {"another lock, all wait", fits_all, NULL, run_all_wait_with, all_wait_sizes},
    {"another lock, last broadcast", fits_all, NULL, run_last_with, other_sizes},
    {"another lock, last broadcast, timed", fits_all, NULL, run_last_timed_with, sizes},
    {"another lock, timedwait", fits_all, NULL, run_timedwait_with, sizes},
    {"forgotten", fits_all, NULL, run_forget, sizes},
    {"all wait", fits_all, NULL, run_all_wait, all_wait_sizes},
    {"timedwait", fits_all, NULL, run_timedwait, sizes},
    {"last broadcast, timed", fits_all, NULL, run_last_timed, full_sizes},
    {"passes on", fits_all, NULL, run_pass_on, pass_on_sizes},
    {"leaves", fits_all, NULL, run_leave, sizes},
    {NULL, NULL, NULL, NULL, NULL},
};

const struct client_kind cond_kind = {.alone = "cond", .clients = clients};
