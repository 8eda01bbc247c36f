// SPDX-License-Identifier: MIT
// expect: wrong race|use after free|misuse
// expect: verified -DRIGHT
// A condition variable on the heap is signalled after the mutex has been unlocked: the
// thread that waits may have seen the flag before, and freed it.
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t *condition;
static bool ready;

static void *signal_it(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&mutex);
    ready = true;
#ifdef RIGHT
    pthread_cond_signal(condition);
    pthread_mutex_unlock(&mutex);
#else
    pthread_mutex_unlock(&mutex);
    pthread_cond_signal(condition);
#endif
    return NULL;
}

int main(void)
{
    condition = malloc(sizeof *condition);
    pthread_cond_init(condition, NULL);
    pthread_t thread;
    pthread_create(&thread, NULL, signal_it, NULL);
    pthread_mutex_lock(&mutex);
    while (!ready) {
        pthread_cond_wait(condition, &mutex);
    }
    pthread_mutex_unlock(&mutex);
    pthread_cond_destroy(condition);
    free(condition);
    pthread_join(thread, NULL);
    return 0;
}
