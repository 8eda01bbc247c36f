/* SPDX-License-Identifier: MIT */
/* SRC: google/sanitizers #602 atomic write vs free (a real race, taken for a false alarm)
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
static void *run(void *p)
{
    atomic_store_explicit((_Atomic int *)p, 1, memory_order_relaxed);
    return NULL;
}
int main(void)
{
    _Atomic int *a = malloc(sizeof *a);
    atomic_init(a, 0);
    pthread_t t;
    pthread_create(&t, NULL, run, (void *)a);
    while (atomic_load_explicit(a, memory_order_relaxed) == 0)
        sched_yield();
    free((void *)a);
    pthread_join(t, NULL);
    return 0;
}
