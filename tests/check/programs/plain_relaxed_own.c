/* SPDX-License-Identifier: MIT */
/*
 * Of plain accesses that are taken as relaxed atomics: what gcc's atomic_load keeps for
 * itself is no part of that, so that a loop is seen to wait; but a variable of a function
 * is, of which another thread is told.
 */
// expect: verified 1 execution --plain=relaxed
// expect: verified 1 execution --plain=relaxed -DTOLD
// expect: wrong hang --plain=relaxed -DNEVER
#include <pthread.h>
#include <stdatomic.h>

static atomic_int ready;

static void *tell(void *told)
{
#ifndef NEVER
    atomic_store_explicit(&ready, 1, memory_order_release);
#endif
    *(int *)told = 1;
    return NULL;
}

static void wait_for_it(void)
{
    while (!atomic_load_explicit(&ready, memory_order_acquire)) {
    }
}

int main(void)
{
    pthread_t thread;
    int told = 0;
    pthread_create(&thread, NULL, tell, &told);
#ifdef TOLD
    while (!told) {
    }
#endif
    wait_for_it();
    pthread_join(thread, NULL);
    return 0;
}
