/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char b[] = "a b c", d[] = "x y z";
static void *other(void *u)
{
    (void)u;
    strtok(b, " ");
    strtok(NULL, " ");
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    strtok(d, " ");
    strtok(NULL, " ");
    pthread_join(t, NULL);
    return 0;
}
