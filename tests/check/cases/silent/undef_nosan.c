/* SPDX-License-Identifier: MIT */
#include <pthread.h>

#undef no_sanitize_thread
int x;
__attribute__((no_sanitize_thread)) void f(void)
{
    x = 1;
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
    f();
    pthread_join(t, NULL);
    return 0;
}
