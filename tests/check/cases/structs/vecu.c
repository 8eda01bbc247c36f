/* SPDX-License-Identifier: MIT */
#include <pthread.h>
typedef int v4 __attribute__((vector_size(16)));
v4 x;
volatile int sink;
static void *other(void *u)
{
    x = (v4){1, 2, 3, 4};
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
