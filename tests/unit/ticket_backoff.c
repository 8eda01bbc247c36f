/* SPDX-License-Identifier: MIT */
/* The ticket lock with backoff by itself; see also locks.c and own_waiting.c. */
#include "../contention.h"

static uint32_t next_of(const lks_ticket_backoff_t *lock)
{
    return atomic_load_explicit(&lock->ticket.next, memory_order_relaxed);
}

static uint32_t serving_of(const lks_ticket_backoff_t *lock)
{
    return atomic_load_explicit(&lock->ticket.serving, memory_order_relaxed);
}

static void start_at(lks_ticket_backoff_t *lock, uint32_t tickets)
{
    assert_int_equal(lks_ticket_backoff_init(lock, 1), 0);
    atomic_store_explicit(&lock->ticket.next, tickets, memory_order_relaxed);
    atomic_store_explicit(&lock->ticket.serving, tickets, memory_order_relaxed);
}

static void init_makes_a_free_lock(void **state)
{
    (void)state;
    static lks_ticket_backoff_t initialised = LKS_TICKET_BACKOFF_INIT;
    lks_ticket_backoff_t lock;
    spoil(&lock);
    assert_int_equal(lks_ticket_backoff_init(&lock, LKS_TICKET_BACKOFF_DELAY), 0);
    assert_int_equal(next_of(&lock), 0);
    assert_int_equal(serving_of(&lock), 0);
    assert_int_equal(next_of(&lock), next_of(&initialised));
    assert_int_equal(serving_of(&lock), serving_of(&initialised));
    assert_int_equal(lock.delay, initialised.delay);
    assert_int_equal(lks_ticket_backoff_init(&lock, 17), 0);
    assert_int_equal(lock.delay, 17);
}

static void init_refuses_wrong_arguments(void **state)
{
    (void)state;
    lks_ticket_backoff_t lock;
    assert_int_equal(lks_ticket_backoff_init(NULL, 1), EINVAL);
    assert_int_equal(lks_ticket_backoff_init(&lock, 0), EINVAL);
    assert_int_equal(lks_ticket_backoff_init(MISALIGNED(lks_ticket_backoff_t), 1),
                     EINVAL);
}

static void draws_and_serves_in_turn(void **state)
{
    (void)state;
    static lks_ticket_backoff_t lock = LKS_TICKET_BACKOFF_INIT;
    assert_false(lks_ticket_backoff_is_locked(&lock));
    lks_ticket_backoff_lock(&lock);
    assert_int_equal(next_of(&lock), 1);
    assert_int_equal(serving_of(&lock), 0);
    assert_true(lks_ticket_backoff_is_locked(&lock));
    assert_false(lks_ticket_backoff_trylock(&lock));
    assert_int_equal(next_of(&lock), 1);
    lks_ticket_backoff_unlock(&lock);
    assert_int_equal(serving_of(&lock), 1);
    assert_false(lks_ticket_backoff_is_locked(&lock));
    assert_true(lks_ticket_backoff_trylock(&lock));
    lks_ticket_backoff_unlock(&lock);
    lks_ticket_backoff_destroy(&lock);
    assert_int_equal(serving_of(&lock), 2);
}

static void it_is_the_turn_of_one_ticket(void **state)
{
    (void)state;
    lks_ticket_backoff_t lock;
    start_at(&lock, UINT32_MAX);
    assert_true(lks_ticket_backoff_is_turn(&lock, UINT32_MAX));
    assert_false(lks_ticket_backoff_is_turn(&lock, 0));
    assert_false(lks_ticket_backoff_is_turn(&lock, 1));
}

static void tickets_wrap(void **state)
{
    (void)state;
    lks_ticket_backoff_t lock;
    start_at(&lock, UINT32_MAX - 2);
    for (uint32_t i = 0; i < 6; i++) {
        assert_false(lks_ticket_backoff_is_locked(&lock));
        if (i % 2 == 0) {
            lks_ticket_backoff_lock(&lock);
        } else {
            assert_true(lks_ticket_backoff_trylock(&lock));
        }
        assert_true(lks_ticket_backoff_is_locked(&lock));
        assert_false(lks_ticket_backoff_trylock(&lock));
        assert_int_equal(next_of(&lock), (uint32_t)(UINT32_MAX - 1 + i));
        lks_ticket_backoff_unlock(&lock);
        assert_int_equal(serving_of(&lock), (uint32_t)(UINT32_MAX - 1 + i));
    }
}

static void lock_for_thread(void *object, uint32_t self)
{
    (void)self;
    lks_ticket_backoff_lock((lks_ticket_backoff_t *)object);
}

static bool trylock_for_thread(void *object, uint32_t self)
{
    (void)self;
    return lks_ticket_backoff_trylock((lks_ticket_backoff_t *)object);
}

static void unlock_for_thread(void *object, uint32_t self)
{
    (void)self;
    lks_ticket_backoff_unlock((lks_ticket_backoff_t *)object);
}

static void tickets_wrap_while_threads_wait(void **state)
{
    (void)state;
    enum { THREADS = 3, ROUNDS = 40 };
    lks_ticket_backoff_t lock;
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
        cmocka_unit_test(it_is_the_turn_of_one_ticket),
        cmocka_unit_test(tickets_wrap),
        cmocka_unit_test(tickets_wrap_while_threads_wait),
    };
    return run_all(tests);
}
