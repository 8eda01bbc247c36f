/* SPDX-License-Identifier: MIT */
// long: wrong race
/* Two threads write what they hold for reading only. */
#include <pthread.h>

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int hits;

static void *look_up(void *unused)
{
    (void)unused;
    pthread_rwlock_rdlock(&lock);
    hits++; /* wrong: a cache's statistics are writes, too */
    pthread_rwlock_unlock(&lock);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, look_up, NULL);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}
