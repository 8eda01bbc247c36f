/* SPDX-License-Identifier: MIT */
// expect: verified
// A wait that time or chance may end is no mere wait, and no hang.
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static atomic_int never;

static void *wait_three_seconds(void *unused)
{
    (void)unused;
    time_t end = time(NULL) + 3;
    while (!atomic_load(&never) && time(NULL) < end) {
        sleep(1);
    }
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, wait_three_seconds, NULL);
    while (!atomic_load(&never)) {
        if (rand() % 4 == 0) {
            break;
        }
    }
    pthread_join(thread, NULL);
    return 0;
}
