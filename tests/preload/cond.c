/* SPDX-License-Identifier: MIT */
/* Conditions: nothing is lost in a queue of one place, a condition is freed right after
   its broadcast, deadlines of each clock, cancelled waits, a forked child, processes that
   share one. With an argument: a wait that cannot be. */
#define _GNU_SOURCE
#include "from_now.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 3, ITEMS = 300 };

/* Of a normal kind, and of one whose unlock fails if the thread has not locked it. */
static pthread_mutex_t mutex;

static void lock(void)
{
    EXPECT(pthread_mutex_lock(&mutex), 0);
}

static void unlock(void)
{
    EXPECT(pthread_mutex_unlock(&mutex), 0);
}

static void start(pthread_t *threads, void *(*body)(void *), int count, void *argument)
{
    for (int i = 0; i < count; i++) {
        EXPECT(pthread_create(&threads[i], NULL, body, argument), 0);
    }
}

static void join(const pthread_t *threads, int count)
{
    for (int i = 0; i < count; i++) {
        EXPECT(pthread_join(threads[i], NULL), 0);
    }
}

static bool is_past(clockid_t clock, const struct timespec *instant)
{
    struct timespec now = from_now(clock, 0);
    return now.tv_sec > instant->tv_sec ||
           (now.tv_sec == instant->tv_sec && now.tv_nsec >= instant->tv_nsec);
}

/* --- a queue of one place: a signal too few and threads wait for ever ----- */

static pthread_cond_t full = PTHREAD_COND_INITIALIZER;
static pthread_cond_t empty = PTHREAD_COND_INITIALIZER;
static int place; /* 0: empty */
static long sum;

static void *put(void *unused)
{
    for (int i = 1; i <= ITEMS; i++) {
        lock();
        while (place != 0) {
            EXPECT(pthread_cond_wait(&empty, &mutex), 0);
        }
        place = i;
        EXPECT(pthread_cond_signal(&full), 0);
        unlock();
    }
    return unused;
}

static void *take(void *unused)
{
    struct timespec later = from_now(CLOCK_REALTIME, 3600000);
    for (int i = 1; i <= ITEMS; i++) {
        lock();
        while (place == 0) {
            EXPECT(pthread_cond_timedwait(&full, &mutex, &later), 0);
        }
        sum += place;
        place = 0;
        unlock();
        EXPECT(pthread_cond_signal(&empty), 0);
    }
    return unused;
}

static void nothing_is_lost(void)
{
    pthread_t threads[2 * THREADS];
    start(threads, put, THREADS, NULL);
    start(threads + THREADS, take, THREADS, NULL);
    join(threads, 2 * THREADS);
    EXPECT(sum, (long)THREADS * ITEMS * (ITEMS + 1) / 2);
    sum = 0;
}

/* --- broadcast, destroy and free, in a mutex that the waiters need to return -------- */

static struct gate {
    pthread_cond_t open;
    int waiting;
    bool is_open;
} * gate;
static int passed;

static void *pass(void *unused)
{
    lock();
    struct gate *mine = gate;
    mine->waiting++;
    EXPECT(pthread_cond_wait(&mine->open, &mutex), 0);
    passed++;
    unlock();
    return unused;
}

static void a_condition_is_freed_after_its_broadcast(void)
{
    passed = 0;
    for (int round = 1; round <= 20; round++) {
        gate = calloc(1, sizeof *gate);
        EXPECT(gate != NULL, true);
        EXPECT(pthread_cond_init(&gate->open, NULL), 0);
        pthread_t threads[THREADS];
        start(threads, pass, THREADS, NULL);
        lock();
        while (gate->waiting < THREADS) {
            unlock();
            lock();
        }
        EXPECT(pthread_cond_broadcast(&gate->open), 0);
        EXPECT(pthread_cond_destroy(&gate->open), 0);
        *gate = (struct gate){.waiting = -1};
        free(gate);
        unlock();
        join(threads, THREADS);
        EXPECT(passed, round * THREADS);
    }
}

/* --- deadlines ---------------------------------------------------------------------- */

