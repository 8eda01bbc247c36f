/* SPDX-License-Identifier: MIT */
#include <pthread.h>

char b[64], c[64];
static void *other(void *u)
{
    (void)u;
    __builtin_memcpy(b, c, 64);
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    __builtin_memcpy(b, c, 64);
    pthread_join(t, NULL);
    return 0;
}
