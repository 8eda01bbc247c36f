/* SPDX-License-Identifier: MIT */
#include <pthread.h>

static int a[2];
static int *const p = a;
static void *other(void *u)
{
    (void)u;
    (*p)++;
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    (*p)++;
    pthread_join(t, NULL);
    return 0;
}
