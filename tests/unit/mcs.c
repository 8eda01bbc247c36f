/* SPDX-License-Identifier: MIT */
/* The MCS lock by itself; see also locks.c and own_waiting.c. */
#include "../support.h"

static lks_mcs_node_t *tail_of(const lks_mcs_t *lock)
{
    return atomic_load_explicit(&lock->tail, memory_order_relaxed);
}

static void init_makes_a_free_lock(void **state)
{
    (void)state;
    static lks_mcs_t initialised = LKS_MCS_INIT;
    lks_mcs_t lock;
    spoil(&lock);
    assert_int_equal(lks_mcs_init(&lock), 0);
    assert_ptr_equal(tail_of(&lock), NULL);
    assert_ptr_equal(tail_of(&lock), tail_of(&initialised));
}

static void init_refuses_a_null_pointer(void **state)
{
    (void)state;
    assert_int_equal(lks_mcs_init(NULL), EINVAL);
}

static void nodes_need_no_initialising_and_serve_again(void **state)
{
    (void)state;
    static lks_mcs_t lock = LKS_MCS_INIT;
    lks_mcs_node_t node;
    lks_mcs_node_t other;
    for (int i = 0; i < 5; i++) {
        spoil(&node);
        spoil(&other);
        assert_false(lks_mcs_is_locked(&lock));
        lks_mcs_lock(&lock, &node);
        assert_ptr_equal(tail_of(&lock), &node);
        assert_true(lks_mcs_is_locked(&lock));
        assert_false(lks_mcs_trylock(&lock, &other));
        assert_ptr_equal(tail_of(&lock), &node);
        lks_mcs_unlock(&lock, &node);
        assert_ptr_equal(tail_of(&lock), NULL);
        spoil(&node);
        assert_true(lks_mcs_trylock(&lock, &other));
        assert_ptr_equal(tail_of(&lock), &other);
        assert_false(lks_mcs_trylock(&lock, &node));
        lks_mcs_unlock(&lock, &other);
        assert_false(lks_mcs_is_locked(&lock));
    }
    lks_mcs_destroy(&lock);
    assert_ptr_equal(tail_of(&lock), NULL);
}

typedef struct queue {
    lks_mcs_t lock;
    lks_mcs_node_t nodes[2];
} queue_t;

static void take_with_a_node(worker_t *self)
{
    queue_t *queue = (queue_t *)self->shared;
    lks_mcs_lock(&queue->lock, &queue->nodes[self->index]);
    lks_mcs_unlock(&queue->lock, &queue->nodes[self->index]);
}

static void a_waiter_links_its_node_behind_the_holder(void **state)
{
    (void)state;
    queue_t queue;
    worker_t waiter;
    assert_int_equal(lks_mcs_init(&queue.lock), 0);
    lks_mcs_lock(&queue.lock, &queue.nodes[0]);
    prepare(&waiter, 1, take_with_a_node, &queue);
    start_watched(&waiter);
    until_it_waits(&waiter);
    assert_ptr_equal(tail_of(&queue.lock), &queue.nodes[1]);
    assert_ptr_equal(atomic_load_explicit(&queue.nodes[0].next, memory_order_relaxed),
                     &queue.nodes[1]);
    assert_true(atomic_load_explicit(&queue.nodes[1].waiting, memory_order_relaxed));
    lks_mcs_unlock(&queue.lock, &queue.nodes[0]);
    join(&waiter);
    assert_ptr_equal(tail_of(&queue.lock), NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_makes_a_free_lock),
        cmocka_unit_test(init_refuses_a_null_pointer),
        cmocka_unit_test(nodes_need_no_initialising_and_serve_again),
        cmocka_unit_test(a_waiter_links_its_node_behind_the_holder),
    };
    return run_all(tests);
}
