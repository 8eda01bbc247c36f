/* SPDX-License-Identifier: MIT */
// expect: wrong assertion
/* A wait whose first failed try leaves a trace: the execution in which it had to wait. */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

static atomic_int flag;

static void *set(void *unused)
{
    (void)unused;
    atomic_store(&flag, 1);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, set, NULL);
    bool waited = false;
    while (!atomic_load(&flag)) {
        waited = true;
    }
    assert(!waited);
    pthread_join(thread, NULL);
    return 0;
}
