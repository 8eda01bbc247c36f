/* SPDX-License-Identifier: MIT */
// expect: verified
// A thread that nobody joins, and a main that leaves by pthread_exit.
#include <pthread.h>
#include <stdatomic.h>

static atomic_int done;

static void *work(void *unused)
{
    (void)unused;
    atomic_store(&done, 1);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, work, NULL);
    pthread_detach(thread);
    pthread_exit(NULL);
}
