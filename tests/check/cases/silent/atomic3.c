/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct s {
    char c[3];
} x;
static void *other(void *u)
{
    (void)u;
    struct s y = {{1}};
    __atomic_store(&x, &y, 5);
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    struct s z;
    __atomic_load(&x, &z, 5);
    pthread_join(t, NULL);
    return 0;
}
