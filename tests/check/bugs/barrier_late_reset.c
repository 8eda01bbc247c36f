/* SPDX-License-Identifier: MIT */
// expect: wrong hang
/* A sense-reversing barrier that opens before its counter is whole again: who is quick
   counts down from nothing, and the late reset loses that. */
#include <pthread.h>
#include <stdatomic.h>

enum { THREADS = 2 };

static atomic_int missing = THREADS, sense;

static void wait_for_all(int *my_sense)
{
    *my_sense = !*my_sense;
    if (atomic_fetch_sub(&missing, 1) == 1) {
        atomic_store(&sense, *my_sense);
        atomic_store(&missing, THREADS); /* wrong: after the flag */
    } else {
        while (atomic_load(&sense) != *my_sense) {
        }
    }
}

static void *meet(void *unused)
{
    (void)unused;
    int my_sense = 0;
    wait_for_all(&my_sense);
    wait_for_all(&my_sense);
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, meet, NULL);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}
