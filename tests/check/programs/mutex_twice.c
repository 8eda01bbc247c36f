/* SPDX-License-Identifier: MIT */
// long: verified 6 executions
// Two threads take the mutex twice: 4! / (2! 2!) orders.
#include <assert.h>
#include <pthread.h>

static pthread_mutex_t mutex;
static int counter;

static void *count(void *unused)
{
    (void)unused;
    for (int i = 0; i < 2; i++) {
        pthread_mutex_lock(&mutex);
        counter++;
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_mutex_init(&mutex, NULL);
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, count, NULL);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    assert(counter == 4);
    pthread_mutex_destroy(&mutex);
    return 0;
}
