/* SPDX-License-Identifier: MIT */
/* What goes through to the system: mutexes and spin locks that processes share, robust
   mutexes, and those that hand on a priority. */
#define _GNU_SOURCE
#include "expect.h"

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 2000 };

static struct shared {
    pthread_mutex_t mutex;
    pthread_spinlock_t spin;
    long sum, spun;
} * shared;

static void add(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        EXPECT(pthread_mutex_lock(&shared->mutex), 0);
        shared->sum++;
        EXPECT(pthread_mutex_unlock(&shared->mutex), 0);
        EXPECT(pthread_spin_lock(&shared->spin), 0);
        shared->spun++;
        EXPECT(pthread_spin_unlock(&shared->spin), 0);
    }
}

static void add_in_two_processes(void)
{
    pthread_mutexattr_t attributes;
    EXPECT(pthread_mutexattr_init(&attributes), 0);
    EXPECT(pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED), 0);
    EXPECT(pthread_mutex_init(&shared->mutex, &attributes), 0);
    EXPECT(pthread_spin_init(&shared->spin, PTHREAD_PROCESS_SHARED), 0);
    pid_t child = fork();
    add();
    if (child == 0) {
        _exit(0);
    }
    int status = -1;
    EXPECT(waitpid(child, &status, 0), child);
    EXPECT(status, 0);
    EXPECT(shared->sum, 2L * ROUNDS);
    EXPECT(shared->spun, 2L * ROUNDS);
    EXPECT(pthread_mutex_destroy(&shared->mutex), 0);
}

static void *take(void *mutex)
{
    EXPECT(pthread_mutex_lock(mutex), 0);
    return NULL;
}

/* The owner ends with the lock. */
static void find_owner_dead(void)
{
    pthread_mutex_t robust;
    pthread_mutexattr_t attributes;
    EXPECT(pthread_mutexattr_init(&attributes), 0);
    EXPECT(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST), 0);
    EXPECT(pthread_mutex_init(&robust, &attributes), 0);
    pthread_t thread;
    EXPECT(pthread_create(&thread, NULL, take, &robust), 0);
    EXPECT(pthread_join(thread, NULL), 0);
    EXPECT(pthread_mutex_lock(&robust), EOWNERDEAD);
    EXPECT(pthread_mutex_consistent(&robust), 0);
    EXPECT(pthread_mutex_unlock(&robust), 0);
    EXPECT(pthread_mutex_destroy(&robust), 0);
}

static void inherit(void)
{
    pthread_mutex_t inheriting;
    pthread_mutexattr_t attributes;
    EXPECT(pthread_mutexattr_init(&attributes), 0);
    EXPECT(pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT), 0);
    EXPECT(pthread_mutex_init(&inheriting, &attributes), 0);
    EXPECT(pthread_mutex_lock(&inheriting), 0);
    EXPECT(pthread_mutex_trylock(&inheriting), EBUSY);
    EXPECT(pthread_mutex_unlock(&inheriting), 0);
    EXPECT(pthread_mutex_destroy(&inheriting), 0);
}

int main(void)
{
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    EXPECT(shared != MAP_FAILED, 1);
    add_in_two_processes();
    find_owner_dead();
    inherit();
    /* Ours are not robust. */
    pthread_mutex_t ours = PTHREAD_MUTEX_INITIALIZER;
    EXPECT(pthread_mutex_consistent(&ours), EINVAL);
    return 0;
}
