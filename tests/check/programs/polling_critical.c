/* SPDX-License-Identifier: MIT */
// expect: verified 1 execution -fopenmp
// expect: verified 1 execution -fopenmp -DLOCK
/* A thread polls in critical sections of OpenMP, or with a lock of OpenMP's. */
#include <assert.h>
#include <omp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

static omp_lock_t lock;
static int number, data;

static int look(void)
{
    int seen;
#ifdef LOCK
    omp_set_lock(&lock);
    seen = number;
    omp_unset_lock(&lock);
#else
#pragma omp critical
    seen = number;
#endif
    return seen;
}

static void *wait_for_one(void *unused)
{
    while (look() == 0) {
    }
    assert(data == 1);
    return unused;
}

int main(void)
{
    omp_init_lock(&lock);
    pthread_t thread;
    pthread_create(&thread, NULL, wait_for_one, NULL);
    data = 1;
#ifdef LOCK
    omp_set_lock(&lock);
    number = 1;
    omp_unset_lock(&lock);
#else
#pragma omp critical
    number = 1;
#endif
    pthread_join(thread, NULL);
    omp_destroy_lock(&lock);
    return 0;
}
