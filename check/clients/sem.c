/* SPDX-License-Identifier: MIT */
/* The semaphore. */
#include <assert.h>
#include <errno.h>
#include <lockstep/sem.h>
#include <stdlib.h>

#include "check/clients/kinds.h"

static struct {
    lks_sem_t sem;
    unsigned threads, rounds;
    unsigned data;                /* plain: the semaphore alone orders it */
    unsigned taken[MOST_THREADS]; /* each its own */
} store;

/* With one to take, it is a lock. */
static void *lock(void *argument)
{
    unsigned self = *(unsigned *)argument;
    for (unsigned i = 0; i < store.rounds; i++) {
        lks_sem_wait(&store.sem);
        store.data++;
        store.taken[self]++;
        int error = lks_sem_post(&store.sem);
        assert(error == 0);
    }
    return NULL;
}

static void post_for_others(void)
{
    for (unsigned i = 1; i < store.threads; i++) {
        int error = lks_sem_post(&store.sem);
        assert(error == 0);
    }
}

/* Thread 0 posts one for each of the others. */
static void *post_or_wait(void *argument)
{
    unsigned self = *(unsigned *)argument;
    if (self == 0) {
        store.data = 1;
        post_for_others();
    } else {
        lks_sem_wait(&store.sem);
        assert(store.data == 1);
        store.taken[self] = 1;
    }
    return NULL;
}

/* The same, and thread 1 does not wait for ever, thread 2 not at all. */
static void *post_or_give_up(void *argument)
{
    unsigned self = *(unsigned *)argument;
    if (self == 1) {
        struct timespec limit = deadline();
        int error = lks_sem_timedwait(&store.sem, &limit);
        assert(error == 0 || error == ETIMEDOUT);
        store.taken[self] = error == 0;
    } else if (self == 2) {
        store.taken[self] = lks_sem_trywait(&store.sem);
    } else {
        return post_or_wait(argument);
    }
    assert(store.taken[self] == 0 || store.data == 1);
    return NULL;
}

/* Thread 0 posts once, which is enough: thread 1 gives up, or hands on what it got. */
static void *post_or_hand_on(void *argument)
{
    unsigned self = *(unsigned *)argument;
    if (self != 1) {
        if (self > 0) {
            lks_sem_wait(&store.sem);
            store.taken[self] = 1;
        } else {
            int error = lks_sem_post(&store.sem);
            assert(error == 0);
        }
        return NULL;
    }
    struct timespec limit = deadline();
    int error = lks_sem_timedwait(&store.sem, &limit);
    if (error == 0) {
        error = lks_sem_post(&store.sem);
    }
    assert(error == 0 || error == ETIMEDOUT);
    return NULL;
}

/* Nobody is owed a wake-up any more. */
static void check_end(lks_sem_t *sem)
{
    uint32_t owed = atomic_load_explicit(&sem->wakeups, memory_order_relaxed);
    assert(owed == 0);
    lks_sem_destroy(sem);
}

static unsigned run(uint32_t value, unsigned threads, unsigned rounds,
                    void *(*body)(void *))
{
    store.threads = threads;
    store.rounds = rounds;
    int error = lks_sem_init(&store.sem, value);
    assert(error == 0);
    run_threads(threads, body);
    unsigned taken = 0;
    for (unsigned i = 0; i < threads; i++) {
        taken += store.taken[i];
    }
    return taken;
}

static void run_lock(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused;
    unsigned taken = run(1, threads, rounds, lock);
    assert(taken == store.data && lks_sem_value(&store.sem) == 1);
    check_end(&store.sem);
}

static void run_post(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused;
    unsigned taken = run(0, threads, rounds, post_or_wait);
    assert(taken == threads - 1 && lks_sem_value(&store.sem) == 0);
    check_end(&store.sem);
}

static void run_timed(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused;
    unsigned taken = run(0, threads, rounds, post_or_give_up);
    assert(taken + lks_sem_value(&store.sem) == threads - 1);
    check_end(&store.sem);
}

static void run_hand_on(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused;
    unsigned taken = run(0, threads, rounds, post_or_hand_on);
    assert(taken == 1 && lks_sem_value(&store.sem) == 0);
    check_end(&store.sem);
}

/* One thread, which knows the value; in memory that has been used before. */
static void run_alone(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)threads;
    lks_sem_t *sem = lines(sizeof *sem);
    int error = lks_sem_init(sem, rounds);
    assert(error == 0);
    for (unsigned i = 0; i < rounds; i++) {
        bool taken = lks_sem_trywait(sem);
        assert(taken && lks_sem_value(sem) == rounds - i - 1);
    }
    bool taken = lks_sem_trywait(sem);
    assert(!taken);
    error = lks_sem_post(sem);
    assert(error == 0 && lks_sem_value(sem) == 1);
    lks_sem_wait(sem);
    check_end(sem);
    free(sem);
}

static const struct client_size alone_sizes[] = {{1, 2, false}, {0, 0, false}};
static const struct client_size lock_sizes[] = {
    {2, 1, false}, {2, 2, false}, {3, 1, true}, {0, 0, false}};
static const struct client_size sizes[] = {
    {2, 1, false}, {3, 1, false}, {4, 1, true}, {0, 0, false}};
static const struct client_size hand_on_sizes[] = {{3, 1, false}, {0, 0, false}};

static const struct client clients[] = {
    {"alone", fits_all, NULL, run_alone, alone_sizes},
    {"lock", fits_all, NULL, run_lock, lock_sizes},
    {"post", fits_all, NULL, run_post, sizes},
    {"timedwait", fits_all, NULL, run_timed, sizes},
    {"hand on", fits_all, NULL, run_hand_on, hand_on_sizes},
    {NULL, NULL, NULL, NULL, NULL},
};

const struct client_kind sem_kind = {.alone = "sem", .clients = clients};
