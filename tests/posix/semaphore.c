/* SPDX-License-Identifier: MIT */
/* Semaphores: their functions return −1 and set errno. */
#include "posix.h"

#include <fcntl.h>
#include <limits.h>
#include <semaphore.h>
#include <signal.h>

#define FAILS(call, error)                                                               \
    do {                                                                                 \
        errno = 0;                                                                       \
        EXPECT(call, -1);                                                                \
        EXPECT(errno, error);                                                            \
    } while (0)

static int value_of(sem_t *semaphore)
{
    int value = -1;
    EXPECT(sem_getvalue(semaphore, &value), 0);
    return value;
}

static void counts(void)
{
    sem_t semaphore;
    FAILS(sem_init(&semaphore, 0, (unsigned)SEM_VALUE_MAX + 1), EINVAL);
    EXPECT(sem_init(&semaphore, 0, 2), 0);
    EXPECT(value_of(&semaphore), 2);
    EXPECT(sem_wait(&semaphore), 0);
    EXPECT(sem_trywait(&semaphore), 0);
    EXPECT(value_of(&semaphore), 0);
    FAILS(sem_trywait(&semaphore), EAGAIN);
    EXPECT(sem_post(&semaphore), 0);
    EXPECT(sem_post(&semaphore), 0);
    EXPECT(value_of(&semaphore), 2);
    EXPECT(sem_destroy(&semaphore), 0);
    EXPECT(sem_init(&semaphore, 0, SEM_VALUE_MAX), 0);
    FAILS(sem_post(&semaphore), EOVERFLOW);
    EXPECT(value_of(&semaphore), SEM_VALUE_MAX);
    EXPECT(sem_wait(&semaphore), 0);
    EXPECT(sem_post(&semaphore), 0);
    EXPECT(sem_destroy(&semaphore), 0);
}

static void deadlines(void)
{
    sem_t semaphore;
    EXPECT(sem_init(&semaphore, 0, 2), 0);
    FAILS(sem_clockwait(&semaphore, NO_CLOCK, &never), EINVAL);
    EXPECT(sem_timedwait(&semaphore, &past), 0);
    EXPECT(sem_clockwait(&semaphore, CLOCK_MONOTONIC, &past), 0);
    FAILS(sem_timedwait(&semaphore, &past), ETIMEDOUT);
    FAILS(sem_timedwait(&semaphore, &(struct timespec){-1, 0}), ETIMEDOUT);
    FAILS(sem_timedwait(&semaphore, &no_instant), EINVAL);
    FAILS(sem_clockwait(&semaphore, NO_CLOCK, &never), EINVAL);
    struct timespec time = soon(CLOCK_REALTIME);
    FAILS(sem_timedwait(&semaphore, &time), ETIMEDOUT);
    time = soon(CLOCK_MONOTONIC);
    FAILS(sem_clockwait(&semaphore, CLOCK_MONOTONIC, &time), ETIMEDOUT);
    EXPECT(value_of(&semaphore), 0);
    EXPECT(sem_destroy(&semaphore), 0);
}

/* --- waiting ------------------------------------------------------------------------ */

static int wait_for(void *semaphore)
{
    return sem_wait(semaphore);
}

static int wait_long_for(void *semaphore)
{
    return sem_timedwait(semaphore, &never);
}

static void posts_let_go(void)
{
    enum { THREADS = 4 };
    sem_t semaphore;
    struct call calls[THREADS];
    EXPECT(sem_init(&semaphore, 0, 0), 0);
    for (int i = 0; i < THREADS; i++) {
        begin_call(&calls[i], i % 2 == 0 ? wait_for : wait_long_for, &semaphore);
    }
    let_wait(&calls[THREADS - 1]);
    for (int i = 0; i < THREADS; i++) {
        EXPECT(sem_post(&semaphore), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        EXPECT(end_call(&calls[i]), 0);
    }
    EXPECT(value_of(&semaphore), 0);
    EXPECT(sem_destroy(&semaphore), 0);
}

/* A thread may destroy it as soon as its wait has returned. */
static int post(void *semaphore)
{
    return sem_post(semaphore);
}

static void destroyed_early(void)
{
    enum { TIMES = 50 };
    for (int i = 0; i < TIMES; i++) {
        sem_t *semaphore = malloc(sizeof *semaphore);
        struct call poster;
        EXPECT(sem_init(semaphore, 0, 0), 0);
        begin_call(&poster, post, semaphore);
        EXPECT(sem_wait(semaphore), 0);
        EXPECT(sem_destroy(semaphore), 0);
        *semaphore = (sem_t){.__size = {0x55, 0x55, 0x55}};
        free(semaphore);
        EXPECT(end_call(&poster), 0);
    }
}

/* --- signals ------------------------------------------------------------------------ */

static sem_t posted;

static void post_in_handler(int signal)
{
    (void)signal;
    (void)sem_post(&posted);
}

static void do_nothing(int signal)
{
    (void)signal;
}

static int be_interrupted(void *semaphore)
{
    return sem_wait(semaphore) == -1 ? errno : 0;
}

static void signals(void)
{
    struct sigaction action = {.sa_handler = post_in_handler};
    EXPECT(sem_init(&posted, 0, 0), 0);
    EXPECT(sigaction(SIGUSR1, &action, NULL), 0);
    EXPECT(raise(SIGUSR1), 0);
    EXPECT(sem_wait(&posted), 0);
    action.sa_handler = do_nothing;
    EXPECT(sigaction(SIGUSR1, &action, NULL), 0);
    struct call waiter;
    begin_call(&waiter, be_interrupted, &posted);
    let_wait(&waiter);
    /* One that comes before the wait is for nothing: so again and again. */
    while (pthread_tryjoin_np(waiter.handle, NULL) == EBUSY) {
        (void)pthread_kill(waiter.handle, SIGUSR1);
        (void)usleep(1000);
    }
    EXPECT(waiter.result, EINTR);
    EXPECT(sem_destroy(&posted), 0);
}

/* --- between processes -------------------------------------------------------------- */

static void processes(void)
{
    sem_t *semaphore = shared(sizeof *semaphore);
    EXPECT(sem_init(semaphore, 1, 0), 0);
    EXPECT(in_child(post, semaphore), 0);
    EXPECT(sem_wait(semaphore), 0);
    struct call waiter;
    begin_call(&waiter, wait_for, semaphore);
    EXPECT(in_child(post, semaphore), 0);
    EXPECT(end_call(&waiter), 0);
    EXPECT(sem_destroy(semaphore), 0);
}

/* These have a name, and are always shared. */
static void named(void)
{
    char name[64];
    (void)snprintf(name, sizeof name, "/lockstep-test-%ld", (long)getpid());
    sem_t *semaphore = sem_open(name, O_CREAT | O_EXCL, 0600, 1);
    if (semaphore == SEM_FAILED) {
        return; /* no place for them here */
    }
    EXPECT(sem_unlink(name), 0);
    EXPECT(sem_wait(semaphore), 0);
    FAILS(sem_trywait(semaphore), EAGAIN);
    EXPECT(in_child(post, semaphore), 0);
    EXPECT(value_of(semaphore), 1);
    EXPECT(sem_timedwait(semaphore, &never), 0);
    EXPECT(sem_close(semaphore), 0);
}

int main(void)
{
    counts();
    deadlines();
    posts_let_go();
    destroyed_early();
    signals();
    processes();
    named();
    return 0;
}
