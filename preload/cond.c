/* SPDX-License-Identifier: MIT */
/*
 * pthread_cond_*: see preload.h.
 *
 * With the system's mutexes a program has the system's conditions; with ours, the
 * library's, but for those that are shared between processes. The queue, and how threads
 * that wait in it are let go, is lks_cond; here is what POSIX adds: clocks, cancellation,
 * destroy.
 */
#include "preload/preload.h"

#include <lockstep/cond.h>
#include <string.h>

/* A pthread_cond_t, as we see it. Zeros are what the static initialiser leaves. */
struct condition {
    lks_cond_t cond;
    _Atomic(uint32_t) process;
    clockid_t clock;
};

/* --- whose it is -------------------------------------------------------------------- */

/* Where the system has a word that is not zero in a condition that is shared, as it makes
   it: it differs from version to version. */
static size_t shared_at;

void cond_begin(void)
{
    static pthread_cond_t shared;
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    (void)real.pthread_cond_init(&shared, &attributes);
    for (size_t at = 0; at < sizeof shared; at += sizeof(uint32_t)) {
        uint32_t word;
        memcpy(&word, (const char *)&shared + at, sizeof word);
        if (word != 0) {
            shared_at = at;
            break;
        }
    }
    if (shared_at < sizeof(struct condition)) {
        give_up("conditions", "of this C library are not as expected");
    }
}

static bool is_ours(const pthread_cond_t *object)
{
    uint32_t word;
    memcpy(&word, (const char *)object + shared_at, sizeof word);
    return settings.lock != NULL && word == 0;
}

static void renew(void *object)
{
    struct condition *condition = object;
    (void)lks_cond_init(&condition->cond);
}

/* Returns what the object is to us, or NULL if it is the system's. */
static struct condition *ours(pthread_cond_t *object)
{
    begin();
    if (!is_ours(object)) {
        return NULL;
    }
    struct condition *condition = (struct condition *)object;
    renew_after_fork(&condition->process, renew, condition);
    return condition;
}

/* --- beginning and end -------------------------------------------------------------- */

EXPORTED int pthread_cond_init(pthread_cond_t *object,
                               const pthread_condattr_t *attributes)
{
    begin();
    int shared = PTHREAD_PROCESS_PRIVATE;
    clockid_t clock = CLOCK_REALTIME;
    if (attributes != NULL) {
        (void)pthread_condattr_getpshared(attributes, &shared);
        (void)pthread_condattr_getclock(attributes, &clock);
    }
    if (settings.lock == NULL || shared != PTHREAD_PROCESS_PRIVATE) {
        return real.pthread_cond_init(object, attributes);
    }
    *object = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    struct condition *condition = (struct condition *)object;
    condition->clock = clock;
    atomic_store_explicit(&condition->process, forks, memory_order_relaxed);
    return 0;
}

/* Threads that have been let go may have yet to return, also one that has to wait for the
   caller to give back the mutex: none of them touches the condition any more. */
EXPORTED int pthread_cond_destroy(pthread_cond_t *object)
{
    struct condition *condition = ours(object);
    if (condition == NULL) {
        return real.pthread_cond_destroy(object);
    }
    if (atomic_load_explicit(&condition->cond.first, memory_order_relaxed) != NULL) {
        return EBUSY;
    }
    lks_cond_forget(&condition->cond);
    return 0;
}

/* --- waiting ------------------------------------------------------------------------ */

struct wait {
    struct lks_cond_waiter waiter;
    struct condition *condition;
    pthread_mutex_t *mutex;
    unsigned depth;
    const void *place;
};

/* Takes the mutex again. */
static int come_back(struct wait *wait)
{
    int error = mutex_return(wait->mutex, wait->depth, wait->place);
    lks_cond_leave(&wait->waiter);
    return error;
}

/* Takes it out of the queue. Returns false if it has been let go: then it has also been
   called. */
static bool withdraw(struct wait *wait)
{
    bool withdrawn = lks_cond_withdraw(&wait->condition->cond, &wait->waiter);
    if (!withdrawn) {
        sleep_until_set(&wait->waiter.absence.called);
    }
    return withdrawn;
}

