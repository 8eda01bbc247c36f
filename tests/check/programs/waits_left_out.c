/* SPDX-License-Identifier: MIT */
// expect: verified 90 executions -DTHREADS=3 -DROUNDS=2 -DEXCHANGE
// expect: verified 90 executions unblocked -DTHREADS=3 -DROUNDS=2 -DTICKET
/*
 * Threads that each know their number exclude each other, in two ways: as many
 * executions as there are orders of their turns, 6! / 2!^3 of three threads with two.
 * Where a try fails once only, as with tickets, none is in an execution that is given up.
 */
#include <lockstep/wait.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#if defined(EXCHANGE)
static atomic_uint taken;
#define LOCK()   lks_await(!atomic_exchange_explicit(&taken, 1, memory_order_acquire))
#define UNLOCK() atomic_store_explicit(&taken, 0, memory_order_release)
#elif defined(TICKET)
static atomic_uint next, now;
static void lock_it(void)
{
    unsigned own = atomic_fetch_add_explicit(&next, 1, memory_order_relaxed);
    lks_await(atomic_load_explicit(&now, memory_order_acquire) == own);
}
#define LOCK()   lock_it()
#define UNLOCK() atomic_store_explicit(&now, now + 1, memory_order_release)
#endif

static unsigned numbers[THREADS], counter;

static void *add(void *number)
{
    for (int i = 0; i < ROUNDS; i++) {
        LOCK();
        counter++;
        UNLOCK();
    }
    return number;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, add, &numbers[i]);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    return counter != THREADS * ROUNDS;
}
