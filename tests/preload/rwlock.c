/* SPDX-License-Identifier: MIT */
/*
 * Reader-writer locks: exclusion, read locks within read locks, errors, deadlines, a
 * forked child, a lock between processes. With an argument also what the system's locks
 * do not do.
 */
#define _GNU_SOURCE
#include "from_now.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LOCKS = 3, THREADS = 4, ROUNDS = 400 };

/* Of 56 bytes: one of two is not aligned to 16. */
static pthread_rwlock_t locks[LOCKS] = {
    PTHREAD_RWLOCK_INITIALIZER, PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP};
static pthread_rwlock_t *const lock = &locks[LOCKS - 1]; /* made by init */

static pthread_t start(void *(*body)(void *), void *argument)
{
    pthread_t thread;
    EXPECT(pthread_create(&thread, NULL, body, argument), 0);
    return thread;
}

static void join(pthread_t thread)
{
    EXPECT(pthread_join(thread, NULL), 0);
}

/* --- exclusion ---------------------------------------------------------------------- */

static long counts[LOCKS][2]; /* the same, but while a writer is inside */

static void *read_and_write(void *first)
{
    for (int i = 0; i < LOCKS * ROUNDS; i++) {
        int which = (i + *(int *)first) % LOCKS;
        if (i % 8 == 0) {
            EXPECT(pthread_rwlock_wrlock(&locks[which]), 0);
            counts[which][0]++;
            counts[which][1]++;
        } else {
            EXPECT(pthread_rwlock_rdlock(&locks[which]), 0);
            EXPECT(counts[which][0] - counts[which][1], 0);
        }
        EXPECT(pthread_rwlock_unlock(&locks[which]), 0);
    }
    return NULL;
}

static void writers_are_alone(void)
{
    static int firsts[THREADS] = {0, 1, 2, 3};
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        threads[i] = start(read_and_write, &firsts[i]);
    }
    long sum = 0;
    for (int i = 0; i < THREADS; i++) {
        join(threads[i]);
    }
    for (int i = 0; i < LOCKS; i++) {
        sum += counts[i][0];
    }
    EXPECT(sum, THREADS * LOCKS * ROUNDS / 8);
}

/* --- more than one at a time, and one more than once -------------------------------- */

static void *write_once(void *came)
{
    *(_Atomic(bool) *)came = true;
    EXPECT(pthread_rwlock_wrlock(lock), 0);
    EXPECT(pthread_rwlock_unlock(lock), 0);
    return NULL;
}

static pthread_t start_writer(void)
{
    static _Atomic(bool) came;
    came = false;
    pthread_t writer = start(write_once, (void *)&came);
    while (!came) {
        (void)usleep(100);
    }
    /* Time to come to wait: without it the test sees less. */
    (void)usleep(2000);
    return writer;
}

static void a_reader_reads_again_though_a_writer_waits(void)
{
    EXPECT(pthread_rwlock_rdlock(lock), 0);
    pthread_t writer = start_writer();
    EXPECT(pthread_rwlock_rdlock(lock), 0);
    EXPECT(pthread_rwlock_tryrdlock(lock), 0);
    for (int i = 0; i < 3; i++) {
        EXPECT(pthread_rwlock_trywrlock(lock), EBUSY);
        EXPECT(pthread_rwlock_unlock(lock), 0);
    }
    join(writer);
}

static void locks_are_held_in_any_number_and_order(void)
{
    enum { MANY = 40 };
    static pthread_rwlock_t many[MANY];
    for (int i = 0; i < MANY; i++) {
        EXPECT(pthread_rwlock_init(&many[i], NULL), 0);
        EXPECT(i % 2 == 0 ? pthread_rwlock_rdlock(&many[i])
                          : pthread_rwlock_wrlock(&many[i]),
               0);
    }
    for (int i = 0; i < MANY; i++) {
        pthread_rwlock_t *one = &many[i * 7 % MANY];
        EXPECT(pthread_rwlock_unlock(one), 0);
        EXPECT(pthread_rwlock_trywrlock(one), 0);
        EXPECT(pthread_rwlock_unlock(one), 0);
        EXPECT(pthread_rwlock_destroy(one), 0);
    }
}

/* --- errors and deadlines ----------------------------------------------------------- */

/* The lock is held by another thread; readers get it if that one reads. */
static void *try_all(void *holder_reads)
{
    bool reads = *(bool *)holder_reads;
    struct timespec soon = from_now(CLOCK_REALTIME, 2);
    struct timespec soon_too = from_now(CLOCK_MONOTONIC, 4);
    struct timespec invalid = {0, -1};
    EXPECT(pthread_rwlock_trywrlock(lock), EBUSY);
    EXPECT(pthread_rwlock_timedwrlock(lock, &soon), ETIMEDOUT);
    EXPECT(pthread_rwlock_clockwrlock(lock, CLOCK_MONOTONIC, &soon_too), ETIMEDOUT);
    struct timespec now = from_now(CLOCK_MONOTONIC, 0);
    EXPECT(now.tv_sec > soon_too.tv_sec || now.tv_nsec >= soon_too.tv_nsec, true);
    EXPECT(pthread_rwlock_timedwrlock(lock, &invalid), EINVAL);
    if (!reads) {
        EXPECT(pthread_rwlock_tryrdlock(lock), EBUSY);
        EXPECT(pthread_rwlock_timedrdlock(lock, &soon), ETIMEDOUT);
        EXPECT(pthread_rwlock_clockrdlock(lock, CLOCK_MONOTONIC, &soon_too), ETIMEDOUT);
        return NULL;
    }
    EXPECT(pthread_rwlock_timedrdlock(lock, &soon), 0);
    EXPECT(pthread_rwlock_unlock(lock), 0);
    EXPECT(pthread_rwlock_clockrdlock(lock, CLOCK_MONOTONIC, &soon_too), 0);
    EXPECT(pthread_rwlock_unlock(lock), 0);
    return NULL;
}

