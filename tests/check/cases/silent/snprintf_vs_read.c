/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char b[32];
static void *other(void *u)
{
    (void)u;
    snprintf(b, sizeof b, "one %d", 1);
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    char c = b[0];
    (void)c;
    pthread_join(t, NULL);
    return 0;
}
