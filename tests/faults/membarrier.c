/* SPDX-License-Identifier: MIT */
/*
 * membarrier is forbidden: from the beginning (this program is then called by
 * without_membarrier, and has the argument "never"), or only when waiters sleep that have
 * relied on it.
 */
#include "../asleep.h"
#include "../child.h"
#include "../mutex_ways.h"
#include "forbid.h"

static int errno_at_main; /* after all that runs before main */

static void without_it_both_halves_are_full_fences(void **state)
{
    (void)state;
    assert_int_equal(lks_asymmetric_fence_kind(), LKS_FENCE_SYMMETRIC);
    assert_int_equal(errno_at_main, 0);
    lks_asymmetric_fence_heavy();
    for (uint32_t nthreads = 2; nthreads <= 32; nthreads *= 4) {
        contend_for_mutex(nthreads, 20000 / nthreads, 0);
        contend_for_mutex(nthreads, 20000 / nthreads, LKS_MUTEX_BOUND_NS);
    }
    assert_int_equal(lks_asymmetric_fence_kind(), LKS_FENCE_SYMMETRIC);
}

static lks_mutex_t mutex = LKS_MUTEX_INIT;
static uint32_t entered;

static void enter(worker_t *self)
{
    (void)self;
    lks_mutex_lock(&mutex);
    entered++;
    lks_mutex_unlock(&mutex);
}

/* In a child, which is in the sandbox from then on. */
static void lose_it(const void *error)
{
    enum { SLEEPERS = 4 };
    worker_t workers[2 * SLEEPERS];
    lks_mutex_lock(&mutex);
    for (uint32_t i = 0; i < SLEEPERS; i++) {
        prepare(&workers[i], i, enter, NULL);
        start(&workers[i]);
    }
    until_asleep_on(NULL, SLEEPERS);
    if (!forbid_membarrier(*(const int *)error)) {
        _exit(77);
    }
    assert_int_equal(lks_asymmetric_fence_kind(), LKS_FENCE_MEMBARRIER);
    /* These come later, and there is nobody before them who has seen to the fence. */
    static lks_mutex_t other = LKS_MUTEX_INIT;
    lks_mutex_lock(&other);
    const struct timespec deadline = from_now(30000000);
    errno = 77;
    assert_int_equal(lks_mutex_timedlock(&other, &deadline), ETIMEDOUT);
    assert_int_equal(errno, 77);
    assert_int_equal(lks_asymmetric_fence_kind(), LKS_FENCE_SYMMETRIC);
    for (uint32_t i = SLEEPERS; i < 2 * SLEEPERS; i++) {
        prepare(&workers[i], i, enter, NULL);
        start(&workers[i]);
    }
    until_asleep_on(NULL, 2 * SLEEPERS);
    lks_mutex_unlock(&mutex);
    for (uint32_t i = 0; i < 2 * SLEEPERS; i++) {
        join(&workers[i]);
    }
    assert_int_equal(entered, 2 * SLEEPERS);
    for (uint32_t nthreads = 2; nthreads <= 32; nthreads *= 4) {
        contend_for_mutex(nthreads, 20000 / nthreads, 0);
        contend_for_mutex(nthreads, 20000 / nthreads, LKS_MUTEX_BOUND_NS);
    }
}

/* While many contend, so that light halves are under way. */
static void lose_it_suddenly(const void *error)
{
    worker_t workers[8];
    contention_t data;
    longest_wait = 50000;
    data.lock = lock_in_some_way;
    data.trylock = NULL;
    data.unlock = unlock_mutex;
    data.object = &mutex;
    data.rounds = 5000;
    data.first = data.second = data.inside = 0;
    for (uint32_t i = 0; i < COUNT_OF(workers); i++) {
        prepare(&workers[i], i, contend_in_thread, &data);
        start(&workers[i]);
    }
    for (int i = 0; i < 10; i++) {
        (void)sched_yield();
    }
    if (!forbid_membarrier(*(const int *)error)) {
        _exit(77);
    }
    for (uint32_t i = 0; i < COUNT_OF(workers); i++) {
        join(&workers[i]);
        assert_int_equal(workers[i].errors, 0);
    }
    assert_int_equal(data.first, COUNT_OF(workers) * data.rounds);
}

static void survives(void (*body)(const void *), int error)
{
    child_t child;
    if (lks_asymmetric_fence_kind() != LKS_FENCE_MEMBARRIER || !can_see_who_sleeps()) {
        skip();
    }
    run_child(&child, body, &error);
    if (WIFEXITED(child.status) && WEXITSTATUS(child.status) == 77) {
        skip();
    }
    assert_string_equal(child.message, "");
    assert_true(WIFEXITED(child.status));
    assert_int_equal(WEXITSTATUS(child.status), 0);
}

static void sleepers_survive_that_it_is_forbidden(void **state)
{
    (void)state;
    survives(lose_it, EPERM);
    survives(lose_it, ENOSYS);
}

static void contention_survives_that_it_is_forbidden(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        survives(lose_it_suddenly, EPERM);
    }
}

int main(int argc, char **argv)
{
    errno_at_main = errno;
    const struct CMUnitTest never[] = {
        cmocka_unit_test(without_it_both_halves_are_full_fences),
    };
    const struct CMUnitTest late[] = {
        cmocka_unit_test(sleepers_survive_that_it_is_forbidden),
        cmocka_unit_test(contention_survives_that_it_is_forbidden),
    };
    return argc > 1 && strcmp(argv[1], "never") == 0 ? run_all(never) : run_all(late);
}
