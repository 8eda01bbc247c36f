/* SPDX-License-Identifier: MIT */
// long: verified 2 executions
// A thread that starts one itself, which main joins, not its creator. Two additions
// of different threads, in either order.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

static pthread_t grandchild;
static atomic_int sum;
static int inherited;

static void *add_two(void *unused)
{
    (void)unused;
    assert(inherited == 1);
    atomic_fetch_add_explicit(&sum, 2, memory_order_relaxed);
    return NULL;
}

static void *add_one(void *unused)
{
    (void)unused;
    inherited = 1;
    pthread_create(&grandchild, NULL, add_two, NULL);
    atomic_fetch_add_explicit(&sum, 1, memory_order_relaxed);
    return NULL;
}

int main(void)
{
    pthread_t child;
    pthread_create(&child, NULL, add_one, NULL);
    pthread_join(child, NULL);
    pthread_join(grandchild, NULL);
    assert(atomic_load(&sum) == 3);
    return 0;
}
