// SPDX-License-Identifier: MIT
// expect: verified 1 executions -DPUT=putchar('a')
// expect: wrong race -DPUT=putchar_unlocked('a')
// expect: wrong race -DPUT=fputs_unlocked("a",stdout)
// expect: wrong race -DPUT=putc_unlocked('a',stderr)
// expect: wrong race -DPUT=putchar('a') -DOTHER=putchar_unlocked('a')
// expect: verified 1 executions -DPUT=putchar('a') -DOTHER=fputc_unlocked('a',stderr)
// expect: verified 2 executions -DPUT=putchar_unlocked('a') -DLOCK
// expect: verified 2 executions -DPUT=printf("a") -DLOCK -DOTHER=putchar_unlocked('b')
// expect: wrong hang -DPUT=putchar_unlocked('a') -DLOCK -DKEEP
/* Streams lock themselves, but not in functions that say so. Two that take the lock for
   themselves, or three times over, come in either order. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>

#ifndef OTHER
#define OTHER PUT
#endif
#ifndef LOCK
#define flockfile(stream)   (void)(stream)
#define funlockfile(stream) (void)(stream)
#endif

static void *print(void *other)
{
    flockfile(stdout);
    flockfile(stdout);
    other != NULL ? (void)OTHER : (void)PUT;
    funlockfile(stdout);
#ifndef KEEP
    funlockfile(stdout);
#endif
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, print, NULL);
    (void)print(&thread);
    pthread_join(thread, NULL);
    return 0;
}
