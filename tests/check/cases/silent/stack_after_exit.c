/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdatomic.h>

int *_Atomic p;
static void *other(void *u)
{
    (void)u;
    int l = 1;
    atomic_store(&p, &l);
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    int *q;
    while (!(q = atomic_load(&p)))
        ;
    pthread_join(t, NULL);
    *q = 2;
    return 0;
    pthread_join(t, NULL);
    return 0;
}
