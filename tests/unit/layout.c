/* SPDX-License-Identifier: MIT */
/* What different processors write lies on different cache lines. */
#include "../support.h"

#define LINE_OF(type, field) (offsetof(type, field) / LKS_CACHE_LINE)
#define IS_ALIGNED(type)     (alignof(type) % LKS_CACHE_LINE == 0)

static void what_arrivals_and_the_holder_write_is_apart(void **state)
{
    (void)state;
    assert_true(IS_ALIGNED(lks_ticket_t));
    assert_int_not_equal(LINE_OF(lks_ticket_t, next), LINE_OF(lks_ticket_t, serving));
    assert_int_not_equal(LINE_OF(lks_ticket_backoff_t, delay),
                         LINE_OF(lks_ticket_backoff_t, ticket.next));
    assert_int_not_equal(LINE_OF(lks_ticket_backoff_t, delay),
                         LINE_OF(lks_ticket_backoff_t, ticket.serving));
    assert_true(IS_ALIGNED(lks_anderson_t));
    assert_int_not_equal(LINE_OF(lks_anderson_t, next), LINE_OF(lks_anderson_t, holder));
    assert_int_not_equal(LINE_OF(lks_anderson_t, next), LINE_OF(lks_anderson_t, slots));
    assert_int_not_equal(LINE_OF(lks_anderson_t, holder), LINE_OF(lks_anderson_t, slots));
    assert_int_equal(LINE_OF(lks_anderson_t, slots), LINE_OF(lks_anderson_t, mask));
    assert_true(IS_ALIGNED(lks_clh_t));
    assert_int_not_equal(LINE_OF(lks_clh_t, tail), LINE_OF(lks_clh_t, holder));
}

/* Who leaves need not go to another line to know how the others wait. */
static void how_to_wait_lies_with_what_is_read_in_any_case(void **state)
{
    (void)state;
    assert_int_equal(LINE_OF(lks_mcs_node_t, waiting), LINE_OF(lks_mcs_node_t, next));
    assert_int_equal(LINE_OF(lks_clh_t, mode), LINE_OF(lks_clh_t, holder));
    assert_int_equal(LINE_OF(lks_anderson_t, mode), LINE_OF(lks_anderson_t, slots));
    assert_int_equal(LINE_OF(lks_central_barrier_t, mode),
                     LINE_OF(lks_central_barrier_t, missing));
    assert_int_equal(LINE_OF(lks_central_barrier_t, nthreads),
                     LINE_OF(lks_central_barrier_t, missing));
    assert_int_equal(LINE_OF(lks_combining_tree_barrier_node_t, mode),
                     LINE_OF(lks_combining_tree_barrier_node_t, missing));
    assert_int_equal(LINE_OF(lks_combining_tree_barrier_node_t, fan_in),
                     LINE_OF(lks_combining_tree_barrier_node_t, missing));
    /* These are copied as a whole. */
    assert_in_range(sizeof(lks_mcs_tree_barrier_t), 1, LKS_CACHE_LINE / 2);
    assert_in_range(sizeof(lks_tournament_barrier_t), 1, LKS_CACHE_LINE / 2);
    assert_in_range(sizeof(lks_dissemination_barrier_t), 1, LKS_CACHE_LINE / 2);
}

static void each_waiter_spins_on_a_line_of_its_own(void **state)
{
    (void)state;
    assert_true(IS_ALIGNED(lks_anderson_slot_t));
    assert_true(IS_ALIGNED(lks_clh_node_t));
    assert_true(IS_ALIGNED(lks_mcs_node_t));
    assert_true(IS_ALIGNED(lks_mcs_k42_node_t));
    assert_true(IS_ALIGNED(lks_tournament_barrier_flag_t));
    assert_true(IS_ALIGNED(lks_dissemination_barrier_flag_t));
    assert_true(IS_ALIGNED(lks_mcs_tree_barrier_node_t));
    assert_int_not_equal(LINE_OF(lks_mcs_tree_barrier_node_t, arrived),
                         LINE_OF(lks_mcs_tree_barrier_node_t, woken));
}

static void counters_and_senses_are_apart(void **state)
{
    (void)state;
    assert_true(IS_ALIGNED(lks_central_barrier_t));
    assert_int_not_equal(LINE_OF(lks_central_barrier_t, missing),
                         LINE_OF(lks_central_barrier_t, sense));
    assert_true(IS_ALIGNED(lks_combining_tree_barrier_node_t));
    assert_int_not_equal(LINE_OF(lks_combining_tree_barrier_node_t, missing),
                         LINE_OF(lks_combining_tree_barrier_node_t, sense));
}

/* The library and its users must agree, whatever provides the atomics. */
static void objects_have_the_size_that_the_library_knows(void **state)
{
    (void)state;
    assert_int_equal(sizeof(lks_tas_t), lks_lock_class_find("tas")->size(1));
    assert_int_equal(sizeof(lks_ttas_t), lks_lock_class_find("ttas")->size(1));
    assert_int_equal(sizeof(lks_backoff_t), lks_lock_class_find("backoff")->size(1));
    assert_int_equal(sizeof(lks_ticket_t), lks_lock_class_find("ticket")->size(1));
    assert_int_equal(sizeof(lks_ticket_backoff_t),
                     lks_lock_class_find("ticket_backoff")->size(1));
    assert_int_equal(sizeof(lks_anderson_t) + sizeof(lks_anderson_slot_t),
                     lks_lock_class_find("anderson")->size(1));
    assert_int_equal(sizeof(lks_clh_t) + sizeof(lks_clh_node_t),
                     lks_lock_class_find("clh")->size(1));
    assert_int_equal(sizeof(lks_mcs_t), lks_lock_class_find("mcs")->size(1));
    assert_int_equal(sizeof(lks_mcs_node_t), lks_lock_class_find("mcs")->node_size);
    assert_int_equal(sizeof(lks_mcs_k42_t), lks_lock_class_find("mcs_k42")->size(1));
    assert_int_equal(sizeof(lks_central_barrier_t),
                     lks_barrier_class_find("central")->size(1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_arrivals_and_the_holder_write_is_apart),
        cmocka_unit_test(how_to_wait_lies_with_what_is_read_in_any_case),
        cmocka_unit_test(each_waiter_spins_on_a_line_of_its_own),
        cmocka_unit_test(counters_and_senses_are_apart),
        cmocka_unit_test(objects_have_the_size_that_the_library_knows),
    };
    return run_all(tests);
}
