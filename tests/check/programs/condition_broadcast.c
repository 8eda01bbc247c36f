/* SPDX-License-Identifier: MIT */
// long: verified
// One opens the gate for two.
#include <pthread.h>
#include <stdbool.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t opened;
static bool open;
static int through;

static void *pass(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&mutex);
    while (!open) {
        pthread_cond_wait(&opened, &mutex);
    }
    through++;
    pthread_mutex_unlock(&mutex);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_cond_init(&opened, NULL);
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, pass, NULL);
    }
    pthread_mutex_lock(&mutex);
    open = true;
    pthread_mutex_unlock(&mutex);
    pthread_cond_broadcast(&opened);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_cond_destroy(&opened);
    return through == 2 ? 0 : 1;
}
