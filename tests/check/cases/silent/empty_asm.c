/* SPDX-License-Identifier: MIT */
#include <pthread.h>

int x;
static void *other(void *u)
{
    (void)u;
    __asm__ volatile("" : "=m"(x));
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    x = 1;
    pthread_join(t, NULL);
    return 0;
}
