/* SPDX-License-Identifier: MIT */
/* The functions of C11's threads.h. */
#include "posix.h"

#include <threads.h>

static mtx_t mutex;
static cnd_t condition;
static int value; /* guarded by the mutex */

static int try_lock(void *object)
{
    int result = mtx_trylock(object);
    return result == thrd_success ? mtx_unlock(object) : result;
}

static int lock_soon(void *object)
{
    struct timespec time = soon(CLOCK_REALTIME);
    return mtx_timedlock(object, &time);
}

static void kinds(void)
{
    static const int all[] = {mtx_plain, mtx_timed, mtx_plain | mtx_recursive,
                              mtx_timed | mtx_recursive};
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
        int depth = (all[i] & mtx_recursive) != 0 ? 3 : 1;
        mtx_t object;
        EXPECT(mtx_init(&object, all[i]), thrd_success);
        for (int k = 0; k < depth; k++) {
            EXPECT(k == 1 ? mtx_trylock(&object) : mtx_lock(&object), thrd_success);
        }
        for (int k = 0; k < depth; k++) {
            EXPECT(elsewhere(try_lock, &object), thrd_busy);
            EXPECT(mtx_unlock(&object), thrd_success);
        }
        EXPECT(elsewhere(try_lock, &object), thrd_success);
        if ((all[i] & mtx_timed) != 0) {
            EXPECT(mtx_timedlock(&object, &past), thrd_success);
            EXPECT(elsewhere(lock_soon, &object), thrd_timedout);
            EXPECT(mtx_unlock(&object), thrd_success);
        }
        mtx_destroy(&object);
    }
}

/* --- conditions --------------------------------------------------------------------- */

static int wait_for_value(void *time)
{
    EXPECT(mtx_lock(&mutex), thrd_success);
    while (value == 0) {
        EXPECT(time == NULL ? cnd_wait(&condition, &mutex)
                            : cnd_timedwait(&condition, &mutex, time),
               thrd_success);
    }
    value--;
    return mtx_unlock(&mutex);
}

static void give(int count, int (*wake)(cnd_t *condition))
{
    EXPECT(mtx_lock(&mutex), thrd_success);
    value += count;
    EXPECT(wake(&condition), thrd_success);
    EXPECT(mtx_unlock(&mutex), thrd_success);
}

static void conditions(void)
{
    enum { THREADS = 3 };
    struct call calls[THREADS];
    EXPECT(mtx_init(&mutex, mtx_plain), thrd_success);
    EXPECT(cnd_init(&condition), thrd_success);
    for (int i = 0; i < THREADS; i++) {
        begin_call(&calls[i], wait_for_value, i == 1 ? (void *)&never : NULL);
    }
    let_wait(&calls[THREADS - 1]);
    give(1, cnd_signal);
    give(THREADS - 1, cnd_broadcast);
    for (int i = 0; i < THREADS; i++) {
        EXPECT(end_call(&calls[i]), thrd_success);
    }
    EXPECT(mtx_lock(&mutex), thrd_success);
    EXPECT(value, 0);
    struct timespec time = soon(CLOCK_REALTIME);
    int result;
    do {
        result = cnd_timedwait(&condition, &mutex, &time);
    } while (result == thrd_success); /* for no reason, which is allowed */
    EXPECT(result, thrd_timedout);
    EXPECT(elsewhere(try_lock, &mutex), thrd_busy);
    EXPECT(mtx_unlock(&mutex), thrd_success);
    cnd_destroy(&condition);
    mtx_destroy(&mutex);
}

/* ------------------------------------------------------------------------------------ */

static once_flag flag = ONCE_FLAG_INIT;
static int times;

static void count(void)
{
    (void)usleep(2000);
    times++;
}

static int do_once(void *argument)
{
    (void)argument;
    call_once(&flag, count);
    return times;
}

static void once(void)
{
    struct call calls[2];
    begin_call(&calls[0], do_once, NULL);
    begin_call(&calls[1], do_once, NULL);
    EXPECT(end_call(&calls[0]), 1);
    EXPECT(end_call(&calls[1]), 1);
    EXPECT(do_once(NULL), 1);
}

static int work(void *counter)
{
    for (int i = 0; i < 1000; i++) {
        EXPECT(mtx_lock(&mutex), thrd_success);
        ++*(long *)counter;
        EXPECT(mtx_unlock(&mutex), thrd_success);
    }
    return 0;
}

static void exclusion(void)
{
    enum { THREADS = 4 };
    thrd_t threads[THREADS];
    long counter = 0;
    EXPECT(mtx_init(&mutex, mtx_plain), thrd_success);
    for (int i = 0; i < THREADS; i++) {
        EXPECT(thrd_create(&threads[i], work, &counter), thrd_success);
    }
    for (int i = 0; i < THREADS; i++) {
        EXPECT(thrd_join(threads[i], NULL), thrd_success);
    }
    EXPECT(counter, THREADS * 1000);
    mtx_destroy(&mutex);
}

int main(void)
{
    kinds();
    conditions();
    once();
    exclusion();
    return 0;
}
