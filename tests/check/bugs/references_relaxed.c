/* SPDX-License-Identifier: MIT */
// expect: wrong race
/* A reference count that is given back with relaxed subtractions: the last one cleans up
   without having seen what the others did. */
#include <pthread.h>
#include <stdatomic.h>

static struct {
    atomic_int references;
    int parts[2];
    int sum;
} object = {.references = 2};

static void release(void)
{
    /* wrong: must be acq_rel */
    if (atomic_fetch_sub_explicit(&object.references, 1, memory_order_relaxed) == 1) {
        object.sum = object.parts[0] + object.parts[1];
    }
}

static void *use(void *part)
{
    *(int *)part = 1;
    release();
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, use, &object.parts[i]);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}
