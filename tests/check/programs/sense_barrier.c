/* SPDX-License-Identifier: MIT */
// expect: verified 4 executions
// A sense-reversing barrier, two threads, two episodes: who is last in each, 2 * 2.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

enum { THREADS = 2 };

static atomic_int missing = THREADS, sense;
static int written[2][THREADS];

static void wait_for_all(int *my_sense)
{
    *my_sense = !*my_sense;
    if (atomic_fetch_sub_explicit(&missing, 1, memory_order_acq_rel) == 1) {
        atomic_store_explicit(&missing, THREADS, memory_order_relaxed);
        atomic_store_explicit(&sense, *my_sense, memory_order_release);
    } else {
        while (atomic_load_explicit(&sense, memory_order_acquire) != *my_sense) {
        }
    }
}

static void *meet(void *argument)
{
    intptr_t self = (intptr_t)argument;
    int my_sense = 0;
    for (int i = 0; i < 2; i++) {
        written[i][self] = 1;
        wait_for_all(&my_sense);
        assert(written[i][1 - self] == 1);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (intptr_t i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, meet, (void *)i);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}
