/* SPDX-License-Identifier: MIT */
// expect: verified 3 executions -fopenmp -DSINGLE
// expect: verified 3 executions -fopenmp -DCOPYPRIVATE
// expect: wrong race -fopenmp -DSINGLE -DNOWAIT
// expect: verified 6 executions -fopenmp -DCRITICAL
// expect: wrong race -fopenmp -DCRITICAL -DOTHER_NAME
// expect: verified 6 executions -fopenmp -DLOCK
// expect: wrong misuse -fopenmp -DLOCK -DWITHOUT_INIT
// long: wrong misuse -fopenmp -DLOCK -DUNSET_TWICE
// long: verified 6 executions -fopenmp -DNEST
// expect: wrong hang -fopenmp -DDEADLOCK
// OpenMP: what one thread of a team of 3 does at a time. A single region has one of 3
// that runs it; what each of them does in turn has 3! orders.
#include <assert.h>
#include <omp.h>

static int count;
static omp_lock_t lock, other;
static omp_nest_lock_t nest;

static void work(void)
{
#if defined SINGLE && defined NOWAIT
#pragma omp single nowait
    count = 3;
    assert(count == 3);
#elif defined SINGLE
#pragma omp single
    count = 3;
    assert(count == 3);
#elif defined COPYPRIVATE
    int given;
#pragma omp single copyprivate(given)
    given = count = 3;
    assert(given == 3);
#elif defined CRITICAL
#ifdef OTHER_NAME
    if (omp_get_thread_num() == 1) {
#pragma omp critical(other)
        count++;
        return;
    }
#endif
#pragma omp critical
    count++;
#elif defined LOCK
    omp_set_lock(&lock);
    count++;
    omp_unset_lock(&lock);
#ifdef UNSET_TWICE
    omp_unset_lock(&lock);
#endif
#elif defined NEST
    omp_set_nest_lock(&nest);
    int held = omp_test_nest_lock(&nest);
    assert(held == 2);
    omp_unset_nest_lock(&nest);
    count++;
    omp_unset_nest_lock(&nest);
#elif defined DEADLOCK
    omp_lock_t *first = omp_get_thread_num() == 0 ? &lock : &other;
    omp_lock_t *second = omp_get_thread_num() == 0 ? &other : &lock;
    omp_set_lock(first);
    omp_set_lock(second);
    count++;
    omp_unset_lock(second);
    omp_unset_lock(first);
#endif
}

int main(void)
{
#ifndef WITHOUT_INIT
    omp_init_lock(&lock);
    omp_init_lock(&other);
    omp_init_nest_lock(&nest);
#endif
#pragma omp parallel num_threads(3)
    work();
    assert(count == 3);
    omp_destroy_lock(&lock);
    omp_destroy_lock(&other);
    omp_destroy_nest_lock(&nest);
    return 0;
}
