/* SPDX-License-Identifier: MIT */
#include <pthread.h>

pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER, n;
static void *other(void *u)
{
    (void)u;
    pthread_mutex_lock(&m);
    pthread_mutex_unlock(&m);
    return NULL;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, other, NULL);
    n = m;
    pthread_join(t, NULL);
    return 0;
}
