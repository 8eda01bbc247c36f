/* SPDX-License-Identifier: MIT */
// expect: wrong race
/* Work handed over with an atomic_flag, relaxed on both sides. */
#include <pthread.h>
#include <stdatomic.h>

static atomic_flag empty = ATOMIC_FLAG_INIT;
static int work;

static void *hand_over(void *unused)
{
    (void)unused;
    work = 7;
    atomic_flag_clear_explicit(&empty, memory_order_relaxed); /* wrong: must release */
    return NULL;
}

static void *receive(void *result)
{
    while (
        atomic_flag_test_and_set_explicit(&empty, memory_order_relaxed)) { /* acquire */
    }
    *(int *)result = work;
    return NULL;
}

int main(void)
{
    atomic_flag_test_and_set(&empty);
    pthread_t giver, taker;
    int result = 0;
    pthread_create(&giver, NULL, hand_over, NULL);
    pthread_create(&taker, NULL, receive, &result);
    pthread_join(giver, NULL);
    pthread_join(taker, NULL);
    return 0;
}
