/* SPDX-License-Identifier: MIT */
#include <pthread.h>

int x;
void cl(int *p)
{
    (void)p;
    x++;
}
static void *other(void *u)
{
    (void)u;
    int y __attribute__((cleanup(cl))) = 0;
    (void)y;
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    x++;
    pthread_join(t, NULL);
    return 0;
}
