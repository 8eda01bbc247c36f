/* SPDX-License-Identifier: MIT */
/* The mutex: what it has beyond other locks. */
#include <assert.h>
#include <errno.h>
#include <lockstep/fence.h>
#include <lockstep/mutex.h>
#include <lockstep/wait.h>
#include <stdlib.h>

#include "check/clients/kinds.h"

static struct {
    lks_mutex_t mutex;
    unsigned rounds;
    unsigned data;                  /* plain: the mutex alone orders it */
    unsigned entered[MOST_THREADS]; /* each its own */
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
}

static void run(unsigned threads, unsigned rounds, void *(*body)(void *))
{
    section.rounds = rounds;
    int error = lks_mutex_init(&section.mutex);
    assert(error == 0);
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

/* With the mutex taken, no token of its own is left behind: nobody would be woken. */
static void *lock_and_look(void *argument)
{
    if (*(unsigned *)argument == 0) {
        return lock_each_round(argument);
    }
    lks_mutex_lock(&section.mutex);
    uint32_t token = atomic_load_explicit(&section.mutex.word, memory_order_relaxed) &
                     (LKS_MUTEX_TOKEN | LKS_MUTEX_WAKING);
    lks_asymmetric_fence_heavy(); /* whose it is has been counted */
    assert(token != LKS_MUTEX_TOKEN || waiting() != 0);
    enter(1);
    return NULL;
}

/* The spinning half, too. */
static void run_spinning(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused;
    lks_spin_before_sleeping(1);
    run(threads, rounds, lock_and_look);
}

/* --- two wait ----------------------------------------------------------------------- */

/* Main gives the mutex back when one sleeps, or is about to, and another one is counted:
   in a second round perhaps not yet, or main does not know. */
static void run_held(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused;
    section.rounds = 1;
    int error = lks_mutex_init(&section.mutex);
    assert(error == 0);
    lks_mutex_lock(&section.mutex);
    start_thread(0, lock_each_round);
    lks_await(has_mark(LKS_MUTEX_ASLEEP));
    start_thread(1, lock_each_round);
    if (rounds == 1) {
        lks_await(waiting() == 2);
    }
    lks_mutex_unlock(&section.mutex);
    join_threads(threads);
    look_at_end();
}

/* Main has overtaken one that was woken: so the next that waits takes the token, and is
   to have the mutex next, or gives up. Another one sleeps meanwhile. */
static void overtake(unsigned threads, unsigned rounds, void *(*body)(void *))
{
    section.rounds = rounds;
    lks_mutex_set_bound(0);
    int error = lks_mutex_init(&section.mutex);
    assert(error == 0);
    lks_mutex_lock(&section.mutex);
    uint32_t marks = LKS_MUTEX_ASLEEP | LKS_MUTEX_TOKEN | LKS_MUTEX_WAKING;
    (void)atomic_fetch_or_explicit(&section.mutex.word, marks, memory_order_relaxed);
    start_thread(1, body);
    lks_await(has_mark(LKS_MUTEX_HUNGRY) || !has_mark(LKS_MUTEX_TOKEN));
    if (!has_mark(LKS_MUTEX_HUNGRY)) {
        exit(0); /* it has given up already: "hungry timedlock" has that */
    }
    lks_asymmetric_fence_heavy(); /* what it has done so far is seen */
    start_thread(0, lock_each_round);
    lks_await(waiting() == threads || !has_mark(LKS_MUTEX_TOKEN));
    lks_mutex_unlock(&section.mutex);
    join_threads(threads);
    look_at_end();
}

static void run_overtaken(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused;
    overtake(threads, rounds, lock_or_give_up);
}

/* The hungry one does not give up: it is woken, and not the other one. */
static void run_overtaken_untimed(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused;
    overtake(threads, rounds, lock_each_round);
}

/* --- passed over -------------------------------------------------------------------- */

/* A thread sleeps, is woken and comes too late, and says that it is hungry while main has
   the lock: then main does not enter again before it, in as many rounds as there are. */
static void run_kept(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused;
    lks_mutex_set_bound(0);
    section.rounds = 1;
    int error = lks_mutex_init(&section.mutex);
    assert(error == 0);
    lks_mutex_lock(&section.mutex);
    start_threads(threads, lock_each_round);
    lks_await(has_mark(LKS_MUTEX_ASLEEP));
    bool is_hungry = false;
    for (unsigned i = 0; i < rounds; i++) {
        lks_mutex_unlock(&section.mutex);
        lks_mutex_lock(&section.mutex);
        assert(!is_hungry || section.entered[0] == 1);
        is_hungry = has_mark(LKS_MUTEX_HUNGRY);
    }
    lks_mutex_unlock(&section.mutex);
    join_threads(threads);
    assert(section.data == threads);
}

static const struct client_size sizes[] = {{2, 1, false}, {2, 2, false}, {0, 0, false}};
static const struct client_size kept_sizes[] = {{1, 2, false}, {0, 0, false}};
static const struct client_size overtaken_sizes[] = {{2, 1, false}, {0, 0, false}};
static const struct client_size held_sizes[] = {
    {2, 1, false}, {2, 2, true}, {0, 0, false}};

static const struct client clients[] = {
    {"timedlock", fits_all, NULL, run_timed, sizes},
    {"hungry", fits_all, NULL, run_hungry, sizes},
    {"hungry timedlock", fits_all, NULL, run_timed_hungry, sizes},
    {"spin", fits_all, NULL, run_spinning, sizes},
    {"held", fits_all, NULL, run_held, held_sizes},
    {"kept", fits_all, NULL, run_kept, kept_sizes},
    {"overtaken, untimed", fits_all, NULL, run_overtaken_untimed, overtaken_sizes},
    {"overtaken", fits_all, NULL, run_overtaken, overtaken_sizes},
    {NULL, NULL, NULL, NULL, NULL},
};

static const void *next(const void *previous)
{
    return only(previous, &section);
}

static const char *name(const void *unused)
{
    (void)unused;
    return "mutex";
}

const struct client_kind mutex_kind = {next, name, clients};
