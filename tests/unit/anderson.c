/* SPDX-License-Identifier: MIT */
/* Anderson's lock by itself; what it shares with all locks is in locks.c. */
#include "../contention.h"

enum { MOST_SLOTS = 8 };

static lks_anderson_slot_t slots[MOST_SLOTS];

static uint32_t next_of(const lks_anderson_t *lock)
{
    return atomic_load_explicit(&lock->next, memory_order_relaxed);
}

static uint32_t left_of(const lks_anderson_t *lock)
{
    return atomic_load_explicit(&lock->left, memory_order_relaxed);
}

static bool may_enter(const lks_anderson_slot_t *slot)
{
    return atomic_load_explicit(&slot->may_enter, memory_order_relaxed) ==
           LKS_ANDERSON_OPEN;
}

static void set_may_enter(lks_anderson_slot_t *slot, bool value)
{
    atomic_store_explicit(&slot->may_enter,
                          value ? LKS_ANDERSON_OPEN : LKS_ANDERSON_CLOSED,
                          memory_order_relaxed);
}

/* How many slots are open; `only` is the index of the last that is. */
static uint32_t open_slots(const lks_anderson_t *lock, uint32_t *only)
{
    uint32_t open = 0;
    for (uint32_t i = 0; i <= lock->mask; i++) {
        if (may_enter(&lock->slots[i])) {
            open++;
            *only = i;
        }
    }
    return open;
}

/* Fails unless the lock is free and the slot of the next ticket is open, alone. */
static void assert_free(const lks_anderson_t *lock)
{
    uint32_t only = 0;
    assert_false(lks_anderson_is_locked(lock));
    assert_int_equal(open_slots(lock, &only), 1);
    assert_int_equal(only, next_of(lock) & lock->mask);
}

/* A free lock that has been taken `tickets` times, modulo 2³². */
static void start_at(lks_anderson_t *lock, uint32_t count, uint32_t tickets)
{
    assert_int_equal(lks_anderson_init(lock, slots, count), 0);
    atomic_store_explicit(&lock->next, tickets, memory_order_relaxed);
    lock->holder = tickets;
    atomic_store_explicit(&lock->left, tickets, memory_order_relaxed);
    set_may_enter(&slots[0], false);
    set_may_enter(&slots[tickets & (count - 1)], true);
}

static void init_makes_a_free_lock(void **state)
{
    (void)state;
    static lks_anderson_slot_t initialised_slots[4] = LKS_ANDERSON_SLOTS_INIT;
    static lks_anderson_t initialised = LKS_ANDERSON_INIT(initialised_slots, 4);
    lks_anderson_t lock;
    spoil(&lock);
    spoil(&slots);
    assert_int_equal(lks_anderson_init(&lock, slots, 4), 0);
    assert_int_equal(next_of(&lock), 0);
    assert_int_equal(lock.holder, 0);
    assert_int_equal(left_of(&lock), 0);
    assert_int_equal(lock.mask, 3);
    assert_ptr_equal(lock.slots, slots);
    assert_free(&lock);
    assert_int_equal(next_of(&initialised), 0);
    assert_int_equal(initialised.holder, 0);
    assert_int_equal(left_of(&initialised), 0);
    assert_int_equal(initialised.mask, 3);
    assert_ptr_equal(initialised.slots, initialised_slots);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(may_enter(&slots[i]), may_enter(&initialised_slots[i]));
    }
    assert_int_equal(lock.mode, LKS_WAIT_YIELD);
    assert_int_equal(initialised.mode, LKS_WAIT_YIELD);
}

static void init_refuses_wrong_arguments(void **state)
{
    (void)state;
    lks_anderson_t lock;
    assert_int_equal(lks_anderson_init(NULL, slots, 4), EINVAL);
    assert_int_equal(lks_anderson_init(&lock, NULL, 4), EINVAL);
    assert_int_equal(lks_anderson_init(MISALIGNED(lks_anderson_t), slots, 4), EINVAL);
    assert_int_equal(lks_anderson_init(&lock, MISALIGNED(lks_anderson_slot_t), 4),
                     EINVAL);
    const uint32_t refused[] = {0, 3, 5, 6, 7, 9, 12, 0x80000001u, UINT32_MAX};
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        assert_int_equal(lks_anderson_init(&lock, slots, refused[i]), EINVAL);
    }
    for (uint32_t count = 1; count <= MOST_SLOTS; count *= 2) {
        assert_int_equal(lks_anderson_init(&lock, slots, count), 0);
        assert_int_equal(lock.mask, count - 1);
    }
}

