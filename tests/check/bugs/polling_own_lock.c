/* SPDX-License-Identifier: MIT */
// expect: wrong assertion
/*
 * A thread polls under a lock of the program's own. Then it holds the lock, and in each
 * turn of a loop gives it back for a while, in which another thread has it: such a turn
 * does not only look.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_int taken, flag, other, seen;
static int looks, data;

static void lock(void)
{
    int unlocked = 0;
    while (!atomic_compare_exchange_strong(&taken, &unlocked, 1)) {
        unlocked = 0;
    }
}

static void unlock(void)
{
    atomic_exchange(&taken, 0);
}

static void *first(void *unused)
{
    while (atomic_load(&other) == 0) {
        lock();
        (void)*(volatile int *)&looks;
        unlock();
    }
    lock();
    data = 1;
    while (atomic_load(&flag) == 0) {
        unlock();
        lock();
    }
    unlock();
    assert(atomic_load_explicit(&seen, memory_order_relaxed) == 0);
    return unused;
}

static void *second(void *unused)
{
    atomic_store(&other, 1);
    lock();
    atomic_store_explicit(&seen, data, memory_order_relaxed);
    unlock();
    atomic_store(&flag, 1);
    return unused;
}
int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, first, NULL);
    pthread_create(&threads[1], NULL, second, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return looks + data < 0;
}
