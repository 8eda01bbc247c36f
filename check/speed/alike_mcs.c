/* SPDX-License-Identifier: MIT */
/* THREADS threads that are alike, each with a node of its own on its stack, take an MCS
   lock ROUNDS times each, around plain data. */
#include <lockstep/mcs.h>
#include <pthread.h>

static lks_mcs_t lock = LKS_MCS_INIT;
static int data;

static void *lock_each_round(void *argument)
{
    lks_mcs_node_t node;
    for (int i = 0; i < ROUNDS; i++) {
        lks_mcs_lock(&lock, &node);
        data++;
        lks_mcs_unlock(&lock, &node);
    }
    return argument;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, lock_each_round, NULL);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    return data != THREADS * ROUNDS;
}
