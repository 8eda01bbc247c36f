/* SPDX-License-Identifier: MIT */
#include <pthread.h>

int x;
static void *other(void *u)
{
    (void)u;
    void f(void)
    {
        x = 1;
    }
    f();
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    x = 2;
    pthread_join(t, NULL);
    return 0;
}
