/* SPDX-License-Identifier: MIT */
// expect: wrong assertion
// expect: wrong assertion -DBLIND
/*
 * A thread polls under a lock of the program's own. Then it holds the lock, and in each
 * turn of a loop gives it back for a while, in which another thread has it: such a turn
 * does not only look. Or what is a lock in such turns is written by who does not have it:
 * then one thread has it, another one that polls gives it back, and goes on.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_int taken, flag, other, seen, late;
static int looks, data;

static void lock(void)
{
    int unlocked = 0;
    while (!atomic_compare_exchange_strong(&taken, &unlocked, 1)) {
        unlocked = 0;
    }
}

#ifdef BLIND
static void *first(void *unused)
{
    while (atomic_load(&flag) == 0) {
        lock();
        (void)*(volatile int *)&looks;
        atomic_store(&taken, 0);
    }
    atomic_store(&late, 1);
    return unused;
}

static void *second(void *unused)
{
    atomic_store(&taken, 0);
    atomic_store(&other, 1);
    return unused;
}

static void *third(void *unused)
{
    while (atomic_load(&other) == 0) {
    }
    lock();
    atomic_store(&flag, 1);
    if (atomic_load(&late) != 0) {
        assert(atomic_load(&taken) == 1);
    }
    atomic_store(&taken, 0);
    return unused;
}
#else
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

static void *third(void *unused)
{
    return unused;
}
#endif

int main(void)
{
    pthread_t threads[3];
    pthread_create(&threads[0], NULL, first, NULL);
    pthread_create(&threads[1], NULL, second, NULL);
    pthread_create(&threads[2], NULL, third, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    pthread_join(threads[2], NULL);
    return looks + data + seen + late < 0;
}
