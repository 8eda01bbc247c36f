/* SPDX-License-Identifier: MIT */
/*
 * The library built with LKS_CHECKED: what the handles and classes notice; and what
 * sleeps, of which a part is always in the library.
 */
#include "../child.h"

static lks_lock_t *lock;
static lks_rwlock_t *rwlock;
static lks_barrier_t *barrier;

static void ends_with(void (*body)(const void *), const char *name, const char *what)
{
    char expected[128];
    child_t child;
    run_child(&child, body, name);
    (void)snprintf(expected, sizeof expected, "%s (object 0x", what);
    assert_int_equal(strncmp(child.message, "lockstep: ", 10), 0);
    assert_non_null(strstr(child.message, expected));
    assert_int_equal(count_lines(child.message), 1 + count_lines(said_of_abort()));
    assert_true(WIFSIGNALED(child.status));
    assert_int_equal(WTERMSIG(child.status), SIGABRT);
}

#define NAME ((const char *)*state)

static void make_lock_handle(const void *name)
{
    if (lks_lock_create(&lock, (const char *)name, 2) != 0) {
        _exit(1);
    }
}

static void make_rwlock_handle(const void *name)
{
    if (lks_rwlock_create(&rwlock, (const char *)name, 2) != 0) {
        _exit(1);
    }
}

static void make_barrier_handle(const void *name)
{
    if (lks_barrier_create(&barrier, (const char *)name, 2) != 0) {
        _exit(1);
    }
}

static void unlock_free(const void *name)
{
    make_lock_handle(name);
    lks_lock_unlock(lock, 0);
}

static void destroy_held(const void *name)
{
    make_lock_handle(name);
    lks_lock_lock(lock, 0);
    lks_lock_destroy(lock);
}

static void lock_out_of_range(const void *name)
{
    make_lock_handle(name);
    lks_lock_lock(lock, 2);
}

static void trylock_out_of_range(const void *name)
{
    make_lock_handle(name);
    assert_false(lks_lock_trylock(lock, 2));
}

static void unlock_out_of_range(const void *name)
{
    make_lock_handle(name);
    lks_lock_lock(lock, 0);
    lks_lock_unlock(lock, 2);
}

static void rdlock_out_of_range(const void *name)
{
    make_rwlock_handle(name);
    lks_rwlock_rdlock(rwlock, 2);
}

static void tryrdlock_out_of_range(const void *name)
{
    make_rwlock_handle(name);
    assert_false(lks_rwlock_tryrdlock(rwlock, 2));
}

static void rdunlock_out_of_range(const void *name)
{
    make_rwlock_handle(name);
    lks_rwlock_rdlock(rwlock, 0);
    lks_rwlock_rdunlock(rwlock, 2);
}

static void wrlock_out_of_range(const void *name)
{
    make_rwlock_handle(name);
    lks_rwlock_wrlock(rwlock, 2);
}

static void trywrlock_out_of_range(const void *name)
{
    make_rwlock_handle(name);
    assert_false(lks_rwlock_trywrlock(rwlock, 2));
}

static void wrunlock_out_of_range(const void *name)
{
    make_rwlock_handle(name);
    lks_rwlock_wrlock(rwlock, 0);
    lks_rwlock_wrunlock(rwlock, 2);
}

static void downgrade_out_of_range(const void *name)
{
    make_rwlock_handle(name);
    lks_rwlock_wrlock(rwlock, 0);
    lks_rwlock_downgrade(rwlock, 2);
}

static void wait_out_of_range(const void *name)
{
    make_barrier_handle(name);
    lks_barrier_wait(barrier, 2);
}

static void wait_in_worker(worker_t *self)
{
    lks_barrier_wait(barrier, self->index);
}

static void destroy_awaited(const void *name)
{
    make_barrier_handle(name);
    worker_t waiter;
    prepare(&waiter, 1, wait_in_worker, NULL);
    start_watched(&waiter);
    until_it_waits(&waiter);
    lks_barrier_destroy(barrier);
}

static void a_free_lock_is_not_unlocked(void **state)
{
    ends_with(unlock_free, NAME, "the lock is not held");
}

static void a_held_lock_is_not_destroyed(void **state)
{
    ends_with(destroy_held, NAME, "the lock is in use");
}

