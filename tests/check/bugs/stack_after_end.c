/* SPDX-License-Identifier: MIT */
// expect: wrong use after free
/* A variable of a thread that has ended, read through a pointer. */
#include <pthread.h>

static int *answer;

static void *compute(void *unused)
{
    (void)unused;
    int local = 42;
    answer = &local; /* wrong: it ends with the thread */
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, compute, NULL);
    pthread_join(thread, NULL);
    return *answer - 42;
}
