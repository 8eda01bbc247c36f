/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char b[32] = "123";
static void *other(void *u)
{
    (void)u;
    b[0] = 0;
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    int y = atoi(b);
    (void)y;
    pthread_join(t, NULL);
    return 0;
}
