/* SPDX-License-Identifier: MIT */
/*
 * What `locksim run` must be able to run: the first argument says what is wanted, and the
 * exit status is 0 if it was as it should be.
 */
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 100, ROUNDS = 10, MOST_THREADS = 1100 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int counted;
static int open_to_all;

static void run_threads(int count, void *(*body)(void *))
{
    static pthread_t threads[MOST_THREADS];
    for (int i = 0; i < count; i++) {
        if (pthread_create(&threads[i], NULL, body, NULL) != 0) {
            abort();
        }
    }
    if (body != NULL && open_to_all == 2) {
        pthread_mutex_lock(&mutex);
        open_to_all = 1;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&mutex);
    }
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
}

/* --- mutex and condition ------------------------------------------------------------ */

static void *count_up(void *argument)
{
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&mutex);
        counted++;
        pthread_mutex_unlock(&mutex);
    }
    return argument;
}

static int use_mutex(void)
{
    run_threads(THREADS, count_up);
    return counted == THREADS * ROUNDS ? 0 : 1;
}

static void *pass_gate(void *argument)
{
    pthread_mutex_lock(&mutex);
    while (open_to_all != 1) {
        pthread_cond_wait(&changed, &mutex);
    }
    counted++;
    pthread_mutex_unlock(&mutex);
    return argument;
}

static int use_condition(void)
{
    open_to_all = 2;
    run_threads(THREADS, pass_gate);
    return counted == THREADS ? 0 : 1;
}

/* --- time --------------------------------------------------------------------------- */

static long long now(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* A wait that nobody ends takes as long as it says, and not much longer. */
static int use_time_limit(void)
{
    enum { LIMIT = 50000 };
    long long begin = now(CLOCK_REALTIME), end = begin + LIMIT;
    struct timespec limit = {.tv_sec = (time_t)(end / 1000000000),
                             .tv_nsec = (long)(end % 1000000000)};
    pthread_mutex_lock(&mutex);
    int outcome = pthread_cond_timedwait(&changed, &mutex, &limit);
    pthread_mutex_unlock(&mutex);
    long long took = now(CLOCK_REALTIME) - begin;
    printf("waited %lld\n", took);
    return outcome == ETIMEDOUT && took >= LIMIT && took < 2 * LIMIT ? 0 : 1;
}

/* Each access that hits takes a cycle, which is a nanosecond, and each look at the clock
   a pause: 50 of them are LONG, with nothing else in between. */
static int use_clock(void)
{
    enum { ACCESSES = 1000, LOOK = 20, LONG = 1000 };
    static atomic_int word;
    atomic_store(&word, 1);
    long long begin = now(CLOCK_MONOTONIC);
    for (int i = 0; i < ACCESSES; i++) {
        atomic_fetch_add(&word, 1);
    }
    long long took = now(CLOCK_MONOTONIC) - begin;
    printf("took %lld\n", took);
    begin = now(CLOCK_MONOTONIC);
    int looks = 0;
    do {
        looks++;
    } while (now(CLOCK_MONOTONIC) < begin + LONG);
    return took == ACCESSES + LOOK && looks == LONG / LOOK ? 0 : 1;
}

/* --- a futex ------------------------------------------------------------------------ */

static atomic_int word;

static void *wake(void *argument)
{
    atomic_store(&word, 1);
    syscall(SYS_futex, &word, FUTEX_WAKE, 1, NULL, NULL, 0);
    return argument;
}

static int use_futex(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, wake, NULL);
    while (atomic_load(&word) == 0) {
        syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0);
    }
    pthread_join(thread, NULL);
    return 0;
}

/* --- what goes wrong ---------------------------------------------------------------- */

static int use_nothing_right(const char *what)
{
    if (strcmp(what, "crash") == 0) {
        int *volatile nowhere = NULL;
        *nowhere = 1;
    } else if (strcmp(what, "deadlock") == 0) {
        pthread_mutex_lock(&mutex);
        pthread_mutex_lock(&mutex);
    } else if (strcmp(what, "endless") == 0) {
        for (volatile int i = 0;; i = !i) {
        }
    } else if (strcmp(what, "polls") == 0) {
        while (atomic_load(&word) == 0) {
        }
    } else if (strcmp(what, "many") == 0) {
        run_threads(MOST_THREADS, pass_gate);
    }
    return 2;
}

/* A line on main's stack, and enough others for a small cache to be full. */
static atomic_int *shared;
static atomic_int others[64][64];

static void *use_stack(void *unused)
{
    for (int i = 0; i < 64; i++) {
        (void)atomic_load(shared); /* leaves main its copy */
        atomic_fetch_add(shared, 1);
        atomic_fetch_add(&others[i][0], 1);
    }
    return unused;
}

static int use_stack_of_another(void)
{
    atomic_int on_stack = 0;
    shared = &on_stack;
    run_threads(2, use_stack);
    return atomic_load(&on_stack) == 128 ? 0 : 2;
}

static int use_unaligned(void)
{
    static _Alignas(64) char bytes[128];
    return atomic_fetch_add((_Atomic(int) *)(void *)&bytes[62], 1);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "mutex") == 0) {
        return use_mutex();
    }
    if (strcmp(what, "condition") == 0) {
        return use_condition();
    }
    if (strcmp(what, "limit") == 0) {
        return use_time_limit();
    }
    if (strcmp(what, "clock") == 0) {
        return use_clock();
    }
    if (strcmp(what, "stack") == 0) {
        return use_stack_of_another();
    }
    if (strcmp(what, "unaligned") == 0) {
        return use_unaligned();
    }
    if (strcmp(what, "futex") == 0) {
        return use_futex();
    }
    if (strcmp(what, "prints") == 0) {
        printf("%ld processors\n", sysconf(_SC_NPROCESSORS_ONLN));
        for (int i = 2; i < argc; i++) {
            printf("<%s>\n", argv[i]);
        }
        fputs("an error\n", stderr);
        return 0;
    }
    return use_nothing_right(what);
}
