/* SPDX-License-Identifier: MIT */
// expect: wrong hang
/* A futex mutex that looks for sleepers before it opens the door: who falls asleep in
   between is never woken. */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_int locked, sleepers;
static int counter;

static void lock(void)
{
    while (atomic_exchange(&locked, 1) == 1) {
        atomic_fetch_add(&sleepers, 1);
        syscall(SYS_futex, &locked, FUTEX_WAIT_PRIVATE, 1, NULL, NULL, 0);
        atomic_fetch_sub(&sleepers, 1);
    }
}

static void unlock(void)
{
    /* wrong: the order of the two */
    int wake = atomic_load(&sleepers) > 0;
    atomic_store(&locked, 0);
    if (wake) {
        syscall(SYS_futex, &locked, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    }
}

static void *count(void *unused)
{
    (void)unused;
    lock();
    counter++;
    unlock();
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, count, NULL);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}
