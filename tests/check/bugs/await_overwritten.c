/* SPDX-License-Identifier: MIT */
// expect: wrong hang
/* A waiter that misses the one value it waits for: somebody else writes over it. */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int state;

static void *make_one(void *unused)
{
    (void)unused;
    atomic_store(&state, 1);
    return NULL;
}

static void *make_two(void *unused)
{
    (void)unused;
    atomic_store(&state, 2);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, make_one, NULL);
    pthread_create(&threads[1], NULL, make_two, NULL);
    while (atomic_load(&state) != 1) {
    }
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return 0;
}
