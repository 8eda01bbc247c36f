/* SPDX-License-Identifier: MIT */
#include <pthread.h>

#include <signal.h>
volatile sig_atomic_t x;
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
    while (!x)
        ;
    pthread_join(t, NULL);
    return 0;
}
