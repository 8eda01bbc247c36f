/* SPDX-License-Identifier: MIT */
#include <pthread.h>

int x;
__attribute__((no_sanitize_thread)) void f(void)
{
    x = 1;
}
__attribute__((no_sanitize("thread"))) void g(void)
{
    x = 2;
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
    g();
    pthread_join(t, NULL);
    return 0;
}
