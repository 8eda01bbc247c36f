/* SPDX-License-Identifier: MIT */
/* The reader-writer mutex when several threads sleep: brought about, since it takes more
   threads than can be left to chance; and with deadlines. */
#include <assert.h>
#include <errno.h>
#include <lockstep/rwmutex.h>
#include <lockstep/wait.h>

#include "check/clients/kinds.h"

static struct {
    lks_rwmutex_t lock;
    struct lks_rwmutex_writer *first; /* of the queue */
    unsigned rounds;
    unsigned data; /* plain: the lock alone orders it */
    _Atomic(bool) second_is_in;
} section;

/* Enters, and stays inside. */
static void *read_once(void *argument)
{
    (void)argument;
    lks_rwmutex_rdlock(&section.lock);
    assert(section.data == 1);
    return NULL;
}

static struct lks_rwmutex_writer *last(void)
{
    return atomic_load_explicit(&section.lock.last, memory_order_relaxed);
}

static void write_once(bool first_comes_again)
{
    lks_rwmutex_wrlock(&section.lock);
    if (first_comes_again) {
        atomic_store_explicit(&section.second_is_in, true, memory_order_relaxed);
        lks_await(last() == section.first);
    }
    section.data++;
    lks_rwmutex_wrunlock(&section.lock);
}

/* In a second round the first, which had its turn, is in the queue again before the
   second leaves. */
static void *write_in_turn(void *argument)
{
    unsigned self = *(unsigned *)argument;
    bool again = section.rounds == 2;
    write_once(again && self == 1);
    if (again && self == 0) {
        lks_await(atomic_load_explicit(&section.second_is_in, memory_order_relaxed));
        write_once(false);
    }
    return NULL;
}

static void begin(void)
{
    int error = lks_rwmutex_init(&section.lock);
    assert(error == 0);
    lks_rwmutex_wrlock(&section.lock);
}

/* Lets in the threads that wait; they write so many times. */
static void let_in(unsigned threads, unsigned times)
{
    section.data++;
    lks_rwmutex_wrunlock(&section.lock);
    join_threads(threads);
    assert(section.data == 1 + times);
    assert(last() == NULL);
}

static void run_readers(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)rounds;
    begin();
    for (unsigned i = 0; i < threads; i++) {
        start_thread(i, read_once);
        lks_await(
            atomic_load_explicit(&section.lock.entered, memory_order_relaxed) ==
            (LKS_RWMUTEX_READER * (i + 1) | (LKS_RWMUTEX_ASLEEP | LKS_RWMUTEX_WRITER)));
    }
    let_in(threads, 0);
}

static void run_writers(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused;
    section.rounds = rounds;
    begin();
    start_thread(0, write_in_turn);
    lks_await((atomic_load_explicit(&section.lock.entered, memory_order_relaxed) &
               LKS_RWMUTEX_ASLEEP) != 0);
    lks_await(last() != NULL);
    section.first = last();
    start_thread(1, write_in_turn);
    lks_await(last() != section.first);
    let_in(threads, rounds + 1);
}

/* --- with a deadline ---------------------------------------------------------------- */

static bool is_in(int error)
{
    assert(error == 0 || error == ETIMEDOUT);
    return error == 0;
}

static void *write_in_time(void *argument)
{
    (void)argument;
    struct timespec limit = deadline();
    if (is_in(lks_rwmutex_timedwrlock(&section.lock, &limit))) {
        section.data++;
        lks_rwmutex_wrunlock(&section.lock);
    }
    return NULL;
}

static void *read_in_time(void *argument)
{
    (void)argument;
    struct timespec limit = deadline();
    if (is_in(lks_rwmutex_timedrdlock(&section.lock, &limit))) {
        assert(section.data <= 1);
        lks_rwmutex_rdunlock(&section.lock);
    }
    return NULL;
}

static void *write_untimed(void *argument)
{
    (void)argument;
    write_once(false);
    return NULL;
}

/* Main is inside as a reader when they come: a writer that waits as long as it takes, and
   one with a deadline, whose mark is up when it gives up; or the writer's mark, and a
   reader that gives up. */
static void run_in_time(unsigned threads, void *(*body)(void *))
{
    int error = lks_rwmutex_init(&section.lock);
    assert(error == 0);
    lks_rwmutex_rdlock(&section.lock);
    for (unsigned i = 0; i < threads; i++) {
        start_thread(i, i == 0 ? write_untimed : body);
    }
    lks_rwmutex_rdunlock(&section.lock);
    join_threads(threads);
    assert(section.data >= 1);
    assert(!lks_rwmutex_is_locked(&section.lock) && last() == NULL);
}

static void run_timed_writers(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)rounds;
    run_in_time(threads, write_in_time);
}

static void run_timed_readers(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)rounds;
    run_in_time(threads, read_in_time);
}

static void *give_up(void *argument)
{
    (void)argument;
    struct timespec limit = deadline();
    if (is_in(lks_rwmutex_timedwrlock(&section.lock, &limit))) {
        lks_rwmutex_downgrade(&section.lock);
    } else {
        lks_rwmutex_rdlock(&section.lock);
    }
    start_thread(1, write_untimed);
    lks_await(lks_rwmutex_has_writer(&section.lock));
    lks_rwmutex_rdunlock(&section.lock);
    return NULL;
}

/* A writer that waits for main gives up, and comes as a reader: the next writer awaits
   one reader more, and main, which is leaving, may still go by what was awaited
   before. */
static void run_given_up(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)rounds;
    int error = lks_rwmutex_init(&section.lock);
    assert(error == 0);
    lks_rwmutex_rdlock(&section.lock);
    start_thread(0, give_up);
    lks_await((atomic_load_explicit(&section.lock.left, memory_order_relaxed) &
               LKS_RWMUTEX_ASLEEP) != 0);
    lks_rwmutex_rdunlock(&section.lock);
    join_threads(threads);
    assert(section.data == 1);
}

static const struct client_size timed_sizes[] = {{2, 1, false}, {0, 0, false}};
static const struct client_size readers_sizes[] = {{3, 1, true}, {0, 0, false}};
static const struct client_size writers_sizes[] = {
    {2, 1, false}, {2, 2, true}, {0, 0, false}};

static const struct client clients[] = {
    {"readers asleep", fits_all, NULL, run_readers, readers_sizes},
    {"timed writers", fits_all, NULL, run_timed_writers, timed_sizes},
    {"timed readers", fits_all, NULL, run_timed_readers, timed_sizes},
    {"writers asleep", fits_all, NULL, run_writers, writers_sizes},
    {"given up", fits_all, NULL, run_given_up, timed_sizes},
    {NULL, NULL, NULL, NULL, NULL},
};

const struct client_kind rwmutex_kind = {.alone = "rwmutex", .clients = clients};
