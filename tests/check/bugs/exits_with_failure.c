/* SPDX-License-Identifier: MIT */
// expect: wrong exit status
// expect: wrong exit status -DHANDLED
/* A program that says with its exit status that it failed; with HANDLED, a handler says
   afterwards that it did not. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

static atomic_int hits;

static void *hit(void *unused)
{
    (void)unused;
    int old = atomic_load(&hits);
    atomic_store(&hits, old + 1);
    return NULL;
}

static void succeed(void)
{
    _exit(0);
}

int main(void)
{
#ifdef HANDLED
    (void)atexit(succeed);
#endif
    (void)succeed;
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, hit, NULL);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    return atomic_load(&hits) == 2 ? 0 : 1;
}
