/* SPDX-License-Identifier: MIT */
// expect: wrong double free
/* Two threads clean up, and both find the pointer before either has cleared it. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static _Atomic(void *) block;

static void *clean_up(void *unused)
{
    (void)unused;
    void *found = atomic_load(&block);
    if (found != NULL) {
        atomic_store(&block, NULL); /* wrong: load and store must be one exchange */
        free(found);
    }
    return NULL;
}

int main(void)
{
    atomic_store(&block, malloc(8));
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, clean_up, NULL);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}