static void a_lock_is_not_for_other_threads(void **state)
{
    ends_with(lock_out_of_range, NAME, "lks_lock_lock: thread index out of range");
    ends_with(unlock_out_of_range, NAME, "lks_lock_unlock: thread index out of range");
    if (lks_lock_class_find(NAME)->trylock != NULL) {
        ends_with(trylock_out_of_range, NAME,
                  "lks_lock_trylock: thread index out of range");
    }
}

static void an_rwlock_is_not_for_other_threads(void **state)
{
    const struct {
        void (*body)(const void *);
        const char *what;
    } misuses[] = {
        {rdlock_out_of_range, "lks_rwlock_rdlock: thread index out of range"},
        {tryrdlock_out_of_range, "lks_rwlock_tryrdlock: thread index out of range"},
        {rdunlock_out_of_range, "lks_rwlock_rdunlock: thread index out of range"},
        {wrlock_out_of_range, "lks_rwlock_wrlock: thread index out of range"},
        {trywrlock_out_of_range, "lks_rwlock_trywrlock: thread index out of range"},
        {wrunlock_out_of_range, "lks_rwlock_wrunlock: thread index out of range"},
        {downgrade_out_of_range, "lks_rwlock_downgrade: thread index out of range"}};
    for (size_t i = 0; i < COUNT_OF(misuses); i++) {
        ends_with(misuses[i].body, NAME, misuses[i].what);
    }
}

static void a_barrier_is_not_for_other_threads(void **state)
{
    ends_with(wait_out_of_range, NAME, "thread index out of range");
}

static void an_awaited_barrier_is_not_destroyed(void **state)
{
    ends_with(destroy_awaited, NAME, "the barrier is in use");
}

/* --- what sleeps -------------------------------------------------------------------- */

static lks_mutex_t mutex = LKS_MUTEX_INIT;
static lks_cond_t cond = LKS_COND_INIT;
static lks_sem_t sem = LKS_SEM_INIT(0);
static _Atomic(bool) ready;

/* Lets another thread do something, until it says that it is ready. */
static void let_another(void (*run)(worker_t *))
{
    static worker_t other;
    prepare(&other, 1, run, NULL);
    start(&other);
    while (!atomic_load_explicit(&ready, memory_order_acquire)) {
        (void)sched_yield();
    }
}

static void take_mutex(worker_t *self)
{
    (void)self;
    lks_mutex_lock(&mutex);
    atomic_store_explicit(&ready, true, memory_order_release);
    for (;;) {
        (void)pause();
    }
}

static void wait_for_condition(worker_t *self)
{
    (void)self;
    lks_mutex_lock(&mutex);
    atomic_store_explicit(&ready, true, memory_order_release);
    lks_cond_wait(&cond, &mutex);
    lks_mutex_unlock(&mutex);
}

static void wait_for_sem(worker_t *self)
{
    (void)self;
    atomic_store_explicit(&ready, true, memory_order_release);
    lks_sem_wait(&sem);
}

static void lock_twice(const void *unused)
{
    (void)unused;
    lks_mutex_lock(&mutex);
    lks_mutex_lock(&mutex);
}

static void lock_twice_with_deadline(const void *unused)
{
    (void)unused;
    const struct timespec past = {0, 0};
    lks_mutex_lock(&mutex);
    assert_int_equal(lks_mutex_timedlock(&mutex, &past), ETIMEDOUT);
}

static void unlock_anothers(const void *unused)
{
    (void)unused;
    let_another(take_mutex);
    lks_mutex_unlock(&mutex);
}

static void wait_without_mutex(const void *unused)
{
    (void)unused;
    lks_cond_wait(&cond, &mutex);
}

static void wait_with_anothers_mutex(const void *unused)
{
    (void)unused;
    const struct timespec past = {0, 0};
    let_another(take_mutex);
    assert_int_equal(lks_cond_timedwait(&cond, &mutex, &past), ETIMEDOUT);
}

static void destroy_condition(const void *unused)
{
    (void)unused;
    let_another(wait_for_condition);
    lks_mutex_lock(&mutex); /* so it waits */
    lks_cond_destroy(&cond);
}

