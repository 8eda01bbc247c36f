/* SPDX-License-Identifier: MIT */
// expect: verified 4 executions
// expect: verified 4 executions -DTYPE=float
// expect: refused is an atomic of 16 bytes -DWIDE
// Additions to an _Atomic double: a load and a compare-and-swap. In each of 2 orders the
// second thread has loaded the first value, which makes it try again, or the second.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef TYPE
#define TYPE double
#endif

static _Atomic TYPE sum;
#ifdef WIDE
static _Atomic struct {
    void *address;
    unsigned long tag;
} wide;
#endif

static void *add(void *unused)
{
    sum += (TYPE)1.5;
#ifdef WIDE
    (void)atomic_load(&wide);
#endif
    return unused;
}

int main(void)
{
    pthread_t one, other;
    pthread_create(&one, NULL, add, NULL);
    pthread_create(&other, NULL, add, NULL);
    pthread_join(one, NULL);
    pthread_join(other, NULL);
    assert(sum == (TYPE)3);
    return 0;
}
