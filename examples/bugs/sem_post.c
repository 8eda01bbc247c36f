/* SPDX-License-Identifier: MIT */
/*
 * sem_post of two C libraries: it looks at the semaphore once more when it may be gone.
 *
 *   lockcheck examples/bugs/sem_post.c               wrong: use after free
 *   lockcheck examples/bugs/sem_post.c -- -DFIXED    verified
 *
 * glibc, bug 12674 (2011), and musl, commit 88c4e720 (2011):
 * https://sourceware.org/bugzilla/show_bug.cgi?id=12674
 * https://git.musl-libc.org/cgit/musl/commit/?id=88c4e720317845a8e01aee03f142ba82674cd23d
 *
 * Post adds 1 to the value, and then reads how many sleep. In between a thread that
 * needed no sleep may take the 1, know that it is the last user, and free the semaphore.
 *
 * The repair: the number of those that sleep is in the word of the value, so that one
 * operation adds the 1 and reads it.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef struct {
    atomic_int word; /* the value */
    atomic_int sleepers;
} semaphore;

#ifdef FIXED
enum { SLEEPER = 0x10000 }; /* the sleepers are in the upper half of the word */
#endif

static void post(semaphore *s)
{
#ifdef FIXED
    int sleepers = atomic_fetch_add(&s->word, 1) / SLEEPER;
#else
    atomic_fetch_add(&s->word, 1);
    int sleepers = atomic_load(&s->sleepers);
#endif
    if (sleepers > 0) {
        syscall(SYS_futex, &s->word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    }
}

static bool try_wait(semaphore *s)
{
    int seen = atomic_load(&s->word);
#ifdef FIXED
    int value = seen % SLEEPER;
#else
    int value = seen;
#endif
    return value > 0 && atomic_compare_exchange_strong(&s->word, &seen, seen - 1);
}

static void sleep_while_zero(semaphore *s)
{
#ifdef FIXED
    int seen = atomic_fetch_add(&s->word, SLEEPER);
    if (seen % SLEEPER == 0) {
        seen += SLEEPER;
        syscall(SYS_futex, &s->word, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
    }
    atomic_fetch_sub(&s->word, SLEEPER);
#else
    atomic_fetch_add(&s->sleepers, 1);
    atomic_thread_fence(memory_order_seq_cst); /* before the kernel looks */
    syscall(SYS_futex, &s->word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
    atomic_fetch_sub(&s->sleepers, 1);
#endif
}

static void *poster(void *argument)
{
    post(argument);
    return NULL;
}

int main(void)
{
    semaphore *s = calloc(1, sizeof *s);
    pthread_t thread;
    pthread_create(&thread, NULL, poster, s);
    while (!try_wait(s)) {
        sleep_while_zero(s);
    }
    free(s);
    pthread_join(thread, NULL);
    return 0;
}
