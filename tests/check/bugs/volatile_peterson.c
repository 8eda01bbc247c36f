/* SPDX-License-Identifier: MIT */
// expect: wrong race
// expect: wrong assertion --volatile=relaxed
// expect: verified --volatile=relaxed -DFENCED
/*
 * Peterson's algorithm with volatile flags, as in old books. That they are not atomic is
 * the first mistake; without fences each thread may also miss the other's flag, and both
 * are inside at once.
 */
#include <assert.h>
#include <pthread.h>
#include <stdint.h>

#ifdef FENCED
#define FENCE __sync_synchronize()
#else
#define FENCE (void)0
#endif

static volatile int wants[2], turn, inside;

static void *enter(void *argument)
{
    int self = (int)(intptr_t)argument, other = 1 - self;
    wants[self] = 1;
    FENCE;
    turn = other;
    FENCE;
    while (wants[other] && turn == other) {
    }
    FENCE;
    inside++;
    assert(inside == 1);
    inside--;
    FENCE;
    wants[self] = 0;
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (intptr_t i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, enter, (void *)i);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}
