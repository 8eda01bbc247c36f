/* SPDX-License-Identifier: MIT */
/* The combining tree barrier by itself; what it shares with all is in barriers.c. */
#include "../episodes.h"

enum { MOST_NODES = 64 };

static lks_combining_tree_barrier_node_t nodes[MOST_NODES];

static uint32_t missing_of(const lks_combining_tree_barrier_node_t *node)
{
    return atomic_load_explicit(&node->missing, memory_order_relaxed);
}

static uint32_t sense_of(const lks_combining_tree_barrier_node_t *node)
{
    return atomic_load_explicit(&node->sense, memory_order_relaxed);
}

static void wait_through_pointer(void *barrier, uint32_t thread_index)
{
    lks_combining_tree_barrier_wait((lks_combining_tree_barrier_t *)barrier,
                                    thread_index);
}

static void nodes_are_counted(void **state)
{
    (void)state;
    assert_int_equal(lks_combining_tree_barrier_nodes(0, 2), 0);
    assert_int_equal(lks_combining_tree_barrier_nodes(5, 0), 0);
    assert_int_equal(lks_combining_tree_barrier_nodes(5, 1), 0);
    assert_int_equal(lks_combining_tree_barrier_nodes(1, 2), 1);
    assert_int_equal(lks_combining_tree_barrier_nodes(2, 2), 1);
    assert_int_equal(lks_combining_tree_barrier_nodes(3, 2), 2 + 1);
    assert_int_equal(lks_combining_tree_barrier_nodes(6, 2), 3 + 2 + 1);
    assert_int_equal(lks_combining_tree_barrier_nodes(4, 4), 1);
    assert_int_equal(lks_combining_tree_barrier_nodes(5, 4), 2 + 1);
    assert_int_equal(lks_combining_tree_barrier_nodes(16, 4), 4 + 1);
    assert_int_equal(lks_combining_tree_barrier_nodes(17, 4), 5 + 2 + 1);
    assert_int_equal(lks_combining_tree_barrier_nodes(UINT32_MAX, 2), UINT32_MAX);
    assert_int_equal(lks_combining_tree_barrier_nodes(UINT32_MAX, UINT32_MAX), 1);
}

/* Each thread and each node but the root is the child of one node, in order. */
static void init_makes_a_tree(void **state)
{
    (void)state;
    for (uint32_t fan_in = 2; fan_in <= 9; fan_in++) {
        for (uint32_t nthreads = 1; nthreads <= 24; nthreads++) {
            lks_combining_tree_barrier_t barrier;
            uint32_t children[MOST_NODES] = {0};
            spoil(&barrier);
            spoil(&nodes);
            size_t count = lks_combining_tree_barrier_nodes(nthreads, fan_in);
            assert_in_range(count, 1, MOST_NODES);
            assert_int_equal(
                lks_combining_tree_barrier_init(&barrier, nthreads, fan_in, nodes), 0);
            assert_ptr_equal(barrier.nodes, nodes);
            assert_int_equal(barrier.nthreads, nthreads);
            assert_int_equal(barrier.fan_in, fan_in);
            for (uint32_t thread = 0; thread < nthreads; thread++) {
                assert_true(thread / fan_in < count);
                children[thread / fan_in]++;
            }
            for (size_t i = 0; i < count; i++) {
                assert_int_equal(nodes[i].parent == NULL, i == count - 1);
                if (nodes[i].parent != NULL) {
                    assert_true(nodes[i].parent > &nodes[i]);
                    assert_true(nodes[i].parent < &nodes[count]);
                    children[nodes[i].parent - nodes]++;
                }
            }
            for (size_t i = 0; i < count; i++) {
                assert_int_equal(nodes[i].fan_in, children[i]);
                assert_int_equal(missing_of(&nodes[i]), children[i]);
                assert_int_equal(sense_of(&nodes[i]), 0);
                assert_in_range(nodes[i].fan_in, 1, fan_in);
            }
        }
    }
}

