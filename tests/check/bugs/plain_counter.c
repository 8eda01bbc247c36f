/* SPDX-License-Identifier: MIT */
// expect: wrong race
/* The first race of every course. */
#include <pthread.h>

static long counter;

static void *count(void *unused)
{
    (void)unused;
    for (int i = 0; i < 3; i++) {
        counter++;
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, count, NULL);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}
