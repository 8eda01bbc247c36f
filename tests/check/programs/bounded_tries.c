/* SPDX-License-Identifier: MIT */
// expect: verified 4 executions
/*
 * Three tries at most, counted: no wait, for giving up is seen from outside. The flag
 * may be seen at the first, second or third try, or never: 4.
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
    while (tries < 3 && atomic_load(&flag) == 0) {
        tries++;
    }
    assert(tries <= 3);
    pthread_join(thread, NULL);
    return 0;
}
