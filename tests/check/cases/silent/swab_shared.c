/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
char a[16] = "hello", b[16];
static void *other(void *u)
{
    (void)u;
    swab(a, b, 8);
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    b[0] = 1;
    pthread_join(t, NULL);
    return 0;
}
