/* SPDX-License-Identifier: MIT */
// expect: wrong race -DWAIT=1 -DTOUCH=1
// expect: wrong race -DWAIT=1 -DTOUCH=3
// expect: wrong race -DWAIT=1 -DTOUCH=4
// expect: wrong race -DWAIT=1 -DTOUCH=5
// expect: wrong -DWAIT=1 -DTOUCH=6
// expect: wrong -DWAIT=1 -DTOUCH=7
// expect: wrong race -DWAIT=1 -DTOUCH=8
// expect: wrong race -DWAIT=2 -DTOUCH=1
// expect: wrong race -DWAIT=2 -DTOUCH=2
// expect: wrong race -DWAIT=3 -DTOUCH=1
// expect: wrong -DWAIT=4 -DTOUCH=6
// expect: wrong race -DWAIT=5 -DTOUCH=4
// expect: wrong race -DWAIT=6 -DTOUCH=8
// expect: wrong -DWAIT=7 -DTOUCH=7
// expect: verified -DWAIT=1 -DTOUCH=1 -DORDERED
// expect: verified -DWAIT=2 -DTOUCH=2 -DORDERED
// expect: verified -DWAIT=3 -DTOUCH=6 -DORDERED
// expect: verified -DWAIT=6 -DTOUCH=8 -DORDERED
// expect: verified -DWAIT=7 -DTOUCH=7 -DORDERED
// expect: wrong race -DWAIT=1 -DTOUCH=1 -DALIKE
// expect: wrong race -DWAIT=2 -DTOUCH=1 -DALIKE
// expect: wrong -DWAIT=3 -DTOUCH=6 -DALIKE
// expect: wrong -DWAIT=1 -DTOUCH=7 -DALIKE
// expect: wrong race -DWAIT=6 -DTOUCH=8 -DALIKE
// expect: verified -DWAIT=1 -DTOUCH=1 -DALIKE -DORDERED
// What only a failed try of a wait touches, and another thread's access that depends on
// what comes after the wait: by relaxed accesses alone, or (-DORDERED) after it.
//
// clang-format off
#include <lockstep/wait.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#ifdef ORDERED
#define BEFORE memory_order_release
#define AFTER memory_order_acquire
#else
#define BEFORE memory_order_relaxed
#define AFTER memory_order_relaxed
#endif
#define LOAD(object) atomic_load_explicit(&(object), memory_order_relaxed)
#define STORE(object, value) atomic_store_explicit(&(object), value, memory_order_relaxed)
#define SWAP(object, value) \
    atomic_exchange_explicit(&(object), value, memory_order_relaxed)

static int x, *heap;
static struct { int part[8]; } large;
static atomic_int y, go, left;
static atomic_uint flag, lock = 1;
static _Atomic(int *) shared;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static int touch(int *own)
{
    (void)own;
#if TOUCH == 1
    return x;
#elif TOUCH == 2
    x = 0;
    return 0;
#elif TOUCH == 3
    volatile __typeof__(large) copy = large;
    return copy.part[0];
#elif TOUCH == 4
    return LOAD(y);
#elif TOUCH == 5
    return *(volatile int *)&y;
#elif TOUCH == 6
    return *heap;
#elif TOUCH == 7
    int *other = atomic_load(&shared);
    return other != NULL ? *other : 0;
#else
    return *own;
#endif
}

static void *waiter(void *unused)
{
    int own = 0;
#if TOUCH == 8
    atomic_store(&shared, &own);
#endif
#if WAIT == 1
    while (!LOAD(flag)) {
        (void)touch(&own);
    }
#elif WAIT == 2
    lks_await(LOAD(flag) || touch(&own) > 5);
#elif WAIT == 3
    while (SWAP(lock, 1)) {
        (void)touch(&own);
    }
#elif WAIT == 4
    for (;;) {
        unsigned expected = 1;
        if (atomic_compare_exchange_strong(&flag, &expected, 2)) {
            break;
        }
        (void)touch(&own);
    }
#elif WAIT == 5
    while (pthread_mutex_trylock(&mutex) != 0) {
        (void)touch(&own);
    }
    pthread_mutex_unlock(&mutex);
#elif WAIT == 6
    int turn;
    for (turn = 0; turn < 3 && !LOAD(flag); turn++) {
        (void)touch(&own);
    }
    if (turn == 3) {
        return NULL;
    }
#elif WAIT == 7
    while (!LOAD(flag) && !LOAD(lock)) {
        (void)touch(&own);
    }
#endif
    atomic_store_explicit(&go, 1, BEFORE);
#if TOUCH == 8
    lks_await(atomic_load(&left)); /* so that the stack lasts */
#endif
    return unused;
}

static void act(void)
{
    if (!atomic_load_explicit(&go, AFTER)) {
        return;
    }
#if TOUCH <= 2
    x = 1;
#elif TOUCH == 3
    large.part[5] = 1;
#elif TOUCH == 4
    *(volatile int *)&y = 0;
#elif TOUCH == 5
    STORE(y, 1);
#elif TOUCH == 6
    free(heap);
#elif TOUCH == 8
    int *other = atomic_load(&shared);
    if (other != NULL) {
        *other = 1;
    }
#endif
}

static void *setter(void *unused)
{
    int own = 0;
#if TOUCH == 7
    atomic_store(&shared, &own);
#endif
    (void)own;
    pthread_mutex_lock(&mutex);
    STORE(lock, 0);
    STORE(flag, 1);
    pthread_mutex_unlock(&mutex);
#if TOUCH == 7
    lks_await(atomic_load_explicit(&go, AFTER)); /* then the stack ends */
#else
    act();
#endif
    atomic_store(&left, 1);
    return unused;
}

/* -DALIKE: one of two threads that are alike is the one, and the other one the other. */
static void *either(void *unused)
{
    static atomic_int begun;
    bool first = atomic_fetch_add_explicit(&begun, 1, memory_order_relaxed) == 0;
    return first ? waiter(unused) : setter(unused);
}

int main(void)
{
    pthread_t threads[2];
    heap = malloc(sizeof *heap);
    *heap = 1;
#ifdef ALIKE
    pthread_create(&threads[0], NULL, either, NULL);
    pthread_create(&threads[1], NULL, either, NULL);
#else
    pthread_create(&threads[0], NULL, waiter, NULL);
    pthread_create(&threads[1], NULL, setter, NULL);
    (void)either;
#endif
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return 0;
}
