/* SPDX-License-Identifier: MIT */
/* What is left of a mutex, and of the fence, in a child of fork. */
#include "../asleep.h"
#include "../child.h"
#include "../mutex_ways.h"

static lks_mutex_t mutex;
static _Atomic(bool) is_held, may_end;

static void succeeds(void (*body)(const void *))
{
    child_t child;
    run_child(&child, body, NULL);
    assert_string_equal(child.message, "");
    assert_true(WIFEXITED(child.status));
    assert_int_equal(WEXITSTATUS(child.status), 0);
}

/* Children have no framework: they say what is wrong, and run_child's caller sees it. */
static void expect(bool right, const char *what)
{
    if (!right) {
        (void)fprintf(stderr, "%s\n", what);
        _exit(1);
    }
}

/* Nobody is called while one has the token: in a child that was forked by the only
   thread as elsewhere; of several the one that has it may be missing. */
static void token_counts(const void *unused)
{
    (void)unused;
    atomic_store_explicit(&mutex.word, LKS_MUTEX_TOKEN, memory_order_relaxed);
    expect(lks_mutex_is_awaited(&mutex), "it does without tokens");
}

static void token_does_not_count(const void *unused)
{
    (void)unused;
    atomic_store_explicit(&mutex.word, LKS_MUTEX_TOKEN, memory_order_relaxed);
    expect(!lks_mutex_is_awaited(&mutex), "who has the token is not there");
}

static void forked_by_the_only_thread_it_has_tokens(void **state)
{
    (void)state;
    if (!lks_only_thread()) {
        skip();
    }
    succeeds(token_counts);
}

static void hold_in_thread(worker_t *self)
{
    (void)self;
    lks_mutex_lock(&mutex);
    atomic_store_explicit(&is_held, true, memory_order_release);
    while (!atomic_load_explicit(&may_end, memory_order_relaxed)) {
        (void)sched_yield();
    }
    lks_mutex_unlock(&mutex);
}

static void cannot_take_it(const void *unused)
{
    (void)unused;
    const struct timespec deadline = from_now(5000000);
    expect(lks_mutex_is_locked(&mutex), "it is free");
    expect(!lks_mutex_trylock(&mutex), "trylock has taken it");
    expect(lks_mutex_timedlock(&mutex, &deadline) == ETIMEDOUT, "timedlock has taken it");
    expect(lks_mutex_init(&mutex) == 0, "cannot be made anew");
    lks_mutex_lock(&mutex);
    lks_mutex_unlock(&mutex);
}

static void held_by_another_thread_it_stays_held(void **state)
{
    (void)state;
    worker_t holder;
    assert_int_equal(lks_mutex_init(&mutex), 0);
    atomic_store_explicit(&is_held, false, memory_order_relaxed);
    atomic_store_explicit(&may_end, false, memory_order_relaxed);
    prepare(&holder, 0, hold_in_thread, NULL);
    start(&holder);
    while (!atomic_load_explicit(&is_held, memory_order_acquire)) {
        (void)sched_yield();
    }
    succeeds(cannot_take_it);
    succeeds(token_does_not_count);
    atomic_store_explicit(&may_end, true, memory_order_relaxed);
    join(&holder);
    /* And in the parent nothing has happened. */
    assert_true(lks_mutex_trylock(&mutex));
    lks_mutex_unlock(&mutex);
}

static void gives_it_back(const void *unused)
{
    (void)unused;
    lks_mutex_unlock(&mutex);
    expect(!lks_mutex_is_locked(&mutex), "it is still held");
    lks_mutex_lock(&mutex);
    lks_mutex_unlock(&mutex);
}

static void held_by_the_thread_that_forks_it_can_be_given_back(void **state)
{
    (void)state;
    assert_int_equal(lks_mutex_init(&mutex), 0);
    lks_mutex_lock(&mutex);
    succeeds(gives_it_back);
    assert_true(lks_mutex_is_locked(&mutex));
    lks_mutex_unlock(&mutex);
}

static void lock_in_thread(worker_t *self)
{
    (void)self;
    lks_mutex_lock(&mutex);
    lks_mutex_unlock(&mutex);
}

