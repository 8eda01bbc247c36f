/* SPDX-License-Identifier: MIT */
/* Once. */
#include "../asleep.h"

static lks_once_t once;
static int calls;
static int message; /* what the function writes */
static _Atomic(bool) may_end;
static _Atomic(uint32_t) gone_on;

static uint32_t state_of_once(void)
{
    return atomic_load_explicit(&once.state, memory_order_relaxed);
}

static void begin(bool let_it_end)
{
    const lks_once_t fresh = LKS_ONCE_INIT;
    (void)memcpy((void *)&once, &fresh, sizeof once);
    calls = message = 0;
    atomic_store_explicit(&may_end, let_it_end, memory_order_relaxed);
    atomic_store_explicit(&gone_on, 0, memory_order_relaxed);
}

static void function(void *argument)
{
    calls++;
    while (!atomic_load_explicit(&may_end, memory_order_relaxed)) {
        (void)sched_yield();
    }
    message = *(const int *)argument;
}

static void is_done_once(void **state)
{
    (void)state;
    int argument = 17;
    begin(true);
    assert_int_equal(sizeof once, 4);
    lks_once_call(&once, function, &argument);
    assert_int_equal(calls, 1);
    assert_int_equal(message, 17);
    argument = 18;
    lks_once_call(&once, function, &argument);
    assert_int_equal(calls, 1);
    assert_int_equal(message, 17);
}

static bool fail_twice(void *argument)
{
    return ++*(int *)argument == 3;
}

static void an_attempt_that_fails_is_made_again(void **state)
{
    (void)state;
    int attempts = 0;
    begin(true);
    assert_false(lks_once_try(&once, fail_twice, &attempts));
    assert_int_equal(state_of_once(), LKS_ONCE_FRESH);
    assert_false(lks_once_try(&once, fail_twice, &attempts));
    assert_true(lks_once_try(&once, fail_twice, &attempts));
    assert_int_equal(state_of_once(), LKS_ONCE_DONE);
    assert_true(lks_once_try(&once, fail_twice, &attempts));
    assert_int_equal(attempts, 3);
    lks_once_call(&once, function, &attempts);
    assert_int_equal(calls, 0);
}

static bool fail_while_alone(void *argument)
{
    function(argument);
    return calls == 2;
}

static void try_in_thread(worker_t *self)
{
    int argument = 42;
    if (!lks_once_try(&once, fail_while_alone, &argument)) {
        self->errors += !lks_once_try(&once, fail_while_alone, &argument);
    }
    self->errors += message != 42;
}

/* Those that sleep while an attempt runs that fails are woken: one makes the next. */
static void others_wake_when_an_attempt_has_failed(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    worker_t workers[THREADS];
    begin(false);
    for (uint32_t i = 0; i < THREADS; i++) {
        prepare(&workers[i], i, try_in_thread, NULL);
        start(&workers[i]);
    }
    while (state_of_once() % LKS_ONCE_THREAD != (LKS_ONCE_RUNNING | LKS_ASLEEP)) {
        (void)sched_yield();
    }
    if (can_see_who_sleeps()) {
        until_asleep_on(&once.state, THREADS - 1);
    }
    atomic_store_explicit(&may_end, true, memory_order_relaxed);
    for (uint32_t i = 0; i < THREADS; i++) {
        join(&workers[i]);
        assert_int_equal(workers[i].errors, 0);
    }
    assert_int_equal(calls, 2);
}

static void call_in_thread(worker_t *self)
{
    int argument = 42;
    lks_once_call(&once, function, &argument);
    self->errors += message != 42;
    (void)atomic_fetch_add_explicit(&gone_on, 1, memory_order_relaxed);
}

static void others_sleep_until_it_is_done(void **state)
{
    (void)state;
    enum { THREADS = 5 };
    worker_t workers[THREADS];
    for (uint32_t run = 0; run < 10 * test_scale(); run++) {
        begin(false);
        for (uint32_t i = 0; i < THREADS; i++) {
            prepare(&workers[i], i, call_in_thread, NULL);
            start(&workers[i]);
        }
        while (state_of_once() % LKS_ONCE_THREAD != (LKS_ONCE_RUNNING | LKS_ASLEEP)) {
            (void)sched_yield();
        }
        if (can_see_who_sleeps()) {
            until_asleep_on(&once.state, THREADS - 1);
        }
        assert_int_equal(atomic_load_explicit(&gone_on, memory_order_relaxed), 0);
        atomic_store_explicit(&may_end, true, memory_order_relaxed);
        for (uint32_t i = 0; i < THREADS; i++) {
            join(&workers[i]);
            assert_int_equal(workers[i].errors, 0);
        }
        assert_int_equal(calls, 1);
        assert_int_equal(state_of_once(), LKS_ONCE_DONE);
    }
}

static void all_see_what_it_wrote(void **state)
{
    (void)state;
    for (uint32_t run = 0; run < 200 * test_scale(); run++) {
        begin(true);
        assert_int_equal(run_workers(4, call_in_thread, NULL), 0);
        assert_int_equal(calls, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_done_once),
        cmocka_unit_test(an_attempt_that_fails_is_made_again),
        cmocka_unit_test(others_wake_when_an_attempt_has_failed),
        cmocka_unit_test(others_sleep_until_it_is_done),
        cmocka_unit_test(all_see_what_it_wrote),
    };
    return run_all(tests);
}
