/* SPDX-License-Identifier: MIT */
/*
 * For programs that ask the thread library's functions for what POSIX and C11 say that
 * they do, and where these leave it open, for what the GNU C library says. They know
 * nothing of Lockstep.
 */
#ifndef TESTS_POSIX_POSIX_H
#define TESTS_POSIX_POSIX_H

#define _GNU_SOURCE
#include "../preload/expect.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct timespec past = {1, 0}, never = {1L << 40, 0},
                             no_instant = {1L << 40, 1000000000};
enum { NO_CLOCK = 99 };

/* A little later, by that clock: for waits that are to end in vain. */
static inline struct timespec soon(clockid_t clock)
{
    struct timespec time;
    EXPECT(clock_gettime(clock, &time), 0);
    time.tv_nsec += 2000000;
    if (time.tv_nsec >= 1000000000) {
        time.tv_nsec -= 1000000000;
        time.tv_sec++;
    }
    return time;
}

struct call {
    int (*function)(void *argument);
    void *argument;
    int result;
    _Atomic(pid_t) thread; /* 0: it has not begun */
    pthread_t handle;
};

static void *call_now(void *argument)
{
    struct call *call = argument;
    atomic_store(&call->thread, gettid());
    call->result = call->function(call->argument);
    return NULL;
}

/* Calls the function in another thread. */
static inline void begin_call(struct call *call, int (*function)(void *argument),
                              void *argument)
{
    *call = (struct call){.function = function, .argument = argument};
    EXPECT(pthread_create(&call->handle, NULL, call_now, call), 0);
}

/* Returns what it returned. */
static inline int end_call(struct call *call)
{
    EXPECT(pthread_join(call->handle, NULL), 0);
    return call->result;
}

/* The same at once. */
static inline int elsewhere(int (*function)(void *argument), void *argument)
{
    struct call call;
    begin_call(&call, function, argument);
    return end_call(&call);
}

/* Returns when the call has come to a wait: its thread sleeps, or has used that much
   processor time without an end. Both are signs only: what is tested afterwards must hold
   also if they are wrong. */
static inline void let_wait(struct call *call)
{
    while (atomic_load(&call->thread) == 0) {
        sched_yield();
    }
    for (int i = 0; i < 20; i++) {
        (void)usleep(100);
    }
}

/* Memory that a forked child shares. */
static inline void *shared(size_t size)
{
    void *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    EXPECT(memory != MAP_FAILED, 1);
    return memory;
}

/* The result of a function in a child; less than 256. */
static inline int in_child(int (*function)(void *argument), void *argument)
{
    pid_t child = fork();
    if (child == 0) {
        _exit(function(argument));
    }
    int status;
    EXPECT(waitpid(child, &status, 0), child);
    EXPECT(WIFEXITED(status), 1);
    return WEXITSTATUS(status);
}

#endif
