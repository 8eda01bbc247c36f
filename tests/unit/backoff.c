/* SPDX-License-Identifier: MIT */
/* The test-and-set lock with backoff by itself; see also locks.c and own_waiting.c. */
#include "../support.h"

static bool held(const lks_backoff_t *lock)
{
    return atomic_load_explicit(&lock->held, memory_order_relaxed);
}

static void init_makes_a_free_lock(void **state)
{
    (void)state;
    static lks_backoff_t initialised = LKS_BACKOFF_INIT;
    lks_backoff_t lock;
    spoil(&lock);
    assert_int_equal(lks_backoff_init(&lock, LKS_BACKOFF_SHORTEST, LKS_BACKOFF_LONGEST),
                     0);
    assert_false(held(&lock));
    assert_int_equal(held(&lock), held(&initialised));
    assert_int_equal(lock.shortest, initialised.shortest);
    assert_int_equal(lock.longest, initialised.longest);
    assert_int_equal(lks_backoff_init(&lock, 7, 9), 0);
    assert_int_equal(lock.shortest, 7);
    assert_int_equal(lock.longest, 9);
    assert_int_equal(lks_backoff_init(&lock, 1, 1), 0);
    assert_int_equal(lks_backoff_init(&lock, UINT32_MAX, UINT32_MAX), 0);
}

static void init_refuses_wrong_arguments(void **state)
{
    (void)state;
    lks_backoff_t lock;
    assert_int_equal(lks_backoff_init(NULL, 1, 2), EINVAL);
    assert_int_equal(lks_backoff_init(&lock, 0, 2), EINVAL);
    assert_int_equal(lks_backoff_init(&lock, 0, 0), EINVAL);
    assert_int_equal(lks_backoff_init(&lock, 3, 2), EINVAL);
    assert_int_equal(lks_backoff_init(&lock, 1, 0), EINVAL);
}

static void static_lock_is_taken_and_given_back(void **state)
{
    (void)state;
    static lks_backoff_t lock = LKS_BACKOFF_INIT;
    assert_false(lks_backoff_is_locked(&lock));
    lks_backoff_lock(&lock);
    assert_true(held(&lock));
    assert_true(lks_backoff_is_locked(&lock));
    assert_false(lks_backoff_trylock(&lock));
    lks_backoff_unlock(&lock);
    assert_false(held(&lock));
    assert_false(lks_backoff_is_locked(&lock));
    assert_true(lks_backoff_trylock(&lock));
    assert_true(held(&lock));
    lks_backoff_unlock(&lock);
    lks_backoff_destroy(&lock);
    assert_false(held(&lock));
}

/* Returns the limit after a delay. */
static unsigned next_limit(unsigned limit, unsigned longest)
{
    uint32_t random = 1;
    assert_false(lks_backoff_delay(&limit, longest, &random));
    assert_int_not_equal(random, 1);
    return limit;
}

static void limit_of_the_delay_doubles_up_to_the_longest(void **state)
{
    (void)state;
    assert_int_equal(next_limit(1, 10), 2);
    assert_int_equal(next_limit(2, 10), 4);
    assert_int_equal(next_limit(4, 10), 8);
    assert_int_equal(next_limit(5, 10), 10);
    assert_int_equal(next_limit(8, 10), 10);
    assert_int_equal(next_limit(10, 10), 10);
    assert_int_equal(next_limit(1, 1), 1);
    /* Doubling must not wrap around. */
    assert_int_equal(next_limit(1u << 10, UINT32_MAX), 1u << 11);
}

/* The first delay of so many waits, out of four: none is drawn too rarely. */
static void a_thread_does_not_draw_the_same_delays_again(void **state)
{
    (void)state;
    enum { WAITS = 4096, SHORTEST = 4 };
    unsigned drawn[SHORTEST] = {0};
    for (unsigned i = 0; i < WAITS; i++) {
        uint32_t random = lks_seed();
        unsigned limit = SHORTEST;
        assert_int_not_equal(random, 0);
        (void)lks_backoff_delay(&limit, SHORTEST, &random);
        drawn[random % SHORTEST]++;
    }
    /* 1024 each are expected, with a deviation of 28. */
    for (unsigned i = 0; i < SHORTEST; i++) {
        assert_in_range(drawn[i], 1024 - 200, 1024 + 200);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_makes_a_free_lock),
        cmocka_unit_test(init_refuses_wrong_arguments),
        cmocka_unit_test(static_lock_is_taken_and_given_back),
        cmocka_unit_test(limit_of_the_delay_doubles_up_to_the_longest),
        cmocka_unit_test(a_thread_does_not_draw_the_same_delays_again),
    };
    return run_all(tests);
}
