/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdatomic.h>
static _Atomic(atomic_int *) p;
static atomic_int done;
static void *t(void *u)
{
    atomic_int w = 0;
    atomic_store(&p, &w);
    while (!atomic_load(&w)) {
    }
    return 0;
}
int main(void)
{
    pthread_t a;
    pthread_create(&a, 0, t, 0);
    atomic_int *q;
    while (!(q = atomic_load(&p))) {
    }
    atomic_store(q, 1);
    atomic_store(q, 1);
    pthread_join(a, 0);
    return 0;
}
