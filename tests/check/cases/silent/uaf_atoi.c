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
    strcpy(a, "1");
    free(a);
    int y = atoi(a);
    (void)y;
    pthread_join(t, NULL);
    return 0;
}
