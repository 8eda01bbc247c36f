/* SPDX-License-Identifier: MIT */
/* The MCS tree barrier by itself; what it shares with all barriers is in barriers.c. */
#include "../episodes.h"

enum { MOST_THREADS = 12 };

static lks_mcs_tree_barrier_node_t nodes[MOST_THREADS];

static uint32_t woken_of(uint32_t thread)
{
    return atomic_load_explicit(&nodes[thread].woken, memory_order_relaxed);
}

static uint32_t arrived_of(uint32_t thread, int child)
{
    return atomic_load_explicit(&nodes[thread].arrived[child], memory_order_relaxed);
}

static void wait_through_pointer(void *barrier, uint32_t thread_index)
{
    lks_mcs_tree_barrier_wait((lks_mcs_tree_barrier_t *)barrier, thread_index);
}

static void init_makes_an_empty_barrier(void **state)
{
    (void)state;
    lks_mcs_tree_barrier_t barrier;
    spoil(&barrier);
    spoil(&nodes);
    assert_int_equal(lks_mcs_tree_barrier_init(&barrier, MOST_THREADS, nodes), 0);
    assert_ptr_equal(barrier.nodes, nodes);
    assert_int_equal(barrier.nthreads, MOST_THREADS);
    for (uint32_t thread = 0; thread < MOST_THREADS; thread++) {
        assert_int_equal(woken_of(thread), 0);
        for (int child = 0; child < 4; child++) {
            assert_int_equal(arrived_of(thread, child), 0);
        }
    }
}

static void init_refuses_wrong_arguments(void **state)
{
    (void)state;
    lks_mcs_tree_barrier_t barrier;
    assert_int_equal(lks_mcs_tree_barrier_init(NULL, 2, nodes), EINVAL);
    assert_int_equal(lks_mcs_tree_barrier_init(&barrier, 2, NULL), EINVAL);
    assert_int_equal(lks_mcs_tree_barrier_init(&barrier, 0, nodes), EINVAL);
    assert_int_equal(
        lks_mcs_tree_barrier_init(&barrier, 2, MISALIGNED(lks_mcs_tree_barrier_node_t)),
        EINVAL);
}

static void each_child_arrives_at_its_own_place(void **state)
{
    (void)state;
    lks_mcs_tree_barrier_t barrier;
    assert_int_equal(lks_mcs_tree_barrier_init(&barrier, MOST_THREADS, nodes), 0);
    run_episodes(wait_through_pointer, &barrier, MOST_THREADS, 7, false);
    lks_mcs_tree_barrier_destroy(&barrier);
    for (uint32_t thread = 0; thread < MOST_THREADS; thread++) {
        assert_int_equal(woken_of(thread), 2 * 7);
        for (uint32_t child = 0; child < 4; child++) {
            assert_int_equal(arrived_of(thread, (int)child),
                             4 * thread + child + 1 < MOST_THREADS ? 2 * 7 : 0);
        }
    }
}

static void episodes_wrap(void **state)
{
    (void)state;
    for (uint32_t nthreads = 1; nthreads <= 7; nthreads++) {
        for (uint32_t before = 0; before < 4; before++) {
            lks_mcs_tree_barrier_t barrier;
            assert_int_equal(lks_mcs_tree_barrier_init(&barrier, nthreads, nodes), 0);
            for (uint32_t thread = 0; thread < nthreads; thread++) {
                atomic_store_explicit(&nodes[thread].woken, UINT32_MAX - 1 - 2 * before,
                                      memory_order_relaxed);
                for (int child = 0; child < 4; child++) {
                    atomic_store_explicit(&nodes[thread].arrived[child],
                                          UINT32_MAX - 1 - 2 * before,
                                          memory_order_relaxed);
                }
            }
            run_episodes(wait_through_pointer, &barrier, nthreads, 8, false);
            for (uint32_t thread = 0; thread < nthreads; thread++) {
                assert_int_equal(woken_of(thread), 2 * (7 - before));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_makes_an_empty_barrier),
        cmocka_unit_test(init_refuses_wrong_arguments),
        cmocka_unit_test(each_child_arrives_at_its_own_place),
        cmocka_unit_test(episodes_wrap),
    };
    return run_all(tests);
}
