/* SPDX-License-Identifier: MIT */
/*
 * A thread forks with locks that others wait for. The child has what it held, nobody
 * waits there, and threads of its own get the locks in turn. The first lock is one that
 * a library takes around forks, as allocators do, registered before any constructor.
 * Two are freed while they are held: where one was lies something else, or nothing.
 * Others are left by a thread that has ended, and given back by each process.
 */
#define _GNU_SOURCE
#include "expect.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOCKS = 3, THREADS = 4, ROUNDS = 100 };

static pthread_t threads[THREADS];
static int firsts[THREADS] = {0, 1, 2, 3};

static pthread_mutex_t mutexes[LOCKS] = {PTHREAD_MUTEX_INITIALIZER,
                                         PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP,
                                         PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP};
static pthread_mutex_t left[2]; /* zeros are the initialiser */
static char freed[sizeof(pthread_mutex_t)] __attribute__((aligned(8)));
static pthread_spinlock_t spin;
static long sums[LOCKS + 1]; /* the last is guarded by the spin lock */

static void lock_first(void)
{
    EXPECT(pthread_mutex_lock(&mutexes[0]), 0);
    /* Time for the others to queue: without it the test sees less. */
    (void)usleep(2000);
}

static void unlock_first(void)
{
    EXPECT(pthread_mutex_unlock(&mutexes[0]), 0);
}

static void register_early(int argc, char **argv, char **environment)
{
    (void)argc, (void)argv, (void)environment;
    EXPECT(pthread_atfork(lock_first, unlock_first, unlock_first), 0);
}

__attribute__((section(".preinit_array"),
               used)) static void (*const preinit)(int, char **,
                                                   char **) = register_early;

/* Adds under each of the locks, one after the other, beginning with one of its own. */
static void *add(void *argument)
{
    int first = *(int *)argument;
    for (int i = first; i < first + ROUNDS * (LOCKS + 1); i++) {
        int which = i % (LOCKS + 1);
        if (which == LOCKS) {
            EXPECT(pthread_spin_lock(&spin), 0);
            sums[which]++;
            EXPECT(pthread_spin_unlock(&spin), 0);
        } else {
            EXPECT(pthread_mutex_lock(&mutexes[which]), 0);
            sums[which]++;
            EXPECT(pthread_mutex_unlock(&mutexes[which]), 0);
        }
    }
    return NULL;
}

static void add_by_threads(void)
{
    for (int i = 0; i < THREADS; i++) {
        EXPECT(pthread_create(&threads[i], NULL, add, &firsts[i]), 0);
    }
}

static void wait_for_threads(void)
{
    for (int i = 0; i < THREADS; i++) {
        EXPECT(pthread_join(threads[i], NULL), 0);
    }
}

/* Ends with two locks. */
static void *leave_two(void *unused)
{
    EXPECT(pthread_mutex_lock(&left[0]), 0);
    EXPECT(pthread_mutex_lock(&left[1]), 0);
    return unused;
}

static void unlock_rest(void)
{
    EXPECT(pthread_mutex_unlock(&left[0]), 0);
    EXPECT(pthread_mutex_unlock(&left[1]), 0);
    EXPECT(pthread_mutex_lock(&mutexes[1]), 0);
    EXPECT(pthread_mutex_unlock(&mutexes[1]), 0);
    EXPECT(pthread_mutex_unlock(&mutexes[1]), 0);
    EXPECT(pthread_mutex_lock(&mutexes[2]), EDEADLK);
    EXPECT(pthread_mutex_unlock(&mutexes[2]), 0);
    EXPECT(pthread_spin_unlock(&spin), 0);
}

static void in_child(void)
{
    for (size_t i = 0; i < sizeof freed; i++) {
        EXPECT(freed[i], 1);
    }
    unlock_rest();
    long before[LOCKS + 1];
    for (int i = 0; i <= LOCKS; i++) {
        before[i] = sums[i];
    }
    add_by_threads();
    wait_for_threads();
    for (int i = 0; i <= LOCKS; i++) {
        EXPECT(sums[i], before[i] + (long)THREADS * ROUNDS);
    }
    EXPECT(pthread_mutex_destroy(&mutexes[1]), 0);
    _exit(0);
}

int main(void)
{
    EXPECT(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE), 0);
    EXPECT(pthread_mutex_lock(&mutexes[1]), 0);
    EXPECT(pthread_mutex_lock(&mutexes[2]), 0);
    EXPECT(pthread_spin_lock(&spin), 0);
    pthread_t thread;
    EXPECT(pthread_create(&thread, NULL, leave_two, NULL), 0);
    EXPECT(pthread_join(thread, NULL), 0);
    EXPECT(pthread_mutex_lock((pthread_mutex_t *)freed), 0);
    memset(freed, 1, sizeof freed);
    add_by_threads();
    pthread_mutex_t *unmapped = mmap(NULL, sizeof *unmapped, PROT_READ | PROT_WRITE,
                                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT(pthread_mutex_lock(unmapped), 0);
    EXPECT(munmap(unmapped, sizeof *unmapped), 0);
    pid_t child = fork();
    if (child == 0) {
        in_child();
    }
    int status = -1;
    EXPECT(waitpid(child, &status, 0), child);
    EXPECT(status, 0);
    unlock_rest();
    wait_for_threads();
    for (int i = 0; i <= LOCKS; i++) {
        EXPECT(sums[i], (long)THREADS * ROUNDS);
    }
    return 0;
}
