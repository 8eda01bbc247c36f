/* SPDX-License-Identifier: MIT */
/*
 * Signals with a handler, without SA_RESTART or (`signals restart`) with it, during every
 * kind of sleep: the sleeper goes on sleeping until what it waits for has come. And a
 * storm of them, from a timer, while many threads contend.
 */
#include "../asleep.h"
#include "../mutex_ways.h"
#include <signal.h>
#include <sys/time.h>

static _Atomic(uint32_t) handled;
static _Atomic(bool) is_kept; /* in the handler */

static void handle(int signal_number)
{
    (void)signal_number;
    int error = errno;
    (void)atomic_fetch_add_explicit(&handled, 1, memory_order_relaxed);
    while (atomic_load_explicit(&is_kept, memory_order_relaxed)) {
        (void)sched_yield();
    }
    errno = error;
}

/* Sends the thread a signal; when this returns it is in the handler, or has been. */
static void interrupt(pthread_t thread)
{
    uint32_t before = atomic_load_explicit(&handled, memory_order_relaxed);
    assert_int_equal(pthread_kill(thread, SIGUSR1), 0);
    while (atomic_load_explicit(&handled, memory_order_relaxed) == before) {
        (void)sched_yield();
    }
}

static int flags; /* SA_RESTART, or 0 */

static void install(int signal_number)
{
    struct sigaction action;
    (void)memset(&action, 0, sizeof action);
    action.sa_handler = handle;
    action.sa_flags = flags;
    (void)sigemptyset(&action.sa_mask);
    assert_int_equal(sigaction(signal_number, &action, NULL), 0);
}

/* --- one sleeper, many signals ------------------------------------------------------ */

/* What a worker waits for, and how main lets it go. */
typedef struct kind {
    const char *name;
    const char *class_name; /* or NULL */
    void (*prepare)(void);
    void (*wait)(void); /* in the worker */
    void (*let_go)(void);
    void (*destroy)(void); /* or NULL */
} kind_t;

static const kind_t *kind; /* the present one */

static lks_mutex_t mutex;
static lks_cond_t cond;
static lks_sem_t sem;
static lks_once_t once;
static _Atomic(bool) may_end, has_begun;
static bool condition;
static lks_lock_t *lock;
static lks_rwlock_t *rwlock;
static lks_barrier_t *barrier;

static void hold_mutex(void)
{
    assert_int_equal(lks_mutex_init(&mutex), 0);
    lks_mutex_lock(&mutex);
}

static void release_mutex(void)
{
    lks_mutex_unlock(&mutex);
}

static void wait_for_mutex(void)
{
    lks_mutex_lock(&mutex);
    lks_mutex_unlock(&mutex);
}

static void wait_for_mutex_till_deadline(void)
{
    const struct timespec deadline = LONG_FROM_NOW;
    if (lks_mutex_timedlock(&mutex, &deadline) != 0) {
        abort();
    }
    lks_mutex_unlock(&mutex);
}

static void hold_mutex_without_patience(void)
{
    lks_mutex_set_bound(0);
    hold_mutex();
}

static bool has_token(void)
{
    return (atomic_load_explicit(&mutex.word, memory_order_relaxed) & LKS_MUTEX_TOKEN) !=
           0;
}

/* Calls the sleeper, which has a signal to handle first, and comes too late: so it stands
   in line until it is handed the lock. */
static void make_hungry(pthread_t sleeper)
{
    atomic_store_explicit(&is_kept, true, memory_order_relaxed);
    interrupt(sleeper);
    lks_mutex_unlock(&mutex);
    lks_mutex_lock(&mutex);
    assert_true(has_token());
    atomic_store_explicit(&is_kept, false, memory_order_relaxed);
    while (has_token()) {
        (void)sched_yield();
    }
    until_asleep_on(NULL, 1);
    lks_mutex_set_bound(LKS_MUTEX_BOUND_NS);
}

static void make_condition(void)
{
    condition = false;
    assert_int_equal(lks_mutex_init(&mutex), 0);
    assert_int_equal(lks_cond_init(&cond), 0);
}

static void wait_for_condition(void)
{
    lks_mutex_lock(&mutex);
    lks_cond_wait(&cond, &mutex);
    if (!condition) {
        abort(); /* there are no spurious wake-ups */
    }
    lks_mutex_unlock(&mutex);
}