static void hands_on_from_slot_to_slot(void **state)
{
    (void)state;
    static lks_anderson_slot_t static_slots[2] = LKS_ANDERSON_SLOTS_INIT;
    static lks_anderson_t lock = LKS_ANDERSON_INIT(static_slots, 2);
    uint32_t only = 0;
    for (uint32_t i = 0; i < 5; i++) {
        assert_free(&lock);
        lks_anderson_lock(&lock);
        assert_true(lks_anderson_is_locked(&lock));
        assert_int_equal(open_slots(&lock, &only), 0);
        assert_int_equal(lock.holder, 2 * i);
        /* A refused trylock draws no ticket. */
        assert_false(lks_anderson_trylock(&lock));
        assert_int_equal(next_of(&lock), 2 * i + 1);
        lks_anderson_unlock(&lock);
        assert_free(&lock);
        assert_true(lks_anderson_trylock(&lock));
        assert_int_equal(open_slots(&lock, &only), 0);
        assert_int_equal(lock.holder, 2 * i + 1);
        lks_anderson_unlock(&lock);
    }
    lks_anderson_destroy(&lock);
    assert_free(&lock);
}

static void slots_are_taken_in_turn(void **state)
{
    (void)state;
    for (uint32_t count = 1; count <= MOST_SLOTS; count *= 2) {
        lks_anderson_t lock;
        assert_int_equal(lks_anderson_init(&lock, slots, count), 0);
        for (uint32_t i = 0; i < 3 * MOST_SLOTS; i++) {
            uint32_t ticket = UINT32_MAX - MOST_SLOTS + i;
            assert_ptr_equal(lks_anderson_slot_of(&lock, ticket), &slots[ticket % count]);
        }
    }
}

/* Threads have done with `left` tickets: the slots are those of the next ones. */
static void as_many_tickets_have_a_slot_as_there_are_slots(void **state)
{
    (void)state;
    for (uint32_t count = 1; count <= MOST_SLOTS; count *= 2) {
        for (uint32_t before = 0; before < 4; before++) {
            lks_anderson_t lock;
            uint32_t left = UINT32_MAX - before;
            start_at(&lock, count, left);
            for (uint32_t i = 0; i < 2 * MOST_SLOTS; i++) {
                assert_int_equal(lks_anderson_has_slot(&lock, left + i), i < count);
            }
        }
    }
}

static void who_enters_closes_the_slot(void **state)
{
    (void)state;
    lks_anderson_t lock;
    uint32_t only = 0;
    start_at(&lock, 4, 6);
    lks_anderson_entered(&lock, lks_anderson_slot_of(&lock, 6), 6);
    assert_int_equal(lock.holder, 6);
    assert_int_equal(open_slots(&lock, &only), 0);
}

/* Starts at each of the last tickets before the wrap, with each number of slots. */
static void tickets_wrap(void **state)
{
    (void)state;
    for (uint32_t count = 1; count <= MOST_SLOTS; count *= 2) {
        for (uint32_t before = 0; before < 2 * MOST_SLOTS; before++) {
            lks_anderson_t lock;
            start_at(&lock, count, UINT32_MAX - before);
            for (uint32_t i = 0; i < 3 * MOST_SLOTS; i++) {
                uint32_t ticket = UINT32_MAX - before + i;
                assert_free(&lock);
                assert_int_equal(next_of(&lock), ticket);
                if (i % 3 == 0) {
                    assert_true(lks_anderson_trylock(&lock));
                } else {
                    lks_anderson_lock(&lock);
                }
                assert_int_equal(lock.holder, ticket);
                assert_true(lks_anderson_is_locked(&lock));
                assert_false(lks_anderson_trylock(&lock));
                lks_anderson_unlock(&lock);
            }
        }
    }
}

static void lock_for_thread(void *object, uint32_t self)
{
    (void)self;
    lks_anderson_lock((lks_anderson_t *)object);
}

static bool trylock_for_thread(void *object, uint32_t self)
{
    (void)self;
    return lks_anderson_trylock((lks_anderson_t *)object);
}

static void unlock_for_thread(void *object, uint32_t self)
{
    (void)self;
    lks_anderson_unlock((lks_anderson_t *)object);
}

/* As many threads as slots, so that a slot is used again as soon as can be. */
static void tickets_wrap_while_threads_wait(void **state)
{
    (void)state;
    enum { ROUNDS = 40 };
    lks_anderson_t lock;
    contention_t data;
    data.lock = lock_for_thread;
    data.unlock = unlock_for_thread;
    data.object = &lock;
    data.rounds = ROUNDS;
    for (uint32_t count = 1; count <= 4; count *= 2) {
        for (uint32_t before = 0; before < 20; before++) {
            data.trylock = before % 2 == 0 ? NULL : trylock_for_thread;
            start_at(&lock, count, UINT32_MAX - before);
            contend(&data, count);
            assert_int_equal(next_of(&lock),
                             (uint32_t)(UINT32_MAX - before + count * ROUNDS));
            assert_free(&lock);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_makes_a_free_lock),
        cmocka_unit_test(init_refuses_wrong_arguments),
        cmocka_unit_test(hands_on_from_slot_to_slot),
        cmocka_unit_test(slots_are_taken_in_turn),
        cmocka_unit_test(as_many_tickets_have_a_slot_as_there_are_slots),
        cmocka_unit_test(who_enters_closes_the_slot),
        cmocka_unit_test(tickets_wrap),
        cmocka_unit_test(tickets_wrap_while_threads_wait),
    };
    return run_all(tests);
}
