/* SPDX-License-Identifier: MIT */
/* Four threads, each of which takes the lock once. The header may have been changed. */
#include <lockstep/malthusian.h>
#include <pthread.h>

enum { THREADS = 4 };

static lks_malthusian_t lock = LKS_MALTHUSIAN_INIT;
static lks_malthusian_node_t nodes[THREADS];
static int data;

static void *lock_once(void *node)
{
    lks_malthusian_lock(&lock, node);
    data++;
    lks_malthusian_unlock(&lock, node);
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, lock_once, &nodes[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    return data != THREADS;
}
