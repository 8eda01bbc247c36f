/* SPDX-License-Identifier: MIT */
/* Sleeping in the kernel: the calls that the primitives are made of. */
#include "../asleep.h"
#include "../instants.h"
#include <lockstep/futex.h>

static _Atomic(uint32_t) word;
static _Atomic(uint32_t) woken;

static void sleep_in_thread(worker_t *self)
{
    uint32_t old = self->index;
    errno = 77;
    while (atomic_load_explicit(&word, memory_order_acquire) == old) {
        self->errors += lks_futex_wait(&word, old, NULL) != 0;
        (void)atomic_fetch_add_explicit(&woken, 1, memory_order_relaxed);
    }
    self->errors += errno != 77;
}

static void sleeps_only_on_the_value(void **state)
{
    (void)state;
    const struct timespec later = LONG_FROM_NOW;
    atomic_store_explicit(&word, 5, memory_order_relaxed);
    errno = 77;
    assert_int_equal(lks_futex_wait(&word, 4, NULL), EAGAIN);
    assert_int_equal(lks_futex_wait(&word, 6, &later), EAGAIN);
    assert_int_equal(errno, 77);
}

static void sleeps_till_the_deadline(void **state)
{
    (void)state;
    const struct timespec past = LONG_AGO;
    const struct timespec soon = from_now(2000000);
    atomic_store_explicit(&word, 5, memory_order_relaxed);
    errno = 77;
    assert_int_equal(lks_futex_wait(&word, 5, &past), ETIMEDOUT);
    assert_int_equal(lks_futex_wait(&word, 5, &soon), ETIMEDOUT);
    assert_true(lks_monotonic_now() >= lks_nanoseconds(&soon));
    assert_int_equal(errno, 77);
}

static void wakes_as_many_as_asked(void **state)
{
    (void)state;
    enum { SLEEPERS = 6 };
    worker_t workers[SLEEPERS];
    if (!can_see_who_sleeps()) {
        skip();
    }
    atomic_store_explicit(&word, 1, memory_order_relaxed);
    atomic_store_explicit(&woken, 0, memory_order_relaxed);
    for (uint32_t i = 0; i < SLEEPERS; i++) {
        prepare(&workers[i], 1, sleep_in_thread, NULL);
        start(&workers[i]);
    }
    until_asleep_on(&word, SLEEPERS);
    atomic_store_explicit(&word, 2, memory_order_release);
    const uint32_t counts[] = {1, 2, UINT32_MAX};
    const uint32_t sums[] = {1, 3, SLEEPERS};
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        errno = 77;
        lks_futex_wake(&word, counts[i]);
        assert_int_equal(errno, 77);
        while (atomic_load_explicit(&woken, memory_order_relaxed) < sums[i]) {
            (void)sched_yield();
        }
        until_asleep_on(&word, SLEEPERS - sums[i]);
        assert_int_equal(atomic_load_explicit(&woken, memory_order_relaxed), sums[i]);
    }
    errno = 77;
    lks_futex_wake(&word, 1); /* there is nobody */
    /* Nor here, where the kernel refuses to look. */
    lks_futex_wake((_Atomic(uint32_t) *)(UINTPTR_MAX - 4095), 1);
    assert_int_equal(errno, 77);
    for (uint32_t i = 0; i < SLEEPERS; i++) {
        join(&workers[i]);
        assert_int_equal(workers[i].errors, 0);
    }
}

static void sleep_as_index(worker_t *self)
{
    while (atomic_load_explicit(&word, memory_order_acquire) == 1) {
        self->errors += lks_futex_wait_as(&word, 1, self->index, NULL) == ETIMEDOUT;
    }
    (void)atomic_fetch_add_explicit(&woken, self->index, memory_order_relaxed);
}