static void wait_for_condition_till_deadline(void)
{
    const struct timespec deadline = LONG_FROM_NOW;
    lks_mutex_lock(&mutex);
    if (lks_cond_timedwait(&cond, &mutex, &deadline) != 0 || !condition) {
        abort();
    }
    lks_mutex_unlock(&mutex);
}

static void signal_condition(void)
{
    lks_mutex_lock(&mutex);
    condition = true;
    lks_cond_signal(&cond);
    lks_mutex_unlock(&mutex);
}

static void make_sem(void)
{
    assert_int_equal(lks_sem_init(&sem, 0), 0);
}

static void wait_for_sem(void)
{
    lks_sem_wait(&sem);
}

static void wait_for_sem_till_deadline(void)
{
    const struct timespec deadline = LONG_FROM_NOW;
    if (lks_sem_timedwait(&sem, &deadline) != 0) {
        abort();
    }
}

static void post_sem(void)
{
    assert_int_equal(lks_sem_post(&sem), 0);
}

static void run_once(void *argument)
{
    (void)argument;
    atomic_store_explicit(&has_begun, true, memory_order_relaxed);
    while (!atomic_load_explicit(&may_end, memory_order_relaxed)) {
        (void)sched_yield();
    }
}

static void call_once_in_thread(worker_t *self)
{
    (void)self;
    lks_once_call(&once, run_once, NULL);
}

static worker_t first_caller;

static void begin_once(void)
{
    const lks_once_t fresh = LKS_ONCE_INIT;
    (void)memcpy((void *)&once, &fresh, sizeof once);
    atomic_store_explicit(&may_end, false, memory_order_relaxed);
    atomic_store_explicit(&has_begun, false, memory_order_relaxed);
    prepare(&first_caller, 0, call_once_in_thread, NULL);
    start(&first_caller);
    while (!atomic_load_explicit(&has_begun, memory_order_relaxed)) {
        (void)sched_yield();
    }
}

static void wait_for_once(void)
{
    lks_once_call(&once, run_once, NULL);
}

static void end_once(void)
{
    atomic_store_explicit(&may_end, true, memory_order_relaxed);
    join(&first_caller);
}

/* Of the catalog: main is thread 0, the worker thread 1. */
static void hold_lock(void)
{
    assert_int_equal(lks_lock_create(&lock, kind->class_name, 2), 0);
    lks_lock_lock(lock, 0);
}

static void wait_for_lock(void)
{
    lks_lock_lock(lock, 1);
    lks_lock_unlock(lock, 1);
}

static void release_lock(void)
{
    lks_lock_unlock(lock, 0);
}

static void destroy_lock(void)
{
    lks_lock_destroy(lock);
}

static void hold_rwlock(void)
{
    assert_int_equal(lks_rwlock_create(&rwlock, kind->class_name, 2), 0);
    lks_rwlock_wrlock(rwlock, 0);
}

static void wait_to_read(void)
{
    lks_rwlock_rdlock(rwlock, 1);
    lks_rwlock_rdunlock(rwlock, 1);
}

static void wait_to_write(void)
{
    lks_rwlock_wrlock(rwlock, 1);
    lks_rwlock_wrunlock(rwlock, 1);
}

static void release_rwlock(void)
{
    lks_rwlock_wrunlock(rwlock, 0);
}

static void destroy_rwlock(void)
{
    lks_rwlock_destroy(rwlock);
}

static void make_barrier(void)
{
    assert_int_equal(lks_barrier_create(&barrier, kind->class_name, 2), 0);
}

static void wait_at_barrier(void)
{
    lks_barrier_wait(barrier, 1);
}

static void arrive_at_barrier(void)
{
    lks_barrier_wait(barrier, 0);
}

static void destroy_barrier(void)
{
    lks_barrier_destroy(barrier);
}

static void wait_in_thread(worker_t *self)
{
    errno = 77;
    kind->wait();
    self->errors += errno != 77;
    atomic_store_explicit(&self->progress, 1, memory_order_release);
}

static void a_sleeper_sleeps_on(void **state)
{
    worker_t worker;
    kind = (const kind_t *)*state;
    if (!can_see_who_sleeps()) {
        skip();
    }
    kind->prepare();
    prepare(&worker, 1, wait_in_thread, NULL);
    start(&worker);
    until_asleep_on(NULL, 1);
    if (kind->prepare == hold_mutex_without_patience) {
        make_hungry(worker.thread);
    }
    for (int i = 0; i < 20; i++) {
        interrupt(worker.thread);
        until_asleep_on(NULL, 1);
        assert_int_equal(atomic_load_explicit(&worker.progress, memory_order_acquire), 0);
    }
    kind->let_go();
    join(&worker);
    assert_int_equal(worker.errors, 0);
    if (kind->destroy != NULL) {
        kind->destroy();
    }
}

