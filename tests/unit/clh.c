/* SPDX-License-Identifier: MIT */
/* The CLH lock by itself; what it shares with all locks is in locks.c. */
#include "../support.h"

static lks_clh_node_t *tail_of(const lks_clh_t *lock)
{
    return atomic_load_explicit(&lock->tail, memory_order_relaxed);
}

static lks_clh_node_t *holder_of(const lks_clh_t *lock)
{
    return atomic_load_explicit(&lock->holder, memory_order_relaxed);
}

static bool is_waiting(const lks_clh_node_t *node)
{
    return atomic_load_explicit(&node->waiting, memory_order_relaxed) == LKS_CLH_WAITING;
}

static void init_makes_a_free_lock(void **state)
{
    (void)state;
    static lks_clh_node_t initialised_first = LKS_CLH_NODE_INIT;
    static lks_clh_t initialised = LKS_CLH_INIT(&initialised_first);
    lks_clh_t lock;
    lks_clh_node_t first;
    spoil(&lock);
    spoil(&first);
    assert_int_equal(lks_clh_init(&lock, &first), 0);
    assert_ptr_equal(tail_of(&lock), &first);
    assert_ptr_equal(holder_of(&lock), NULL);
    assert_false(is_waiting(&first));
    assert_ptr_equal(tail_of(&initialised), &initialised_first);
    assert_ptr_equal(holder_of(&initialised), NULL);
    assert_false(is_waiting(&initialised_first));
    assert_int_equal(lock.mode, LKS_WAIT_YIELD);
    assert_int_equal(initialised.mode, LKS_WAIT_YIELD);
}

static void init_refuses_wrong_arguments(void **state)
{
    (void)state;
    lks_clh_t lock;
    lks_clh_node_t first;
    assert_int_equal(lks_clh_init(NULL, &first), EINVAL);
    assert_int_equal(lks_clh_init(&lock, NULL), EINVAL);
    assert_int_equal(lks_clh_init(MISALIGNED(lks_clh_t), &first), EINVAL);
    assert_int_equal(lks_clh_init(&lock, MISALIGNED(lks_clh_node_t)), EINVAL);
}

static void nodes_wander_from_thread_to_thread(void **state)
{
    (void)state;
    static lks_clh_node_t first = LKS_CLH_NODE_INIT;
    static lks_clh_t lock = LKS_CLH_INIT(&first);
    lks_clh_node_t mine = LKS_CLH_NODE_INIT;
    lks_clh_node_t *spare = &mine;
    lks_clh_node_t *before = &first;
    for (int i = 0; i < 6; i++) {
        lks_clh_node_t *given = spare;
        assert_false(lks_clh_is_locked(&lock));
        lks_clh_lock(&lock, &spare);
        assert_true(lks_clh_is_locked(&lock));
        assert_ptr_equal(tail_of(&lock), given);
        assert_ptr_equal(holder_of(&lock), given);
        assert_true(is_waiting(given));
        /* The caller's spare node is now its predecessor's. */
        assert_ptr_equal(spare, before);
        before = given;
        lks_clh_unlock(&lock);
        assert_false(is_waiting(given));
        assert_ptr_equal(holder_of(&lock), NULL);
        assert_ptr_equal(tail_of(&lock), given);
    }
    /* An even number of times, so that each has its own again. */
    assert_ptr_equal(lks_clh_destroy(&lock), &first);
    assert_ptr_equal(spare, &mine);
}

static void destroy_returns_the_node_that_the_lock_has(void **state)
{
    (void)state;
    lks_clh_t lock;
    lks_clh_node_t first;
    lks_clh_node_t mine;
    lks_clh_node_t *spare = &mine;
    assert_int_equal(lks_clh_init(&lock, &first), 0);
    lks_clh_lock(&lock, &spare);
    lks_clh_unlock(&lock);
    assert_ptr_equal(lks_clh_destroy(&lock), &mine);
    assert_ptr_equal(spare, &first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_makes_a_free_lock),
        cmocka_unit_test(init_refuses_wrong_arguments),
        cmocka_unit_test(nodes_wander_from_thread_to_thread),
        cmocka_unit_test(destroy_returns_the_node_that_the_lock_has),
    };
    return run_all(tests);
}
