/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>

pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t c = PTHREAD_COND_INITIALIZER;
int ready, waiting;
static void *other(void *u)
{
    (void)u;
    pthread_mutex_lock(&m);
    if (waiting) {
        ready = 1;
        pthread_cond_signal(&c);
    }
    pthread_mutex_unlock(&m);
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    pthread_mutex_lock(&m);
    waiting = 1;
    struct timespec ts = {2000000000, 0};
    if (!ready && pthread_cond_timedwait(&c, &m, &ts) == 0)
        assert(ready);
    pthread_mutex_unlock(&m);
    pthread_join(t, NULL);
    return 0;
}
