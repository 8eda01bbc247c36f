/* SPDX-License-Identifier: MIT */
/* The tournament barrier by itself; what it shares with all barriers is in barriers.c. */
#include "../episodes.h"

enum { MOST_FLAGS = 64 };

static lks_tournament_barrier_flag_t flags[MOST_FLAGS];

static uint32_t episode_of(const lks_tournament_barrier_flag_t *flag)
{
    return atomic_load_explicit(&flag->episode, memory_order_relaxed);
}

static void wait_through_pointer(void *barrier, uint32_t thread_index)
{
    lks_tournament_barrier_wait((lks_tournament_barrier_t *)barrier, thread_index);
}

static void flags_are_counted(void **state)
{
    (void)state;
    assert_int_equal(lks_tournament_barrier_flags(0), 0);
    assert_int_equal(lks_tournament_barrier_flags(1), 1);
    assert_int_equal(lks_tournament_barrier_flags(2), 2 * 2);
    assert_int_equal(lks_tournament_barrier_flags(3), 3 * 3);
    assert_int_equal(lks_tournament_barrier_flags(4), 4 * 3);
    assert_int_equal(lks_tournament_barrier_flags(5), 5 * 4);
    assert_int_equal(lks_tournament_barrier_flags(8), 8 * 4);
    assert_int_equal(lks_tournament_barrier_flags(9), 9 * 5);
    assert_int_equal(lks_tournament_barrier_flags(UINT32_MAX), (size_t)UINT32_MAX * 33);
}

static void init_makes_an_empty_barrier(void **state)
{
    (void)state;
    const uint32_t rounds[] = {0, 0, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4};
    for (uint32_t nthreads = 1; nthreads < COUNT_OF(rounds); nthreads++) {
        lks_tournament_barrier_t barrier;
        spoil(&barrier);
        spoil(&flags);
        assert_int_equal(lks_tournament_barrier_init(&barrier, nthreads, flags), 0);
        assert_ptr_equal(barrier.flags, flags);
        assert_int_equal(barrier.nthreads, nthreads);
        assert_int_equal(barrier.rounds, rounds[nthreads]);
        for (size_t i = 0; i < lks_tournament_barrier_flags(nthreads); i++) {
            assert_int_equal(episode_of(&flags[i]), 0);
        }
    }
}

static void init_refuses_wrong_arguments(void **state)
{
    (void)state;
    lks_tournament_barrier_t barrier;
    assert_int_equal(lks_tournament_barrier_init(NULL, 2, flags), EINVAL);
    assert_int_equal(lks_tournament_barrier_init(&barrier, 2, NULL), EINVAL);
    assert_int_equal(lks_tournament_barrier_init(&barrier, 0, flags), EINVAL);
    assert_int_equal(lks_tournament_barrier_init(
                         &barrier, 2, MISALIGNED(lks_tournament_barrier_flag_t)),
                     EINVAL);
}

static void rows_lie_side_by_side(void **state)
{
    (void)state;
    lks_tournament_barrier_t barrier;
    assert_int_equal(lks_tournament_barrier_init(&barrier, 5, flags), 0);
    for (uint32_t thread = 0; thread < 5; thread++) {
        assert_ptr_equal(lks_tournament_barrier_row(&barrier, thread),
                         &flags[4 * thread]);
    }
}

static void every_flag_used_holds_the_episode(void **state)
{
    (void)state;
    for (uint32_t nthreads = 1; nthreads <= 9; nthreads++) {
        lks_tournament_barrier_t barrier;
        assert_int_equal(lks_tournament_barrier_init(&barrier, nthreads, flags), 0);
        run_episodes(wait_through_pointer, &barrier, nthreads, 7, false);
        lks_tournament_barrier_destroy(&barrier);
        for (uint32_t thread = 0; thread < nthreads; thread++) {
            const lks_tournament_barrier_flag_t *row =
                lks_tournament_barrier_row(&barrier, thread);
            assert_int_equal(episode_of(&row[0]), 2 * 7);
            for (uint32_t round = 0; round < barrier.rounds; round++) {
                /* Set by the loser of the round, where there is one. */
                bool wins = thread % (2u << round) == 0;
                bool meets = thread + (1u << round) < nthreads;
                assert_int_equal(episode_of(&row[1 + round]), wins && meets ? 2 * 7 : 0);
            }
        }
    }
}

static void episodes_wrap(void **state)
{
    (void)state;
    for (uint32_t nthreads = 1; nthreads <= 9; nthreads++) {
        for (uint32_t before = 0; before < 4; before++) {
            lks_tournament_barrier_t barrier;
            assert_int_equal(lks_tournament_barrier_init(&barrier, nthreads, flags), 0);
            for (size_t i = 0; i < lks_tournament_barrier_flags(nthreads); i++) {
                atomic_store_explicit(&flags[i].episode, UINT32_MAX - 1 - 2 * before,
                                      memory_order_relaxed);
            }
            run_episodes(wait_through_pointer, &barrier, nthreads, 8, false);
            for (uint32_t thread = 0; thread < nthreads; thread++) {
                assert_int_equal(episode_of(lks_tournament_barrier_row(&barrier, thread)),
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