static void errors(bool ours)
{
    struct timespec later = from_now(CLOCK_REALTIME, 3600000);
    bool reads = false;
    EXPECT(pthread_rwlock_timedwrlock(lock, &later), 0);
    EXPECT(pthread_rwlock_rdlock(lock), EDEADLK);
    EXPECT(pthread_rwlock_wrlock(lock), EDEADLK);
    EXPECT(pthread_rwlock_timedrdlock(lock, &later), EDEADLK);
    EXPECT(pthread_rwlock_timedwrlock(lock, &later), EDEADLK);
    EXPECT(pthread_rwlock_trywrlock(lock), EBUSY);
    EXPECT(pthread_rwlock_tryrdlock(lock), EBUSY);
    join(start(try_all, &reads));
    EXPECT(pthread_rwlock_unlock(lock), 0);
    reads = true;
    EXPECT(pthread_rwlock_rdlock(lock), 0);
    join(start(try_all, &reads));
    if (ours) {
        EXPECT(pthread_rwlock_wrlock(lock), EDEADLK);
        EXPECT(pthread_rwlock_destroy(lock), EBUSY);
    }
    EXPECT(pthread_rwlock_unlock(lock), 0);
    if (ours) {
        EXPECT(pthread_rwlock_unlock(lock), EPERM);
    }
}

/* --- fork, and between processes ---------------------------------------------------- */

static void wait_for(pid_t child)
{
    int status;
    EXPECT(waitpid(child, &status, 0), child);
    EXPECT(status, 0);
}

static void the_child_has_what_was_held(int (*take)(pthread_rwlock_t *))
{
    EXPECT(take(lock), 0);
    pthread_t writer = start_writer();
    pid_t child = fork();
    EXPECT(pthread_rwlock_unlock(lock), 0);
    if (child == 0) {
        EXPECT(pthread_rwlock_wrlock(lock), 0);
        EXPECT(pthread_rwlock_unlock(lock), 0);
        _exit(0);
    }
    join(writer);
    wait_for(child);
}

/* Programs do that, and the system's locks do not know it. */
static void a_lock_that_is_freed_while_held_is_no_more(void)
{
    static pthread_rwlock_t freed; /* zeros are the initialiser */
    EXPECT(pthread_rwlock_wrlock(&freed), 0);
    memset(&freed, 0, sizeof freed);
    pthread_rwlock_t *unmapped = mmap(NULL, sizeof *unmapped, PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT(pthread_rwlock_wrlock(unmapped), 0);
    EXPECT(munmap(unmapped, sizeof *unmapped), 0);
    pid_t child = fork();
    if (child == 0) {
        static const pthread_rwlock_t zeros;
        EXPECT(memcmp(&freed, &zeros, sizeof freed), 0);
        _exit(0);
    }
    wait_for(child);
    EXPECT(pthread_rwlock_wrlock(&freed), 0);
    EXPECT(pthread_rwlock_init(&freed, NULL), 0);
    EXPECT(pthread_rwlock_rdlock(&freed), 0);
    EXPECT(pthread_rwlock_unlock(&freed), 0);
    EXPECT(pthread_rwlock_destroy(&freed), 0);
}

static void a_shared_lock_is_for_processes(void)
{
    struct {
        pthread_rwlock_t lock;
        _Atomic(int) stage;
    } *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    EXPECT(shared != MAP_FAILED, true);
    pthread_rwlockattr_t attributes;
    EXPECT(pthread_rwlockattr_init(&attributes), 0);
    EXPECT(pthread_rwlockattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED), 0);
    EXPECT(pthread_rwlock_init(&shared->lock, &attributes), 0);
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) {
        EXPECT(pthread_rwlock_wrlock(&shared->lock), 0);
        shared->stage = 1;
        while (shared->stage == 1 && getppid() == parent) {
            (void)usleep(100);
        }
        EXPECT(pthread_rwlock_unlock(&shared->lock), 0);
        _exit(0);
    }
    while (shared->stage == 0) {
        (void)usleep(100);
    }
    EXPECT(pthread_rwlock_tryrdlock(&shared->lock), EBUSY);
    shared->stage = 2;
    EXPECT(pthread_rwlock_wrlock(&shared->lock), 0);
    EXPECT(pthread_rwlock_unlock(&shared->lock), 0);
    wait_for(child);
    EXPECT(pthread_rwlock_destroy(&shared->lock), 0);
}

int main(int argc, char **argv)
{
    (void)argv;
    bool ours = argc > 1;
    EXPECT(pthread_rwlock_init(lock, NULL), 0);
    writers_are_alone();
    a_reader_reads_again_though_a_writer_waits();
    locks_are_held_in_any_number_and_order();
    errors(ours);
    a_lock_that_is_freed_while_held_is_no_more();
    a_shared_lock_is_for_processes();
    if (ours) { /* the system's child cannot unlock what its parent locked */
        the_child_has_what_was_held(pthread_rwlock_wrlock);
        the_child_has_what_was_held(pthread_rwlock_rdlock);
    }
    for (int i = 0; i < LOCKS; i++) {
        EXPECT(pthread_rwlock_destroy(&locks[i]), 0);
    }
    return 0;
}
