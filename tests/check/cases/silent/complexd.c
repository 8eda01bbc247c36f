/* SPDX-License-Identifier: MIT */
#include <pthread.h>

double _Complex x;
static void *other(void *u)
{
    (void)u;
    x = 1.0;
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    double _Complex y = x;
    (void)y;
    pthread_join(t, NULL);
    return 0;
}
