/* SPDX-License-Identifier: MIT */
/*
 * A message handed on by a second thread to a third (ISA2): release and acquire add up.
 */
// case STORE0=release LOAD1=acquire STORE1=release LOAD2=acquire: 7 executions, forbidden
// long STORE0=relaxed LOAD1=acquire STORE1=release LOAD2=acquire: 8 executions, allowed
// long STORE0=release LOAD1=relaxed STORE1=release LOAD2=acquire: 8 executions, allowed
// long STORE0=release LOAD1=acquire STORE1=relaxed LOAD2=acquire: 8 executions, allowed
// long STORE0=release LOAD1=acquire STORE1=release LOAD2=relaxed: 8 executions, allowed
// long STORE0=relaxed LOAD1=relaxed STORE1=relaxed LOAD2=relaxed: 8 executions, allowed
// long STORE0=seq_cst LOAD1=seq_cst STORE1=seq_cst LOAD2=seq_cst: 7 executions, forbidden

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef STORE0
#define STORE0 memory_order_relaxed
#endif
#ifndef LOAD1
#define LOAD1 memory_order_relaxed
#endif
#ifndef STORE1
#define STORE1 memory_order_relaxed
#endif
#ifndef LOAD2
#define LOAD2 memory_order_relaxed
#endif

static atomic_int x, y, z;
static int a, b, c;

static void *first(void *unused)
{
    (void)unused;
    atomic_store_explicit(&x, 1, memory_order_relaxed);
    atomic_store_explicit(&y, 1, STORE0);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    a = atomic_load_explicit(&y, LOAD1);
    atomic_store_explicit(&z, 1, STORE1);
    return NULL;
}

static void *third(void *unused)
{
    (void)unused;
    b = atomic_load_explicit(&z, LOAD2);
    c = atomic_load_explicit(&x, memory_order_relaxed);
    return NULL;
}

int main(void)
{
    pthread_t threads[3];
    pthread_create(&threads[0], NULL, first, NULL);
    pthread_create(&threads[1], NULL, second, NULL);
    pthread_create(&threads[2], NULL, third, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    pthread_join(threads[2], NULL);
#ifdef CHECK
    assert(!(a == 1 && b == 1 && c == 0));
#endif
    return 0;
}
