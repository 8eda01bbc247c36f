/* SPDX-License-Identifier: MIT */
/* Reader-writer locks. */
#include "posix.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

/* --- of the lock that the argument points to, elsewhere ----------------------------- */

static int try_read(void *object)
{
    int error = pthread_rwlock_tryrdlock(object);
    return error != 0 ? error : pthread_rwlock_unlock(object);
}

static int try_write(void *object)
{
    int error = pthread_rwlock_trywrlock(object);
    return error != 0 ? error : pthread_rwlock_unlock(object);
}

static int timed_read(void *time)
{
    return pthread_rwlock_timedrdlock(&lock, time);
}

static int timed_write(void *time)
{
    return pthread_rwlock_timedwrlock(&lock, time);
}

static int clock_read(void *time)
{
    return pthread_rwlock_clockrdlock(&lock, CLOCK_MONOTONIC, time);
}

static int clock_write(void *time)
{
    return pthread_rwlock_clockwrlock(&lock, CLOCK_MONOTONIC, time);
}

static int read_by_no_clock(void *object)
{
    return pthread_rwlock_clockrdlock(object, NO_CLOCK, &never);
}

static int write_by_no_clock(void *object)
{
    return pthread_rwlock_clockwrlock(object, NO_CLOCK, &never);
}

/* ------------------------------------------------------------------------------------ */

static void free_lock(pthread_rwlock_t *object)
{
    EXPECT(elsewhere(try_read, object), 0);
    EXPECT(elsewhere(try_write, object), 0);
    EXPECT(pthread_rwlock_rdlock(object), 0);
    EXPECT(elsewhere(try_read, object), 0);
    EXPECT(elsewhere(try_write, object), EBUSY);
    EXPECT(pthread_rwlock_trywrlock(object), EBUSY);
    EXPECT(pthread_rwlock_unlock(object), 0);
    EXPECT(pthread_rwlock_wrlock(object), 0);
    EXPECT(elsewhere(try_read, object), EBUSY);
    EXPECT(elsewhere(try_write, object), EBUSY);
    EXPECT(pthread_rwlock_tryrdlock(object), EBUSY);
    EXPECT(pthread_rwlock_rdlock(object), EDEADLK);
    EXPECT(pthread_rwlock_wrlock(object), EDEADLK);
    EXPECT(pthread_rwlock_timedrdlock(object, &never), EDEADLK);
    EXPECT(pthread_rwlock_timedwrlock(object, &never), EDEADLK);
    EXPECT(pthread_rwlock_unlock(object), 0);
    EXPECT(elsewhere(try_write, object), 0);
}

/* What comes in time is had, whatever the deadline. */
static void deadlines(void)
{
    struct timespec monotonic;
    EXPECT(elsewhere(read_by_no_clock, &lock), EINVAL);
    EXPECT(elsewhere(write_by_no_clock, &lock), EINVAL);
    EXPECT(pthread_rwlock_timedrdlock(&lock, &past), 0);
    EXPECT(pthread_rwlock_clockrdlock(&lock, CLOCK_MONOTONIC, &past), 0);
    EXPECT(elsewhere(timed_write, (void *)&past), ETIMEDOUT);
    EXPECT(elsewhere(timed_write, &(struct timespec){-1, 0}), ETIMEDOUT);
    EXPECT(elsewhere(timed_write, (void *)&no_instant), EINVAL);
    monotonic = soon(CLOCK_MONOTONIC);
    EXPECT(elsewhere(clock_write, &monotonic), ETIMEDOUT);
    EXPECT(elsewhere(write_by_no_clock, &lock), EINVAL);
    EXPECT(pthread_rwlock_unlock(&lock), 0);
    EXPECT(pthread_rwlock_unlock(&lock), 0);
    EXPECT(pthread_rwlock_timedwrlock(&lock, &past), 0);
    EXPECT(elsewhere(timed_read, (void *)&past), ETIMEDOUT);
    EXPECT(elsewhere(timed_read, (void *)&no_instant), EINVAL);
    struct timespec real = soon(CLOCK_REALTIME);
    EXPECT(elsewhere(timed_read, &real), ETIMEDOUT);
    monotonic = soon(CLOCK_MONOTONIC);
    EXPECT(elsewhere(clock_read, &monotonic), ETIMEDOUT);
    EXPECT(elsewhere(read_by_no_clock, &lock), EINVAL);
    EXPECT(pthread_rwlock_unlock(&lock), 0);
    EXPECT(pthread_rwlock_clockwrlock(&lock, CLOCK_MONOTONIC, &past), 0);
    EXPECT(pthread_rwlock_unlock(&lock), 0);
    EXPECT(elsewhere(try_write, &lock), 0);
}

/* --- waiting ------------------------------------------------------------------------ */

static int value; /* guarded by the lock */

static int write_value(void *argument)
{
    (void)argument;
    int error = pthread_rwlock_wrlock(&lock);
    value++;
    return error != 0 ? error : pthread_rwlock_unlock(&lock);
}