static void destroy_sem(const void *unused)
{
    (void)unused;
    let_another(wait_for_sem);
    while (atomic_load_explicit(&sem.value, memory_order_relaxed) == 0) {
        (void)sched_yield();
    }
    lks_sem_destroy(&sem);
}

static lks_once_t once;

static void call_again(void *unused)
{
    lks_once_call(&once, call_again, unused);
}

static void call_recursively(const void *unused)
{
    (void)unused;
    lks_once_call(&once, call_again, NULL);
}

static void a_mutex_belongs_to_its_thread(void **state)
{
    (void)state;
    ends_with(lock_twice, NULL, "lks_mutex_lock: the caller holds the lock already");
    ends_with(lock_twice_with_deadline, NULL,
              "lks_mutex_timedlock: the caller holds the lock already");
    ends_with(unlock_anothers, NULL, "lks_mutex_unlock: another thread holds the lock");
}

static void a_condition_is_waited_for_with_the_mutex(void **state)
{
    (void)state;
    ends_with(wait_without_mutex, NULL,
              "lks_cond_wait: the caller does not hold the mutex");
    ends_with(wait_with_anothers_mutex, NULL,
              "lks_cond_timedwait: the caller does not hold the mutex");
}

static void what_is_waited_for_is_not_destroyed(void **state)
{
    (void)state;
    ends_with(destroy_condition, NULL, "lks_cond_destroy: the condition is in use");
    ends_with(destroy_sem, NULL, "lks_sem_destroy: the semaphore is in use");
}

static void a_function_does_not_call_itself_through_once(void **state)
{
    (void)state;
    ends_with(call_recursively, NULL, "lks_once_run: the function calls it again");
}

static void use_well(const void *unused)
{
    (void)unused;
    let_another(wait_for_condition);
    lks_mutex_lock(&mutex);
    lks_cond_signal(&cond);
    const struct timespec past = {0, 0};
    assert_int_equal(lks_cond_timedwait(&cond, &mutex, &past), ETIMEDOUT);
    (void)lks_sem_post(&sem);
    lks_sem_wait(&sem);
    lks_sem_destroy(&sem);
    lks_cond_destroy(&cond);
}

static void good_use_is_not_complained_of(void **state)
{
    (void)state;
    child_t child;
    run_child(&child, use_well, NULL);
    assert_string_equal(child.message, "");
    assert_true(WIFEXITED(child.status));
    assert_int_equal(WEXITSTATUS(child.status), 0);
}

int main(void)
{
    add_test("mutex", "belongs to its thread", a_mutex_belongs_to_its_thread, NULL);
    add_test("condition", "is waited for with the mutex",
             a_condition_is_waited_for_with_the_mutex, NULL);
    add_test("once", "a function does not call itself",
             a_function_does_not_call_itself_through_once, NULL);
    add_test("condition, semaphore", "are not destroyed when waited for",
             what_is_waited_for_is_not_destroyed, NULL);
    add_test("mutex, condition, semaphore", "good use is not complained of",
             good_use_is_not_complained_of, NULL);
    for (const lks_lock_class_t *class_ = lks_lock_class_next(NULL); class_ != NULL;
         class_ = lks_lock_class_next(class_)) {
        add_test(class_->name, "is not unlocked when free", a_free_lock_is_not_unlocked,
                 class_->name);
        add_test(class_->name, "is not destroyed when held", a_held_lock_is_not_destroyed,
                 class_->name);
        add_test(class_->name, "is not for other threads",
                 a_lock_is_not_for_other_threads, class_->name);
    }
    for (const lks_rwlock_class_t *class_ = lks_rwlock_class_next(NULL); class_ != NULL;
         class_ = lks_rwlock_class_next(class_)) {
        add_test(class_->name, "is not for other threads",
                 an_rwlock_is_not_for_other_threads, class_->name);
    }
    for (const lks_barrier_class_t *class_ = lks_barrier_class_next(NULL); class_ != NULL;
         class_ = lks_barrier_class_next(class_)) {
        add_test(class_->name, "is not for other threads",
                 a_barrier_is_not_for_other_threads, class_->name);
        add_test(class_->name, "is not destroyed when awaited",
                 an_awaited_barrier_is_not_destroyed, class_->name);
    }
    return run_table_tests();
}
