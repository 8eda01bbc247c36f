/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int v;
char *s = "12";
static void *other(void *u)
{
    (void)u;
    sscanf(s, "%d", &v);
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    v = 3;
    pthread_join(t, NULL);
    return 0;
}
