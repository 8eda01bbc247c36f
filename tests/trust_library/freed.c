/* SPDX-License-Identifier: MIT */
/*
 * A condition is freed right after a broadcast, though waits have not returned: one of
 * them has a deadline. A signal is not enough for that; nor is the mutex.
 */
#include <lockstep.h>

#include <pthread.h>
#include <stdlib.h>

static lks_mutex_t mutex = LKS_MUTEX_INIT;
static lks_cond_t *cond;
static bool over;

static void *waiter(void *argument)
{
    const struct timespec soon = {1, 0};
    lks_mutex_lock(&mutex);
    if (!over) {
        int error = lks_cond_timedwait(cond, &mutex, &soon);
        (void)error;
    }
    lks_mutex_unlock(&mutex);
    return argument;
}

int main(void)
{
    cond = malloc(sizeof *cond);
    *cond = (lks_cond_t)LKS_COND_INIT;
    pthread_t thread;
    (void)pthread_create(&thread, NULL, waiter, NULL);
    lks_mutex_lock(&mutex);
    over = true;
#ifndef WITHOUT_BROADCAST
    lks_cond_broadcast(cond);
#endif
    free(cond);
    lks_mutex_unlock(&mutex);
    (void)pthread_join(thread, NULL);
    return 0;
}
