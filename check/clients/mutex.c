/* SPDX-License-Identifier: MIT */
/* The mutex: what it has beyond other locks. */
#include <assert.h>
#include <errno.h>
#include <lockstep/fence.h>
#include <lockstep/mutex.h>
#include <lockstep/wait.h>

#include "check/clients/kinds.h"

static struct {
    lks_mutex_t mutex;
    unsigned rounds;
    unsigned data;                  /* plain: the mutex alone orders it */
    unsigned entered[MOST_THREADS]; /* each its own */
    _Atomic(bool) has_given_up;
} section;

static bool has_mark(uint32_t mark)
{
    return (atomic_load_explicit(&section.mutex.word, memory_order_relaxed) & mark) != 0;
}

static uint32_t waiting(void)
{
    return atomic_load_explicit(lks_mutex_place(&section.mutex), memory_order_relaxed);
}

static void enter(unsigned self)
{
    section.data++;
    section.entered[self]++;
    lks_mutex_unlock(&section.mutex);
}

/* Thread 0 comes again and again. */
static void *lock_each_round(void *argument)
{
    unsigned self = *(unsigned *)argument;
    for (unsigned i = 0; i < (self == 0 ? section.rounds : 1); i++) {
        lks_mutex_lock(&section.mutex);
        enter(self);
    }
    return NULL;
}

static void *lock_in_time(void *argument)
{
    unsigned self = *(unsigned *)argument;
    struct timespec limit = deadline();
    int error = lks_mutex_timedlock(&section.mutex, &limit);
    assert(error == 0 || error == ETIMEDOUT);
    if (error == 0) {
        enter(self);
    } else {
        atomic_store_explicit(&section.has_given_up, true, memory_order_relaxed);
    }
    return NULL;
}

/* Thread 1 waits for a limited time. */
static void *lock_or_give_up(void *argument)
{
    unsigned self = *(unsigned *)argument;
    return self == 1 ? lock_in_time(argument) : lock_each_round(argument);
}

static void look_at_end(void)
{
    unsigned entered = 0;
    for (unsigned i = 0; i < MOST_THREADS; i++) {
        entered += section.entered[i];
    }
    assert(section.data == entered);
    assert(!lks_mutex_is_locked(&section.mutex) && waiting() == 0);
    assert(!has_mark(LKS_MUTEX_TOKEN)); /* or nobody would be called any more */
}

static void begin(unsigned rounds)
{
    section.rounds = rounds;
    int error = lks_mutex_init(&section.mutex);
    assert(error == 0);
}

/* Main has the mutex, and the others enter once each. */
static void begin_with_lock(void)
{
    begin(1);
    lks_mutex_lock(&section.mutex);
}

static void run(unsigned threads, unsigned rounds, void *(*body)(void *))
{
    begin(rounds);
    run_threads(threads, body);
    look_at_end();
    bool taken = lks_mutex_trylock(&section.mutex);
    assert(taken);
    lks_mutex_unlock(&section.mutex);
    lks_mutex_destroy(&section.mutex);
}

static void run_timed(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused;
    run(threads, rounds, lock_or_give_up);
}

/* A thread that is woken and comes too late is handed the mutex. */
static void run_hungry(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused;
    lks_mutex_set_bound(0);
    run(threads, rounds, lock_each_round);
}

static void run_timed_hungry(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused;
    lks_mutex_set_bound(0);
    run(threads, rounds, lock_or_give_up);
}

/* The spinning half, too. */
static void run_spinning(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused;
    lks_spin_before_sleeping(1);
    run(threads, rounds, lock_each_round);
}

/* --- two wait ----------------------------------------------------------------------- */

/* Main gives the mutex back when one sleeps, or is about to, and another one is counted:
   in a second round perhaps not yet, or main does not know. */
static void run_held(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused;
    begin_with_lock();
    start_thread(0, lock_each_round);
    lks_await(has_mark(LKS_MUTEX_QUEUED));
    start_thread(1, lock_each_round);
    if (rounds == 1) {
        lks_await(waiting() == 2);
    }
    lks_mutex_unlock(&section.mutex);
    join_threads(threads);
    look_at_end();
}

