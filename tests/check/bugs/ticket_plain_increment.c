/* SPDX-License-Identifier: MIT */
// expect: wrong race|hang
/* A ticket lock whose tickets are drawn by a load and a store: two may get the same. Then
   both are in, or the second one's turn is over before it looks. */
#include <pthread.h>
#include <stdatomic.h>

static atomic_uint next, serving;
static int counter;

static void *count(void *unused)
{
    (void)unused;
    unsigned ticket = atomic_load(&next);
    atomic_store(&next, ticket + 1); /* wrong: not one step with the load */
    while (atomic_load(&serving) != ticket) {
    }
    counter++;
    atomic_store(&serving, ticket + 1);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, count, NULL);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}