static void deadlines_of(clockid_t clock)
{
    pthread_cond_t cond;
    pthread_condattr_t attributes;
    EXPECT(pthread_condattr_init(&attributes), 0);
    EXPECT(pthread_condattr_setclock(&attributes, clock), 0);
    EXPECT(pthread_cond_init(&cond, &attributes), 0);
    lock();
    struct timespec soon = from_now(clock, 2);
    EXPECT(pthread_cond_timedwait(&cond, &mutex, &soon), ETIMEDOUT);
    EXPECT(is_past(clock, &soon), true);
    struct timespec before = {-1, 0};
    EXPECT(pthread_cond_timedwait(&cond, &mutex, &before), ETIMEDOUT);
    struct timespec invalid = {0, 1000000000};
    EXPECT(pthread_cond_timedwait(&cond, &mutex, &invalid), EINVAL);
    unlock();
    EXPECT(pthread_cond_destroy(&cond), 0);
}

static void clockwait_goes_by_its_clock(void)
{
    pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
    lock();
    struct timespec soon = from_now(CLOCK_MONOTONIC, 2);
    EXPECT(pthread_cond_clockwait(&cond, &mutex, CLOCK_MONOTONIC, &soon), ETIMEDOUT);
    EXPECT(is_past(CLOCK_MONOTONIC, &soon), true);
    soon = from_now(CLOCK_REALTIME, 2);
    EXPECT(pthread_cond_clockwait(&cond, &mutex, CLOCK_REALTIME, &soon), ETIMEDOUT);
    EXPECT(pthread_cond_clockwait(&cond, &mutex, CLOCK_THREAD_CPUTIME_ID, &soon), EINVAL);
    unlock();
}

/* --- kinds of mutexes --------------------------------------------------------------- */

static void *unlock_twice(void *cond)
{
    static pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    struct timespec soon = from_now(CLOCK_REALTIME, 1);
    EXPECT(pthread_mutex_lock(&recursive), 0);
    EXPECT(pthread_mutex_lock(&recursive), 0);
    EXPECT(pthread_cond_timedwait(cond, &recursive, &soon), ETIMEDOUT);
    EXPECT(pthread_mutex_unlock(&recursive), 0);
    EXPECT(pthread_mutex_unlock(&recursive), 0);
    EXPECT(pthread_mutex_unlock(&recursive), EPERM);
    return NULL;
}

static void the_kind_stays(void)
{
    pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
    static pthread_mutex_t careful = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
    (void)unlock_twice(&cond);
    EXPECT(pthread_cond_wait(&cond, &careful), EPERM);
}

/* A mutex that is the system's own, with a condition as any other. */
static void with_a_robust_mutex(void)
{
    pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
    pthread_mutex_t robust;
    pthread_mutexattr_t attributes;
    EXPECT(pthread_mutexattr_init(&attributes), 0);
    EXPECT(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST), 0);
    EXPECT(pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK), 0);
    EXPECT(pthread_mutex_init(&robust, &attributes), 0);
    struct timespec soon = from_now(CLOCK_REALTIME, 1);
    EXPECT(pthread_mutex_lock(&robust), 0);
    EXPECT(pthread_cond_timedwait(&cond, &robust, &soon), ETIMEDOUT);
    EXPECT(pthread_mutex_unlock(&robust), 0);
    EXPECT(pthread_mutex_destroy(&robust), 0);
}

/* --- cancellation ------------------------------------------------------------------- */

static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static int waiting, left, tokens;

/* The mutex is held again when this runs. */
static void on_cancel(void *unused)
{
    (void)unused;
    left++;
    unlock();
}

static void *wait_for_token(void *unused)
{
    lock();
    pthread_cleanup_push(on_cancel, NULL);
    waiting++;
    while (tokens == 0) {
        EXPECT(pthread_cond_wait(&never, &mutex), 0);
    }
    tokens--;
    pthread_cleanup_pop(0);
    unlock();
    return unused;
}

static void until_waiting(int count)
{
    lock();
    while (waiting < count) {
        unlock();
        lock();
    }
    unlock();
}

static void a_wait_is_cancelled(void)
{
    waiting = left = 0;
    pthread_t thread;
    start(&thread, wait_for_token, 1, NULL);
    until_waiting(1);
    EXPECT(pthread_cancel(thread), 0);
    void *result;
    EXPECT(pthread_join(thread, &result), 0);
    EXPECT(result == PTHREAD_CANCELED, true);
    EXPECT(left, 1);
}