/* Main calls thread 0, which waits, and takes the mutex again if it still can: so that
   one comes too late, and perhaps its time is up. Others come meanwhile. */
static void overtake(unsigned threads, void *(*body)(void *))
{
    begin_with_lock();
    start_thread(0, body);
    lks_await(has_mark(LKS_MUTEX_QUEUED) ||
              atomic_load_explicit(&section.has_given_up, memory_order_relaxed));
    lks_mutex_unlock(&section.mutex);
    bool overtakes = lks_mutex_trylock(&section.mutex);
    for (unsigned i = 1; i < threads; i++) {
        start_thread(i, lock_each_round);
    }
    if (overtakes) {
        enter(threads);
    }
    join_threads(threads);
    look_at_end();
}

/* Comes by, and takes the token away in the second round; with it goes what was counted,
   or nobody would be called any more. */
static void pass_by(unsigned threads, unsigned rounds)
{
    for (unsigned i = 0; i < rounds && lks_mutex_trylock(&section.mutex); i++) {
        assert(has_mark(LKS_MUTEX_TOKEN) || !has_mark(LKS_MUTEX_PASSED));
        enter(threads);
    }
}

/* Main calls thread 0, and passes by it: in the third round it calls the next. */
static void run_passed_by(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused;
    lks_mutex_set_bound(0);
    lks_spin_before_sleeping(1);
    begin_with_lock();
    start_threads(threads, lock_each_round);
    lks_await(waiting() == threads && has_mark(LKS_MUTEX_QUEUED));
    lks_mutex_unlock(&section.mutex);
    pass_by(threads, rounds);
    join_threads(threads);
    look_at_end();
}

/* Main has the mutex, and plays the first in line, too; thread 0 is the next. */
static void begin_behind(struct lks_mutex_waiter *first)
{
    begin_with_lock();
    lks_mutex_leave(first, &section.mutex, NULL);
    lks_mutex_let_go(first);
    start_thread(0, lock_each_round);
    lks_await(waiting() == 2);
}

/* The first is passed by. */
static void run_taken_away(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused;
    struct lks_mutex_waiter called;
    lks_mutex_set_bound(0);
    lks_spin_before_sleeping(1);
    begin_behind(&called);
    lks_mutex_unlock(&section.mutex);
    pass_by(threads, rounds);
    lks_mutex_return(&called);
    enter(threads);
    join_threads(threads);
    look_at_end();
}

/* The first is hungry, and handed the mutex. */
static void run_handed(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)rounds;
    struct lks_mutex_waiter hungry;
    begin_behind(&hungry);
    hungry.hungry = true;
    lks_mutex_unlock(&section.mutex);
    enter(threads);
    join_threads(threads);
    look_at_end();
}

static void run_overtaken(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)rounds;
    overtake(threads, lock_each_round);
}

static void run_overtaken_timed(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)rounds;
    overtake(threads, lock_in_time);
}

/* --- passed over -------------------------------------------------------------------- */

/* As lks_mutex_unlock does that has seen nobody. Relaxed: main leaves no data behind. */
static void give_back_blindly(void)
{
    atomic_store_explicit(&section.mutex.word, LKS_MUTEX_FREE, memory_order_relaxed);
    lks_asymmetric_fence_light();
}

/* Main gives the mutex back, by a store if it has not seen that thread 0 waits. Returns
   whether that called the thread; otherwise it does not wait, or has had the mutex. */
static bool give_back_and_call(bool blind)
{
    if (!blind) {
        lks_await(has_mark(LKS_MUTEX_QUEUED));
        lks_mutex_unlock(&section.mutex);
        return true;
    }
    give_back_blindly();
    if (waiting() == 0) {
        return false;
    }
    lks_mutex_wake(&section.mutex);
    return waiting() == 0;
}

