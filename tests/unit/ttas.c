/* SPDX-License-Identifier: MIT */
/* The test-and-test-and-set lock by itself; what all locks share is in locks.c. */
#include "../support.h"

static bool held(const lks_ttas_t *lock)
{
    return atomic_load_explicit(&lock->held, memory_order_relaxed);
}

static void init_makes_a_free_lock(void **state)
{
    (void)state;
    static lks_ttas_t initialised = LKS_TTAS_INIT;
    lks_ttas_t lock;
    spoil(&lock);
    assert_int_equal(lks_ttas_init(&lock), 0);
    assert_false(held(&lock));
    assert_int_equal(held(&lock), held(&initialised));
}

static void init_refuses_a_null_pointer(void **state)
{
    (void)state;
    assert_int_equal(lks_ttas_init(NULL), EINVAL);
}

static void static_lock_is_taken_and_given_back(void **state)
{
    (void)state;
    static lks_ttas_t lock = LKS_TTAS_INIT;
    assert_false(lks_ttas_is_locked(&lock));
    lks_ttas_lock(&lock);
    assert_true(held(&lock));
    assert_true(lks_ttas_is_locked(&lock));
    assert_false(lks_ttas_trylock(&lock));
    lks_ttas_unlock(&lock);
    assert_false(held(&lock));
    assert_false(lks_ttas_is_locked(&lock));
    assert_true(lks_ttas_trylock(&lock));
    assert_true(held(&lock));
    lks_ttas_unlock(&lock);
    lks_ttas_destroy(&lock);
    assert_false(held(&lock));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_makes_a_free_lock),
        cmocka_unit_test(init_refuses_a_null_pointer),
        cmocka_unit_test(static_lock_is_taken_and_given_back),
    };
    return run_all(tests);
}
