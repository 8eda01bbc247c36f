/* SPDX-License-Identifier: MIT */
// expect: verified 4 executions
/*
 * Double-checked locking that is right. Either thread initialises; the other's first look
 * finds the pointer, or not yet, and then its second one does: 2 * 2.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static _Atomic(int *) instance;

static void *use(void *unused)
{
    (void)unused;
    int *found = atomic_load_explicit(&instance, memory_order_acquire);
    if (found == NULL) {
        pthread_mutex_lock(&mutex);
        found = atomic_load_explicit(&instance, memory_order_relaxed);
        if (found == NULL) {
            found = malloc(sizeof *found);
            *found = 42;
            atomic_store_explicit(&instance, found, memory_order_release);
        }
        pthread_mutex_unlock(&mutex);
    }
    assert(*found == 42);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, use, NULL);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    free(atomic_load(&instance));
    return 0;
}