/* Main calls thread 0, takes the mutex before it, and keeps it until that one stands in
   line again: then main does not enter again before it. Others come meanwhile. */
static void run_kept(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused;
    lks_mutex_set_bound(0);
    begin_with_lock();
    start_thread(0, lock_each_round);
    bool is_called = give_back_and_call(rounds == 2), is_hungry = false;
    if (lks_mutex_trylock(&section.mutex)) {
        if (is_called && section.entered[0] == 0) {
            lks_await(waiting() == 1 && !has_mark(LKS_MUTEX_TOKEN));
            is_hungry = true;
        }
        lks_mutex_unlock(&section.mutex);
    }
    for (unsigned i = 1; i < threads; i++) {
        start_thread(i, lock_each_round);
    }
    if (lks_mutex_trylock(&section.mutex)) {
        assert(!is_hungry || section.entered[0] == 1);
        lks_mutex_unlock(&section.mutex);
    }
    join_threads(threads);
    assert(section.data == threads);
}

/* A thread gives up while main has the mutex, and another one comes: it may not rely on a
   fence of the first, for main has seen neither. */
static void run_in_vain(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)rounds;
    begin_with_lock();
    start_thread(0, lock_in_time);
    join_threads(threads);
    assert(section.data == 0);
    start_thread(0, lock_each_round);
    (void)give_back_and_call(true);
    join_threads(threads);
    assert(section.data == 1);
    look_at_end();
}

/* Main plays two: one that gave the mutex back by a store and looks again late, when the
   other has the mutex and has seen nobody. */
static void run_late(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)rounds;
    begin_with_lock();
    start_threads(threads, lock_each_round);
    give_back_blindly();
    bool is_counted = waiting() != 0, taken = lks_mutex_trylock(&section.mutex);
    if (is_counted) {
        lks_mutex_wake(&section.mutex);
    }
    if (taken) {
        lks_mutex_unlock(&section.mutex);
    }
    join_threads(threads);
    look_at_end();
}

static const struct client_size sizes[] = {{2, 1, false}, {2, 2, false}, {0, 0, false}};
static const struct client_size timed_sizes[] = {
    {2, 1, false}, {2, 2, true}, {0, 0, false}};
static const struct client_size kept_sizes[] = {
    {1, 1, false}, {1, 2, false}, {2, 1, true}, {0, 0, false}};
static const struct client_size one_sizes[] = {{1, 1, false}, {0, 0, false}};
static const struct client_size overtaken_sizes[] = {
    {1, 1, false}, {2, 1, true}, {0, 0, false}};
static const struct client_size passed_sizes[] = {
    {1, 3, false}, {2, 3, true}, {0, 0, false}};
static const struct client_size taken_sizes[] = {{1, 3, false}, {0, 0, false}};
static const struct client_size held_sizes[] = {
    {2, 1, false}, {2, 2, true}, {0, 0, false}};

static const struct client clients[] = {
    {"timedlock", fits_all, NULL, run_timed, timed_sizes},
    {"hungry", fits_all, NULL, run_hungry, sizes},
    {"hungry timedlock", fits_all, NULL, run_timed_hungry, timed_sizes},
    {"spin", fits_all, NULL, run_spinning, sizes},
    {"held", fits_all, NULL, run_held, held_sizes},
    {"overtaken", fits_all, NULL, run_overtaken, overtaken_sizes},
    {"overtaken, timed", fits_all, NULL, run_overtaken_timed, overtaken_sizes},
    {"kept", fits_all, NULL, run_kept, kept_sizes},
    {"in vain", fits_all, NULL, run_in_vain, one_sizes},
    {"late", fits_all, NULL, run_late, one_sizes},
    {"handed", fits_all, NULL, run_handed, one_sizes},
    {"taken away", fits_all, NULL, run_taken_away, taken_sizes},
    {"passed by", fits_all, NULL, run_passed_by, passed_sizes},
    {NULL, NULL, NULL, NULL, NULL},
};

const struct client_kind mutex_kind = {.alone = "mutex", .clients = clients};
