/* SPDX-License-Identifier: MIT */
/* The ticket lock by itself. */
#define TYPE         lks_ticket_t
#define INIT         LKS_TICKET_INIT
#define CALL(what)   lks_ticket_##what
#define MAKE(lock)   lks_ticket_init(lock)
#define TICKET(lock) (lock)
#include "../tickets.h"

static void init_refuses_wrong_arguments(void **state)
{
    (void)state;
    assert_int_equal(lks_ticket_init(NULL), EINVAL);
    assert_int_equal(lks_ticket_init(MISALIGNED(lks_ticket_t)), EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TICKET_TESTS,
        cmocka_unit_test(init_refuses_wrong_arguments),
    };
    return run_all(tests);
}
