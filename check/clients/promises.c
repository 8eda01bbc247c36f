/* SPDX-License-Identifier: MIT */
/*
 * Small programs that write down what they see. What the primitives that sleep let them
 * see, their specifications (--trust-library) must, and nothing else.
 */
#include "check/clients/kinds.h"

#define OF_LIBRARY(header, result, name, parameters) lks_##header##_##name,
static const struct trusted_functions of_library = {TRUSTED_FUNCTIONS(OF_LIBRARY)};

struct trusted_functions client_functions;
int client_seen[CLIENT_SEEN]; /* each written by one thread, or under the lock */
static int *const seen = client_seen;
static const struct trusted_functions *lks;
static int turns; /* guarded by the lock */

static lks_mutex_t mutex = LKS_MUTEX_INIT;
static lks_cond_t cond = LKS_COND_INIT;
static lks_once_t once = LKS_ONCE_INIT;
static lks_sem_t sem = LKS_SEM_INIT(0);
static lks_rwmutex_t rwmutex = LKS_RWMUTEX_INIT;
static const struct timespec soon = {1, 0};

/* Two threads: what the one does, and the other. */
static void (*first)(void), (*second)(void);

static void *body(void *self)
{
    (*(unsigned *)self == 0 ? first : second)();
    return NULL;
}

static void run(void (*one)(void), void (*other)(void))
{
    lks = client_functions.mutex_lock != NULL ? &client_functions : &of_library;
    first = one;
    second = other;
    lks_mutex_set_bound(0);
    run_threads(2, body);
}

#define RUN(name, one, other)                                                            \
    static void name(const void *subject, unsigned threads, unsigned rounds)             \
    {                                                                                    \
        (void)subject, (void)threads, (void)rounds;                                      \
        run(one, other);                                                                 \
    }

/* --- mutex: a lock, a try, and one with a deadline ---------------------------------- */

static void lock_and_try(void)
{
    lks->mutex_lock(&mutex);
    seen[0] = ++turns;
    lks->mutex_unlock(&mutex);
    if ((seen[1] = lks->mutex_trylock(&mutex))) {
        seen[2] = ++turns;
        lks->mutex_unlock(&mutex);
    }
}

/* One that gives up, and was promised the mutex: see the bound. */
static void lock_twice_and_try(void)
{
    for (int i = 0; i < 2; i++) {
        lks->mutex_lock(&mutex);
        seen[i] = ++turns;
        lks->mutex_unlock(&mutex);
    }
    if ((seen[2] = lks->mutex_trylock(&mutex))) {
        lks->mutex_unlock(&mutex);
    }
}

static void lock_in_time(void)
{
    if ((seen[3] = lks->mutex_timedlock(&mutex, &soon) == 0)) {
        seen[4] = ++turns;
        lks->mutex_unlock(&mutex);
    }
}

RUN(run_tries, lock_and_try, lock_in_time)
RUN(run_passed_over, lock_twice_and_try, lock_in_time)

/* --- cond --------------------------------------------------------------------------- */

static void wait_in_time(void)
{
    lks->mutex_lock(&mutex);
    seen[0] = ++turns;
    seen[2] = lks->cond_timedwait(&cond, &mutex, &soon) == 0;
    seen[3] = ++turns;
    lks->mutex_unlock(&mutex);
}

static void signal_inside(void)
{
    lks->mutex_lock(&mutex);
    seen[1] = ++turns;
    lks->cond_signal(&cond);
    lks->mutex_unlock(&mutex);
}

static void wait_if_first(void)
{
    lks->mutex_lock(&mutex);
    seen[0] = ++turns;
    if (turns == 1) {
        lks->cond_wait(&cond, &mutex);
        seen[2] = ++turns;
    }
    lks->mutex_unlock(&mutex);
}

static void broadcast_outside(void)
{
    lks->mutex_lock(&mutex);
    seen[1] = ++turns;
    lks->mutex_unlock(&mutex);
    lks->cond_broadcast(&cond);
}

