/* SPDX-License-Identifier: MIT */
// expect: wrong race
/* Double-checked locking whose first look does not acquire: the pointer is seen, what it
   points to is not. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct settings {
    int threads, rounds;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct settings *_Atomic instance;

static struct settings *get(void)
{
    /* wrong: must acquire */
    struct settings *found = atomic_load_explicit(&instance, memory_order_relaxed);
    if (found == NULL) {
        pthread_mutex_lock(&mutex);
        found = atomic_load_explicit(&instance, memory_order_relaxed);
        if (found == NULL) {
            found = malloc(sizeof *found);
            found->threads = 4;
            found->rounds = 1000;
            atomic_store_explicit(&instance, found, memory_order_release);
        }
        pthread_mutex_unlock(&mutex);
    }
    return found;
}

static void *use(void *product)
{
    struct settings *settings = get();
    *(int *)product = settings->threads * settings->rounds;
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    int products[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, use, &products[i]);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    free(instance);
    return 0;
}
