/* SPDX-License-Identifier: MIT */
#include <pthread.h>
static void a(void)
{
}
static void b(void)
{
}
void (*fp)(void) = a;
static void *other(void *u)
{
    fp();
    return u;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, 0, other, 0);
    fp = b;
    pthread_join(t, 0);
    return 0;
}
