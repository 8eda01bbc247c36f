/* SPDX-License-Identifier: MIT */
/* The ticket lock by itself; what it shares with all locks is in locks.c. */
#include "../contention.h"

static uint32_t next_of(const lks_ticket_t *lock)
{
    return atomic_load_explicit(&lock->next, memory_order_relaxed);
}

static uint32_t serving_of(const lks_ticket_t *lock)
{
    return atomic_load_explicit(&lock->serving, memory_order_relaxed);
}

/* A free lock that has been taken `tickets` times, modulo 2³². */
static void start_at(lks_ticket_t *lock, uint32_t tickets)
{
    assert_int_equal(lks_ticket_init(lock), 0);
    atomic_store_explicit(&lock->next, tickets, memory_order_relaxed);
    atomic_store_explicit(&lock->serving, tickets, memory_order_relaxed);
}

static void init_makes_a_free_lock(void **state)
{
    (void)state;
    static lks_ticket_t initialised = LKS_TICKET_INIT;
    lks_ticket_t lock;
    spoil(&lock);
    assert_int_equal(lks_ticket_init(&lock), 0);
    assert_int_equal(next_of(&lock), 0);
    assert_int_equal(serving_of(&lock), 0);
    assert_int_equal(next_of(&lock), next_of(&initialised));
    assert_int_equal(serving_of(&lock), serving_of(&initialised));
}

static void init_refuses_wrong_arguments(void **state)
{
    (void)state;
    assert_int_equal(lks_ticket_init(NULL), EINVAL);
    assert_int_equal(lks_ticket_init(MISALIGNED(lks_ticket_t)), EINVAL);
}

static void draws_and_serves_in_turn(void **state)
{
    (void)state;
    static lks_ticket_t lock = LKS_TICKET_INIT;
    assert_false(lks_ticket_is_locked(&lock));
    lks_ticket_lock(&lock);
    assert_int_equal(next_of(&lock), 1);
    assert_int_equal(serving_of(&lock), 0);
    assert_true(lks_ticket_is_locked(&lock));
    /* A refused trylock draws no ticket. */
    assert_false(lks_ticket_trylock(&lock));
    assert_int_equal(next_of(&lock), 1);
    lks_ticket_unlock(&lock);
    assert_int_equal(serving_of(&lock), 1);
    assert_false(lks_ticket_is_locked(&lock));
    assert_true(lks_ticket_trylock(&lock));
    assert_int_equal(next_of(&lock), 2);
    lks_ticket_unlock(&lock);
    assert_int_equal(serving_of(&lock), 2);
    lks_ticket_destroy(&lock);
    assert_int_equal(serving_of(&lock), 2);
}

static void tickets_wrap(void **state)
{
    (void)state;
    lks_ticket_t lock;
    start_at(&lock, UINT32_MAX - 2);
    for (uint32_t i = 0; i < 6; i++) {
        assert_false(lks_ticket_is_locked(&lock));
        if (i % 2 == 0) {
            lks_ticket_lock(&lock);
        } else {
            assert_true(lks_ticket_trylock(&lock));
        }
        assert_true(lks_ticket_is_locked(&lock));
        assert_false(lks_ticket_trylock(&lock));
        assert_int_equal(next_of(&lock), (uint32_t)(UINT32_MAX - 1 + i));
        lks_ticket_unlock(&lock);
        assert_int_equal(serving_of(&lock), (uint32_t)(UINT32_MAX - 1 + i));
    }
}

static void lock_for_thread(void *object, uint32_t self)
{
    (void)self;
    lks_ticket_lock((lks_ticket_t *)object);
}

static bool trylock_for_thread(void *object, uint32_t self)
{
    (void)self;
    return lks_ticket_trylock((lks_ticket_t *)object);
}

static void unlock_for_thread(void *object, uint32_t self)
{
    (void)self;
    lks_ticket_unlock((lks_ticket_t *)object);
}

static void tickets_wrap_while_threads_wait(void **state)
{
    (void)state;
    enum { THREADS = 3, ROUNDS = 40 };
    lks_ticket_t lock;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_makes_a_free_lock),
        cmocka_unit_test(init_refuses_wrong_arguments),
        cmocka_unit_test(draws_and_serves_in_turn),
        cmocka_unit_test(tickets_wrap),
        cmocka_unit_test(tickets_wrap_while_threads_wait),
    };
    return run_all(tests);
}
