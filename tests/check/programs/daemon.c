/* SPDX-License-Identifier: MIT */
// expect: verified 0 executions
// A thread that waits for ever while main ends: no hang, and no complete execution.
#include <pthread.h>
#include <stdatomic.h>

static atomic_int never;

static void *wait_for_ever(void *unused)
{
    (void)unused;
    while (!atomic_load(&never)) {
    }
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, wait_for_ever, NULL);
    pthread_detach(thread);
    return 0;
}
