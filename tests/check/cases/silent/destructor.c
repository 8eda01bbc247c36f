/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <pthread.h>
static int x;
__attribute__((destructor)) static void end(void)
{
    x++;
    assert(0);
}
static void *t(void *u)
{
    x = 42;
    return 0;
}
int main(void)
{
    pthread_t a;
    pthread_create(&a, 0, t, 0);
    return 0;
}