/* One of two is cancelled and one signal comes, in either order: the other one has it. */
static void a_cancelled_wait_has_no_signal(void)
{
    for (int round = 0; round < 100; round++) {
        waiting = left = 0;
        pthread_t threads[2];
        start(threads, wait_for_token, 2, NULL);
        until_waiting(2);
        lock();
        tokens = 1;
        unlock();
        if (round % 2 == 0) {
            EXPECT(pthread_cond_signal(&never), 0);
            EXPECT(pthread_cancel(threads[0]), 0);
        } else {
            EXPECT(pthread_cancel(threads[0]), 0);
            EXPECT(pthread_cond_signal(&never), 0);
        }
        /* Its result says nothing: it may have been cancelled when it had the token. */
        EXPECT(pthread_join(threads[0], NULL), 0);
        if (left == 0) {
            lock();
            tokens++;
            unlock();
            EXPECT(pthread_cond_signal(&never), 0);
        }
        EXPECT(pthread_join(threads[1], NULL), 0);
        EXPECT(tokens, 0);
    }
}

/* --- fork --------------------------------------------------------------------------- */

static void *give_token(void *unused)
{
    until_waiting(1);
    lock();
    tokens = 1;
    EXPECT(pthread_cond_signal(&never), 0);
    unlock();
    return unused;
}

/* Forks while one waits; then another waits in the child, which has only its own. */
static void a_child_has_none_of_those_that_wait(void)
{
    waiting = 0;
    pthread_t thread;
    start(&thread, wait_for_token, 1, NULL);
    until_waiting(1);
    pid_t child = fork();
    if (child == 0) {
        waiting = 0;
        pthread_t giver;
        start(&giver, give_token, 1, NULL);
        (void)wait_for_token(NULL);
        EXPECT(pthread_join(giver, NULL), 0);
        _exit(0);
    }
    int status;
    EXPECT(waitpid(child, &status, 0), child);
    EXPECT(status, 0);
    (void)give_token(NULL);
    EXPECT(pthread_join(thread, NULL), 0);
}

/* --- between processes -------------------------------------------------------------- */

static void make_shared(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;
    EXPECT(pthread_condattr_init(&attributes), 0);
    EXPECT(pthread_condattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED), 0);
    EXPECT(pthread_cond_init(cond, &attributes), 0);
}

static void a_shared_condition_is_for_processes(void)
{
    struct {
        pthread_mutex_t mutex;
        pthread_cond_t cond;
        int turn;
    } *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    EXPECT(shared != MAP_FAILED, true);
    pthread_mutexattr_t attributes;
    EXPECT(pthread_mutexattr_init(&attributes), 0);
    EXPECT(pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED), 0);
    EXPECT(pthread_mutex_init(&shared->mutex, &attributes), 0);
    make_shared(&shared->cond);
    pid_t child = fork();
    (void)alarm(60); /* the other one may have failed */
    EXPECT(pthread_mutex_lock(&shared->mutex), 0);
    for (int i = child == 0; i < 10; i += 2) {
        while (shared->turn != i) {
            EXPECT(pthread_cond_wait(&shared->cond, &shared->mutex), 0);
        }
        shared->turn++;
        EXPECT(pthread_cond_signal(&shared->cond), 0);
    }
    EXPECT(pthread_mutex_unlock(&shared->mutex), 0);
    if (child == 0) {
        _exit(0);
    }
    (void)alarm(0);
    int status;
    EXPECT(waitpid(child, &status, 0), child);
    EXPECT(status, 0);
    EXPECT(pthread_cond_destroy(&shared->cond), 0);
}

/* What has no right result. */
static void wait_with_an_unshared_mutex(void)
{
    pthread_cond_t cond;
    make_shared(&cond);
    struct timespec past = {1, 0};
    lock();
    (void)pthread_cond_timedwait(&cond, &mutex, &past);
}

static void all(void)
{
    nothing_is_lost();
    a_condition_is_freed_after_its_broadcast();
    deadlines_of(CLOCK_REALTIME);
    deadlines_of(CLOCK_MONOTONIC);
    clockwait_goes_by_its_clock();
    the_kind_stays();
    with_a_robust_mutex();
    a_wait_is_cancelled();
    a_cancelled_wait_has_no_signal();
    a_child_has_none_of_those_that_wait();
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) {
        wait_with_an_unshared_mutex();
        return 0;
    }
    static const int kinds[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ERRORCHECK};
    for (int i = 0; i < 2; i++) {
        pthread_mutexattr_t attributes;
        EXPECT(pthread_mutexattr_init(&attributes), 0);
        EXPECT(pthread_mutexattr_settype(&attributes, kinds[i]), 0);
        EXPECT(pthread_mutex_init(&mutex, &attributes), 0);
        all();
        a_shared_condition_is_for_processes();
        EXPECT(pthread_mutex_destroy(&mutex), 0);
    }
    return 0;
}
