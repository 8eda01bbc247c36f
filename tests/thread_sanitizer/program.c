/* SPDX-License-Identifier: MIT */
/*
 * A program for the thread sanitizer, linked with a library that was compiled without it:
 * right, unless RACE is defined. Plain data behind everything that waits in the library,
 * and each wait is long enough to get there.
 */
#include <lockstep.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { THREADS = 4, ROUNDS = 60 };

static lks_mutex_t mutex = LKS_MUTEX_INIT;
static lks_cond_t cond = LKS_COND_INIT;
static lks_rwmutex_t rwmutex = LKS_RWMUTEX_INIT;
static lks_sem_t sem = LKS_SEM_INIT(0);
static lks_once_t once = LKS_ONCE_INIT, tried = LKS_ONCE_INIT;
static lks_mcs_k42_t mcs_k42;
static lks_central_barrier_t central;
static lks_lock_t *by_name;
static lks_rwlock_t *rw_by_name;
static lks_barrier_t *barrier_by_name;

static long with_mutex, with_rwmutex, with_sem, with_once, with_tried, with_mcs_k42,
    with_barrier, with_lock, with_rwlock;
static unsigned turn;

static void pause_a_while(void)
{
    const struct timespec time = {0, 300000};
    (void)nanosleep(&time, NULL);
}

static void fill(void *unused)
{
    (void)unused;
    pause_a_while();
    with_once = 7;
}

static bool fail_once(void *unused)
{
    (void)unused;
    pause_a_while();
    return ++with_tried == 2;
}

static void *use_all(void *argument)
{
    const uint32_t self = *(uint32_t *)argument;
    long seen = 0;
    lks_once_call(&once, fill, NULL);
    seen += with_once;
    while (!lks_once_try(&tried, fail_once, NULL)) {
        pause_a_while(); /* for another thread to make the next attempt */
    }
    seen += with_tried;
    for (unsigned i = 0; i < ROUNDS; i++) {
        lks_mutex_lock(&mutex);
        with_mutex++;
        if (i % 8 == self) {
            pause_a_while();
        }
        while (turn % THREADS != self) {
            lks_cond_wait(&cond, &mutex);
        }
        turn++;
        lks_cond_broadcast(&cond);
        lks_mutex_unlock(&mutex);

        if (i % 4 == self) {
            lks_rwmutex_wrlock(&rwmutex);
            with_rwmutex++;
            pause_a_while();
            lks_rwmutex_wrunlock(&rwmutex);
        } else {
            lks_rwmutex_rdlock(&rwmutex);
            seen += with_rwmutex;
            pause_a_while();
            lks_rwmutex_rdunlock(&rwmutex);
        }

        lks_mcs_k42_lock(&mcs_k42);
        with_mcs_k42++;
        lks_mcs_k42_unlock(&mcs_k42);

        if (i % 2 == 0) {
            lks_lock_lock(by_name, self);
        } else {
            while (!lks_lock_trylock(by_name, self)) {
                pause_a_while();
            }
        }
        with_lock++;
        lks_lock_unlock(by_name, self);

        /* Some write only, and some read only: what they release the others need. */
        if (i % 2 == self % 2) {
            while (i % 4 > 1 && !lks_rwlock_trywrlock(rw_by_name, self)) {
                pause_a_while();
            }
            if (i % 4 <= 1) {
                lks_rwlock_wrlock(rw_by_name, self);
            }
            with_rwlock++;
            if (i % 8 == self) {
                lks_rwlock_downgrade(rw_by_name, self);
                pause_a_while();
                lks_rwlock_rdunlock(rw_by_name, self);
            } else {
                lks_rwlock_wrunlock(rw_by_name, self);
            }
        } else {
            while (i % 4 > 1 && !lks_rwlock_tryrdlock(rw_by_name, self)) {
                pause_a_while();
            }
            if (i % 4 <= 1) {
                lks_rwlock_rdlock(rw_by_name, self);
            }
            seen += with_rwlock;
            lks_rwlock_rdunlock(rw_by_name, self);
        }

        if (i % THREADS == self) {
            with_barrier++;
        }
        lks_central_barrier_wait(&central, self);
        if (i % THREADS != self) {
            seen += with_barrier;
        }
        lks_barrier_wait(barrier_by_name, self);

        if (self == 0) {
            pause_a_while(); /* for the other to wait */
            with_sem++;
            (void)lks_sem_post(&sem);
        } else if (self == 1) {
            lks_sem_wait(&sem);
            seen += with_sem;
        }
        lks_barrier_wait(barrier_by_name, self);
#ifdef RACE
        with_mutex++; /* without the mutex */
#endif
    }
    return seen >= 0 ? NULL : argument;
}

int main(void)
{
    static uint32_t selves[THREADS];
    pthread_t threads[THREADS];
    if (lks_mcs_k42_init_waiting(&mcs_k42, LKS_WAIT_SLEEP) != 0 ||
        lks_central_barrier_init_waiting(&central, THREADS, LKS_WAIT_SLEEP) != 0 ||
        lks_lock_create(&by_name, "mcs_sleep", THREADS) != 0 ||
        lks_rwlock_create(&rw_by_name, "rw_phase_fair", THREADS) != 0 ||
        lks_barrier_create(&barrier_by_name, "tournament", THREADS) != 0) {
        return 2;
    }
    for (uint32_t i = 0; i < THREADS; i++) {
        selves[i] = i;
        if (pthread_create(&threads[i], NULL, use_all, &selves[i]) != 0) {
            return 2;
        }
    }
    for (uint32_t i = 0; i < THREADS; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    lks_lock_destroy(by_name);
    lks_rwlock_destroy(rw_by_name);
    lks_barrier_destroy(barrier_by_name);
    printf("counted to %ld\n", with_mutex);
    return with_mutex >= (long)THREADS * ROUNDS ? 0 : 1;
}
