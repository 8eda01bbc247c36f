/* SPDX-License-Identifier: MIT */
// long: verified 2 executions
// A reference count: the last one, either of two, frees what both have written.
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct object {
    atomic_int references;
    int parts[2];
};

static struct object *object;

static void *use(void *part)
{
    *(int *)part = 1;
    if (atomic_fetch_sub_explicit(&object->references, 1, memory_order_acq_rel) == 1) {
        assert(object->parts[0] + object->parts[1] == 2);
        free(object);
    }
    return NULL;
}

int main(void)
{
    object = malloc(sizeof *object);
    atomic_init(&object->references, 2);
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, use, &object->parts[i]);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}
