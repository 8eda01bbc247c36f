/* SPDX-License-Identifier: MIT */
// long: wrong hang
/* A way out of the function that leaves the mutex locked. */
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int left = 1;

static void *take(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&mutex);
    if (left == 0) {
        return NULL; /* wrong: still locked */
    }
    left--;
    pthread_mutex_unlock(&mutex);
    return NULL;
}

int main(void)
{
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        pthread_create(&threads[i], NULL, take, NULL);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}
