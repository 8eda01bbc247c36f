/* SPDX-License-Identifier: MIT */
// expect: wrong race
/* The result is read before the thread that makes it has been joined. */
#include <pthread.h>

static int result;

static void *compute(void *unused)
{
    (void)unused;
    result = 42;
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, compute, NULL);
    int seen = result; /* wrong: before the join */
    pthread_join(thread, NULL);
    return seen > 42;
}
