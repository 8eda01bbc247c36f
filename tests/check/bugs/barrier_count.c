/* SPDX-License-Identifier: MIT */
// long: wrong hang
/* A barrier for three at which only two threads meet. */
#include <pthread.h>

static pthread_barrier_t barrier;

static void *meet(void *unused)
{
    (void)unused;
    pthread_barrier_wait(&barrier);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_barrier_init(&barrier, NULL, 3); /* wrong: forgot that main does not wait */
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, meet, NULL);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_barrier_destroy(&barrier);
    return 0;
}
