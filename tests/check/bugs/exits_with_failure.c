/* SPDX-License-Identifier: MIT */
// expect: wrong exit status
/* A program that says with its exit status that it failed. */
#include <pthread.h>
#include <stdatomic.h>

static atomic_int hits;

static void *hit(void *unused)
{
    (void)unused;
    int old = atomic_load(&hits);
    atomic_store(&hits, old + 1);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, hit, NULL);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    return atomic_load(&hits) == 2 ? 0 : 1;
}
