/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
__attribute__((constructor)) static void init(void);
char *a;
static void init(void)
{
    a = malloc(8);
    strcpy(a, "x");
}
static void *other(void *u)
{
    (void)u;
    free(a);
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    puts(a);
    pthread_join(t, NULL);
    return 0;
}
