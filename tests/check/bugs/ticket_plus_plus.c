/* SPDX-License-Identifier: MIT */
// long: wrong race
/* The ticket itself is a plain variable. */
#include <pthread.h>
#include <stdatomic.h>

static unsigned next;
static atomic_uint serving;

static void *pass(void *unused)
{
    (void)unused;
    unsigned ticket = next++; /* wrong: must be atomic */
    while (atomic_load(&serving) != ticket) {
    }
    atomic_store(&serving, ticket + 1);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, pass, NULL);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}
