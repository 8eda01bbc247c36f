/* SPDX-License-Identifier: MIT */
#include <pthread.h>

int x;
static void *other(void *u)
{
    (void)u;
    __sync_fetch_and_add(&x, 1);
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    __sync_fetch_and_add(&x, 1);
    pthread_join(t, NULL);
    return 0;
}
