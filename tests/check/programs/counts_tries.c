/* SPDX-License-Identifier: MIT */
/* Tries of a wait are counted in a variable of main's: nobody looks at it, or somebody
   does. */
// expect: verified 1 execution -DAFTER=(void)0
// expect: verified 1 execution -DAFTER=(void)0 -O2
// expect: verified 1 execution -DAFTER=(void)0 -DSTEP=tries-=2
// expect: wrong assertion -DAFTER=assert(tries<3)
// expect: wrong assertion -DAFTER=assert(tries>>2==0)
// expect: wrong abort -DAFTER=(void)0 -DSTEP=if(++tries==3)abort()
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#ifndef STEP
#define STEP tries++
#endif

static atomic_int flag;

static void *set(void *unused)
{
    atomic_store(&flag, 1);
    return unused;
}

int main(void)
{
    int tries = 0;
    pthread_t thread;
    pthread_create(&thread, NULL, set, NULL);
    while (atomic_load(&flag) == 0) {
        STEP;
    }
    AFTER;
    pthread_join(thread, NULL);
    return 0;
}
