/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdlib.h>

static void *other(void *u)
{
    (void)u;
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    int *a = malloc(16);
    a[4] = 1;
    free(a);
    pthread_join(t, NULL);
    return 0;
}
