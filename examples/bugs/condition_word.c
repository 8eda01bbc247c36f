/* SPDX-License-Identifier: MIT */
/*
 * musl's condition variable: a waiter takes the word that another waiter has set for its
 * own, and sleeps through the signal.
 *
 *   lockcheck examples/bugs/condition_word.c               wrong: hang
 *   lockcheck examples/bugs/condition_word.c -- -DFIXED    verified
 *
 * musl, commit 97c5b5a8, "fix ABA race in cond vars" (2011):
 * https://git.musl-libc.org/cgit/musl/commit/?id=97c5b5a87c3d9df54278e1073d6177f77536bd32
 *
 * A waiter sets a word to 1 and sleeps while it is 1; a signal sets it to 0. Between the
 * waiter's unlock of the mutex and its sleep the signal may come, and another waiter
 * begin: the word is 1 again. So the first one sleeps, the signal having passed.
 *
 * The repair: a waiter writes its own thread's number, which nobody else does.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static atomic_int block; /* the condition variable */
static bool asked, answered;

/* `self`: 1 or more, and another one in each thread. */
static void wait_for_signal(int self)
{
#ifndef FIXED
    self = 1;
#endif
    atomic_store_explicit(&block, self, memory_order_relaxed);
    pthread_mutex_unlock(&mutex);
    syscall(SYS_futex, &block, FUTEX_WAIT_PRIVATE, self, NULL, NULL, 0);
    pthread_mutex_lock(&mutex);
}

static void signal_all(void)
{
    atomic_store_explicit(&block, 0, memory_order_relaxed);
    syscall(SYS_futex, &block, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

static void *answer(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&mutex);
    while (!asked) {
        wait_for_signal(2);
    }
    answered = true;
    signal_all();
    pthread_mutex_unlock(&mutex);
    return NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, answer, NULL);
    pthread_mutex_lock(&mutex);
    asked = true;
    signal_all();
    while (!answered) {
        wait_for_signal(1);
    }
    pthread_mutex_unlock(&mutex);
    pthread_join(thread, NULL);
    return 0;
}
