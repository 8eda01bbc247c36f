/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *other(void *u)
{
    (void)u;
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    char *a = malloc(16);
    memset(a, 65, 16);
    sprintf(a, "%s", "0123456789012345678901234567890");
    free(a);
    pthread_join(t, NULL);
    return 0;
}
