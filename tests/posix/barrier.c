/* SPDX-License-Identifier: MIT */
/* Barriers. */
#include "posix.h"

static int wait_at(void *barrier)
{
    return pthread_barrier_wait(barrier);
}

static void one(void)
{
    pthread_barrier_t barrier;
    EXPECT(pthread_barrier_init(&barrier, NULL, 0), EINVAL);
    EXPECT(pthread_barrier_init(&barrier, NULL, 1), 0);
    EXPECT(pthread_barrier_wait(&barrier), PTHREAD_BARRIER_SERIAL_THREAD);
    EXPECT(pthread_barrier_wait(&barrier), PTHREAD_BARRIER_SERIAL_THREAD);
    EXPECT(pthread_barrier_destroy(&barrier), 0);
}

/* --- episodes ----------------------------------------------------------------------- */

enum { THREADS = 5, EPISODES = 100 };
static pthread_barrier_t barrier;
static _Atomic(int) come; /* in all episodes */
static _Atomic(int) serial;

static int go_round(void *times)
{
    for (int i = 1; i <= *(int *)times; i++) {
        atomic_fetch_add(&come, 1);
        int result = pthread_barrier_wait(&barrier);
        EXPECT(result == 0 || result == PTHREAD_BARRIER_SERIAL_THREAD, 1);
        atomic_fetch_add(&serial, result == PTHREAD_BARRIER_SERIAL_THREAD);
        /* All have come; and none can have come for the episode after the next one. */
        int count = atomic_load(&come);
        EXPECT(count >= THREADS * i && count < THREADS * (i + 1), 1);
    }
    return 0;
}

/* In each episode all meet, and one of them is told so. A thread may do in another one
   what it did before: each time the threads are new. */
static void episodes(int times, int rounds)
{
    EXPECT(pthread_barrier_init(&barrier, NULL, THREADS), 0);
    for (int round = 0; round < rounds; round++) {
        struct call calls[THREADS];
        atomic_store(&come, 0);
        atomic_store(&serial, 0);
        for (int i = 0; i < THREADS; i++) {
            begin_call(&calls[i], go_round, &times);
        }
        for (int i = 0; i < THREADS; i++) {
            EXPECT(end_call(&calls[i]), 0);
        }
        EXPECT(atomic_load(&serial), times);
    }
    EXPECT(pthread_barrier_destroy(&barrier), 0);
}

/* More threads than the barrier is for: any three that come make an episode. */
static void more_threads_than_places(void)
{
    enum { GROUP = 3, GROUPS = 4 };
    pthread_barrier_t small;
    struct call calls[GROUP * GROUPS];
    int told = 0;
    EXPECT(pthread_barrier_init(&small, NULL, GROUP), 0);
    for (int i = 0; i < GROUP * GROUPS; i++) {
        begin_call(&calls[i], wait_at, &small);
    }
    for (int i = 0; i < GROUP * GROUPS; i++) {
        int result = end_call(&calls[i]);
        EXPECT(result == 0 || result == PTHREAD_BARRIER_SERIAL_THREAD, 1);
        told += result == PTHREAD_BARRIER_SERIAL_THREAD;
    }
    EXPECT(told, GROUPS);
    EXPECT(pthread_barrier_destroy(&small), 0);
}

/* The one that is told destroys it: then all have come, though the others may still be
   on their way out; and uses its memory for something else. */
static int last_destroys(void *object)
{
    int result = pthread_barrier_wait(object);
    if (result != PTHREAD_BARRIER_SERIAL_THREAD) {
        return result;
    }
    int error = pthread_barrier_destroy(object);
    *(pthread_barrier_t *)object = (pthread_barrier_t){.__size = {0x55, 0x55, 0x55}};
    free(object);
    return error;
}

static void destroyed_early(void)
{
    enum { TIMES = 50, GROUP = 3 };
    for (int i = 0; i < TIMES; i++) {
        pthread_barrier_t *object = malloc(sizeof *object);
        struct call calls[GROUP];
        EXPECT(pthread_barrier_init(object, NULL, GROUP), 0);
        for (int k = 0; k < GROUP; k++) {
            begin_call(&calls[k], last_destroys, object);
        }
        for (int k = 0; k < GROUP; k++) {
            EXPECT(end_call(&calls[k]), 0);
        }
    }
}

/* ------------------------------------------------------------------------------------ */

static void processes(void)
{
    pthread_barrierattr_t attributes;
    pthread_barrier_t *object = shared(sizeof *object);
    EXPECT(pthread_barrierattr_init(&attributes), 0);
    EXPECT(pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED), 0);
    EXPECT(pthread_barrier_init(object, &attributes, 2), 0);
    struct call here;
    begin_call(&here, wait_at, object);
    int there = in_child(wait_at, object); /* modulo 256 */
    int mine = end_call(&here);
    EXPECT((there == 0) != (mine == 0), 1);
    EXPECT(pthread_barrier_destroy(object), 0);
}

int main(void)
{
    errno = 1234;
    one();
    episodes(EPISODES, 1);
    episodes(2, 5);
    more_threads_than_places();
    destroyed_early();
    EXPECT(errno, 1234);
    processes();
    return 0;
}
