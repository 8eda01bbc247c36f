/* SPDX-License-Identifier: MIT */
/*
 * A futex wait that has returned is taken for the event that it waited for; and a loop,
 * which looks again.
 */
// expect: wrong race|assertion
// expect: verified --early-returns=none
// expect: verified -DLOOK_AGAIN
#include <assert.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_uint ready;
static int data;

static void *sender(void *unused)
{
    data = 1;
    atomic_store_explicit(&ready, 1, memory_order_release);
    syscall(SYS_futex, &ready, FUTEX_WAKE, 1, NULL, NULL, 0);
    return unused;
}

static void await(void)
{
#ifdef LOOK_AGAIN
    while (atomic_load_explicit(&ready, memory_order_acquire) == 0) {
        syscall(SYS_futex, &ready, FUTEX_WAIT, 0, NULL, NULL, 0);
    }
#else
    if (atomic_load_explicit(&ready, memory_order_acquire) == 0) {
        syscall(SYS_futex, &ready, FUTEX_WAIT, 0, NULL, NULL, 0);
        (void)atomic_load_explicit(&ready, memory_order_acquire);
    }
#endif
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, sender, NULL);
    await();
    assert(data == 1);
    pthread_join(thread, NULL);
    return 0;
}
