/* SPDX-License-Identifier: MIT */
// expect: verified
// A thread that ends the program, and tells it so.
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_int sum;

static void *finish(void *unused)
{
    (void)unused;
    atomic_fetch_add(&sum, 1);
    exit(0);
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, finish, NULL);
    atomic_fetch_add(&sum, 1);
    pthread_join(thread, NULL);
    return 1; /* never */
}