static const kind_t own_kinds[] = {
    {"mutex", NULL, hold_mutex, wait_for_mutex, release_mutex, NULL},
    {"mutex with a deadline", NULL, hold_mutex, wait_for_mutex_till_deadline,
     release_mutex, NULL},
    {"mutex to be handed over", NULL, hold_mutex_without_patience,
     wait_for_mutex_till_deadline, release_mutex, NULL},
    {"condition", NULL, make_condition, wait_for_condition, signal_condition, NULL},
    {"condition with a deadline", NULL, make_condition, wait_for_condition_till_deadline,
     signal_condition, NULL},
    {"semaphore", NULL, make_sem, wait_for_sem, post_sem, NULL},
    {"semaphore with a deadline", NULL, make_sem, wait_for_sem_till_deadline, post_sem,
     NULL},
    {"once", NULL, begin_once, wait_for_once, end_once, NULL},
};

/* --- a storm ------------------------------------------------------------------------ */

static void contention_in_a_storm(void **state)
{
    (void)state;
    const struct itimerval often = {{0, 200}, {0, 200}};
    const struct itimerval never = {{0, 0}, {0, 0}};
    install(SIGALRM);
    uint32_t before = atomic_load_explicit(&handled, memory_order_relaxed);
    assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
    contend_for_mutex(16, 1500, 0);
    contend_for_mutex(16, 1500, LKS_MUTEX_BOUND_NS);
    while (atomic_load_explicit(&handled, memory_order_relaxed) - before < 20) {
        contend_for_mutex(16, 500, 0);
    }
    assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
}

/* --- all ---------------------------------------------------------------------------- */

enum { MOST_KINDS = 64 };
static kind_t kinds[MOST_KINDS];
static size_t kind_count;

static void add_kind(const char *name, void (*prepare_it)(void),
                     void (*wait_for_it)(void), void (*let_go)(void),
                     void (*destroy)(void))
{
    if (kind_count == MOST_KINDS) {
        abort();
    }
    kind_t *added = &kinds[kind_count++];
    *added = (kind_t){name, name, prepare_it, wait_for_it, let_go, destroy};
    add_test(name, "a sleeper sleeps on", a_sleeper_sleeps_on, added);
}

/* Those of the catalog that sleep. */
static void add_catalog(void)
{
    for (const lks_lock_class_t *class_ = lks_lock_class_next(NULL); class_ != NULL;
         class_ = lks_lock_class_next(class_)) {
        if ((class_->traits & LKS_LOCK_SLEEPS) != 0) {
            add_kind(class_->name, hold_lock, wait_for_lock, release_lock, destroy_lock);
        }
    }
    for (const lks_rwlock_class_t *class_ = lks_rwlock_class_next(NULL); class_ != NULL;
         class_ = lks_rwlock_class_next(class_)) {
        if ((class_->traits & LKS_RWLOCK_SLEEPS) != 0) {
            add_kind(class_->name, hold_rwlock, wait_to_read, release_rwlock,
                     destroy_rwlock);
            add_kind(class_->name, hold_rwlock, wait_to_write, release_rwlock,
                     destroy_rwlock);
        }
    }
    for (const lks_barrier_class_t *class_ = lks_barrier_class_next(NULL); class_ != NULL;
         class_ = lks_barrier_class_next(class_)) {
        if (strstr(class_->name, "_sleep") != NULL) {
            add_kind(class_->name, make_barrier, wait_at_barrier, arrive_at_barrier,
                     destroy_barrier);
        }
    }
}

int main(int argc, char **argv)
{
    flags = argc > 1 && strcmp(argv[1], "restart") == 0 ? SA_RESTART : 0;
    install(SIGUSR1);
    for (size_t i = 0; i < COUNT_OF(own_kinds); i++) {
        add_test(own_kinds[i].name, "a sleeper sleeps on", a_sleeper_sleeps_on,
                 &own_kinds[i]);
    }
    add_catalog();
    add_test("mutex", "contention in a storm", contention_in_a_storm, NULL);
    return run_table_tests();
}
