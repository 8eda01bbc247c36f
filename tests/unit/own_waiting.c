/* SPDX-License-Identifier: MIT */
/*
 * The headers with an lks_await and an lks_delay of the program's own, as a tool may have
 * them. Here a failed try calls a function that plays the other threads, so one thread
 * can walk each waiting path, however rare, step by step.
 */
static void failed_try(void);
static void own_delay(unsigned pauses);
#define lks_await(condition)                                                             \
    do {                                                                                 \
        while (!(condition)) {                                                           \
            failed_try();                                                                \
        }                                                                                \
    } while (0)
#define lks_delay(pauses) own_delay(pauses)

#include "../support.h"

static unsigned tries;                    /* failed so far */
static void (*others)(unsigned this_try); /* what the other threads do then */

enum { MOST_DELAYS = 256 };
static unsigned delays[MOST_DELAYS];
static unsigned delay_count;

static void failed_try(void)
{
    tries++;
    if (tries > 1000) {
        fail_msg("waits for ever");
    }
    others(tries);
}

static void own_delay(unsigned pauses)
{
    if (delay_count < MOST_DELAYS) {
        delays[delay_count] = pauses;
    }
    delay_count++;
}

static void begin(void (*play)(unsigned))
{
    tries = 0;
    delay_count = 0;
    others = play;
}

/* --- each lock: held by another thread, which gives it back at the third failed try - */

enum { GIVEN_BACK_AT = 3 };

