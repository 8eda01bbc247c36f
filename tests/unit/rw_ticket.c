/* SPDX-License-Identifier: MIT */
/* The reader-writer ticket lock by itself; what it shares with all is in rwlocks.c. */
#include "../support.h"

static lks_rw_ticket_t lock;

/* Asserts what the counters are, from `base` on, modulo 2³². */
static void assert_counters(uint32_t base, uint32_t users, uint32_t read, uint32_t write)
{
    assert_int_equal(atomic_load_explicit(&lock.users, memory_order_relaxed),
                     (uint32_t)(base + users));
    assert_int_equal(atomic_load_explicit(&lock.read, memory_order_relaxed),
                     (uint32_t)(base + read));
    assert_int_equal(atomic_load_explicit(&lock.write, memory_order_relaxed),
                     (uint32_t)(base + write));
}

/* A free lock that has been taken `users` times, modulo 2³². */
static void start_at(uint32_t users)
{
    assert_int_equal(lks_rw_ticket_init(&lock), 0);
    atomic_store_explicit(&lock.users, users, memory_order_relaxed);
    atomic_store_explicit(&lock.read, users, memory_order_relaxed);
    atomic_store_explicit(&lock.write, users, memory_order_relaxed);
}

static void init_makes_a_free_lock(void **state)
{
    (void)state;
    static lks_rw_ticket_t initialised = LKS_RW_TICKET_INIT;
    spoil(&lock);
    assert_int_equal(lks_rw_ticket_init(&lock), 0);
    assert_counters(0, 0, 0, 0);
    assert_memory_equal(&lock, &initialised, 3 * sizeof(uint32_t));
}

static void init_refuses_wrong_arguments(void **state)
{
    (void)state;
    assert_int_equal(lks_rw_ticket_init(NULL), EINVAL);
    assert_int_equal(lks_rw_ticket_init(MISALIGNED(lks_rw_ticket_t)), EINVAL);
}

static void is_compact(void **state)
{
    (void)state;
    assert_int_equal(sizeof lock, 16);
    assert_int_equal(sizeof lock, lks_rwlock_class_find("rw_ticket")->size(64));
}

/* Every step that one thread can make, before and after the wrap. */
static void counts_users_readers_and_writers(void **state)
{
    (void)state;
    for (uint32_t base = UINT32_MAX - 8; base != 2; base++) {
        start_at(base);
        lks_rw_ticket_rdlock(&lock);
        assert_counters(base, 1, 1, 0);
        assert_true(lks_rw_ticket_tryrdlock(&lock));
        assert_counters(base, 2, 2, 0);
        /* What is refused draws no ticket. */
        assert_false(lks_rw_ticket_trywrlock(&lock));
        assert_counters(base, 2, 2, 0);
        lks_rw_ticket_rdunlock(&lock);
        lks_rw_ticket_rdunlock(&lock);
        assert_counters(base, 2, 2, 2);
        lks_rw_ticket_wrlock(&lock);
        assert_counters(base, 3, 2, 2);
        assert_false(lks_rw_ticket_tryrdlock(&lock));
        assert_false(lks_rw_ticket_trywrlock(&lock));
        assert_counters(base, 3, 2, 2);
        lks_rw_ticket_wrunlock(&lock);
        assert_counters(base, 3, 3, 3);
        assert_true(lks_rw_ticket_trywrlock(&lock));
        assert_counters(base, 4, 3, 3);
        lks_rw_ticket_downgrade(&lock);
        assert_counters(base, 4, 4, 3);
        lks_rw_ticket_rdunlock(&lock);
        assert_counters(base, 4, 4, 4);
        lks_rw_ticket_destroy(&lock);
    }
}

/* A writer that leaves has set `write`, but not yet `read`: the lock is not free yet. */
static void try_refuses_while_a_writer_is_leaving(void **state)
{
    (void)state;
    start_at(7);
    lks_rw_ticket_wrlock(&lock);
    atomic_store_explicit(&lock.write, 8, memory_order_relaxed);
    assert_false(lks_rw_ticket_trywrlock(&lock));
    assert_false(lks_rw_ticket_tryrdlock(&lock));
    atomic_store_explicit(&lock.read, 8, memory_order_relaxed);
    assert_true(lks_rw_ticket_trywrlock(&lock));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_makes_a_free_lock),
        cmocka_unit_test(init_refuses_wrong_arguments),
        cmocka_unit_test(is_compact),
        cmocka_unit_test(counts_users_readers_and_writers),
        cmocka_unit_test(try_refuses_while_a_writer_is_leaving),
    };
    return run_all(tests);
}
