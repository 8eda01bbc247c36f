/* SPDX-License-Identifier: MIT */
#include <pthread.h>

int x[64];
__attribute__((optimize("O3"))) void f(void)
{
    for (int i = 0; i < 64; i++)
        x[i] = i;
}
static void *other(void *u)
{
    (void)u;
    f();
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    f();
    pthread_join(t, NULL);
    return 0;
}
