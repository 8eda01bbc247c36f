/* SPDX-License-Identifier: MIT */
/* As many mutexes at once as the program likes, unlocked in any order: what one of them
   keeps for its holder is not another one's. And an unlock too many, which POSIX leaves
   open and the system bears, changes nothing. */
#define _GNU_SOURCE
#include "expect.h"

#include <pthread.h>

enum { AT_ONCE = 1000, SHARED = 5, THREADS = 4, ROUNDS = 200 };

static pthread_mutex_t many[AT_ONCE]; /* zeros are the initialiser */

/* Locks them all; unlocks each `step`-th, until all are: 7 shares no factor with 1000. */
static void lock_all(int step)
{
    for (int i = 0; i < AT_ONCE; i++) {
        EXPECT(pthread_mutex_lock(&many[i]), 0);
    }
    for (int i = 0; i < AT_ONCE; i++) {
        EXPECT(pthread_mutex_unlock(&many[i * step % AT_ONCE]), 0);
    }
}

/* One is unlocked that nobody has locked yet, or has locked no more: then the thread has
   another one, with what it had for the first. */
static void unlock_too_often(void)
{
    EXPECT(pthread_mutex_unlock(&many[0]), 0);
    EXPECT(pthread_mutex_lock(&many[0]), 0);
    EXPECT(pthread_mutex_unlock(&many[0]), 0);
    EXPECT(pthread_mutex_lock(&many[1]), 0);
    EXPECT(pthread_mutex_unlock(&many[0]), 0);
    EXPECT(pthread_mutex_lock(&many[0]), 0);
    EXPECT(pthread_mutex_unlock(&many[1]), 0);
    EXPECT(pthread_mutex_unlock(&many[0]), 0);
}

/* Each sum is guarded by its mutex; a thread adds when it holds all. */
static pthread_mutex_t shared[SHARED];
static long sums[SHARED];

static void *add(void *argument)
{
    const int shift = *(int *)argument;
    for (int i = 0; i < ROUNDS; i++) {
        for (int j = 0; j < SHARED; j++) {
            EXPECT(pthread_mutex_lock(&shared[j]), 0);
        }
        for (int j = 0; j < SHARED; j++) {
            int which = (j * (1 + i % (SHARED - 1)) + shift) % SHARED;
            sums[which]++;
            EXPECT(pthread_mutex_unlock(&shared[which]), 0);
        }
    }
    return NULL;
}

int main(void)
{
    unlock_too_often();
    lock_all(1);
    lock_all(AT_ONCE - 1);
    lock_all(7);
    pthread_t threads[THREADS];
    int shifts[THREADS];
    for (int i = 0; i < THREADS; i++) {
        shifts[i] = i;
        EXPECT(pthread_create(&threads[i], NULL, add, &shifts[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        EXPECT(pthread_join(threads[i], NULL), 0);
    }
    for (int i = 0; i < SHARED; i++) {
        EXPECT(sums[i], (long)THREADS * ROUNDS);
    }
    return 0;
}
