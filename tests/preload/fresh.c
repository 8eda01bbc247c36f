/* SPDX-License-Identifier: MIT */
/* Mutexes as they are first used: by several threads at once; and where another one was,
   while what that one had may be in use elsewhere. */
#define _GNU_SOURCE
#include "expect.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

enum { MANY = 4000, THREADS = 2 };

static pthread_mutex_t many[MANY]; /* zeros are the initialiser */
static long sums[MANY];
static atomic_int come;

/* The threads meet at each mutex. */
static void *rush(void *unused)
{
    for (int i = 0; i < MANY; i++) {
        (void)atomic_fetch_add(&come, 1);
        for (int tries = 0; tries < 1000 && atomic_load(&come) < (i + 1) * THREADS;) {
            tries++;
        }
        EXPECT(pthread_mutex_lock(&many[i]), 0);
        sums[i]++;
        EXPECT(pthread_mutex_unlock(&many[i]), 0);
    }
    return unused;
}

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool is_inside;

static void *enter(void *unused)
{
    EXPECT(pthread_mutex_lock(&held), 0);
    atomic_store(&is_inside, true);
    EXPECT(pthread_mutex_unlock(&held), 0);
    return unused;
}

static void use(pthread_mutex_t *mutex)
{
    EXPECT(pthread_mutex_init(mutex, NULL), 0);
    EXPECT(pthread_mutex_lock(mutex), 0);
    EXPECT(pthread_mutex_unlock(mutex), 0);
}

/* A node of the first mutex may be where the thread stands in the queue of the second
   one, when a third is made in the first one's place. */
static void make_one_where_another_was(void)
{
    pthread_mutex_t first, third;
    use(&first);
    EXPECT(pthread_mutex_lock(&held), 0);
    EXPECT(pthread_mutex_destroy(&first), 0);
    use(&third);
    pthread_t thread;
    EXPECT(pthread_create(&thread, NULL, enter, NULL), 0);
    /* Time for the thread to come in: without it the test sees less. */
    (void)usleep(2000);
    EXPECT(atomic_load(&is_inside), false);
    EXPECT(pthread_mutex_unlock(&held), 0);
    EXPECT(pthread_join(thread, NULL), 0);
    EXPECT(atomic_load(&is_inside), true);
}

int main(void)
{
    make_one_where_another_was();
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        EXPECT(pthread_create(&threads[i], NULL, rush, NULL), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        EXPECT(pthread_join(threads[i], NULL), 0);
    }
    for (int i = 0; i < MANY; i++) {
        EXPECT(sums[i], THREADS);
    }
    return 0;
}
