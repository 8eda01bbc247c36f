/* SPDX-License-Identifier: MIT */
/*
 * Two wait for one item, one of them with a time limit; the one that was woken takes its
 * time limit to be out, and goes without passing the wake-up on: the other sleeps for
 * ever.
 */
// expect: wrong hang
// expect: verified -DPASS_ON
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static atomic_uint item;

static void *patient(void *unused)
{
    (void)unused;
    while (atomic_load_explicit(&item, memory_order_acquire) == 0) {
        syscall(SYS_futex, &item, FUTEX_WAIT, 0, NULL, NULL, 0);
    }
    return NULL;
}

static void *impatient(void *unused)
{
    (void)unused;
    const struct timespec time = {1, 0};
    syscall(SYS_futex, &item, FUTEX_WAIT, 0, &time, NULL, 0);
#ifdef PASS_ON
    syscall(SYS_futex, &item, FUTEX_WAKE, 1, NULL, NULL, 0);
#endif
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, patient, NULL);
    pthread_create(&threads[1], NULL, impatient, NULL);
    atomic_store_explicit(&item, 1, memory_order_release);
    syscall(SYS_futex, &item, FUTEX_WAKE, 1, NULL, NULL, 0);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return 0;
}
