/* SPDX-License-Identifier: MIT */
/*
 * The locks that are one flag, tas and ttas, by themselves: what they share with all
 * locks is in unit/locks.c. The source that includes this defines TYPE, INIT and
 * CALL(function).
 */
#include "support.h"

static bool held(const TYPE *lock)
{
    return atomic_load_explicit(&lock->held, memory_order_relaxed);
}

static void init_makes_a_free_lock(void **state)
{
    (void)state;
    static TYPE initialised = INIT;
    TYPE lock;
    spoil(&lock);
    assert_int_equal(CALL(init)(&lock), 0);
    assert_false(held(&lock));
    assert_int_equal(held(&lock), held(&initialised));
}

static void init_refuses_a_null_pointer(void **state)
{
    (void)state;
    assert_int_equal(CALL(init)(NULL), EINVAL);
}

static void static_lock_is_taken_and_given_back(void **state)
{
    (void)state;
    static TYPE lock = INIT;
    assert_false(CALL(is_locked)(&lock));
    CALL(lock)(&lock);
    assert_true(held(&lock));
    assert_true(CALL(is_locked)(&lock));
    assert_false(CALL(trylock)(&lock));
    CALL(unlock)(&lock);
    assert_false(held(&lock));
    assert_false(CALL(is_locked)(&lock));
    assert_true(CALL(trylock)(&lock));
    assert_true(held(&lock));
    CALL(unlock)(&lock);
    CALL(destroy)(&lock);
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
