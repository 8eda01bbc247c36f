/* SPDX-License-Identifier: MIT */
/*
 * Two threads that say that they are there and look for the other, with an asymmetric
 * fence of which both halves are light: they overlook each other. With one heavy half
 * they do not, and neither without membarrier: then both halves are full fences.
 */
// expect: wrong race
// expect: verified -DHEAVY
// expect: verified --no-membarrier
// expect: verified --no-membarrier -DHEAVY
#include <lockstep/fence.h>
#include <pthread.h>

static _Atomic(bool) there[2];
static int data;

static void *enter(void *argument)
{
    const int self = argument != NULL;
    atomic_store_explicit(&there[self], true, memory_order_relaxed);
#ifdef HEAVY
    if (self == 1) {
        (void)lks_asymmetric_fence_heavy();
    }
#endif
    lks_asymmetric_fence_light();
    if (!atomic_load_explicit(&there[1 - self], memory_order_relaxed)) {
        data++;
    }
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, enter, &data);
    enter(NULL);
    pthread_join(thread, NULL);
    return 0;
}
