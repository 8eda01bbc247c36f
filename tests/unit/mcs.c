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
    assert_int_equal(lock.mode, LKS_WAIT_YIELD);
    assert_int_equal(initialised.mode, LKS_WAIT_YIELD);
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

/* Takes the lock in both ways, with a node that locks of either kind have left behind. */
static void take_with_a_used_node(lks_mcs_t *lock, lks_mcs_node_t *node)
{
    lks_mcs_node_t *free_tail = tail_of(lock);
    assert_false(lks_mcs_is_locked(lock));
    lks_mcs_lock(lock, node);
    assert_true(lks_mcs_is_locked(lock));
    lks_mcs_unlock(lock, node);
    assert_ptr_equal(tail_of(lock), free_tail);
    assert_true(lks_mcs_trylock(lock, node));
    assert_true(lks_mcs_is_locked(lock));
    lks_mcs_unlock(lock, node);
    assert_ptr_equal(tail_of(lock), free_tail);
}

/* What the node notes of one lock must not be taken for a note of the next. */
static void a_node_serves_locks_of_both_kinds(void **state)
{
    (void)state;
    lks_mcs_t plain;
    lks_mcs_t sleeps;
    lks_mcs_node_t node;
    lks_mcs_node_t other;
    assert_int_equal(lks_mcs_init_waiting(&plain, LKS_WAIT_SPIN), 0);
    assert_int_equal(lks_mcs_init_waiting(&sleeps, LKS_WAIT_SLEEP), 0);
    assert_ptr_equal(tail_of(&plain), NULL);
    assert_ptr_equal(tail_of(&sleeps), lks_mcs_free_tail(&sleeps, true));
    spoil(&node);
    for (int i = 0; i < 3; i++) {
        take_with_a_used_node(&plain, &node);
        take_with_a_used_node(&sleeps, &node);
    }
    /* A try that fails leaves a node that is as good as any. */
    for (int i = 0; i < 3; i++) {
        lks_mcs_lock(&sleeps, &other);
        assert_false(lks_mcs_trylock(&sleeps, &node));
        lks_mcs_unlock(&sleeps, &other);
        take_with_a_used_node(&plain, &node);
        lks_mcs_lock(&plain, &other);
        assert_false(lks_mcs_trylock(&plain, &node));
        lks_mcs_unlock(&plain, &other);
        take_with_a_used_node(&sleeps, &node);
    }
    assert_true(lks_mcs_trylock(&sleeps, &node));
    lks_mcs_unlock(&sleeps, &node);
    assert_true(lks_mcs_trylock(&plain, &node));
    lks_mcs_unlock(&plain, &node);
    assert_ptr_equal(tail_of(&plain), NULL);
    lks_mcs_destroy(&sleeps);
    lks_mcs_destroy(&plain);
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

/* From the thread that finds the lock free to the one that is handed it, and to the next
   that finds it free. */
static void that_waiters_sleep_is_handed_on(void **state)
{
    (void)state;
    const lks_wait_mode_t kinds[] = {LKS_WAIT_YIELD, LKS_WAIT_SPIN, LKS_WAIT_SLEEP};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        queue_t queue;
        worker_t waiter;
        bool sleeps = kinds[i] == LKS_WAIT_SLEEP;
        assert_int_equal(lks_mcs_init_waiting(&queue.lock, kinds[i]), 0);
        lks_mcs_node_t *free_tail = tail_of(&queue.lock);
        lks_mcs_lock(&queue.lock, &queue.nodes[0]);
        prepare(&waiter, 1, take_with_a_node, &queue);
        start_watched(&waiter);
        until_it_waits(&waiter);
        lks_mcs_unlock(&queue.lock, &queue.nodes[0]);
        join(&waiter);
        assert_int_equal(
            atomic_load_explicit(&queue.nodes[1].waiting, memory_order_relaxed),
            sleeps ? LKS_MCS_ENTERED_SLEEPS : LKS_MCS_ENTERED);
        assert_ptr_equal(tail_of(&queue.lock), free_tail);
    }
}

/* Each function of that heading by itself. */
static void what_sleeping_adds(void **state)
{
    (void)state;
    lks_mcs_t lock;
    lks_mcs_node_t node;
    assert_int_equal(lks_mcs_init_waiting(&lock, LKS_WAIT_SLEEP), 0);
    assert_ptr_equal(lks_mcs_free_tail(&lock, false), NULL);
    atomic_store_explicit(&node.waiting, LKS_MCS_WAITING, memory_order_relaxed);
    assert_false(lks_mcs_note_if_sleeps(&lock, &node, &node));
    assert_false(lks_mcs_note_if_sleeps(&lock, &node, NULL));
    assert_false(lks_mcs_sleeps(&node));
    assert_true(lks_mcs_note_if_sleeps(&lock, &node, tail_of(&lock)));
    assert_true(lks_mcs_sleeps(&node));
    for (int sleeps = 0; sleeps < 2; sleeps++) {
        atomic_store_explicit(&node.waiting, LKS_MCS_WAITING, memory_order_relaxed);
        lks_mcs_grant(&node, sleeps);
        assert_int_equal(lks_mcs_sleeps(&node), sleeps);
        assert_int_equal(atomic_load_explicit(&node.waiting, memory_order_relaxed),
                         sleeps ? LKS_MCS_ENTERED_SLEEPS : LKS_MCS_ENTERED);
    }
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
    assert_int_equal(atomic_load_explicit(&queue.nodes[1].waiting, memory_order_relaxed),
                     LKS_MCS_WAITING);
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
        cmocka_unit_test(a_node_serves_locks_of_both_kinds),
        cmocka_unit_test(that_waiters_sleep_is_handed_on),
        cmocka_unit_test(what_sleeping_adds),
        cmocka_unit_test(a_waiter_links_its_node_behind_the_holder),
    };
    return run_all(tests);
}
