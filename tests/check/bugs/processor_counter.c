/* SPDX-License-Identifier: MIT */
/*
 * A plain counter for each processor: two threads may be on the same one, one after the
 * other in the middle of an increment.
 */
// expect: wrong race
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>

static int counters[64];

static void *count(void *unused)
{
    counters[sched_getcpu()]++;
    return unused;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, count, NULL);
    pthread_create(&threads[1], NULL, count, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return 0;
}
