/* SPDX-License-Identifier: MIT */
// long: wrong race
/* Writers take the mutex; the reader thinks that reading needs none. */
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int total;

static void *add(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&mutex);
    total += 5;
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static void *look(void *seen)
{
    *(int *)seen = total;
    return NULL;
}

int main(void)
{
    pthread_t adder, looker;
    int seen;
    pthread_create(&adder, NULL, add, NULL);
    pthread_create(&looker, NULL, look, &seen);
    pthread_join(adder, NULL);
    pthread_join(looker, NULL);
    return 0;
}
