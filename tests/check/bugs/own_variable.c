/* SPDX-License-Identifier: MIT */
/* A variable of main's own, which another thread has a pointer to: main itself accesses a
   part of it at a constant offset from its stack, which clang does not announce. */
// expect: wrong race -DMINE=b -DOTHER=b
// expect: wrong race -DMINE=c[1] -DOTHER=c[1] -O1
// expect: wrong race -DMINE=b -DOTHER=b -O2
// expect: wrong race -DMINE=a -DOTHER=a -O2
// expect: verified -DMINE=b -DOTHER=c[1]
// expect: verified -DMINE=c[1] -DOTHER=b -O2
// long: wrong race -DMINE=a -DOTHER=a
// long: wrong race -DMINE=c[1] -DOTHER=c[1]
// long: wrong race -DMINE=c[1] -DOTHER=c[1] -O2
// long: verified -DMINE=c[1] -DOTHER=c[2] -O1
#include <pthread.h>

struct parts {
    int a, b;
    long c[3];
};

static void *other(void *argument)
{
    struct parts *parts = argument;
    parts->OTHER = 1;
    return NULL;
}

int main(void)
{
    struct parts parts = {.a = 0};
    pthread_t thread;
    pthread_create(&thread, NULL, other, &parts);
    parts.MINE = 2;
    pthread_join(thread, NULL);
    return 0;
}
