/* SPDX-License-Identifier: MIT */
// expect: wrong hang -DHANG
// expect: wrong hang -DBOTH
// expect: wrong race -DLATE
// expect: wrong race -DAFTERWARDS
// expect: wrong assertion -DSEEN
// expect: wrong assertion -DSTACK
// expect: wrong hang -DSEEN_AND_WAITS
// expect: wrong hang -DSEEN_AND_WAITS -DFOR_END
/*
 * Threads that poll under a mutex. What they wait for never comes, for one of them or for
 * two that wait for each other; or it comes before the data do; or what is looked at in
 * vain is written by a thread that knows, but not in order, of what comes behind the
 * loop; or another thread sees that the mutex was taken, and does what ends the loop, or
 * waits for ever then, for a mutex or the end of a thread; or it sees what is in the
 * poller's stack amid a turn.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int number, mine, data, looks;
static atomic_int flag, afterwards, seen;

static int look(int *at)
{
    pthread_mutex_lock(&mutex);
    int found = *at;
    pthread_mutex_unlock(&mutex);
    return found;
}

static void set(int *at)
{
    pthread_mutex_lock(&mutex);
    *at = 1;
    pthread_mutex_unlock(&mutex);
}

#ifdef BOTH
static void *first(void *unused)
{
    while (look(&mine) == 0) {
    }
    set(&number);
    return unused;
}

static void *second(void *unused)
{
    while (look(&number) == 0) {
    }
    set(&mine);
    return unused;
}
#elif defined AFTERWARDS
static void *first(void *unused)
{
    while (atomic_load_explicit(&flag, memory_order_relaxed) == 0) {
        (void)look(&looks);
    }
    atomic_store_explicit(&afterwards, 1, memory_order_relaxed);
    return unused;
}

static void *second(void *unused)
{
    atomic_store_explicit(&flag, 1, memory_order_relaxed);
    if (atomic_load_explicit(&afterwards, memory_order_relaxed) != 0) {
        looks = 1;
    }
    return unused;
}
#elif defined SEEN
static void *first(void *unused)
{
    while (atomic_load_explicit(&flag, memory_order_relaxed) == 0) {
        (void)look(&looks);
    }
    assert(atomic_load_explicit(&seen, memory_order_relaxed) == 0);
    return unused;
}

static void *second(void *unused)
{
    if (pthread_mutex_trylock(&mutex) == 0) {
        pthread_mutex_unlock(&mutex);
    } else {
        atomic_store_explicit(&seen, 1, memory_order_relaxed);
    }
    atomic_store_explicit(&flag, 1, memory_order_release);
    return unused;
}
#elif defined STACK
static int *_Atomic shared;

static void *first(void *unused)
{
    int local = 0;
    atomic_store_explicit(&shared, &local, memory_order_release);
    while (atomic_load_explicit(&flag, memory_order_acquire) == 0) {
        set(&local);
        pthread_mutex_lock(&mutex);
        local = 0;
        pthread_mutex_unlock(&mutex);
    }
    assert(atomic_load_explicit(&seen, memory_order_relaxed) == 0);
    return unused;
}

static void *second(void *unused)
{
    int *at = atomic_load_explicit(&shared, memory_order_acquire);
    if (at != NULL) {
        atomic_store_explicit(&seen, look(at), memory_order_relaxed);
    }
    atomic_store_explicit(&flag, 1, memory_order_release);
    return unused;
}
#elif defined SEEN_AND_WAITS
static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
static pthread_t main_thread;

static void *first(void *unused)
{
    while (atomic_load_explicit(&flag, memory_order_relaxed) == 0) {
        (void)look(&looks);
    }
    return unused;
}

static void *second(void *unused)
{
    atomic_store_explicit(&flag, 1, memory_order_relaxed);
    if (pthread_mutex_trylock(&mutex) == 0) {
        pthread_mutex_unlock(&mutex);
    } else {
#ifdef FOR_END
        pthread_join(main_thread, NULL);
#else
        pthread_mutex_lock(&held);
        pthread_mutex_unlock(&held);
#endif
    }
    return unused;
}
#else
static void *first(void *unused)
{
    while (look(&number) == 0) {
    }
    data++;
    return unused;
}

static void *second(void *unused)
{
#ifndef HANG
    set(&number);
#endif
    data++;
    return unused;
}
#endif

int main(void)
{
    pthread_t threads[2];
#ifdef SEEN_AND_WAITS
    main_thread = pthread_self();
    pthread_mutex_lock(&held);
#endif
    pthread_create(&threads[0], NULL, first, NULL);
    pthread_create(&threads[1], NULL, second, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
#ifdef SEEN_AND_WAITS
    pthread_mutex_unlock(&held);
#endif
    return number + mine + data + looks < 0;
}
