// SPDX-License-Identifier: MIT
// expect: verified 2 executions
// expect: refused trap -DTRAP
// expect: wrong assertion -DEXPECTED=FE_TONEAREST
/* Each thread has its own floating-point environment, from its creator. Two executions:
   main's load comes before the store or after. */
#define _GNU_SOURCE
#include <assert.h>
#include <fenv.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef EXPECTED
#define EXPECTED FE_UPWARD
#endif

static atomic_int flag;
static volatile double none, one = 1, small = 1e-30;

static void *divide(void *unused)
{
    assert(fegetround() == EXPECTED);
    assert(one + small > 1);
    fesetround(FE_DOWNWARD);
    one + small > 1 ? assert(0) : (void)0;
    double infinite = one / none;
    atomic_store_explicit(&flag, 1, memory_order_relaxed);
    assert(infinite > 1 && fetestexcept(FE_DIVBYZERO) == FE_DIVBYZERO);
    assert(fegetround() == FE_DOWNWARD);
    return unused;
}

int main(void)
{
    assert(fegetround() == FE_TONEAREST && fetestexcept(FE_ALL_EXCEPT) == 0);
#ifdef TRAP
    feenableexcept(FE_DIVBYZERO);
#endif
    fesetround(FE_UPWARD);
    pthread_t thread;
    pthread_create(&thread, NULL, divide, NULL);
    fenv_t before;
    feholdexcept(&before);
    (void)atomic_load_explicit(&flag, memory_order_relaxed);
    assert(fetestexcept(FE_ALL_EXCEPT) == 0);
    assert(fegetround() == FE_UPWARD && one + small > 1);
    feupdateenv(&before);
    assert(fetestexcept(FE_ALL_EXCEPT) == FE_INEXACT);
    pthread_join(thread, NULL);
    fesetenv(FE_DFL_ENV);
    assert(fegetround() == FE_TONEAREST && one + small == 1);
    return 0;
}
