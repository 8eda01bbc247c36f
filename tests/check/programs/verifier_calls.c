// SPDX-License-Identifier: MIT
// expect: verified 2 executions -DSECTIONS
// expect: wrong race -DSECTIONS -DOUTSIDE
// expect: inconclusive -DNUMBERS
// expect: wrong assertion -DNUMBERS -DONE
// expect: verified 1 executions -DASSUMED
// expect: wrong abort -DASSUMED -DABORTS
/* What the programs of the verification competition call. Two sections that add come in
   either order: two threads, one execution for each. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

void __VERIFIER_atomic_begin(void);
void __VERIFIER_atomic_end(void);
int __VERIFIER_nondet_int(void);
void reach_error(void);

#ifdef ABORTS
#define assume_abort_if_not demand
#endif
void assume_abort_if_not(int condition)
{
    if (!condition) {
        abort();
    }
}

static int sum;
static atomic_int flag;

static void *add(void *amount)
{
#ifdef SECTIONS
    __VERIFIER_atomic_begin();
    sum += *(int *)amount;
    __VERIFIER_atomic_end();
#elif defined NUMBERS
    sum += *(int *)amount * __VERIFIER_nondet_int();
#else
    assume_abort_if_not(atomic_load(&flag) == *(int *)amount);
#endif
    return NULL;
}

int main(void)
{
    int one = 1, two = 2;
    pthread_t thread;
    pthread_create(&thread, NULL, add, &two);
#ifdef SECTIONS
    (void)add(&one);
#else
    (void)one;
#endif
#ifdef OUTSIDE
    sum++;
#endif
#ifdef ASSUMED
    atomic_store(&flag, 2);
#endif
    pthread_join(thread, NULL);
#ifdef SECTIONS
    if (sum != 3)
#elif defined ONE
    if (sum != 0)
#else
    if (sum > 2)
#endif
    {
        reach_error();
    }
    return 0;
}
