/* SPDX-License-Identifier: MIT */
#include <alloca.h>
#include <pthread.h>
#include <stdatomic.h>
int *shared;
atomic_int ready;
static void *other(void *u)
{
    (void)u;
    while (!atomic_load(&ready))
        ;
    shared[2] = 1;
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    int *v = alloca(16);
    v[2] = 0;
    shared = v;
    atomic_store(&ready, 1);
    v[2]++;
    pthread_join(t, NULL);
    return 0;
}
