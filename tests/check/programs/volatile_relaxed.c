/* SPDX-License-Identifier: MIT */
// expect: verified 4 executions --volatile=relaxed -DSB
// expect: verified 4 executions --volatile=relaxed -DMP
// expect: verified 3 executions --volatile=relaxed -DLB
// expect: verified 6 executions --volatile=relaxed -DCORR
// expect: verified 4 executions --volatile=relaxed -DADD
// expect: verified 1 execution unblocked --volatile=relaxed -DSIZES
// expect: verified 1 execution --volatile=relaxed -DWAIT
// long: verified 4 executions --volatile=relaxed -DSB -O2
// long: verified 1 execution unblocked --volatile=relaxed -DSIZES -O2
// long: verified 3 executions --volatile=relaxed --model=sc -DSB
// expect: refused 16 bytes --volatile=relaxed -DLARGE
// expect: verified 1 execution --volatile=relaxed -DTHREAD_LOCAL
// long: verified 1 execution --volatile=relaxed -DMIXED
/*
 * Volatile accesses as relaxed atomics. The numbers of executions are those of atomics:
 * two reads of two values each, of which load buffering alone cannot have both new ones;
 * of CORR, where the first thread writes 1 and 2, the pairs that do not go back;
 * of ADD, where both add 1 and either may miss the other, one order each if one does not,
 * two if both do; of MIXED, which nobody reads, one;
 * of WAIT one, since a wait goes on when it finds what it waits for. For THREAD_LOCAL gcc
 * asks between the announcement and the access where the object is.
 */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

static volatile int x, y;
static int a, b;

/* Of each size and kind, with all that is done to volatile variables. */
static struct {
    char before;
    volatile signed char c;
    volatile short h;
    volatile long l;
    volatile float f;
    volatile double d;
    void *volatile p;
    volatile bool known;
    volatile int array[3];
} all;

static void use_all(volatile int *local)
{
    all.c += 2;
    all.h = 3;
    all.l++;
    all.f -= 1;
    all.d = 1.5 * all.d + 2;
    all.p = &all;
    all.known = !all.known;
    all.array[all.h - 2] = all.array[0] == 1 ? 3 : 4;
    assert(all.c == 2 && all.h == 3 && all.l == 1 && all.p == &all && all.known);
    assert(all.f == -1 && all.d == 2 && all.f < all.d && all.array[1] == 4);
    for (all.array[2] = 0; all.array[2] < 3; all.array[2]++) {
        all.l += all.array[2];
    }
    assert(all.l == 4);
    int sum = all.h++ + --all.array[1];
    assert(sum == 6 && all.h == 4);
    *local = (int)all.l;
}

static void *first(void *local)
{
#if defined SB
    x = 1;
    a = y;
#elif defined MP
    x = 1;
    y = 1;
#elif defined LB
    a = y;
    x = 1;
#elif defined CORR
    x = 1;
    x = 2;
#elif defined ADD
    x = x + 1;
#elif defined WAIT
    x = 1;
    while (y == 0) {
    }
#elif defined SIZES
    use_all(local);
#elif defined LARGE
    static volatile __int128 large;
    large = 1;
#elif defined THREAD_LOCAL
    static _Thread_local volatile int own;
    own = 1;
#elif defined MIXED
    x = 1;
    *(volatile char *)&x = 2;
#endif
    (void)local;
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
#if defined SB
    y = 1;
    b = x;
#elif defined MP
    a = y;
    b = x;
#elif defined CORR
    a = x;
    b = x;
#elif defined LB
    b = x;
    y = 1;
#elif defined ADD
    x = x + 1;
#elif defined WAIT
    while (x == 0) {
    }
    y = 1;
#endif
    return NULL;
}

int main(void)
{
    volatile int local = 0;
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, first, (void *)&local);
    pthread_create(&threads[1], NULL, second, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
#if defined SIZES
    assert(local == 4);
#endif
    (void)use_all;
    return a + b > 4;
}
