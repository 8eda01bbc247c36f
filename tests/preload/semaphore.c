/* SPDX-License-Identifier: MIT */
/* Semaphores: no post is lost, deadlines, a signal ends a wait, a forked child, one
   between processes and one with a name. With an argument also: a cancelled wait has no
   post. */
#define _GNU_SOURCE
#include "from_now.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 3, ROUNDS = 300 };

#define FAILS(call, error)                                                               \
    do {                                                                                 \
        errno = 0;                                                                       \
        EXPECT(call, -1);                                                                \
        EXPECT(errno, error);                                                            \
    } while (0)

static sem_t places, items;
static _Atomic(int) taken;

static int value_of(sem_t *sem)
{
    int value;
    EXPECT(sem_getvalue(sem, &value), 0);
    return value;
}

/* --- a queue of two places ---------------------------------------------------------- */

static void *put(void *unused)
{
    for (int i = 0; i < ROUNDS; i++) {
        EXPECT(sem_wait(&places), 0);
        EXPECT(sem_post(&items), 0);
    }
    return unused;
}

static void *take(void *unused)
{
    struct timespec later = from_now(CLOCK_REALTIME, 3600000);
    for (int i = 0; i < ROUNDS; i++) {
        EXPECT(sem_timedwait(&items, &later), 0);
        taken++;
        EXPECT(sem_post(&places), 0);
    }
    return unused;
}

static void no_post_is_lost(void)
{
    pthread_t threads[2 * THREADS];
    EXPECT(sem_init(&places, 0, 2), 0);
    EXPECT(sem_init(&items, 0, 0), 0);
    for (int i = 0; i < 2 * THREADS; i++) {
        EXPECT(pthread_create(&threads[i], NULL, i % 2 == 0 ? put : take, NULL), 0);
    }
    for (int i = 0; i < 2 * THREADS; i++) {
        EXPECT(pthread_join(threads[i], NULL), 0);
    }
    EXPECT(taken, THREADS * ROUNDS);
    EXPECT(value_of(&places), 2);
    EXPECT(value_of(&items), 0);
    EXPECT(sem_destroy(&places), 0);
}

/* --- alone -------------------------------------------------------------------------- */

static void errors(void)
{
    sem_t sem;
    struct timespec before = {-1, 0};
    struct timespec invalid = {0, 1000000000};
    FAILS(sem_init(&sem, 0, (unsigned)SEM_VALUE_MAX + 1), EINVAL);
    EXPECT(sem_init(&sem, 0, SEM_VALUE_MAX), 0);
    FAILS(sem_post(&sem), EOVERFLOW);
    EXPECT(sem_init(&sem, 0, 1), 0);
    EXPECT(sem_timedwait(&sem, &before), 0);
    FAILS(sem_trywait(&sem), EAGAIN);
    FAILS(sem_timedwait(&sem, &before), ETIMEDOUT);
    FAILS(sem_timedwait(&sem, &invalid), EINVAL);
    struct timespec soon = from_now(CLOCK_REALTIME, 2);
    FAILS(sem_timedwait(&sem, &soon), ETIMEDOUT);
    soon = from_now(CLOCK_MONOTONIC, 2);
    FAILS(sem_clockwait(&sem, CLOCK_MONOTONIC, &soon), ETIMEDOUT);
    EXPECT(sem_post(&sem), 0);
    EXPECT(value_of(&sem), 1);
    EXPECT(sem_trywait(&sem), 0);
    EXPECT(sem_destroy(&sem), 0);
}

static void do_nothing(int number)
{
    (void)number;
}

static void a_signal_ends_a_wait(void)
{
    sem_t sem;
    EXPECT(sem_init(&sem, 0, 0), 0);
    struct sigaction action = {.sa_handler = do_nothing};
    EXPECT(sigaction(SIGALRM, &action, NULL), 0);
    /* Again and again: the first may come before the wait. */
    struct itimerval often = {{0, 2000}, {0, 2000}};
    EXPECT(setitimer(ITIMER_REAL, &often, NULL), 0);
    FAILS(sem_wait(&sem), EINTR);
    struct itimerval never = {{0, 0}, {0, 0}};
    EXPECT(setitimer(ITIMER_REAL, &never, NULL), 0);
    EXPECT(value_of(&sem), 0);
}

