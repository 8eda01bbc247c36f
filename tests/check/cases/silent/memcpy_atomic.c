/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

atomic_int x[4];
int y[4];
static void *other(void *u)
{
    (void)u;
    atomic_store(&x[1], 1);
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    memcpy(y, x, sizeof y);
    pthread_join(t, NULL);
    return 0;
}
