/* SPDX-License-Identifier: MIT */
#include <pthread.h>
const int x = 1;
volatile int sink;
static void *other(void *u)
{
    *(int *)&x = 2;
    return u;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, 0, other, 0);
    sink = x;
    pthread_join(t, 0);
    return 0;
}
