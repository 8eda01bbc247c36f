/* SPDX-License-Identifier: MIT */
/* One thread sets the locale, another one does what depends on it (C11, 7.11.1.1). */
// expect: wrong race -DCALL=printf("%d",1)
// expect: wrong race -DCALL=number=strtol("1",NULL,10)
// expect: wrong race -DCALL=number=isalpha('a')
// expect: wrong race -DCALL=localeconv()
// expect: verified 1 execution -DCALL=puts("x")
// expect: verified 1 execution -DAFTER -DCALL=printf("%d",1)
#include <ctype.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static int number;

static void *call(void *unused)
{
    (void)number;
    (void)(CALL);
    return unused;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, call, NULL);
#ifdef AFTER
    pthread_join(thread, NULL);
#endif
    setlocale(LC_ALL, "");
#ifndef AFTER
    pthread_join(thread, NULL);
#endif
    return 0;
}
