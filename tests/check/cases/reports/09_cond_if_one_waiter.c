/* SPDX-License-Identifier: MIT */
/* SRC: TheHPXProject/hpx PR #7611 barrier checked its phase with if; nasa/osal #207 OS_BinSemTake
   KIND: spurious wake-up of a condition variable; one waiter, `if` instead of `while`
 */
#include <assert.h>
#include <pthread.h>
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t c = PTHREAD_COND_INITIALIZER;
static int arrived, phase, written[2];
static void barrier(void)
{
    pthread_mutex_lock(&m);
    int mine = phase;
    if (++arrived == 2) {
        arrived = 0;
        phase++;
        pthread_cond_broadcast(&c);
    } else
#ifdef FIXED
        while (phase == mine)
#else
        if (phase == mine)
#endif
            pthread_cond_wait(&c, &m);
    pthread_mutex_unlock(&m);
}
static void *run(void *p)
{
    int i = (int)(long)p;
    written[i] = 1;
    barrier();
    assert(written[1 - i] == 1);
    return NULL;
}
int main(void)
{
    pthread_t a, b;
    pthread_create(&a, NULL, run, (void *)0L);
    pthread_create(&b, NULL, run, (void *)1L);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}
