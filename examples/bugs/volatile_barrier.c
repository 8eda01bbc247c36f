/* SPDX-License-Identifier: MIT */
/*
 * An OpenMP runtime's distributed barrier: the flags by which threads announce their
 * arrival are volatile, and volatile orders nothing.
 *
 *   lockcheck examples/bugs/volatile_barrier.c                         wrong: race
 *   lockcheck examples/bugs/volatile_barrier.c --volatile=relaxed      wrong: race
 *   lockcheck examples/bugs/volatile_barrier.c --volatile=relaxed --model=sc  verified
 *   lockcheck examples/bugs/volatile_barrier.c -- -DFIXED              verified
 *
 * LLVM, OpenMP, pull request 213845 (2026):
 * https://github.com/llvm/llvm-project/pull/213845
 *
 * A leader waits until no flag is up any more, then lets all go. It sees that a thread
 * has arrived, but need not see what that thread wrote before it. So a third one, let go
 * by the leader, reads old data. The way back, the flag `go`, was right all the time.
 *
 * In C11 the volatile flags themselves are a race, and lockcheck stops there. With
 * --volatile=relaxed they are atomics of no order, and it shows the fault behind that.
 *
 * The repair: a thread arrives by a release store, and the leader has an acquire fence
 * once it has seen them all.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

enum { THREADS = 2 }; /* beside the leader */

#ifdef FIXED
static atomic_int still_needed[THREADS] = {1, 1};
#else
static volatile int still_needed[THREADS] = {1, 1};
#endif
static atomic_int go;
static int result[THREADS];

static void arrive(int self)
{
#ifdef FIXED
    atomic_store_explicit(&still_needed[self], 0, memory_order_release);
#else
    still_needed[self] = 0;
#endif
}

static int is_needed(int thread)
{
#ifdef FIXED
    return atomic_load_explicit(&still_needed[thread], memory_order_relaxed);
#else
    return still_needed[thread];
#endif
}

static void gather(void)
{
    for (int i = 0; i < THREADS; i++) {
        while (is_needed(i)) {
        }
    }
#ifdef FIXED
    atomic_thread_fence(memory_order_acquire);
#endif
}

static void *work(void *argument)
{
    int self = *(int *)argument;
    result[self] = 1;
    arrive(self);
    while (!atomic_load_explicit(&go, memory_order_acquire)) {
    }
    assert(result[1 - self] == 1);
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    int indices[THREADS] = {0, 1};
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, work, &indices[i]);
    }
    gather();
    atomic_store_explicit(&go, 1, memory_order_release);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}
