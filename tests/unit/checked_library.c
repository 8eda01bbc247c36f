/* SPDX-License-Identifier: MIT */
/* The library built with LKS_CHECKED: what the handles and classes notice. */
#include "../child.h"

static lks_lock_t *lock;
static lks_barrier_t *barrier;

static void ends_with(void (*body)(const void *), const char *name, const char *what)
{
    char expected[128];
    child_t child;
    run_child(&child, body, name);
    (void)snprintf(expected, sizeof expected, "%s (object 0x", what);
    assert_int_equal(strncmp(child.message, "lockstep: ", 10), 0);
    assert_non_null(strstr(child.message, expected));
    assert_int_equal(count_lines(child.message), 1);
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
    (void)lks_lock_trylock(lock, 2);
}

static void unlock_out_of_range(const void *name)
{
    make_lock_handle(name);
    lks_lock_lock(lock, 0);
    lks_lock_unlock(lock, 2);
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

static void a_barrier_is_not_for_other_threads(void **state)
{
    ends_with(wait_out_of_range, NAME, "thread index out of range");
}

static void an_awaited_barrier_is_not_destroyed(void **state)
{
    ends_with(destroy_awaited, NAME, "the barrier is in use");
}

int main(void)
{
    for (const lks_lock_class_t *class_ = lks_lock_class_next(NULL); class_ != NULL;
         class_ = lks_lock_class_next(class_)) {
        add_test(class_->name, "is not unlocked when free", a_free_lock_is_not_unlocked,
                 class_->name);
        add_test(class_->name, "is not destroyed when held", a_held_lock_is_not_destroyed,
                 class_->name);
        add_test(class_->name, "is not for other threads",
                 a_lock_is_not_for_other_threads, class_->name);
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
