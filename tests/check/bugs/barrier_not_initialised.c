/* SPDX-License-Identifier: MIT */
// expect: wrong misuse
/* pthread_barrier_init with a count of 0 fails, and nobody looked. */
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
    pthread_t thread;
    pthread_barrier_init(&barrier, NULL, 0);
    pthread_create(&thread, NULL, meet, NULL);
    pthread_barrier_wait(&barrier);
    pthread_join(thread, NULL);
    return 0;
}
