// SPDX-License-Identifier: MIT
// expect: wrong use after free
// expect: verified -DRIGHT
// A thread announces that it is done, and then looks at the object once more, with an
// atomic load: by then its owner may have freed it.
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct object {
    atomic_int count;
};

static struct object *object;
static atomic_int done;

static void *use(void *unused)
{
    (void)unused;
#ifdef RIGHT
    (void)atomic_load_explicit(&object->count, memory_order_relaxed);
#endif
    atomic_store_explicit(&done, 1, memory_order_release);
#ifndef RIGHT
    (void)atomic_load_explicit(&object->count, memory_order_relaxed);
#endif
    return NULL;
}

int main(void)
{
    object = calloc(1, sizeof *object);
    pthread_t thread;
    pthread_create(&thread, NULL, use, NULL);
    while (!atomic_load_explicit(&done, memory_order_acquire)) {
    }
    free(object);
    pthread_join(thread, NULL);
    return 0;
}
