/* SPDX-License-Identifier: MIT */
// expect: verified
// An event that sleeps in the kernel: futex waits and wakes.
#define _GNU_SOURCE
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_int event;
static int data;

static void *wait_for_event(void *sum)
{
    while (atomic_load_explicit(&event, memory_order_acquire) == 0) {
        syscall(SYS_futex, &event, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
    }
    *(int *)sum += data;
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    int sums[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, wait_for_event, &sums[i]);
    }
    data = 5;
    atomic_store_explicit(&event, 1, memory_order_release);
    syscall(SYS_futex, &event, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    return sums[0] + sums[1] == 10 ? 0 : 1;
}
