/* SPDX-License-Identifier: MIT */
/* The small functions that the functions of some headers are made of, each by itself. */
#include "../support.h"

static void parts_of_rw_ticket(void **state)
{
    (void)state;
    lks_rw_ticket_t lock = LKS_RW_TICKET_INIT;
    assert_false(lks_rw_ticket_has_readers(&lock));
    assert_false(lks_rw_ticket_has_writer(&lock));
    lks_rw_ticket_wrlock(&lock);
    assert_false(lks_rw_ticket_has_readers(&lock));
    assert_true(lks_rw_ticket_has_writer(&lock));
    lks_rw_ticket_let_readers_in(&lock, 0); /* what downgrade does */
    assert_true(lks_rw_ticket_has_readers(&lock));
    assert_false(lks_rw_ticket_has_writer(&lock));
    lks_rw_ticket_rdunlock(&lock);
    assert_false(lks_rw_ticket_is_locked(&lock));
}

static void parts_of_rw_phase_fair(void **state)
{
    (void)state;
    lks_rw_phase_fair_t lock = LKS_RW_PHASE_FAIR_INIT;
    const uint32_t reader = LKS_RW_PHASE_FAIR_READER;
    assert_int_equal(lks_rw_phase_fair_mark_in(3 * reader), 0);
    assert_int_equal(lks_rw_phase_fair_mark_in(3 * reader + 3), 3);
    assert_false(lks_rw_phase_fair_has_readers(&lock));
    assert_false(lks_rw_phase_fair_has_writer(&lock));
    uint32_t first = lks_rw_phase_fair_next_mark(&lock);
    lks_rw_phase_fair_wrlock(&lock);
    assert_int_equal(lock.mark, first);
    assert_int_not_equal(lks_rw_phase_fair_next_mark(&lock), first);
    assert_true(lks_rw_phase_fair_has_writer(&lock));
    assert_false(lks_rw_phase_fair_has_readers(&lock));
    lks_rw_phase_fair_downgrade(&lock);
    assert_true(lks_rw_phase_fair_has_readers(&lock));
    assert_false(lks_rw_phase_fair_has_writer(&lock));
    lks_rw_phase_fair_rdunlock(&lock);
    uint32_t turn = atomic_load_explicit(&lock.serving_writer, memory_order_relaxed);
    lks_rw_phase_fair_next_turn(&lock);
    assert_int_equal(atomic_load_explicit(&lock.serving_writer, memory_order_relaxed),
                     turn + 1);
}

static void parts_of_rw_distributed(void **state)
{
    (void)state;
    static lks_rw_distributed_indicator_t indicators[2];
    static lks_rw_distributed_t lock = LKS_RW_DISTRIBUTED_INIT(indicators, 2);
    assert_false(lks_rw_distributed_has_indicated(&lock));
    lks_rw_distributed_indicator_t *one = lks_rw_distributed_occupy(&lock);
    lks_rw_distributed_indicator_t *other = lks_rw_distributed_occupy(&lock);
    assert_true(one != NULL && other != NULL && one != other);
    assert_ptr_equal(lks_rw_distributed_occupy(&lock), NULL);
    assert_true(lks_rw_distributed_is_occupied(one));
    lks_rw_distributed_vacate(one);
    assert_false(lks_rw_distributed_is_occupied(one));
    assert_true(lks_rw_distributed_is_occupied(other));
    assert_true(lks_rw_distributed_has_indicated(&lock));
    lks_rw_distributed_vacate(other);
    assert_false(lks_rw_distributed_has_indicated(&lock));
    lks_rw_distributed_order_mark(&lock); /* adds nothing */
    assert_false(lks_rw_distributed_is_locked(&lock));
}

static void parts_of_rwmutex(void **state)
{
    (void)state;
    lks_rwmutex_t lock = LKS_RWMUTEX_INIT;
    const uint32_t reader = LKS_RWMUTEX_READER;
    assert_true(lks_rwmutex_readers_are_out(2 * reader + LKS_RWMUTEX_WRITER,
                                            2 * reader + LKS_RWMUTEX_ASLEEP));
    assert_false(lks_rwmutex_readers_are_out(3 * reader, 2 * reader));
    lks_rwmutex_wrlock(&lock);
    assert_true(lks_rwmutex_has_writer(&lock));
    assert_false(lks_rwmutex_has_readers(&lock));
    lks_rwmutex_leave(&lock, 1); /* what downgrade does */
    assert_false(lks_rwmutex_has_writer(&lock));
    assert_true(lks_rwmutex_has_readers(&lock));
    lks_rwmutex_rdunlock(&lock);
    assert_false(lks_rwmutex_is_locked(&lock));
}

static void parts_of_malthusian(void **state)
{
    (void)state;
    lks_malthusian_t lock = LKS_MALTHUSIAN_INIT;
    lks_malthusian_node_t node;
    spoil(&node);
    node.called = false;
    assert_int_equal(lks_malthusian_queue(&lock, &node), LKS_MALTHUSIAN_ENTERS);
    assert_true(lks_malthusian_is_locked(&lock));
    lks_malthusian_unlock(&lock, &node);
    /* One too many: others stand behind it, or it sleeps; but not if it was called
       back. */
    atomic_store_explicit(&node.next, NULL, memory_order_relaxed);
    atomic_store_explicit(&node.state, LKS_MALTHUSIAN_WAITS, memory_order_relaxed);
    assert_false(lks_malthusian_is_surplus(&node));
    atomic_store_explicit(&node.state, LKS_MALTHUSIAN_WAITS | LKS_ASLEEP,
                          memory_order_relaxed);
    assert_true(lks_malthusian_is_surplus(&node));
    atomic_store_explicit(&node.state, LKS_MALTHUSIAN_WAITS, memory_order_relaxed);
    atomic_store_explicit(&node.next, &node, memory_order_relaxed);
    assert_true(lks_malthusian_is_surplus(&node));
    node.called = true;
    assert_false(lks_malthusian_is_surplus(&node));
}

static void parts_of_mutex(void **state)
{
    (void)state;
    lks_mutex_t mutex = LKS_MUTEX_INIT;
    assert_false(lks_mutex_may_be_mine(&mutex));
    assert_false(lks_mutex_is_mine(&mutex));
    lks_mutex_lock(&mutex);
    assert_true(lks_mutex_may_be_mine(&mutex));
    assert_true(lks_mutex_is_mine(&mutex));
    lks_mutex_unlock(&mutex);
    assert_true(lks_mutex_is_free(LKS_MUTEX_FREE));
    assert_true(lks_mutex_is_free(LKS_MUTEX_QUEUED | LKS_MUTEX_TOKEN));
    assert_false(lks_mutex_is_free(LKS_MUTEX_HELD));
    assert_false(lks_mutex_is_free(LKS_MUTEX_HELD | LKS_MUTEX_QUEUED | LKS_MUTEX_TOKEN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_rw_ticket),
        cmocka_unit_test(parts_of_rw_phase_fair),
        cmocka_unit_test(parts_of_rw_distributed),
        cmocka_unit_test(parts_of_rwmutex),
        cmocka_unit_test(parts_of_malthusian),
        cmocka_unit_test(parts_of_mutex),
    };
    return run_all(tests);
}
