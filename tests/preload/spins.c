/* SPDX-License-Identifier: MIT */
/* Spin locks: many of them, and no addition under them is lost. With the word "timed"
   also trylock. */
#define _GNU_SOURCE
#include "expect.h"

#include <errno.h>
#include <pthread.h>

enum { LOCKS = 1000, THREADS = 4, ROUNDS = 20 };

static pthread_spinlock_t locks[LOCKS];
static long sums[LOCKS];

static void *add(void *unused)
{
    for (int i = 0; i < ROUNDS * LOCKS; i++) {
        int which = i % LOCKS;
        EXPECT(pthread_spin_lock(&locks[which]), 0);
        sums[which]++;
        EXPECT(pthread_spin_unlock(&locks[which]), 0);
    }
    return unused;
}

int main(int argc, char **argv)
{
    (void)argv;
    for (int i = 0; i < LOCKS; i++) {
        int shared = i % 2 == 0 ? PTHREAD_PROCESS_PRIVATE : PTHREAD_PROCESS_SHARED;
        EXPECT(pthread_spin_init(&locks[i], shared), 0);
    }
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        EXPECT(pthread_create(&threads[i], NULL, add, NULL), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        EXPECT(pthread_join(threads[i], NULL), 0);
    }
    for (int i = 0; i < LOCKS; i++) {
        EXPECT(sums[i], (long)THREADS * ROUNDS);
    }
    if (argc > 1) {
        EXPECT(pthread_spin_trylock(&locks[0]), 0);
        EXPECT(pthread_spin_trylock(&locks[0]), EBUSY);
        EXPECT(pthread_spin_unlock(&locks[0]), 0);
    }
    for (int i = 0; i < LOCKS; i++) {
        EXPECT(pthread_spin_destroy(&locks[i]), 0);
    }
    return 0;
}