/* The wait is not to be. A signal that it had is for another one. */
static void give_up_wait(struct wait *wait)
{
    if (!withdraw(wait)) {
        lks_cond_pass_on(&wait->waiter);
    }
}

/* The thread is cancelled while it sleeps. */
static void cancelled(void *argument)
{
    struct wait *wait = argument;
    give_up_wait(wait);
    (void)come_back(wait);
}

/* Returns ETIMEDOUT if nobody has let it go. */
static int sleep_in_queue(struct wait *wait, clockid_t clock,
                          const struct timespec *deadline)
{
    _Atomic(uint32_t) *word = &wait->waiter.absence.called;
    int error = 0;
    pthread_cleanup_push(cancelled, wait);
    /* Acquire: pairs with the release of the thread that calls it. */
    while (error != ETIMEDOUT && atomic_load_explicit(word, memory_order_acquire) == 0) {
        error = sleep_as_posix(word, 0, clock, deadline);
    }
    pthread_cleanup_pop(0);
    return error == ETIMEDOUT && withdraw(wait) ? ETIMEDOUT : 0;
}

static int wait_in(struct condition *condition, pthread_mutex_t *mutex, clockid_t clock,
                   const struct timespec *deadline, const void *place)
{
    if (deadline != NULL && check_deadline(clock, deadline) != 0) {
        return EINVAL;
    }
    pthread_testcancel();
    struct wait wait = {.condition = condition, .mutex = mutex, .place = place};
    lks_cond_enter(&condition->cond, &wait.waiter);
    int error = mutex_leave(mutex, &wait.depth);
    if (error != 0) {
        give_up_wait(&wait);
        lks_cond_leave(&wait.waiter);
        return error;
    }
    int result = sleep_in_queue(&wait, clock, deadline);
    error = come_back(&wait);
    return error != 0 ? error : result;
}

/* The system's own condition: with one of our mutexes it cannot be. */
static void check_system_wait(pthread_mutex_t *mutex)
{
    if (mutex_is_ours(mutex)) {
        give_up("pthread_cond_wait:",
                "the condition is shared between processes, and the mutex is not");
    }
    profile_gives(mutex, PROFILE_MUTEX);
}

/* Back from it: whether it had to wait for the mutex is not known. */
static int system_waited(int error, pthread_mutex_t *mutex, const void *place)
{
    if (error == 0 || error == ETIMEDOUT || error == EOWNERDEAD) {
        profile_took(mutex, PROFILE_MUTEX, place, false);
    }
    return error;
}

int cond_wait_at(pthread_cond_t *object, pthread_mutex_t *mutex,
                 const struct timespec *deadline, const void *place)
{
    struct condition *condition = ours(object);
    if (condition != NULL) {
        return wait_in(condition, mutex, condition->clock, deadline, place);
    }
    check_system_wait(mutex);
    int error = deadline == NULL ? real.pthread_cond_wait(object, mutex)
                                 : real.pthread_cond_timedwait(object, mutex, deadline);
    return system_waited(error, mutex, place);
}

EXPORTED int pthread_cond_wait(pthread_cond_t *object, pthread_mutex_t *mutex)
{
    return cond_wait_at(object, mutex, NULL, CALLED_FROM);
}

EXPORTED int pthread_cond_timedwait(pthread_cond_t *object, pthread_mutex_t *mutex,
                                    const struct timespec *deadline)
{
    return cond_wait_at(object, mutex, deadline, CALLED_FROM);
}

EXPORTED int pthread_cond_clockwait(pthread_cond_t *object, pthread_mutex_t *mutex,
                                    clockid_t clock, const struct timespec *deadline)
{
    struct condition *condition = ours(object);
    if (condition != NULL) {
        return wait_in(condition, mutex, clock, deadline, CALLED_FROM);
    }
    check_system_wait(mutex);
    return system_waited(real.pthread_cond_clockwait(object, mutex, clock, deadline),
                         mutex, CALLED_FROM);
}

/* --- waking ------------------------------------------------------------------------- */

