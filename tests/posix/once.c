/* SPDX-License-Identifier: MIT */
/* pthread_once. */
#include "posix.h"

enum { THREADS = 4 };
static pthread_once_t control = PTHREAD_ONCE_INIT, inner = PTHREAD_ONCE_INIT;
static int times, inner_times; /* plain: they are seen through pthread_once alone */

static void count_inner(void)
{
    inner_times++;
}

/* Takes its time, and does another one within. */
static void count(void)
{
    EXPECT(pthread_once(&inner, count_inner), 0);
    (void)usleep(2000);
    times++;
}

static int do_once(void *argument)
{
    (void)argument;
    EXPECT(pthread_once(&control, count), 0);
    EXPECT(times, 1);
    EXPECT(inner_times, 1);
    return 0;
}

static void all_wait_for_one(void)
{
    struct call calls[THREADS];
    for (int i = 0; i < THREADS; i++) {
        begin_call(&calls[i], do_once, NULL);
    }
    for (int i = 0; i < THREADS; i++) {
        EXPECT(end_call(&calls[i]), 0);
    }
    EXPECT(pthread_once(&control, count), 0);
    EXPECT(times, 1);
}

/* One that is cancelled within has done nothing: the next one does it. */
static pthread_once_t cancelled = PTHREAD_ONCE_INIT;
static _Atomic(int) begun;
static int ended;

static void be_cancelled(void)
{
    if (atomic_fetch_add(&begun, 1) == 0) {
        while (true) {
            (void)pause();
        }
    }
    ended++;
}

static int try_once(void *argument)
{
    (void)argument;
    return pthread_once(&cancelled, be_cancelled);
}

static void cancellation(void)
{
    struct call first, second;
    begin_call(&first, try_once, NULL);
    while (atomic_load(&begun) == 0) {
        (void)usleep(100);
    }
    begin_call(&second, try_once, NULL);
    let_wait(&second);
    EXPECT(pthread_cancel(first.handle), 0);
    void *result;
    EXPECT(pthread_join(first.handle, &result), 0);
    EXPECT(result == PTHREAD_CANCELED, 1);
    EXPECT(end_call(&second), 0);
    EXPECT(atomic_load(&begun), 2);
    EXPECT(ended, 1);
}

int main(void)
{
    errno = 1234;
    all_wait_for_one();
    EXPECT(errno, 1234);
    cancellation();
    return 0;
}
