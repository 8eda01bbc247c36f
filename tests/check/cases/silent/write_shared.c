/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
char b[16] = "hello\n";
static void *other(void *u)
{
    (void)u;
    write(1, b, 6);
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
