/* SPDX-License-Identifier: MIT */
/* SRC: musl commit 97c5b5a8 "fix ABA race in cond vars"; dr-m/atomic_sync #3
   KIND: ABA of a futex word: 1 -> 0 -> 1 while a waiter is on its way to sleep
   EXPECT: BUG=hang FIXED=verified */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <linux/futex.h>
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int block;
static int one, two;
static void wait_cond(int token)
{
    atomic_store(&block, token);
    pthread_mutex_unlock(&m);
    syscall(SYS_futex, &block, FUTEX_WAIT, token, NULL, NULL, 0);
    pthread_mutex_lock(&m);
}
static void broadcast(void)
{
    atomic_store(&block, 0);
    syscall(SYS_futex, &block, FUTEX_WAKE, 100, NULL, NULL, 0);
}
#ifdef FIXED
#define TOKEN(n) (n)
#else
#define TOKEN(n) 1
#endif
static void *a_run(void *p)
{
    pthread_mutex_lock(&m);
    while (!one) wait_cond(TOKEN(1));
    two = 1;
    broadcast();
    pthread_mutex_unlock(&m);
    return p;
}
static void *b_run(void *p)
{
    pthread_mutex_lock(&m);
    while (!two) wait_cond(TOKEN(2));
    pthread_mutex_unlock(&m);
    return p;
}
int main(void)
{
    pthread_t a, b;
    pthread_create(&a, NULL, a_run, NULL);
    pthread_create(&b, NULL, b_run, NULL);
    pthread_mutex_lock(&m);
    one = 1;
    broadcast();
    pthread_mutex_unlock(&m);
    pthread_join(a, NULL); pthread_join(b, NULL);
    return 0;
}
