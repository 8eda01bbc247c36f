/* SPDX-License-Identifier: MIT */
/* K42's MCS lock by itself; see also locks.c and own_waiting.c. */
#include "../asleep.h"

static lks_mcs_k42_link_t *tail_of(const lks_mcs_k42_t *lock)
{
    return atomic_load_explicit(&lock->tail, memory_order_relaxed);
}

static lks_mcs_k42_node_t *next_of(const lks_mcs_k42_t *lock)
{
    return atomic_load_explicit(&lock->next, memory_order_relaxed);
}

static void init_makes_a_free_lock(void **state)
{
    (void)state;
    static lks_mcs_k42_t initialised = LKS_MCS_K42_INIT;
    static lks_mcs_k42_t zero;
    lks_mcs_k42_t lock;
    spoil(&lock);
    assert_int_equal(lks_mcs_k42_init(&lock), 0);
    assert_null(tail_of(&lock));
    assert_null(next_of(&lock));
    assert_int_equal(lock.mode, LKS_WAIT_YIELD);
    assert_memory_equal((void *)&initialised, (void *)&zero, sizeof zero);
    assert_int_equal(lks_mcs_k42_init_waiting(&lock, LKS_WAIT_SLEEP), 0);
    assert_int_equal(lock.mode, LKS_WAIT_SLEEP);
}

static void init_refuses_bad_arguments(void **state)
{
    (void)state;
    lks_mcs_k42_t lock;
    assert_int_equal(lks_mcs_k42_init(NULL), EINVAL);
    assert_int_equal(lks_mcs_k42_init_waiting(NULL, LKS_WAIT_YIELD), EINVAL);
    assert_int_equal(lks_mcs_k42_init_waiting(&lock, (lks_wait_mode_t)3), EINVAL);
}

/* The lock's own link stands for the node of a holder. */
static void the_holder_has_no_node(void **state)
{
    (void)state;
    lks_mcs_k42_t lock = LKS_MCS_K42_INIT;
    for (int i = 0; i < 3; i++) {
        lks_mcs_k42_lock(&lock);
        assert_ptr_equal(tail_of(&lock), &lock.next);
        assert_true(lks_mcs_k42_is_locked(&lock));
        assert_false(lks_mcs_k42_trylock(&lock));
        lks_mcs_k42_unlock(&lock);
        assert_false(lks_mcs_k42_is_locked(&lock));
        assert_true(lks_mcs_k42_trylock(&lock));
        assert_ptr_equal(tail_of(&lock), &lock.next);
        lks_mcs_k42_unlock(&lock);
    }
    assert_null(tail_of(&lock));
    assert_null(next_of(&lock));
    lks_mcs_k42_destroy(&lock);
}

typedef struct queue {
    lks_mcs_k42_t lock;
    uint32_t entered; /* guarded by the lock */
    uint32_t place[3];
} queue_t;

static void take(worker_t *self)
{
    queue_t *queue = (queue_t *)self->shared;
    lks_mcs_k42_lock(&queue->lock);
    queue->place[self->index] = queue->entered++;
    lks_mcs_k42_unlock(&queue->lock);
}

/* In each way to wait: the first waiter is linked to the lock, the next ones behind it;
   they enter in that order, and nothing of theirs is left. */
static void waiters_queue_behind_the_lock(void **state)
{
    (void)state;
    const lks_wait_mode_t kinds[] = {LKS_WAIT_YIELD, LKS_WAIT_SPIN, LKS_WAIT_SLEEP};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        queue_t queue;
        worker_t waiters[3];
        assert_int_equal(lks_mcs_k42_init_waiting(&queue.lock, kinds[i]), 0);
        queue.entered = 0;
        lks_mcs_k42_lock(&queue.lock);
        lks_mcs_k42_link_t *tail = tail_of(&queue.lock);
        for (uint32_t k = 0; k < 3; k++) {
            prepare(&waiters[k], k, take, &queue);
            start(&waiters[k]);
            while (tail_of(&queue.lock) == tail) {
                (void)sched_yield();
            }
            lks_mcs_k42_node_t *linked;
            while ((linked = atomic_load_explicit(tail, memory_order_acquire)) == NULL) {
                (void)sched_yield();
            }
            tail = tail_of(&queue.lock);
            assert_ptr_equal(tail, &linked->next);
        }
        assert_false(lks_mcs_k42_trylock(&queue.lock));
        assert_int_equal(
            atomic_load_explicit(&next_of(&queue.lock)->waiting, memory_order_relaxed) &
                ~LKS_ASLEEP,
            LKS_MCS_K42_WAITING);
        lks_mcs_k42_unlock(&queue.lock);
        for (uint32_t k = 0; k < 3; k++) {
            join(&waiters[k]);
            assert_int_equal(queue.place[k], k);
        }
        assert_null(tail_of(&queue.lock));
        assert_null(next_of(&queue.lock));
    }
}

static void one_that_may_sleep_sleeps(void **state)
{
    (void)state;
    if (!can_see_who_sleeps()) {
        skip();
    }
    queue_t queue;
    worker_t waiter;
    assert_int_equal(lks_mcs_k42_init_waiting(&queue.lock, LKS_WAIT_SLEEP), 0);
    queue.entered = 0;
    lks_mcs_k42_lock(&queue.lock);
    prepare(&waiter, 0, take, &queue);
    start(&waiter);
    while (next_of(&queue.lock) == NULL) {
        (void)sched_yield();
    }
    until_asleep_on(&next_of(&queue.lock)->waiting, 1);
    lks_mcs_k42_unlock(&queue.lock);
    join(&waiter);
    assert_int_equal(queue.entered, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_makes_a_free_lock),
        cmocka_unit_test(init_refuses_bad_arguments),
        cmocka_unit_test(the_holder_has_no_node),
        cmocka_unit_test(waiters_queue_behind_the_lock),
        cmocka_unit_test(one_that_may_sleep_sleeps),
    };
    return run_all(tests);
}
