/* SPDX-License-Identifier: MIT */
#include <pthread.h>
static pthread_barrier_t b;
static pthread_mutex_t m;
int main(void)
{
    pthread_barrier_init(&b, 0, 2);
    pthread_barrier_init(&b, 0, 3);
    pthread_mutex_init(&m, 0);
    pthread_mutex_lock(&m);
    pthread_mutex_init(&m, 0);
    pthread_mutex_lock(&m);
    return 0;
}
