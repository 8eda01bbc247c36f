// SPDX-License-Identifier: MIT
// expect: verified 4 executions
// long: verified 4 executions -O2
/*
 * A walk through a list reads another element in each turn, which is no turn of a wait,
 * although nothing of the thread's own is different when it is about to read: the element
 * before is of no use any more.
 *
 * 4: the other one comes first, and is found behind this one; or it comes second and is
 * found at once; or it is not, and then comes before the look under the lock, or after.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

struct element {
    int key;
    _Atomic(struct element *) next;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static _Atomic(struct element *) first;
static struct element one = {.key = 1}, two = {.key = 2}, three = {.key = 3};

static void put(struct element *new)
{
    pthread_mutex_lock(&mutex);
    struct element *next = atomic_load_explicit(&first, memory_order_relaxed);
    atomic_store_explicit(&new->next, next, memory_order_relaxed);
    atomic_store_explicit(&first, new, memory_order_release);
    pthread_mutex_unlock(&mutex);
}

static void find(int key)
{
    struct element *at = atomic_load_explicit(&first, memory_order_acquire);
    while (at != NULL) {
        if (at->key == key) {
            return;
        }
        at = atomic_load_explicit(&at->next, memory_order_relaxed);
    }
    pthread_mutex_lock(&mutex);
    (void)atomic_load_explicit(&first, memory_order_relaxed);
    pthread_mutex_unlock(&mutex);
}

static void *put_and_find(void *unused)
{
    put(&two);
    find(3);
    return unused;
}

static void *put_other(void *unused)
{
    put(&three);
    return unused;
}

int main(void)
{
    put(&one);
    pthread_t thread[2];
    pthread_create(&thread[0], NULL, put_and_find, NULL);
    pthread_create(&thread[1], NULL, put_other, NULL);
    pthread_join(thread[0], NULL);
    pthread_join(thread[1], NULL);
    return 0;
}