#define WAITS_FOR(name, TYPE_INIT)                                                       \
    static lks_##name##_t name##_lock = TYPE_INIT;                                       \
    static void give_back_##name(unsigned this_try)                                      \
    {                                                                                    \
        if (this_try == GIVEN_BACK_AT) {                                                 \
            lks_##name##_unlock(&name##_lock);                                           \
        }                                                                                \
    }                                                                                    \
    static void name##_waits_for_the_holder(void **state)                                \
    {                                                                                    \
        (void)state;                                                                     \
        begin(give_back_##name);                                                         \
        lks_##name##_lock(&name##_lock);                                                 \
        assert_int_equal(tries, 0);                                                      \
        lks_##name##_lock(&name##_lock);                                                 \
        assert_int_equal(tries, GIVEN_BACK_AT);                                          \
        assert_true(lks_##name##_is_locked(&name##_lock));                               \
        lks_##name##_unlock(&name##_lock);                                               \
        assert_false(lks_##name##_is_locked(&name##_lock));                              \
    }

static lks_anderson_slot_t anderson_slots[2] = LKS_ANDERSON_SLOTS_INIT;
#define ANDERSON_WITH_SLOTS LKS_ANDERSON_INIT(anderson_slots, 2)

WAITS_FOR(tas, LKS_TAS_INIT)
WAITS_FOR(ttas, LKS_TTAS_INIT)
WAITS_FOR(backoff, LKS_BACKOFF_INIT)
WAITS_FOR(ticket, LKS_TICKET_INIT)
WAITS_FOR(ticket_backoff, LKS_TICKET_BACKOFF_INIT)
WAITS_FOR(anderson, ANDERSON_WITH_SLOTS)

static lks_clh_t clh_lock;
static lks_mcs_t mcs_lock;
static lks_mcs_node_t mcs_nodes[2];

static void give_back_clh(unsigned this_try)
{
    if (this_try == GIVEN_BACK_AT) {
        lks_clh_unlock(&clh_lock);
    }
}

static void clh_waits_for_the_holder(void **state)
{
    (void)state;
    static lks_clh_node_t nodes[3];
    lks_clh_node_t *first_spare = &nodes[1];
    lks_clh_node_t *second_spare = &nodes[2];
    begin(give_back_clh);
    assert_int_equal(lks_clh_init(&clh_lock, &nodes[0]), 0);
    lks_clh_lock(&clh_lock, &first_spare);
    assert_int_equal(tries, 0);
    lks_clh_lock(&clh_lock, &second_spare);
    assert_int_equal(tries, GIVEN_BACK_AT);
    assert_true(lks_clh_is_locked(&clh_lock));
    /* Each has the node of who came before. */
    assert_ptr_equal(first_spare, &nodes[0]);
    assert_ptr_equal(second_spare, &nodes[1]);
    lks_clh_unlock(&clh_lock);
    assert_false(lks_clh_is_locked(&clh_lock));
}

static void give_back_mcs(unsigned this_try)
{
    if (this_try == GIVEN_BACK_AT) {
        lks_mcs_unlock(&mcs_lock, &mcs_nodes[0]);
    }
}

static void mcs_waits_for_the_holder(void **state)
{
    (void)state;
    begin(give_back_mcs);
    assert_int_equal(lks_mcs_init(&mcs_lock), 0);
    lks_mcs_lock(&mcs_lock, &mcs_nodes[0]);
    assert_int_equal(tries, 0);
    lks_mcs_lock(&mcs_lock, &mcs_nodes[1]);
    assert_int_equal(tries, GIVEN_BACK_AT);
    lks_mcs_unlock(&mcs_lock, &mcs_nodes[1]);
    assert_false(lks_mcs_is_locked(&mcs_lock));
    assert_int_equal(tries, GIVEN_BACK_AT);
}

/* --- MCS: a successor has swapped itself in, but not yet linked --- */

static void link_late(unsigned this_try)
{
    if (this_try == GIVEN_BACK_AT) {
        atomic_store_explicit(&mcs_nodes[0].next, &mcs_nodes[1], memory_order_release);
    }
}

static void unlock_before_a_late_link(lks_wait_mode_t mode, uint32_t handed_on)
{
    begin(link_late);
    assert_int_equal(lks_mcs_init_waiting(&mcs_lock, mode), 0);
    lks_mcs_lock(&mcs_lock, &mcs_nodes[0]);
    atomic_store_explicit(&mcs_nodes[1].next, NULL, memory_order_relaxed);
    atomic_store_explicit(&mcs_nodes[1].waiting, LKS_MCS_WAITING, memory_order_relaxed);
    atomic_store_explicit(&mcs_lock.tail, &mcs_nodes[1], memory_order_relaxed);
    lks_mcs_unlock(&mcs_lock, &mcs_nodes[0]);
    assert_int_equal(tries, GIVEN_BACK_AT);
    assert_int_equal(atomic_load_explicit(&mcs_nodes[1].waiting, memory_order_relaxed),
                     handed_on);
    assert_ptr_equal(atomic_load_explicit(&mcs_lock.tail, memory_order_relaxed),
                     &mcs_nodes[1]);
    lks_mcs_unlock(&mcs_lock, &mcs_nodes[1]);
    assert_false(lks_mcs_is_locked(&mcs_lock));
}

static void mcs_unlock_waits_for_a_late_link(void **state)
{
    (void)state;
    unlock_before_a_late_link(LKS_WAIT_YIELD, LKS_MCS_ENTERED);
    unlock_before_a_late_link(LKS_WAIT_SPIN, LKS_MCS_ENTERED);
    unlock_before_a_late_link(LKS_WAIT_SLEEP, LKS_MCS_ENTERED_SLEEPS);
}

/* --- what may sleep waits in the program's own way, too --- */

static void what_sleeps_waits_for_the_holder(void **state)
{
    (void)state;
    begin(give_back_mcs);
    assert_int_equal(lks_mcs_init_waiting(&mcs_lock, LKS_WAIT_SLEEP), 0);
    lks_mcs_lock(&mcs_lock, &mcs_nodes[0]);
    lks_mcs_lock(&mcs_lock, &mcs_nodes[1]);
    assert_int_equal(tries, GIVEN_BACK_AT);
    lks_mcs_unlock(&mcs_lock, &mcs_nodes[1]);
    assert_false(lks_mcs_is_locked(&mcs_lock));
}

/* --- delays --- */

static void give_backoff_back_late(unsigned this_try)
{
    if (this_try == 200) {
        lks_backoff_unlock(&backoff_lock);
    }
}

static void backoff_delays_are_random_and_bounded(void **state)
{
    (void)state;
    begin(give_backoff_back_late);
    assert_int_equal(lks_backoff_init(&backoff_lock, 3, 20), 0);
    lks_backoff_lock(&backoff_lock);
    assert_int_equal(delay_count, 0);
    lks_backoff_lock(&backoff_lock);
    assert_int_equal(delay_count, 200); /* one for each failed try */
    unsigned limit = 3;
    unsigned different = 0;
    unsigned longest = 0;
    for (unsigned i = 0; i < delay_count; i++) {
        assert_in_range(delays[i], 1, limit);
        limit = limit > 10 ? 20 : limit * 2;
        different += i > 0 && delays[i] != delays[i - 1];
        longest = delays[i] > longest ? delays[i] : longest;
    }
    assert_true(different > 20);
    assert_in_range(longest, 11, 20);
    lks_backoff_unlock(&backoff_lock);
}

static void serve_the_next(unsigned this_try)
{
    (void)this_try;
    lks_ticket_backoff_unlock(&ticket_backoff_lock);
}

/* Across the wrap of the tickets, too: three threads ahead, then two, then one. */
static void ticket_backoff_delays_in_proportion(void **state)
{
    (void)state;
    const uint32_t starts[] = {0, 100, UINT32_MAX - 2, UINT32_MAX - 1, UINT32_MAX};
    for (size_t i = 0; i < COUNT_OF(starts); i++) {
        begin(serve_the_next);
        assert_int_equal(lks_ticket_backoff_init(&ticket_backoff_lock, 5), 0);
        atomic_store_explicit(&ticket_backoff_lock.ticket.serving, starts[i],
                              memory_order_relaxed);
        atomic_store_explicit(&ticket_backoff_lock.ticket.next, starts[i] + 3,
                              memory_order_relaxed);
        lks_ticket_backoff_lock(&ticket_backoff_lock);
        assert_int_equal(delay_count, 3);
        assert_int_equal(delays[0], 15);
        assert_int_equal(delays[1], 10);
        assert_int_equal(delays[2], 5);
        lks_ticket_backoff_unlock(&ticket_backoff_lock);
        assert_false(lks_ticket_backoff_is_locked(&ticket_backoff_lock));
    }
}

/* --- barriers in which the last to arrive wakes all: it comes at the third failed try */

static lks_central_barrier_t central;
static lks_combining_tree_barrier_t combining_tree;

static void arrive_at_central(unsigned this_try)
{
    if (this_try == GIVEN_BACK_AT) {
        lks_central_barrier_wait(&central, 1);
    }
}

static void central_barrier_waits_for_the_last(void **state)
{
    (void)state;
    begin(arrive_at_central);
    assert_int_equal(lks_central_barrier_init(&central, 2), 0);
    lks_central_barrier_wait(&central, 0);
    assert_int_equal(tries, GIVEN_BACK_AT);
}

static void arrive_at_combining_tree(unsigned this_try)
{
    if (this_try == GIVEN_BACK_AT) {
        lks_combining_tree_barrier_wait(&combining_tree, 1);
    }
}

static void combining_tree_barrier_waits_for_the_last(void **state)
{
    (void)state;
    static lks_combining_tree_barrier_node_t node;
    begin(arrive_at_combining_tree);
    assert_int_equal(lks_combining_tree_barrier_init(&combining_tree, 2, 2, &node), 0);
    lks_combining_tree_barrier_wait(&combining_tree, 0);
    assert_int_equal(tries, GIVEN_BACK_AT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tas_waits_for_the_holder),
        cmocka_unit_test(ttas_waits_for_the_holder),
        cmocka_unit_test(backoff_waits_for_the_holder),
        cmocka_unit_test(ticket_waits_for_the_holder),
        cmocka_unit_test(ticket_backoff_waits_for_the_holder),
        cmocka_unit_test(anderson_waits_for_the_holder),
        cmocka_unit_test(clh_waits_for_the_holder),
        cmocka_unit_test(mcs_waits_for_the_holder),
        cmocka_unit_test(mcs_unlock_waits_for_a_late_link),
        cmocka_unit_test(what_sleeps_waits_for_the_holder),
        cmocka_unit_test(backoff_delays_are_random_and_bounded),
        cmocka_unit_test(ticket_backoff_delays_in_proportion),
        cmocka_unit_test(central_barrier_waits_for_the_last),
        cmocka_unit_test(combining_tree_barrier_waits_for_the_last),
    };
    return run_all(tests);
}
