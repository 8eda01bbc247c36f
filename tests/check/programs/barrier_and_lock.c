/* SPDX-License-Identifier: MIT */
// expect: verified 16 executions
/*
 * A waiting loop of the program's own beside one of a library: 2 orders of arrival and 2
 * of entry in each of two rounds.
 */
#include <pthread.h>
#include <stdatomic.h>

static pthread_barrier_t barrier;
static atomic_int held;
static int counter;

static void *work(void *unused)
{
    (void)unused;
    for (int round = 0; round < 2; round++) {
        pthread_barrier_wait(&barrier);
        int expected = 0;
        while (!atomic_compare_exchange_strong(&held, &expected, 1)) {
            expected = 0;
        }
        counter++;
        atomic_store(&held, 0);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_barrier_init(&barrier, NULL, 2);
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, work, NULL);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&barrier);
    return counter != 4;
}
