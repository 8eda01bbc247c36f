/* SPDX-License-Identifier: MIT */
/* A program outside the project: algorithms from the headers, and the catalog by name. */
#include <lockstep.h>
#include <pthread.h>
#include <stdio.h>

enum { THREADS = 3, ROUNDS = 1000 };

static lks_mcs_t mcs = LKS_MCS_INIT;
static lks_lock_t *by_name;
static lks_barrier_t *barrier;
static const uint32_t indices[THREADS] = {0, 1, 2};
static long counters[2];

static void *count(void *argument)
{
    uint32_t self = *(const uint32_t *)argument;
    lks_mcs_node_t node;
    for (int i = 0; i < ROUNDS; i++) {
        lks_mcs_lock(&mcs, &node);
        counters[0]++;
        lks_mcs_unlock(&mcs, &node);
        lks_lock_lock(by_name, self);
        counters[1]++;
        lks_lock_unlock(by_name, self);
        lks_barrier_wait(barrier, self);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    if (lks_lock_create(&by_name, "clh", THREADS) != 0 ||
        lks_barrier_create(&barrier, "dissemination", THREADS) != 0) {
        return 1;
    }
    for (int i = 0; i < THREADS; i++) {
        if (pthread_create(&threads[i], NULL, count, (void *)(uintptr_t)&indices[i]) !=
            0) {
            return 1;
        }
    }
    for (int i = 0; i < THREADS; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    (void)printf("%s %s %ld %ld\n", lks_lock_class_of(by_name)->name,
                 lks_barrier_class_of(barrier)->name, counters[0], counters[1]);
    lks_lock_destroy(by_name);
    lks_barrier_destroy(barrier);
    return 0;
}
