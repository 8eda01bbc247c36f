/* SPDX-License-Identifier: MIT */
/*
 * Concurrency Kit's decrement lock: the counter comes round while the lock is held.
 *
 *   lockcheck examples/bugs/decrement_lock.c               wrong: race
 *   lockcheck examples/bugs/decrement_lock.c -- -DFIXED    verified
 *
 * Concurrency Kit, issue 99 (2017):
 * https://github.com/concurrencykit/ck/issues/99
 *
 * The lock is free at 1; a thread that takes 1 away and had 1 before has it. The form
 * with exponential backoff takes 1 away at each try, also while another one holds the
 * lock. After enough tries the counter is at 1 again. (Here it has 8 bits, so that 255
 * tries do it; there it is an unsigned int.)
 *
 * The repair: after a failure wait, by loads, until the lock looks free.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_uchar value = 1; /* 1: free */
static int counter;

static void lock(void)
{
    while (atomic_fetch_sub_explicit(&value, 1, memory_order_acquire) != 1) {
#ifdef FIXED
        while (atomic_load_explicit(&value, memory_order_relaxed) != 1) {
        }
#endif
    }
}

static void unlock(void)
{
    atomic_store_explicit(&value, 1, memory_order_release);
}

static void *count(void *unused)
{
    (void)unused;
    lock();
    counter++;
    unlock();
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, count, NULL);
    count(NULL);
    pthread_join(thread, NULL);
    return 0;
}
