/* SPDX-License-Identifier: MIT */
// expect: verified 2 executions
// A wait that remembers whether it had to wait: seen at once, or not. Further failed
// tries change nothing any more.
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
    assert(waited || !waited);
    pthread_join(thread, NULL);
    return 0;
}
