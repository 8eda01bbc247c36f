/* SPDX-License-Identifier: MIT */
/* To initialise an atomic variable is no atomic access: nobody may read it meanwhile. */
// expect: wrong race
// expect: wrong race -O2
// expect: verified -DBEFORE
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_int count;

static void *run(void *unused)
{
    (void)atomic_load(&count);
    return unused;
}

int main(void)
{
#ifdef BEFORE
    atomic_init(&count, 1);
#endif
    pthread_t thread;
    pthread_create(&thread, NULL, run, NULL);
#ifndef BEFORE
    atomic_init(&count, 1);
#endif
    pthread_join(thread, NULL);
    return atomic_load(&count) - 1;
}