/* --- cancellation ------------------------------------------------------------------- */

static _Atomic(int) waiting;

static void *wait_for_item(void *got)
{
    waiting++;
    EXPECT(sem_wait(&items), 0);
    *(bool *)got = true;
    return NULL;
}

/* One post and one cancellation for two that wait: the post is there for the other. */
static void a_cancelled_wait_has_no_post(void)
{
    for (int round = 0; round < 100; round++) {
        bool got[2] = {false, false};
        pthread_t threads[2];
        waiting = 0;
        for (int i = 0; i < 2; i++) {
            EXPECT(pthread_create(&threads[i], NULL, wait_for_item, &got[i]), 0);
        }
        while (waiting < 2) {
            (void)usleep(50);
        }
        if (round % 2 == 0) {
            (void)usleep(100);
        }
        EXPECT(sem_post(&items), 0);
        EXPECT(pthread_cancel(threads[0]), 0);
        EXPECT(pthread_join(threads[0], NULL), 0);
        if (got[0]) {
            EXPECT(sem_post(&items), 0);
        }
        EXPECT(pthread_join(threads[1], NULL), 0);
        EXPECT(got[1], true);
        EXPECT(value_of(&items), 0);
    }
}

/* --- fork, and between processes ---------------------------------------------------- */

static void wait_for(pid_t child)
{
    int status;
    EXPECT(waitpid(child, &status, 0), child);
    EXPECT(status, 0);
}

/* In the child nobody waits; so what it posts it can take. */
static void a_child_has_none_of_those_that_wait(void)
{
    bool got = false;
    pthread_t thread;
    waiting = 0;
    EXPECT(pthread_create(&thread, NULL, wait_for_item, &got), 0);
    while (waiting < 1) {
        (void)usleep(50);
    }
    (void)usleep(2000); /* time to sleep: without it the test sees less */
    pid_t child = fork();
    if (child == 0) {
        EXPECT(sem_post(&items), 0);
        EXPECT(value_of(&items), 1);
        EXPECT(sem_trywait(&items), 0);
        _exit(0);
    }
    wait_for(child);
    EXPECT(got, false);
    EXPECT(sem_post(&items), 0);
    EXPECT(pthread_join(thread, NULL), 0);
}

static void between_processes(sem_t *sem)
{
    pid_t child = fork();
    (void)alarm(60); /* the other one may have failed */
    if (child == 0) {
        EXPECT(sem_post(sem), 0);
        _exit(0);
    }
    while (sem_wait(sem) != 0) {
        EXPECT(errno, EINTR);
    }
    (void)alarm(0);
    wait_for(child);
}

static void those_of_several_processes(void)
{
    sem_t *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    EXPECT(shared != MAP_FAILED, true);
    EXPECT(sem_init(shared, 1, 0), 0);
    (void)signal(SIGALRM, SIG_DFL);
    between_processes(shared);
    EXPECT(sem_destroy(shared), 0);
    char name[64];
    (void)snprintf(name, sizeof name, "/lockstep-test-%d", (int)getpid());
    sem_t *named = sem_open(name, O_CREAT | O_EXCL, 0600, 0);
    EXPECT(named != SEM_FAILED, true);
    EXPECT(sem_unlink(name), 0);
    between_processes(named);
    EXPECT(sem_close(named), 0);
}

int main(int argc, char **argv)
{
    (void)argv;
    no_post_is_lost();
    errors();
    a_signal_ends_a_wait();
    if (argc > 1) { /* the system's may have been woken for the post, and wake nobody */
        a_cancelled_wait_has_no_post();
    }
    a_child_has_none_of_those_that_wait();
    those_of_several_processes();
    return 0;
}
