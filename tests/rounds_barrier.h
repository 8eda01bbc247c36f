/* SPDX-License-Identifier: MIT */
/*
 * The barriers of ⌈log₂ n⌉ rounds, dissemination and tournament, by themselves: what they
 * share with all barriers is in unit/barriers.c. The source that includes this defines
 * TYPE and FLAG, CALL(function), and IS_SET(thread, round, nthreads): whether anybody
 * sets that thread's flag of that round.
 */
#include "episodes.h"

enum { MOST_FLAGS = 64 };

static FLAG flags[MOST_FLAGS];

static uint32_t episode_of(const FLAG *flag)
{
    return atomic_load_explicit(&flag->episode, memory_order_relaxed);
}

static void wait_through_pointer(void *barrier, uint32_t thread_index)
{
    CALL(wait)((TYPE *)barrier, thread_index);
}

static void flags_are_counted(void **state)
{
    (void)state;
    assert_int_equal(CALL(flags)(0), 0);
    assert_int_equal(CALL(flags)(1), 1);
    assert_int_equal(CALL(flags)(2), 2 * 2);
    assert_int_equal(CALL(flags)(3), 3 * 3);
    assert_int_equal(CALL(flags)(4), 4 * 3);
    assert_int_equal(CALL(flags)(5), 5 * 4);
    assert_int_equal(CALL(flags)(8), 8 * 4);
    assert_int_equal(CALL(flags)(9), 9 * 5);
    assert_int_equal(CALL(flags)(UINT32_MAX), (size_t)UINT32_MAX * 33);
}

static void init_makes_an_empty_barrier(void **state)
{
    (void)state;
    const uint32_t rounds[] = {0, 0, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4};
    for (uint32_t nthreads = 1; nthreads < COUNT_OF(rounds); nthreads++) {
        TYPE barrier;
        spoil(&barrier);
        spoil(&flags);
        assert_int_equal(CALL(init)(&barrier, nthreads, flags), 0);
        assert_ptr_equal(barrier.flags, flags);
        assert_int_equal(barrier.nthreads, nthreads);
        assert_int_equal(barrier.rounds, rounds[nthreads]);
        for (size_t i = 0; i < CALL(flags)(nthreads); i++) {
            assert_int_equal(episode_of(&flags[i]), 0);
        }
    }
}

static void init_refuses_wrong_arguments(void **state)
{
    (void)state;
    TYPE barrier;
    assert_int_equal(CALL(init)(NULL, 2, flags), EINVAL);
    assert_int_equal(CALL(init)(&barrier, 2, NULL), EINVAL);
    assert_int_equal(CALL(init)(&barrier, 0, flags), EINVAL);
    assert_int_equal(CALL(init)(&barrier, 2, MISALIGNED(FLAG)), EINVAL);
}

static void rows_lie_side_by_side(void **state)
{
    (void)state;
    TYPE barrier;
    assert_int_equal(CALL(init)(&barrier, 5, flags), 0);
    for (uint32_t thread = 0; thread < 5; thread++) {
        assert_ptr_equal(CALL(row)(&barrier, thread), &flags[4 * thread]);
    }
}

static void every_flag_used_holds_the_episode(void **state)
{
    (void)state;
    for (uint32_t nthreads = 1; nthreads <= 9; nthreads++) {
        TYPE barrier;
        assert_int_equal(CALL(init)(&barrier, nthreads, flags), 0);
        run_episodes(wait_through_pointer, &barrier, nthreads, 7, false);
        CALL(destroy)(&barrier);
        for (uint32_t thread = 0; thread < nthreads; thread++) {
            const FLAG *row = CALL(row)(&barrier, thread);
            assert_int_equal(episode_of(&row[0]), 2 * 7);
            for (uint32_t round = 0; round < barrier.rounds; round++) {
                assert_int_equal(episode_of(&row[1 + round]),
                                 IS_SET(thread, round, nthreads) ? 2 * 7 : 0);
            }
        }
    }
}

static void episodes_wrap(void **state)
{
    (void)state;
    for (uint32_t nthreads = 1; nthreads <= 9; nthreads++) {
        for (uint32_t before = 0; before < 4; before++) {
            TYPE barrier;
            assert_int_equal(CALL(init)(&barrier, nthreads, flags), 0);
            for (size_t i = 0; i < CALL(flags)(nthreads); i++) {
                atomic_store_explicit(&flags[i].episode, UINT32_MAX - 1 - 2 * before,
                                      memory_order_relaxed);
            }
            run_episodes(wait_through_pointer, &barrier, nthreads, 8, false);
            for (uint32_t thread = 0; thread < nthreads; thread++) {
                assert_int_equal(episode_of(CALL(row)(&barrier, thread)),
                                 2 * (7 - before));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_are_counted),
        cmocka_unit_test(init_makes_an_empty_barrier),
        cmocka_unit_test(init_refuses_wrong_arguments),
        cmocka_unit_test(rows_lie_side_by_side),
        cmocka_unit_test(every_flag_used_holds_the_episode),
        cmocka_unit_test(episodes_wrap),
    };
    return run_all(tests);
}