/* Whose waiter is not there, nor counted. */
static void goes_on_with_it(const void *unused)
{
    (void)unused;
    worker_t waiter;
    expect(atomic_load_explicit(lks_mutex_place(&mutex), memory_order_relaxed) == 0,
           "a thread is counted that is not there");
    lks_mutex_unlock(&mutex);
    expect(!lks_mutex_is_locked(&mutex), "it is still held");
    lks_mutex_lock(&mutex);
    prepare(&waiter, 0, lock_in_thread, NULL);
    start(&waiter);
    until_asleep_on(NULL, 1);
    lks_mutex_unlock(&mutex);
    join(&waiter);
}

static void waited_for_it_can_be_given_back_and_used(void **state)
{
    (void)state;
    worker_t waiter;
    if (!can_see_who_sleeps()) {
        skip();
    }
    assert_int_equal(lks_mutex_init(&mutex), 0);
    lks_mutex_lock(&mutex);
    prepare(&waiter, 0, lock_in_thread, NULL);
    start(&waiter);
    until_asleep_on(NULL, 1);
    succeeds(goes_on_with_it);
    lks_mutex_unlock(&mutex);
    join(&waiter);
}

static lks_cond_t cond;
static bool waits_for_cond; /* guarded by the mutex */

static void wait_in_thread(worker_t *self)
{
    (void)self;
    lks_mutex_lock(&mutex);
    waits_for_cond = true;
    lks_cond_wait(&cond, &mutex);
    lks_mutex_unlock(&mutex);
}

/* The thread that unlock is to wake is not there; another one waits. */
static void finds_nobody_to_call(const void *unused)
{
    (void)unused;
    worker_t waiter;
    prepare(&waiter, 0, lock_in_thread, NULL);
    start(&waiter);
    until_asleep_on(NULL, 1);
    lks_mutex_unlock(&mutex);
    join(&waiter);
    expect(atomic_load_explicit(&mutex.word, memory_order_relaxed) == 0,
           "something is left");
}

static void after_a_signal_it_can_be_given_back_and_used(void **state)
{
    (void)state;
    worker_t waiter;
    if (!can_see_who_sleeps()) {
        skip();
    }
    assert_int_equal(lks_mutex_init(&mutex), 0);
    assert_int_equal(lks_cond_init(&cond), 0);
    waits_for_cond = false;
    prepare(&waiter, 0, wait_in_thread, NULL);
    start(&waiter);
    lks_mutex_lock(&mutex);
    while (!waits_for_cond) {
        lks_mutex_unlock(&mutex);
        (void)sched_yield();
        lks_mutex_lock(&mutex);
    }
    lks_cond_signal(&cond);
    succeeds(finds_nobody_to_call);
    lks_mutex_unlock(&mutex);
    join(&waiter);
}

static unsigned kind_in_the_parent;

static void has_the_fence(const void *unused)
{
    (void)unused;
    expect(lks_asymmetric_fence_kind() == kind_in_the_parent, "the fence is another one");
    lks_asymmetric_fence_heavy();
    expect(lks_asymmetric_fence_kind() == kind_in_the_parent, "the fence does not work");
    contend_for_mutex(8, 2000, 0);
    contend_for_mutex(8, 2000, LKS_MUTEX_BOUND_NS);
    expect(lks_asymmetric_fence_kind() == kind_in_the_parent, "the fence has been lost");
}

static void the_fence_works_in_the_child(void **state)
{
    (void)state;
    kind_in_the_parent = lks_asymmetric_fence_kind();
    succeeds(has_the_fence);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forked_by_the_only_thread_it_has_tokens), /* the first */
        cmocka_unit_test(held_by_another_thread_it_stays_held),
        cmocka_unit_test(held_by_the_thread_that_forks_it_can_be_given_back),
        cmocka_unit_test(waited_for_it_can_be_given_back_and_used),
        cmocka_unit_test(after_a_signal_it_can_be_given_back_and_used),
        cmocka_unit_test(the_fence_works_in_the_child),
    };
    return run_all(tests);
}
