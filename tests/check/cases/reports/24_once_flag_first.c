/* SPDX-License-Identifier: MIT */
/* SRC: zephyrproject-rtos/zephyr PR #110634 pthread_once: flag set before init ran
 */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t c = PTHREAD_COND_INITIALIZER;
static int state, value;
static void once(void)
{
    pthread_mutex_lock(&m);
#ifdef FIXED
    while (state == 1)
        pthread_cond_wait(&c, &m);
    if (state == 2) {
        pthread_mutex_unlock(&m);
        return;
    }
    state = 1;
    pthread_mutex_unlock(&m);
    value = 1;
    pthread_mutex_lock(&m);
    state = 2;
    pthread_cond_broadcast(&c);
    pthread_mutex_unlock(&m);
#else
    bool first = !state;
    state = 1;
    pthread_mutex_unlock(&m);
    if (first)
        value = 1;
#endif
}
static void *run(void *p)
{
    once();
    assert(value == 1);
    return p;
}
int main(void)
{
    pthread_t t[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&t[i], NULL, run, NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    return 0;
}
