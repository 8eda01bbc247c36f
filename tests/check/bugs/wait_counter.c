/* SPDX-License-Identifier: MIT */
// expect: wrong assertion
/*
 * A wait that counts its failed tries, and relies on the count: such a loop is no mere
 * wait, and the executions with failed tries must be seen.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

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
    int tries = 0;
    while (tries < 5 && !atomic_load(&flag)) {
        tries++;
    }
    assert(tries < 3);
    pthread_join(thread, NULL);
    return 0;
}
