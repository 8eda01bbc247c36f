/* SPDX-License-Identifier: MIT */
/* What goes through to the system: mutexes and spin locks that processes share, robust
   mutexes, and those that hand on a priority. And functions' old names. */
#define _GNU_SOURCE
#include "expect.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct shared {
    pthread_mutex_t mutex;
    pthread_spinlock_t spin;
} * shared;

/* Takes both, says so, and waits until it is let go. */
static void hold_both(const int *says, const int *hears)
{
    char byte = 0;
    EXPECT(pthread_mutex_lock(&shared->mutex), 0);
    EXPECT(pthread_spin_lock(&shared->spin), 0);
    EXPECT(write(says[1], &byte, 1), 1);
    EXPECT(read(hears[0], &byte, 1), 1);
    EXPECT(pthread_spin_unlock(&shared->spin), 0);
    EXPECT(pthread_mutex_unlock(&shared->mutex), 0);
    _exit(0);
}

/* What one process holds another one cannot take. */
static void share_between_processes(void)
{
    pthread_mutexattr_t attributes;
    EXPECT(pthread_mutexattr_init(&attributes), 0);
    EXPECT(pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED), 0);
    EXPECT(pthread_mutex_init(&shared->mutex, &attributes), 0);
    EXPECT(pthread_spin_init(&shared->spin, PTHREAD_PROCESS_SHARED), 0);
    int from_child[2], to_child[2];
    EXPECT(pipe(from_child), 0);
    EXPECT(pipe(to_child), 0);
    pid_t child = fork();
    if (child == 0) {
        hold_both(from_child, to_child);
    }
    char byte = 0;
    EXPECT(read(from_child[0], &byte, 1), 1);
    EXPECT(pthread_mutex_trylock(&shared->mutex), EBUSY);
    EXPECT(pthread_spin_trylock(&shared->spin), EBUSY);
    EXPECT(write(to_child[1], &byte, 1), 1);
    int status = -1;
    EXPECT(waitpid(child, &status, 0), child);
    EXPECT(status, 0);
    EXPECT(pthread_mutex_trylock(&shared->mutex), 0);
    EXPECT(pthread_spin_trylock(&shared->spin), 0);
    EXPECT(pthread_mutex_unlock(&shared->mutex), 0);
    EXPECT(pthread_spin_unlock(&shared->spin), 0);
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

/* Programs that were linked long ago call some functions by another name. */
static void find_by_old_names(void)
{
    static const char *const names[] = {
        "__pthread_mutex_init",       "__pthread_mutex_destroy",
        "__pthread_mutex_lock",       "__pthread_mutex_trylock",
        "__pthread_mutex_unlock",     "__pthread_rwlock_init",
        "__pthread_rwlock_destroy",   "__pthread_rwlock_rdlock",
        "__pthread_rwlock_wrlock",    "__pthread_rwlock_tryrdlock",
        "__pthread_rwlock_trywrlock", "__pthread_rwlock_unlock"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        void *old = dlsym(RTLD_DEFAULT, names[i]);
        EXPECT(old != NULL && old == dlsym(RTLD_DEFAULT, names[i] + 2), 1);
    }
}

int main(void)
{
    find_by_old_names();
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    EXPECT(shared != MAP_FAILED, 1);
    share_between_processes();
    find_owner_dead();
    inherit();
    /* Ours are not robust. */
    pthread_mutex_t ours = PTHREAD_MUTEX_INITIALIZER;
    EXPECT(pthread_mutex_consistent(&ours), EINVAL);
    return 0;
}
