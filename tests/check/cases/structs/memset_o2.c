/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <string.h>
char x[64];
volatile int sink;
static void *other(void *u)
{
    memset(x, 1, 64);
    return u;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, 0, other, 0);
    sink = x[1];
    pthread_join(t, 0);
    return 0;
}
