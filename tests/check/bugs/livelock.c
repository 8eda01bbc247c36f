/* SPDX-License-Identifier: MIT */
// long: wrong hang
/* Each waits for a flag that the other raises only afterwards. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

static atomic_bool first_ready, second_ready;

static void *first(void *unused)
{
    (void)unused;
    while (!atomic_load(&second_ready)) {
    }
    atomic_store(&first_ready, true);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    while (!atomic_load(&first_ready)) {
    }
    atomic_store(&second_ready, true);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, first, NULL);
    pthread_create(&threads[1], NULL, second, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return 0;
}
