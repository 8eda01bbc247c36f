/* SPDX-License-Identifier: MIT */
/* A variable of main's, which a thread that nobody joins uses: main may have returned. */
// expect: wrong use after free
// expect: wrong use after free -DATOMIC
// expect: wrong use after free -DEARLY
// expect: verified -DWAITED
// expect: verified -DSTATIC
// expect: verified -DEXIT
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

static atomic_int done;

static void *run(void *argument)
{
#ifdef ATOMIC
    atomic_store((atomic_int *)argument, 1);
#elif defined EARLY
    atomic_store(&done, 1);
    *(int *)argument = 1;
#else
    *(int *)argument = 1;
    atomic_store(&done, 1);
#endif
    return NULL;
}

int main(void)
{
#ifdef ATOMIC
    atomic_int local = 0;
#elif defined STATIC
    static int local;
#else
    int local = 0;
#endif
    pthread_t thread;
    pthread_create(&thread, NULL, run, (void *)&local);
    pthread_detach(thread);
#if defined WAITED || defined EARLY
    while (atomic_load(&done) == 0) {
    }
#endif
#ifdef EXIT
    exit(0);
#endif
    return 0;
}
