/* SPDX-License-Identifier: MIT */
/*
 * The beginning and the end of things: a lock before any constructor, threads that come
 * and go, destructors of a thread's own data that lock, a thread that goes on as the
 * program ends, and one that ends with a lock that another one gives back.
 */
#define _GNU_SOURCE
#include "expect.h"

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

enum { THREADS = 100, AT_ONCE = 20 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static pthread_mutex_t many[AT_ONCE];
static long sum;

static void add(void)
{
    EXPECT(pthread_mutex_lock(&mutex), 0);
    sum++;
    EXPECT(pthread_mutex_unlock(&mutex), 0);
}

static void early(int argc, char **argv, char **environment)
{
    (void)argc, (void)argv, (void)environment;
    add();
    EXPECT(pthread_mutex_lock(&recursive), 0);
}

__attribute__((section(".preinit_array"),
               used)) static void (*const preinit)(int, char **, char **) = early;

static pthread_key_t key;

/* In each round that there is for destructors. */
static void at_end(void *value)
{
    add();
    EXPECT(pthread_setspecific(key, value), 0);
}

static void *come_and_go(void *unused)
{
    EXPECT(pthread_setspecific(key, &key), 0);
    for (int i = 0; i < AT_ONCE; i++) {
        EXPECT(pthread_mutex_lock(&many[i]), 0);
    }
    for (int i = 0; i < AT_ONCE; i++) {
        EXPECT(pthread_mutex_unlock(&many[i]), 0);
    }
    return unused;
}

/* The size of the process in pages. */
static long size(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    EXPECT(file != NULL && fscanf(file, "%ld", &pages) == 1, 1);
    EXPECT(fclose(file), 0);
    return pages;
}

static pthread_mutex_t left = PTHREAD_MUTEX_INITIALIZER;

static void *leave_it_locked(void *unused)
{
    EXPECT(pthread_mutex_lock(&left), 0);
    return unused;
}

static void run(void *(*function)(void *))
{
    pthread_t thread;
    EXPECT(pthread_create(&thread, NULL, function, NULL), 0);
    EXPECT(pthread_join(thread, NULL), 0);
}

static atomic_bool goes_on;

static _Noreturn void *go_on(void *unused)
{
    (void)unused;
    for (;;) {
        add();
        atomic_store(&goes_on, true);
    }
}

int main(void)
{
    EXPECT(sum, 1);
    EXPECT(pthread_mutex_unlock(&recursive), 0);
    EXPECT(pthread_key_create(&key, at_end), 0);
    run(come_and_go);
    long after_one = size();
    for (int i = 1; i < THREADS; i++) {
        run(come_and_go);
    }
    /* What threads keep for their locks is for the next ones. */
    EXPECT(size(), after_one);
    /* POSIX has a destructor called so often at most; glibc does it so often. */
    EXPECT(sum, 1 + THREADS * PTHREAD_DESTRUCTOR_ITERATIONS);
    run(leave_it_locked);
    EXPECT(pthread_mutex_unlock(&left), 0);
    EXPECT(pthread_mutex_lock(&left), 0);
    pthread_t thread;
    EXPECT(pthread_create(&thread, NULL, go_on, NULL), 0);
    while (!atomic_load(&goes_on)) {
        (void)sched_yield();
    }
    return 0;
}