RUN(run_timedwait, wait_in_time, signal_inside)
RUN(run_broadcast, wait_if_first, broadcast_outside)

/* --- once: an attempt that fails the first time ------------------------------------- */

static bool attempt(void *place)
{
    *(int *)place = ++turns;
    return turns > 1;
}

static void try_once(void)
{
    seen[2] = lks->once_try(&once, attempt, &seen[0]);
}

static void try_twice(void)
{
    seen[3] = lks->once_try(&once, attempt, &seen[1]);
    seen[4] = lks->once_try(&once, attempt, &seen[1]);
}

RUN(run_once, try_once, try_twice)

/* --- semaphore: two posts, a wait with a deadline, and tries ------------------------ */

static void post_and_try(void)
{
    (void)lks->sem_post(&sem);
    seen[0] = lks->sem_trywait(&sem);
    (void)lks->sem_post(&sem);
}

static void wait_and_try(void)
{
    seen[1] = lks->sem_timedwait(&sem, &soon) == 0;
    seen[2] = lks->sem_trywait(&sem);
}

RUN(run_sem, post_and_try, wait_and_try)

/* --- reader-writer mutex ------------------------------------------------------------ */

static void write_then_read(void)
{
    lks->rwmutex_wrlock(&rwmutex);
    turns = 1;
    lks->rwmutex_downgrade(&rwmutex);
    lks->rwmutex_rdunlock(&rwmutex);
}

static void try_both(void)
{
    if ((seen[0] = lks->rwmutex_tryrdlock(&rwmutex))) {
        seen[1] = turns;
        lks->rwmutex_rdunlock(&rwmutex);
    }
    if ((seen[2] = lks->rwmutex_trywrlock(&rwmutex))) {
        seen[3] = turns;
        lks->rwmutex_wrunlock(&rwmutex);
    }
}

static void write_twice(void)
{
    for (int i = 0; i < 2; i++) {
        lks->rwmutex_wrlock(&rwmutex);
        turns++;
        lks->rwmutex_wrunlock(&rwmutex);
    }
}

static void read_once(void)
{
    lks->rwmutex_rdlock(&rwmutex);
    seen[0] = turns;
    lks->rwmutex_rdunlock(&rwmutex);
}

static void write_once(void)
{
    lks->rwmutex_wrlock(&rwmutex);
    seen[3] = turns++;
    lks->rwmutex_wrunlock(&rwmutex);
}

static void write_or_read_in_time(void)
{
    if ((seen[0] = lks->rwmutex_timedwrlock(&rwmutex, &soon) == 0)) {
        turns++;
        lks->rwmutex_wrunlock(&rwmutex);
    } else if ((seen[1] = lks->rwmutex_timedrdlock(&rwmutex, &soon) == 0)) {
        seen[2] = turns;
        lks->rwmutex_rdunlock(&rwmutex);
    }
}

RUN(run_downgrade, write_then_read, try_both)
RUN(run_writer, write_twice, read_once)
RUN(run_deadlines, write_once, write_or_read_in_time)

/* ------------------------------------------------------------------------------------ */

static const struct client_size small[] = {{2, 1, false}, {0, 0, false}};
static const struct client_size large[] = {{2, 1, true}, {0, 0, false}};

static const struct client clients[] = {
    {"mutex: tries", fits_all, NULL, run_tries, small},
    {"mutex: passed over", fits_all, NULL, run_passed_over, large},
    {"cond: timedwait", fits_all, NULL, run_timedwait, large},
    {"cond: broadcast", fits_all, NULL, run_broadcast, small},
    {"once: try", fits_all, NULL, run_once, small},
    {"sem: tries", fits_all, NULL, run_sem, small},
    {"rwmutex: downgrade", fits_all, NULL, run_downgrade, small},
    {"rwmutex: writer", fits_all, NULL, run_writer, small},
    {"rwmutex: deadlines", fits_all, NULL, run_deadlines, small},
    {NULL, NULL, NULL, NULL, NULL},
};

const struct client_kind promises_kind = {.alone = "promises", .clients = clients};