/* One that sleeps as both bits is among those of either. */
static void wakes_those_of_a_kind(void **state)
{
    (void)state;
    enum { SLEEPERS = 3 };
    const uint32_t kinds[SLEEPERS] = {1, 3, 4};
    worker_t workers[SLEEPERS];
    if (!can_see_who_sleeps()) {
        skip();
    }
    atomic_store_explicit(&word, 1, memory_order_relaxed);
    atomic_store_explicit(&woken, 0, memory_order_relaxed);
    for (uint32_t i = 0; i < SLEEPERS; i++) {
        prepare(&workers[i], kinds[i], sleep_as_index, NULL);
        start(&workers[i]);
        until_asleep_on(&word, i + 1);
    }
    atomic_store_explicit(&word, 2, memory_order_release);
    const uint32_t whom[] = {8, 2, 4, 1};
    const uint32_t sums[] = {0, 3, 7, 8};
    for (size_t i = 0; i < COUNT_OF(whom); i++) {
        lks_futex_wake_those(&word, 1, whom[i]);
        while (atomic_load_explicit(&woken, memory_order_relaxed) < sums[i]) {
            (void)sched_yield();
        }
        assert_int_equal(atomic_load_explicit(&woken, memory_order_relaxed), sums[i]);
    }
    for (uint32_t i = 0; i < SLEEPERS; i++) {
        join(&workers[i]);
        assert_int_equal(workers[i].errors, 0);
    }
}

static void wait_for_change(worker_t *self)
{
    while ((atomic_load_explicit(&word, memory_order_acquire) & ~LKS_ASLEEP) ==
           self->index) {
        lks_sleep_until_changed(&word, self->index);
    }
}

/* Who sleeps marks the word; who changes it finds the mark, and wakes all. */
static void a_mark_says_that_somebody_sleeps(void **state)
{
    (void)state;
    enum { SLEEPERS = 4 };
    worker_t workers[SLEEPERS];
    if (!can_see_who_sleeps()) {
        skip();
    }
    atomic_store_explicit(&word, 8, memory_order_relaxed);
    lks_sleep_until_changed(&word, 6); /* it has changed */
    assert_int_equal(atomic_load_explicit(&word, memory_order_relaxed), 8);
    for (uint32_t i = 0; i < SLEEPERS; i++) {
        prepare(&workers[i], 8, wait_for_change, NULL);
        start(&workers[i]);
    }
    until_asleep_on(&word, SLEEPERS);
    assert_int_equal(atomic_load_explicit(&word, memory_order_relaxed), 8 | LKS_ASLEEP);
    lks_change_and_wake(&word, 10);
    for (uint32_t i = 0; i < SLEEPERS; i++) {
        join(&workers[i]);
    }
    assert_int_equal(atomic_load_explicit(&word, memory_order_relaxed), 10);
}

/* 2⁴⁰, or what 32 bits can hold of it: then this times 32 is not asked for. */
#define FAR_SECONDS ((time_t)(sizeof(time_t) > 4 ? INT64_C(1) << 40 : INT32_MAX / 32))

static void instants_are_checked_and_counted(void **state)
{
    (void)state;
    const struct timespec good[] = {{0, 0}, {0, 999999999}, {FAR_SECONDS, 1}};
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        assert_true(lks_is_instant(&good[i]));
    }
    for (size_t i = 0; i < COUNT_OF(not_instants); i++) {
        assert_false(lks_is_instant(&not_instants[i]));
    }
    const struct timespec instant_in_five_seconds = {5, 7};
    assert_int_equal(lks_nanoseconds(&instant_in_five_seconds), 5000000007);
    if (sizeof(time_t) > 4) {
        const struct timespec in_a_million_years = {FAR_SECONDS * 32, 1};
        assert_true(lks_nanoseconds(&in_a_million_years) == UINT64_MAX);
    }
    const struct timespec before = from_now(0);
    uint64_t now = lks_monotonic_now();
    const struct timespec after = from_now(0);
    assert_in_range(now, lks_nanoseconds(&before), lks_nanoseconds(&after));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sleeps_only_on_the_value),
        cmocka_unit_test(sleeps_till_the_deadline),
        cmocka_unit_test(wakes_as_many_as_asked),
        cmocka_unit_test(wakes_those_of_a_kind),
        cmocka_unit_test(a_mark_says_that_somebody_sleeps),
        cmocka_unit_test(instants_are_checked_and_counted),
    };
    return run_all(tests);
}
