/* SPDX-License-Identifier: MIT */
// expect: verified 1 execution
// expect: verified 1 execution -DMUTEX=TRY
// expect: verified 1 execution -DMUTEX=C11
// expect: verified 1 execution -DMUTEX=SPIN
// expect: verified 1 execution -DMUTEX=READERS
// expect: verified 1 execution -DMUTEX=FLAG
// expect: verified 1 execution -DMUTEX=OWN
// expect: verified 1 execution -DMUTEX=NORMAL -DTWO
// expect: verified 4 executions -DMUTEX=NORMAL -DCHAIN
// expect: verified 4 executions -DMUTEX=NORMAL -DTIMES
/*
 * Threads that poll under a lock of one kind or another. What they wait for comes once,
 * and they see it when it has come: 1 execution, however often they look before. It may
 * be two locks that are taken in each turn. Of two that wait for different things, one
 * may see the first of these at 4 times: as soon as it is there, behind each of the next
 * two sections of the thread that makes both, and behind the other one.
 *
 * One that looks three times at most does so before it comes 0, 1, 2 or 3 times: 4
 * executions.
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <threads.h>
#include <unistd.h>

#define NORMAL  1
#define TRY     2
#define C11     3
#define SPIN    4
#define READERS 5
#define FLAG    6
#define OWN     7
#ifndef MUTEX
#define MUTEX NORMAL
#endif

static int number, data;

#if MUTEX == C11
static mtx_t mutex;
static void init(void)
{
    mtx_init(&mutex, mtx_plain);
}
static void lock(void)
{
    mtx_lock(&mutex);
}
static void unlock(void)
{
    mtx_unlock(&mutex);
}
#elif MUTEX == SPIN
static pthread_spinlock_t mutex;
static void init(void)
{
    pthread_spin_init(&mutex, PTHREAD_PROCESS_PRIVATE);
}
static void lock(void)
{
    pthread_spin_lock(&mutex);
}
static void unlock(void)
{
    pthread_spin_unlock(&mutex);
}
#elif MUTEX == FLAG
static atomic_flag mutex = ATOMIC_FLAG_INIT;
static void init(void)
{
}
static void lock(void)
{
    while (atomic_flag_test_and_set_explicit(&mutex, memory_order_acquire)) {
    }
}
static void unlock(void)
{
    atomic_flag_clear_explicit(&mutex, memory_order_release);
}
#elif MUTEX == OWN
static atomic_int mutex;
static void init(void)
{
}
static void lock(void)
{
    int unlocked = 0;
    while (!atomic_compare_exchange_strong(&mutex, &unlocked, 1)) {
        unlocked = 0;
        sched_yield();
    }
}
static void unlock(void)
{
    atomic_store(&mutex, 0);
}
#else
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static void init(void)
{
}
static void lock(void)
{
    pthread_mutex_lock(&mutex);
}
static void unlock(void)
{
    pthread_mutex_unlock(&mutex);
}
#endif

static pthread_mutex_t other = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t readers = PTHREAD_RWLOCK_INITIALIZER;

/* One turn: what is seen under the lock. */
static int look(void)
{
    int seen = 0;
#if MUTEX == TRY
    if (pthread_mutex_trylock(&mutex) == 0) {
        seen = number;
        pthread_mutex_unlock(&mutex);
    }
#elif MUTEX == READERS
    pthread_rwlock_rdlock(&readers);
    seen = number;
    pthread_rwlock_unlock(&readers);
#else
    lock();
    seen = number;
    unlock();
#endif
#ifdef TWO
    pthread_mutex_lock(&other);
    pthread_mutex_unlock(&other);
#endif
    return seen;
}

static void advance(void)
{
#if MUTEX == READERS
    pthread_rwlock_wrlock(&readers);
    number++;
    pthread_rwlock_unlock(&readers);
#else
    lock();
    number++;
    unlock();
#endif
}

static void *wait_for_one(void *unused)
{
#ifdef TIMES
    for (int i = 0; i < 3 && look() < 1; i++) {
    }
#else
    bool done = false;
    while (!done) {
        done = look() >= 1;
        usleep(10);
    }
    assert(data == 1);
#endif
    return unused;
}

static void *wait_for_two(void *unused)
{
    do {
        sched_yield();
    } while (look() < 2);
    return unused;
}

int main(void)
{
    init();
    (void)lock;
    (void)unlock;
    (void)other;
    (void)readers;
    pthread_t one, two;
    pthread_create(&one, NULL, wait_for_one, NULL);
#ifdef CHAIN
    pthread_create(&two, NULL, wait_for_two, NULL);
#else
    (void)two;
    (void)wait_for_two;
#endif
    data = 1;
    advance();
#ifdef CHAIN
    while (look() < 1) {
    }
    advance();
    pthread_join(two, NULL);
#endif
    pthread_join(one, NULL);
    return 0;
}