EXPORTED int pthread_cond_signal(pthread_cond_t *object)
{
    struct condition *condition = ours(object);
    if (condition == NULL) {
        return real.pthread_cond_signal(object);
    }
    lks_cond_signal(&condition->cond);
    return 0;
}

EXPORTED int pthread_cond_broadcast(pthread_cond_t *object)
{
    struct condition *condition = ours(object);
    if (condition == NULL) {
        return real.pthread_cond_broadcast(object);
    }
    lks_cond_broadcast(&condition->cond);
    return 0;
}

/* --- versions ----------------------------------------------------------------------- */

/*
 * Programs of before 2003 have conditions of eight bytes. The system's functions for
 * those know only its own mutexes; so ours put the address of a condition there.
 */
#ifdef __x86_64__
#define OF_NOW(name)       __asm__(".symver " #name "," #name "@@@GLIBC_2.3.2")
#define OF_OLD(name, what) __asm__(".symver " #what "," #name "@GLIBC_2.2.5")
OF_NOW(pthread_cond_init);
OF_NOW(pthread_cond_destroy);
OF_NOW(pthread_cond_wait);
OF_NOW(pthread_cond_timedwait);
OF_NOW(pthread_cond_signal);
OF_NOW(pthread_cond_broadcast);

typedef struct old_cond {
    _Atomic(pthread_cond_t *) cond; /* NULL: not used yet */
} old_cond_t;

static struct slab conds = {.size = LKS_WHOLE_LINES(sizeof(pthread_cond_t))};

/* Acquire and release: the zeros of a condition that another thread put there. */
static pthread_cond_t *new_of(old_cond_t *old)
{
    pthread_cond_t *cond = atomic_load_explicit(&old->cond, memory_order_acquire);
    if (cond == NULL) {
        pthread_cond_t *mine = slab_take(&conds);
        if (atomic_compare_exchange_strong_explicit(
                &old->cond, &cond, mine, memory_order_acq_rel, memory_order_acquire)) {
            return mine;
        }
        slab_give(&conds, mine);
    }
    return cond;
}

EXPORTED int old_cond_init(old_cond_t *old, const pthread_condattr_t *attributes);
int old_cond_init(old_cond_t *old, const pthread_condattr_t *attributes)
{
    atomic_store_explicit(&old->cond, NULL, memory_order_relaxed);
    return pthread_cond_init(new_of(old), attributes);
}

EXPORTED int old_cond_destroy(old_cond_t *old);
int old_cond_destroy(old_cond_t *old)
{
    pthread_cond_t *cond = new_of(old);
    int error = pthread_cond_destroy(cond);
    if (error == 0) {
        slab_give(&conds, cond);
    }
    return error;
}

EXPORTED int old_cond_wait(old_cond_t *old, pthread_mutex_t *mutex);
int old_cond_wait(old_cond_t *old, pthread_mutex_t *mutex)
{
    return cond_wait_at(new_of(old), mutex, NULL, CALLED_FROM);
}

EXPORTED int old_cond_timedwait(old_cond_t *old, pthread_mutex_t *mutex,
                                const struct timespec *deadline);
int old_cond_timedwait(old_cond_t *old, pthread_mutex_t *mutex,
                       const struct timespec *deadline)
{
    return cond_wait_at(new_of(old), mutex, deadline, CALLED_FROM);
}

EXPORTED int old_cond_signal(old_cond_t *old);
int old_cond_signal(old_cond_t *old)
{
    return pthread_cond_signal(new_of(old));
}

EXPORTED int old_cond_broadcast(old_cond_t *old);
int old_cond_broadcast(old_cond_t *old)
{
    return pthread_cond_broadcast(new_of(old));
}

OF_OLD(pthread_cond_init, old_cond_init);
OF_OLD(pthread_cond_destroy, old_cond_destroy);
OF_OLD(pthread_cond_wait, old_cond_wait);
OF_OLD(pthread_cond_timedwait, old_cond_timedwait);
OF_OLD(pthread_cond_signal, old_cond_signal);
OF_OLD(pthread_cond_broadcast, old_cond_broadcast);
#endif
