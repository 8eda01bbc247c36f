/* SPDX-License-Identifier: MIT */
/* The central barrier by itself; what it shares with all barriers is in barriers.c. */
#include "../episodes.h"

static uint32_t missing_of(const lks_central_barrier_t *barrier)
{
    return atomic_load_explicit(&barrier->missing, memory_order_relaxed);
}

static uint32_t sense_of(const lks_central_barrier_t *barrier)
{
    return atomic_load_explicit(&barrier->sense, memory_order_relaxed);
}

static void wait_through_pointer(void *barrier, uint32_t thread_index)
{
    lks_central_barrier_wait((lks_central_barrier_t *)barrier, thread_index);
}

static void init_makes_an_empty_barrier(void **state)
{
    (void)state;
    static lks_central_barrier_t initialised = LKS_CENTRAL_BARRIER_INIT(5);
    lks_central_barrier_t barrier;
    spoil(&barrier);
    assert_int_equal(lks_central_barrier_init(&barrier, 5), 0);
    assert_int_equal(missing_of(&barrier), 5);
    assert_int_equal(barrier.nthreads, 5);
    assert_int_equal(sense_of(&barrier), 0);
    assert_int_equal(missing_of(&initialised), missing_of(&barrier));
    assert_int_equal(initialised.nthreads, barrier.nthreads);
    assert_int_equal(sense_of(&initialised), sense_of(&barrier));
    assert_int_equal(barrier.mode, LKS_WAIT_YIELD);
    assert_int_equal(initialised.mode, LKS_WAIT_YIELD);
    assert_int_equal(lks_central_barrier_init(&barrier, UINT32_MAX), 0);
    assert_int_equal(missing_of(&barrier), UINT32_MAX);
}

static void init_refuses_wrong_arguments(void **state)
{
    (void)state;
    lks_central_barrier_t barrier;
    assert_int_equal(lks_central_barrier_init(NULL, 1), EINVAL);
    assert_int_equal(lks_central_barrier_init(&barrier, 0), EINVAL);
    assert_int_equal(lks_central_barrier_init(MISALIGNED(lks_central_barrier_t), 1),
                     EINVAL);
}

static void static_barrier_serves_threads(void **state)
{
    (void)state;
    static lks_central_barrier_t barrier = LKS_CENTRAL_BARRIER_INIT(3);
    run_episodes(wait_through_pointer, &barrier, 3, 50, false);
    assert_int_equal(sense_of(&barrier), 2 * 50);
    assert_int_equal(missing_of(&barrier), 3);
    lks_central_barrier_destroy(&barrier);
    assert_int_equal(sense_of(&barrier), 2 * 50);
}

static void senses_wrap(void **state)
{
    (void)state;
    for (uint32_t nthreads = 1; nthreads <= 5; nthreads++) {
        for (uint32_t before = 0; before < 4; before++) {
            lks_central_barrier_t barrier;
            assert_int_equal(lks_central_barrier_init(&barrier, nthreads), 0);
            atomic_store_explicit(&barrier.sense, UINT32_MAX - 1 - 2 * before,
                                  memory_order_relaxed);
            run_episodes(wait_through_pointer, &barrier, nthreads, 8, false);
            assert_int_equal(sense_of(&barrier), 2 * (7 - before));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_makes_an_empty_barrier),
        cmocka_unit_test(init_refuses_wrong_arguments),
        cmocka_unit_test(static_barrier_serves_threads),
        cmocka_unit_test(senses_wrap),
    };
    return run_all(tests);
}
