/* SPDX-License-Identifier: MIT */
// expect: verified 2 executions -DORDER=memory_order_acquire
// expect: wrong race -DORDER=memory_order_relaxed
// expect: refused more than 64 threads at the same time -DORDER=memory_order_acquire -DTOGETHER
// expect: refused more than 64 threads at the same time -DORDER=memory_order_acquire --release-sequences=same-thread
// More than 64 threads, not at the same time: one that begins may take the place of one
// that was joined, but has nothing of it. What `sees` has read relaxed is not for a fence
// of the thread that comes in its place. Each begins with its own thread-local variable
// and keys. The last two add to a counter: two orders.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

enum { MANY = 200 };

static int data;
static atomic_int flag, counter;
static _Thread_local int own;
static pthread_key_t key;

static void *writes(void *unused)
{
    data = 1;
    atomic_store_explicit(&flag, 1, memory_order_release);
    return unused;
}

static void *sees(void *unused)
{
    own = 1;
    pthread_setspecific(key, &own);
    while (!atomic_load_explicit(&flag, ORDER)) {
    }
    return unused;
}

static void *reads(void *unused)
{
    assert(own == 0 && pthread_getspecific(key) == NULL);
    own = 1;
    pthread_setspecific(key, &own);
    atomic_thread_fence(memory_order_acquire);
    assert(data == 1);
    return unused;
}

static void *adds(void *unused)
{
    atomic_fetch_add(&counter, 1);
    return unused;
}

int main(void)
{
    pthread_t first, thread, other;
    pthread_key_create(&key, NULL);
    pthread_create(&first, NULL, writes, NULL);
    pthread_create(&thread, NULL, sees, NULL);
    pthread_join(thread, NULL);
#ifdef TOGETHER
    for (int i = 0; i < MANY; i++) {
        pthread_create(&thread, NULL, adds, NULL);
    }
#endif
    for (int i = 0; i < MANY; i++) {
        pthread_create(&thread, NULL, reads, NULL);
        pthread_join(thread, NULL);
    }
    pthread_create(&thread, NULL, adds, NULL);
    pthread_create(&other, NULL, adds, NULL);
    pthread_join(thread, NULL);
    pthread_join(other, NULL);
    pthread_join(first, NULL);
    assert(counter == 2);
    return 0;
}
