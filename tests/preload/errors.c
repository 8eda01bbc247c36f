/* SPDX-License-Identifier: MIT */
/*
 * What POSIX has a mutex say, and that errno is left alone. With the word "timed" also
 * what needs a trylock; with "limit" how deep a recursive mutex goes.
 */
#define _GNU_SOURCE
#include "expect.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

static pthread_mutex_t normal = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t checked = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
static pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

static const struct timespec past = {1, 0}, never = {1L << 40, 0},
                             no_instant = {1L << 40, 1000000000};

/* While main holds all of them. */
static void *by_another(void *timed)
{
    errno = 1234;
    EXPECT(pthread_mutex_unlock(&checked), EPERM);
    EXPECT(pthread_mutex_unlock(&recursive), EPERM);
    EXPECT(pthread_mutex_destroy(&normal), EBUSY);
    EXPECT(pthread_mutex_destroy(&recursive), EBUSY);
    if (timed != NULL) {
        EXPECT(pthread_mutex_trylock(&normal), EBUSY);
        EXPECT(pthread_mutex_trylock(&checked), EBUSY);
        EXPECT(pthread_mutex_trylock(&recursive), EBUSY);
        EXPECT(pthread_mutex_timedlock(&normal, &past), ETIMEDOUT);
        EXPECT(pthread_mutex_timedlock(&normal, &no_instant), EINVAL);
        EXPECT(pthread_mutex_clocklock(&checked, CLOCK_MONOTONIC, &past), ETIMEDOUT);
        EXPECT(pthread_mutex_clocklock(&normal, 99, &never), EINVAL);
        struct timespec soon;
        EXPECT(clock_gettime(CLOCK_REALTIME, &soon), 0);
        soon.tv_nsec = (soon.tv_nsec + 3000000) % 1000000000; /* or past, all one */
        EXPECT(pthread_mutex_timedlock(&normal, &soon), ETIMEDOUT);
    }
    EXPECT(errno, 1234);
    return NULL;
}

/* What its holder gets to hear. */
static void by_the_holder(bool timed)
{
    EXPECT(pthread_mutex_lock(&checked), EDEADLK);
    EXPECT(pthread_mutex_lock(&recursive), 0);
    EXPECT(pthread_mutex_unlock(&recursive), 0);
    if (timed) {
        EXPECT(pthread_mutex_trylock(&checked), EBUSY);
        EXPECT(pthread_mutex_timedlock(&checked, &never), EDEADLK);
        EXPECT(pthread_mutex_trylock(&recursive), 0);
        EXPECT(pthread_mutex_unlock(&recursive), 0);
        EXPECT(pthread_mutex_timedlock(&recursive, &past), 0);
        EXPECT(pthread_mutex_unlock(&recursive), 0);
    }
}

static void by_anybody(void)
{
    EXPECT(pthread_mutex_unlock(&checked), EPERM);
    EXPECT(pthread_mutex_unlock(&recursive), EPERM);
}

/* The depth of a recursive mutex has a limit: there it says EAGAIN, and stays as it
   is. */
static void go_deep(void)
{
    unsigned depth = 0;
    int error;
    while ((error = pthread_mutex_lock(&recursive)) == 0) {
        depth++;
    }
    EXPECT(error, EAGAIN);
    EXPECT(pthread_mutex_trylock(&recursive), EAGAIN);
    EXPECT(depth >= 1u << 16, 1);
    for (; depth > 0; depth--) {
        EXPECT(pthread_mutex_unlock(&recursive), 0);
    }
    EXPECT(pthread_mutex_unlock(&recursive), EPERM);
}

int main(int argc, char **argv)
{
    bool timed = argc > 1 && strcmp(argv[1], "timed") == 0;
    if (argc > 1 && strcmp(argv[1], "limit") == 0) {
        go_deep();
        return 0;
    }
    by_anybody();
    EXPECT(pthread_mutex_lock(&normal), 0);
    EXPECT(pthread_mutex_lock(&checked), 0);
    if (timed) {
        /* Free: no look at the time. */
        EXPECT(pthread_mutex_timedlock(&recursive, &no_instant), 0);
    } else {
        EXPECT(pthread_mutex_lock(&recursive), 0);
    }
    by_the_holder(timed);
    pthread_t thread;
    EXPECT(pthread_create(&thread, NULL, by_another, timed ? argv[1] : NULL), 0);
    EXPECT(pthread_join(thread, NULL), 0);
    EXPECT(pthread_mutex_unlock(&normal), 0);
    EXPECT(pthread_mutex_unlock(&checked), 0);
    EXPECT(pthread_mutex_unlock(&recursive), 0);
    by_anybody();
    EXPECT(pthread_mutex_destroy(&normal), 0);
    EXPECT(pthread_mutex_destroy(&checked), 0);
    /* It may be made anew where it lay. */
    EXPECT(pthread_mutex_init(&checked, NULL), 0);
    EXPECT(pthread_mutex_lock(&checked), 0);
    EXPECT(pthread_mutex_unlock(&checked), 0);
    return 0;
}
