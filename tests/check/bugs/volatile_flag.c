/* SPDX-License-Identifier: MIT */
// long: wrong race
/* volatile is not atomic: the flag itself races. */
#include <pthread.h>

static volatile int done;
static int result;

static void *work(void *unused)
{
    (void)unused;
    result = 1;
    done = 1;
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, work, NULL);
    int seen = done ? result : 0;
    pthread_join(thread, NULL);
    return seen > 1;
}
