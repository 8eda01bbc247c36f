/* SPDX-License-Identifier: MIT */
/* What thread libraries work with is used too early, too late, by others than it is for,
   or while somebody changes it. */
// expect: wrong race -DBUG=CONDITION_DESTROYED
// expect: wrong race -DBUG=SIGNALLED_AFTER_END
// expect: wrong race -DBUG=BARRIER_DESTROYED
// expect: wrong race -DBUG=KEY_DELETED
// expect: wrong race -DBUG=ATTRIBUTES
// expect: wrong race -DBUG=PROCESSORS
// expect: wrong race -DBUG=CANCELLATION
// expect: wrong race -DBUG=DEADLINE
// expect: wrong use after free -DBUG=ATTRIBUTES_FREED
// expect: wrong misuse -DBUG=TWO_MUTEXES
// expect: wrong misuse -DBUG=CONDITION_NOT_INITIALISED
// expect: wrong misuse -DBUG=RWLOCK_NOT_INITIALISED
// expect: wrong misuse -DBUG=SEMAPHORE_NOT_INITIALISED
// expect: wrong misuse -DBUG=NO_TIME_LIMITS
// expect: wrong misuse -DBUG=TWO_EXITS
// expect: wrong assertion -DBUG=NANOSECONDS
// expect: verified -DBUG=NONE
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>
#include <threads.h>
#include <time.h>

enum bug {
    NONE,
    CONDITION_DESTROYED,
    SIGNALLED_AFTER_END,
    BARRIER_DESTROYED,
    KEY_DELETED,
    ATTRIBUTES,
    PROCESSORS,
    CANCELLATION,
    DEADLINE,
    ATTRIBUTES_FREED,
    TWO_MUTEXES,
    CONDITION_NOT_INITIALISED,
    RWLOCK_NOT_INITIALISED,
    SEMAPHORE_NOT_INITIALISED,
    NO_TIME_LIMITS,
    TWO_EXITS,
    NANOSECONDS
};

static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t other_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_key_t key;
static pthread_attr_t attributes;
static cpu_set_t processors;
static struct timespec deadline;
static int cancel_state, done, other_done;

static void wait_for(pthread_mutex_t *with, const int *flag)
{
    pthread_mutex_lock(with);
    while (!*flag) {
        pthread_cond_wait(&condition, with);
    }
    pthread_mutex_unlock(with);
}

static void *run(void *unused)
{
    switch (BUG) {
    case SIGNALLED_AFTER_END:
        wait_for(&mutex, &done); /* falls through */
    case CONDITION_DESTROYED:
        pthread_cond_destroy(&condition);
        break;
    case BARRIER_DESTROYED:
        pthread_barrier_destroy(&barrier);
        break;
    case KEY_DELETED:
        pthread_key_delete(key);
        break;
    case ATTRIBUTES:
        pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
        break;
    case PROCESSORS:
        CPU_SET(1, &processors);
        break;
    case CANCELLATION:
        cancel_state = 1;
        break;
    case DEADLINE:
        deadline.tv_sec = 0;
        break;
    case TWO_EXITS:
        exit(0);
    case NONE:
    case TWO_MUTEXES:
        wait_for(&mutex, &done);
        break;
    default:
        break;
    }
    return unused;
}

static void *wait_too(void *unused)
{
    wait_for(BUG == TWO_MUTEXES ? &other_mutex : &mutex, &other_done);
    return unused;
}

static void set(pthread_mutex_t *with, int *flag)
{
    pthread_mutex_lock(with);
    *flag = 1;
    pthread_mutex_unlock(with);
}

static void wait_shortly(void)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 1000;
    if (BUG != NANOSECONDS && until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_mutex_lock(&mutex);
    int error = pthread_cond_timedwait(&condition, &mutex, &until);
    assert(error == 0 || error == ETIMEDOUT);
    pthread_mutex_unlock(&mutex);
}

/* Objects of malloc's, which nobody has initialised. */
static void use_early(void)
{
    pthread_cond_t *early_condition = malloc(sizeof *early_condition);
    pthread_rwlock_t *early_lock = malloc(sizeof *early_lock);
    sem_t *early_semaphore = malloc(sizeof *early_semaphore);
    if (BUG != CONDITION_NOT_INITIALISED) {
        pthread_cond_init(early_condition, NULL);
    }
    if (BUG != RWLOCK_NOT_INITIALISED) {
        pthread_rwlock_init(early_lock, NULL);
    }
    if (BUG != SEMAPHORE_NOT_INITIALISED) {
        sem_init(early_semaphore, 0, 0);
    }
    pthread_cond_signal(early_condition);
    pthread_rwlock_tryrdlock(early_lock);
    sem_post(early_semaphore);
    free(early_condition);
    free(early_lock);
    free(early_semaphore);
}

static void try_for_a_while(void)
{
    mtx_t limited;
    mtx_init(&limited, BUG == NO_TIME_LIMITS ? mtx_plain : mtx_timed);
    mtx_timedlock(&limited, &deadline);
    mtx_unlock(&limited);
    mtx_destroy(&limited);
}

static void set_type(void)
{
    pthread_mutexattr_t *type = malloc(sizeof *type);
    pthread_mutexattr_init(type);
    pthread_mutexattr_settype(type, PTHREAD_MUTEX_RECURSIVE);
    if (BUG == ATTRIBUTES_FREED) {
        free(type);
    }
    pthread_mutex_t recursive;
    pthread_mutex_init(&recursive, type);
    pthread_mutex_destroy(&recursive);
    if (BUG != ATTRIBUTES_FREED) {
        free(type);
    }
}

int main(void)
{
    pthread_t thread, waiting;
    pthread_barrier_init(&barrier, NULL, 1);
    pthread_key_create(&key, NULL);
    pthread_attr_init(&attributes);
    CPU_ZERO(&processors);
    use_early();
    try_for_a_while();
    set_type();
    wait_shortly();
    pthread_create(&thread, NULL, run, NULL);
    if (BUG == NONE || BUG == TWO_MUTEXES) {
        pthread_create(&waiting, NULL, wait_too, NULL);
    }
    switch (BUG) {
    case CONDITION_DESTROYED:
        pthread_cond_signal(&condition);
        break;
    case BARRIER_DESTROYED:
        pthread_barrier_wait(&barrier);
        break;
    case KEY_DELETED:
        pthread_setspecific(key, &key);
        break;
    case ATTRIBUTES:
        pthread_attr_setstacksize(&attributes, 1 << 20);
        break;
    case PROCESSORS:
        pthread_setaffinity_np(pthread_self(), sizeof processors, &processors);
        break;
    case CANCELLATION:
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
        break;
    case DEADLINE:
        if (pthread_mutex_timedlock(&mutex, &deadline) == 0) {
            pthread_mutex_unlock(&mutex);
        }
        break;
    case TWO_EXITS:
        exit(0);
    default:
        break;
    }
    set(&mutex, &done);
    if (BUG == NONE || BUG == TWO_MUTEXES) {
        set(BUG == TWO_MUTEXES ? &other_mutex : &mutex, &other_done);
        pthread_cond_broadcast(&condition);
        pthread_join(waiting, NULL);
    } else if (BUG == SIGNALLED_AFTER_END) {
        pthread_cond_signal(&condition);
    }
    pthread_join(thread, NULL);
    return 0;
}
