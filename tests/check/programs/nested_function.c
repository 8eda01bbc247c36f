/* SPDX-License-Identifier: MIT */
// expect: verified 2 executions
// A nested function whose address is taken: gcc puts code onto the stack for it. The two
// additions have two orders.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_int sum;

static void twice(void (*function)(int))
{
    function(1);
}

static void *add(void *unused)
{
    int amount = 1;
#if defined __clang__
    (void)amount;
    atomic_fetch_add(&sum, 1);
#else
    void nested(int factor)
    {
        atomic_fetch_add(&sum, amount * factor);
    }
    twice(nested);
#endif
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, add, NULL);
    add(NULL);
    pthread_join(thread, NULL);
    assert(sum == 2);
    return 0;
}
