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
    setenv("A", "b", 1);
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    char *s = getenv("A");
    (void)s;
    pthread_join(t, NULL);
    return 0;
}