static void init_refuses_wrong_arguments(void **state)
{
    (void)state;
    lks_combining_tree_barrier_t barrier;
    assert_int_equal(lks_combining_tree_barrier_init(NULL, 2, 2, nodes), EINVAL);
    assert_int_equal(lks_combining_tree_barrier_init(&barrier, 2, 2, NULL), EINVAL);
    assert_int_equal(lks_combining_tree_barrier_init(&barrier, 0, 2, nodes), EINVAL);
    assert_int_equal(lks_combining_tree_barrier_init(&barrier, 2, 0, nodes), EINVAL);
    assert_int_equal(lks_combining_tree_barrier_init(&barrier, 2, 1, nodes), EINVAL);
    assert_int_equal(lks_combining_tree_barrier_init(
                         &barrier, 2, 2, MISALIGNED(lks_combining_tree_barrier_node_t)),
                     EINVAL);
}

static void the_last_to_arrive_goes_up(void **state)
{
    (void)state;
    lks_combining_tree_barrier_t barrier;
    /* Fan-in 2, three threads: thread 2 is alone at its leaf. */
    assert_int_equal(lks_combining_tree_barrier_init(&barrier, 3, 2, nodes), 0);
    atomic_store_explicit(&nodes[2].missing, 1, memory_order_relaxed);
    lks_combining_tree_barrier_arrive(&nodes[1]);
    assert_int_equal(missing_of(&nodes[1]), 1);
    assert_int_equal(sense_of(&nodes[1]), 2);
    assert_int_equal(missing_of(&nodes[2]), 2);
    assert_int_equal(sense_of(&nodes[2]), 2);
    assert_int_equal(missing_of(&nodes[0]), 2);
    assert_int_equal(sense_of(&nodes[0]), 0);
}

static void every_fan_in_serves_threads(void **state)
{
    (void)state;
    for (uint32_t fan_in = 2; fan_in <= 5; fan_in++) {
        for (uint32_t nthreads = 1; nthreads <= 9; nthreads++) {
            lks_combining_tree_barrier_t barrier;
            assert_int_equal(
                lks_combining_tree_barrier_init(&barrier, nthreads, fan_in, nodes), 0);
            run_episodes(wait_through_pointer, &barrier, nthreads, 10, false);
            lks_combining_tree_barrier_destroy(&barrier);
            size_t count = lks_combining_tree_barrier_nodes(nthreads, fan_in);
            for (size_t i = 0; i < count; i++) {
                assert_int_equal(sense_of(&nodes[i]), 2 * 10);
                assert_int_equal(missing_of(&nodes[i]), nodes[i].fan_in);
            }
        }
    }
}

static void senses_wrap(void **state)
{
    (void)state;
    for (uint32_t nthreads = 1; nthreads <= 6; nthreads++) {
        for (uint32_t before = 0; before < 4; before++) {
            lks_combining_tree_barrier_t barrier;
            assert_int_equal(
                lks_combining_tree_barrier_init(&barrier, nthreads, 2, nodes), 0);
            size_t count = lks_combining_tree_barrier_nodes(nthreads, 2);
            for (size_t i = 0; i < count; i++) {
                atomic_store_explicit(&nodes[i].sense, UINT32_MAX - 1 - 2 * before,
                                      memory_order_relaxed);
            }
            run_episodes(wait_through_pointer, &barrier, nthreads, 8, false);
            for (size_t i = 0; i < count; i++) {
                assert_int_equal(sense_of(&nodes[i]), 2 * (7 - before));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_are_counted),
        cmocka_unit_test(init_makes_a_tree),
        cmocka_unit_test(init_refuses_wrong_arguments),
        cmocka_unit_test(the_last_to_arrive_goes_up),
        cmocka_unit_test(every_fan_in_serves_threads),
        cmocka_unit_test(senses_wrap),
    };
    return run_all(tests);
}
