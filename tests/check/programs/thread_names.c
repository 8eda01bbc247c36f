// SPDX-License-Identifier: MIT
// expect: verified 1 executions
// expect: wrong race -DNAME=name
// expect: refused pthread_getname_np -DGET
// A thread's name is accepted and read; nobody can ask for it.
#define _GNU_SOURCE
#include <pthread.h>

#ifndef NAME
#define NAME "reader"
#endif

static char name[16] = "thread";

static void *write_name(void *unused)
{
    (void)unused;
    name[0] = 'T';
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, write_name, NULL);
    pthread_setname_np(thread, NAME);
#ifdef GET
    char got[16];
    pthread_getname_np(thread, got, sizeof got);
#endif
    pthread_join(thread, NULL);
    return 0;
}
