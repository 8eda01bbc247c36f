/* SPDX-License-Identifier: MIT */
#include <pthread.h>

__int128 x;
static void *other(void *u)
{
    (void)u;
    x = 1;
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    __int128 y = x;
    (void)y;
    pthread_join(t, NULL);
    return 0;
}
