/* SPDX-License-Identifier: MIT */
/* Several threads add under a mutex of each kind, made by initialiser and by function: no
   addition is lost. */
#define _GNU_SOURCE
#include "expect.h"

#include <pthread.h>

enum { KINDS = 4, THREADS = 4, ROUNDS = 2000 };

static const int kinds[KINDS] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_RECURSIVE,
                                 PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_ADAPTIVE_NP};

/* The second half is made by pthread_mutex_init. */
static pthread_mutex_t mutexes[2 * KINDS] = {
    PTHREAD_MUTEX_INITIALIZER, PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP,
    PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP, PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP};
static long sums[2 * KINDS];

static void *add(void *unused)
{
    for (int i = 0; i < 2 * KINDS * ROUNDS; i++) {
        int which = i % (2 * KINDS);
        int times = kinds[which % KINDS] == PTHREAD_MUTEX_RECURSIVE ? 3 : 1;
        for (int j = 0; j < times; j++) {
            EXPECT(pthread_mutex_lock(&mutexes[which]), 0);
        }
        sums[which]++;
        for (int j = 0; j < times; j++) {
            EXPECT(pthread_mutex_unlock(&mutexes[which]), 0);
        }
    }
    return unused;
}

int main(void)
{
    for (int i = 0; i < KINDS; i++) {
        pthread_mutexattr_t attributes;
        EXPECT(pthread_mutexattr_init(&attributes), 0);
        EXPECT(pthread_mutexattr_settype(&attributes, kinds[i]), 0);
        EXPECT(pthread_mutex_init(&mutexes[KINDS + i], &attributes), 0);
        EXPECT(pthread_mutexattr_destroy(&attributes), 0);
    }
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        EXPECT(pthread_create(&threads[i], NULL, add, NULL), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        EXPECT(pthread_join(threads[i], NULL), 0);
    }
    for (int i = 0; i < 2 * KINDS; i++) {
        EXPECT(sums[i], (long)THREADS * ROUNDS);
        EXPECT(pthread_mutex_destroy(&mutexes[i]), 0);
    }
    return 0;
}