static int write_value_until(void *time)
{
    int error = pthread_rwlock_timedwrlock(&lock, time);
    value++;
    return error != 0 ? error : pthread_rwlock_unlock(&lock);
}

static int read_value(void *seen)
{
    int error = pthread_rwlock_rdlock(&lock);
    *(int *)seen = value;
    return error != 0 ? error : pthread_rwlock_unlock(&lock);
}

/* A thread may read more than once at a time, also while a writer waits: the default kind
   lets readers in before it. */
static void read_again(int (*write)(void *), void *argument)
{
    enum { TIMES = 5 };
    struct call writer;
    int before = value;
    EXPECT(pthread_rwlock_rdlock(&lock), 0);
    begin_call(&writer, write, argument);
    let_wait(&writer);
    for (int i = 1; i < TIMES; i++) {
        EXPECT(i % 2 == 0 ? pthread_rwlock_rdlock(&lock)
                          : pthread_rwlock_timedrdlock(&lock, &never),
               0);
        EXPECT(value, before);
    }
    for (int i = 0; i < TIMES; i++) {
        EXPECT(value, before);
        EXPECT(pthread_rwlock_unlock(&lock), 0);
    }
    EXPECT(end_call(&writer), 0);
    EXPECT(value, before + 1);
}

static void wait_for_writer(void)
{
    struct call reader, writer;
    int seen = -1;
    EXPECT(pthread_rwlock_wrlock(&lock), 0);
    int before = value++;
    begin_call(&reader, read_value, &seen);
    begin_call(&writer, write_value, NULL);
    let_wait(&reader);
    let_wait(&writer);
    EXPECT(seen, -1);
    EXPECT(value, before + 1);
    EXPECT(pthread_rwlock_unlock(&lock), 0);
    EXPECT(end_call(&reader), 0);
    EXPECT(end_call(&writer), 0);
    EXPECT(seen == before + 1 || seen == before + 2, 1);
    EXPECT(value, before + 2);
}

/* All read and write; what was written is never seen half, and nothing is lost. */
static long pair[2];

static int work(void *times)
{
    for (int i = 0; i < *(int *)times; i++) {
        if (i % 4 == 0) {
            EXPECT(pthread_rwlock_wrlock(&lock), 0);
            pair[0]++;
            pair[1]++;
        } else {
            EXPECT(i % 2 == 0 ? pthread_rwlock_rdlock(&lock)
                              : pthread_rwlock_timedrdlock(&lock, &never),
                   0);
            EXPECT(pair[0], pair[1]);
        }
        EXPECT(pthread_rwlock_unlock(&lock), 0);
    }
    return 0;
}

static void many(void)
{
    enum { THREADS = 4 };
    struct call calls[THREADS];
    int times = 400;
    for (int i = 0; i < THREADS; i++) {
        begin_call(&calls[i], work, &times);
    }
    for (int i = 0; i < THREADS; i++) {
        EXPECT(end_call(&calls[i]), 0);
    }
    EXPECT(pair[0], THREADS * times / 4);
}

/* ------------------------------------------------------------------------------------ */

static void kinds(void)
{
    static const int all[] = {PTHREAD_RWLOCK_PREFER_READER_NP,
                              PTHREAD_RWLOCK_PREFER_WRITER_NP,
                              PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP};
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
        pthread_rwlockattr_t attributes;
        pthread_rwlock_t object;
        EXPECT(pthread_rwlockattr_init(&attributes), 0);
        EXPECT(pthread_rwlockattr_setkind_np(&attributes, all[i]), 0);
        EXPECT(pthread_rwlock_init(&object, &attributes), 0);
        EXPECT(pthread_rwlockattr_destroy(&attributes), 0);
        free_lock(&object);
        EXPECT(pthread_rwlock_destroy(&object), 0);
        EXPECT(pthread_rwlock_init(&object, NULL), 0);
        free_lock(&object);
        EXPECT(pthread_rwlock_destroy(&object), 0);
    }
}

static void processes(void)
{
    pthread_rwlockattr_t attributes;
    pthread_rwlock_t *object = shared(sizeof *object);
    EXPECT(pthread_rwlockattr_init(&attributes), 0);
    EXPECT(pthread_rwlockattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED), 0);
    EXPECT(pthread_rwlock_init(object, &attributes), 0);
    EXPECT(pthread_rwlock_rdlock(object), 0);
    EXPECT(in_child(try_read, object), 0);
    EXPECT(in_child(try_write, object), EBUSY);
    EXPECT(pthread_rwlock_unlock(object), 0);
    EXPECT(in_child(try_write, object), 0);
    EXPECT(pthread_rwlock_destroy(object), 0);
}

int main(void)
{
    errno = 1234;
    free_lock(&lock);
    deadlines();
    kinds();
    read_again(write_value, NULL);
    read_again(write_value_until, (void *)&never);
    wait_for_writer();
    many();
    EXPECT(errno, 1234);
    processes();
    EXPECT(pthread_rwlock_destroy(&lock), 0);
    return 0;
}
