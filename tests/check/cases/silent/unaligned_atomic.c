/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdatomic.h>

char buf[16];
static void *other(void *u)
{
    (void)u;
    atomic_store((_Atomic int *)(buf + 1), 1);
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    pthread_join(t, NULL);
    return 0;
}
