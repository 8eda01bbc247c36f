/* SPDX-License-Identifier: MIT */
/*
 * The locks that draw tickets, ticket and ticket_backoff, by themselves: what they share
 * with all locks is in unit/locks.c. The source that includes this defines TYPE, INIT and
 * CALL(function), MAKE(lock), which calls init as INIT says, and TICKET(lock), the
 * address of the ticket lock in it; and has TICKET_TESTS among its tests.
 */
#include "contention.h"

static uint32_t next_of(const TYPE *lock)
{
    return atomic_load_explicit(&TICKET(lock)->next, memory_order_relaxed);
}

static uint32_t serving_of(const TYPE *lock)
{
    return atomic_load_explicit(&TICKET(lock)->serving, memory_order_relaxed);
}

/* A free lock that has been taken `tickets` times, modulo 2³². */
static void start_at(TYPE *lock, uint32_t tickets)
{
    assert_int_equal(MAKE(lock), 0);
    atomic_store_explicit(&TICKET(lock)->next, tickets, memory_order_relaxed);
    atomic_store_explicit(&TICKET(lock)->serving, tickets, memory_order_relaxed);
}

static void init_makes_a_free_lock(void **state)
{
    (void)state;
    static TYPE initialised = INIT;
    TYPE lock;
    spoil(&lock);
    assert_int_equal(MAKE(&lock), 0);
    assert_int_equal(next_of(&lock), 0);
    assert_int_equal(serving_of(&lock), 0);
    assert_int_equal(next_of(&lock), next_of(&initialised));
    assert_int_equal(serving_of(&lock), serving_of(&initialised));
}

static void draws_and_serves_in_turn(void **state)
{
    (void)state;
    static TYPE lock = INIT;
    assert_false(CALL(is_locked)(&lock));
    CALL(lock)(&lock);
    assert_int_equal(next_of(&lock), 1);
    assert_int_equal(serving_of(&lock), 0);
    assert_true(CALL(is_locked)(&lock));
    /* A refused trylock draws no ticket. */
    assert_false(CALL(trylock)(&lock));
    assert_int_equal(next_of(&lock), 1);
    CALL(unlock)(&lock);
    assert_int_equal(serving_of(&lock), 1);
    assert_false(CALL(is_locked)(&lock));
    assert_true(CALL(trylock)(&lock));
    assert_int_equal(next_of(&lock), 2);
    CALL(unlock)(&lock);
    assert_int_equal(serving_of(&lock), 2);
    CALL(destroy)(&lock);
    assert_int_equal(serving_of(&lock), 2);
}

static void tickets_wrap(void **state)
{
    (void)state;
    TYPE lock;
    start_at(&lock, UINT32_MAX - 2);
    for (uint32_t i = 0; i < 6; i++) {
        assert_false(CALL(is_locked)(&lock));
        if (i % 2 == 0) {
            CALL(lock)(&lock);
        } else {
            assert_true(CALL(trylock)(&lock));
        }
        assert_true(CALL(is_locked)(&lock));
        assert_false(CALL(trylock)(&lock));
        assert_int_equal(next_of(&lock), (uint32_t)(UINT32_MAX - 1 + i));
        CALL(unlock)(&lock);
        assert_int_equal(serving_of(&lock), (uint32_t)(UINT32_MAX - 1 + i));
    }
}

static void lock_for_thread(void *object, uint32_t self)
{
    (void)self;
    CALL(lock)((TYPE *)object);
}

static bool trylock_for_thread(void *object, uint32_t self)
{
    (void)self;
    return CALL(trylock)((TYPE *)object);
}

static void unlock_for_thread(void *object, uint32_t self)
{
    (void)self;
    CALL(unlock)((TYPE *)object);
}

static void tickets_wrap_while_threads_wait(void **state)
{
    (void)state;
    enum { THREADS = 3, ROUNDS = 40 };
    TYPE lock;
    contention_t data;
    data.lock = lock_for_thread;
    data.trylock = trylock_for_thread;
    data.unlock = unlock_for_thread;
    data.object = &lock;
    data.rounds = ROUNDS;
    for (uint32_t before = 0; before < 20; before++) {
        start_at(&lock, UINT32_MAX - 3 * before);
        contend(&data, THREADS);
        assert_int_equal(next_of(&lock),
                         (uint32_t)(UINT32_MAX - 3 * before + THREADS * ROUNDS));
        assert_int_equal(serving_of(&lock), next_of(&lock));
    }
}

#define TICKET_TESTS                                                                     \
    cmocka_unit_test(init_makes_a_free_lock),                                            \
        cmocka_unit_test(draws_and_serves_in_turn), cmocka_unit_test(tickets_wrap),      \
        cmocka_unit_test(tickets_wrap_while_threads_wait)
