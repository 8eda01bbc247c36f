/* SPDX-License-Identifier: MIT */
/* The ticket lock with backoff by itself; see also own_waiting.c. */
#define TYPE         lks_ticket_backoff_t
#define INIT         LKS_TICKET_BACKOFF_INIT
#define CALL(what)   lks_ticket_backoff_##what
#define MAKE(lock)   lks_ticket_backoff_init(lock, LKS_TICKET_BACKOFF_DELAY)
#define TICKET(lock) (&(lock)->ticket)
#include "../tickets.h"

static void init_sets_the_delay(void **state)
{
    (void)state;
    static lks_ticket_backoff_t initialised = LKS_TICKET_BACKOFF_INIT;
    lks_ticket_backoff_t lock;
    assert_int_equal(lks_ticket_backoff_init(&lock, LKS_TICKET_BACKOFF_DELAY), 0);
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

static void it_is_the_turn_of_one_ticket(void **state)
{
    (void)state;
    lks_ticket_backoff_t lock;
    start_at(&lock, UINT32_MAX);
    assert_true(lks_ticket_backoff_is_turn(&lock, UINT32_MAX));
    assert_false(lks_ticket_backoff_is_turn(&lock, 0));
    assert_false(lks_ticket_backoff_is_turn(&lock, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TICKET_TESTS,
        cmocka_unit_test(init_sets_the_delay),
        cmocka_unit_test(init_refuses_wrong_arguments),
        cmocka_unit_test(it_is_the_turn_of_one_ticket),
    };
    return run_all(tests);
}
