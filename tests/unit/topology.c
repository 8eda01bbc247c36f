/* SPDX-License-Identifier: MIT */
/*
 * The machine, and where to put threads: on this machine, and on machines that hwloc
 * makes up from a line of text (HWLOC_SYNTHETIC), so that each policy has something to
 * choose.
 */
#include "../support.h"
#include <lockstep/topology.h>

enum { MOST_PROCESSORS = 64 };

static lks_topology_t *topology_of(const char *synthetic)
{
    lks_topology_t *topology = NULL;
    if (synthetic == NULL) {
        (void)unsetenv("HWLOC_SYNTHETIC");
    } else {
        (void)setenv("HWLOC_SYNTHETIC", synthetic, 1);
    }
    assert_int_equal(lks_topology_create(&topology), 0);
    (void)unsetenv("HWLOC_SYNTHETIC");
    assert_non_null(topology);
    return topology;
}

static cpu_set_t allowed_processors(void)
{
    cpu_set_t allowed;
    assert_int_equal(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    return allowed;
}

static void create_refuses_a_null_pointer(void **state)
{
    (void)state;
    assert_int_equal(lks_topology_create(NULL), EINVAL);
    lks_topology_destroy(NULL);
}

static void counts_what_the_process_may_use(void **state)
{
    (void)state;
    cpu_set_t allowed = allowed_processors();
    lks_topology_t *topology = topology_of(NULL);
    unsigned processors = lks_topology_processors(topology);
    assert_int_equal(processors, CPU_COUNT(&allowed));
    assert_in_range(lks_topology_cores(topology), 1, processors);
    assert_in_range(lks_topology_caches(topology), 1, processors);
    assert_in_range(lks_topology_nodes(topology), 1, 1024);
    size_t line = lks_topology_cache_line(topology);
    assert_true(line == 0 || (line >= 16 && line <= 1024 && (line & (line - 1)) == 0));
    const char *description = lks_topology_description(topology);
    assert_non_null(description);
    assert_true(strlen(description) > 10);
    assert_null(strchr(description, '\n'));
    assert_ptr_equal(lks_topology_description(topology), description);
    lks_topology_destroy(topology);
}

static void counts_a_machine_with_all_levels(void **state)
{
    (void)state;
    lks_topology_t *topology = topology_of("numa:2 l3:2 core:3 pu:2");
    assert_int_equal(lks_topology_processors(topology), 24);
    assert_int_equal(lks_topology_cores(topology), 12);
    assert_int_equal(lks_topology_caches(topology), 4);
    assert_int_equal(lks_topology_nodes(topology), 2);
    lks_topology_destroy(topology);
}

/* A thread that was bound elsewhere counts only what it is bound to. */
static void counts_only_what_it_is_bound_to(void **state)
{
    (void)state;
    cpu_set_t allowed = allowed_processors();
    cpu_set_t one;
    size_t processor = 0;
    while (!CPU_ISSET(processor, &allowed)) {
        processor++;
    }
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    lks_topology_t *topology = topology_of(NULL);
    unsigned place = UINT_MAX;
    unsigned count = lks_topology_processors(topology);
    int error = lks_topology_place(topology, "compact", &place, 1);
    lks_topology_destroy(topology);
    assert_int_equal(sched_setaffinity(0, sizeof allowed, &allowed), 0);
    assert_int_equal(count, 1);
    assert_int_equal(error, 0);
    assert_int_equal(place, processor);
}

/* Fails unless the policy gives these processors, and then begins anew. */
static void assert_places(const char *synthetic, const char *policy, const char *expected)
{
    lks_topology_t *topology = topology_of(synthetic);
    unsigned places[MOST_PROCESSORS];
    char found[MOST_PROCESSORS * 4] = "";
    unsigned count = lks_topology_processors(topology);
    assert_in_range(2 * count, 2, MOST_PROCESSORS);
    assert_int_equal(lks_topology_place(topology, policy, places, 2 * count), 0);
    for (unsigned i = 0; i < count; i++) {
        size_t length = strlen(found);
        (void)snprintf(found + length, sizeof found - length, "%s%u", i == 0 ? "" : " ",
                       places[i]);
        assert_int_equal(places[count + i], places[i]);
    }
    assert_string_equal(found, expected);
    lks_topology_destroy(topology);
}

/* Two nodes of two caches of two cores of two hardware threads: 0 and 1 share a core. */
#define ALL_LEVELS "numa:2 l3:2 core:2 pu:2"

static void compact_is_as_close_as_can_be(void **state)
{
    (void)state;
    assert_places(ALL_LEVELS, "compact", "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15");
}

static void scatter_is_as_far_as_can_be(void **state)
{
    (void)state;
    assert_places(ALL_LEVELS, "scatter", "0 8 4 12 2 10 6 14 1 9 5 13 3 11 7 15");
}

static void cache_fills_a_cache_with_cores_first(void **state)
{
    (void)state;
    assert_places(ALL_LEVELS, "cache", "0 2 1 3 4 6 5 7 8 10 9 11 12 14 13 15");
}

static void node_fills_a_node_with_cores_first(void **state)
{
    (void)state;
    assert_places(ALL_LEVELS, "node", "0 2 4 6 1 3 5 7 8 10 12 14 9 11 13 15");
}

static void policies_do_where_levels_are_missing(void **state)
{
    (void)state;
    const char *const policies[] = {"compact", "scatter", "cache", "node"};
    for (size_t i = 0; i < COUNT_OF(policies); i++) {
        assert_places("pu:3", policies[i], "0 1 2");
        assert_places("core:4 pu:1", policies[i], "0 1 2 3");
        assert_places("pu:1", policies[i], "0");
    }
}

static void every_policy_gives_each_processor_once(void **state)
{
    (void)state;
    const char *const policies[] = {"compact", "scatter", "cache", "node"};
    cpu_set_t allowed = allowed_processors();
    lks_topology_t *topology = topology_of(NULL);
    unsigned count = lks_topology_processors(topology);
    unsigned *places = (unsigned *)lines((3 * count + 1) * sizeof(unsigned));
    for (size_t policy = 0; policy < COUNT_OF(policies); policy++) {
        assert_int_equal(
            lks_topology_place(topology, policies[policy], places, 3 * count), 0);
        cpu_set_t given;
        CPU_ZERO(&given);
        for (unsigned i = 0; i < 3 * count; i++) {
            assert_true(CPU_ISSET(places[i], &allowed));
            assert_int_equal(i < count && CPU_ISSET(places[i], &given), 0);
            CPU_SET(places[i], &given);
            assert_int_equal(places[i], places[i % count]);
        }
        assert_int_equal(CPU_COUNT(&given), (int)count);
        /* None at all, and no more than asked for. */
        places[0] = 12345;
        assert_int_equal(lks_topology_place(topology, policies[policy], places, 0), 0);
        assert_int_equal(places[0], 12345);
        places[1] = 12345;
        assert_int_equal(lks_topology_place(topology, policies[policy], places, 1), 0);
        assert_int_equal(places[1], 12345);
    }
    free(places);
    lks_topology_destroy(topology);
}

static void a_list_is_taken_in_its_order(void **state)
{
    (void)state;
    const struct {
        const char *list;
        unsigned expected[8];
    } lists[] = {
        {"3", {3, 3, 3, 3, 3, 3, 3, 3}},        {"0,2,4-7", {0, 2, 4, 5, 6, 7, 0, 2}},
        {"15,1", {15, 1, 15, 1, 15, 1, 15, 1}}, {"4-4,0-2", {4, 0, 1, 2, 4, 0, 1, 2}},
        {"0-15", {0, 1, 2, 3, 4, 5, 6, 7}},     {"1,1,2", {1, 1, 2, 1, 1, 2, 1, 1}},
    };
    lks_topology_t *topology = topology_of(ALL_LEVELS);
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        unsigned places[8] = {99, 99, 99, 99, 99, 99, 99, 99};
        assert_int_equal(lks_topology_place(topology, lists[i].list, places, 8), 0);
        for (size_t j = 0; j < 8; j++) {
            assert_int_equal(places[j], lists[i].expected[j]);
        }
    }
    lks_topology_destroy(topology);
}

static void place_refuses_wrong_arguments(void **state)
{
    (void)state;
    const char *const garbled[] = {"",    " ",     "nonsense", "Compact", "compact ",
                                   ",",   "0,",    ",0",       "0,,1",    "0-",
                                   "-1",  "2-1",   "0;1",      "0 1",     " 0",
                                   "0x1", "0-1-2", "+1",       "0,a",     "1.5"};
    const char *const absent[] = {
        "16",         "0,16",       "0-16", "99999999999999999999",
        "4294967296", "4294967295", "15-17"};
    unsigned places[4];
    lks_topology_t *topology = topology_of(ALL_LEVELS);
    assert_int_equal(lks_topology_place(NULL, "compact", places, 4), EINVAL);
    assert_int_equal(lks_topology_place(topology, NULL, places, 4), EINVAL);
    assert_int_equal(lks_topology_place(topology, "compact", NULL, 4), EINVAL);
    for (size_t i = 0; i < COUNT_OF(garbled); i++) {
        assert_int_equal(lks_topology_place(topology, garbled[i], places, 4), EINVAL);
    }
    for (size_t i = 0; i < COUNT_OF(absent); i++) {
        assert_int_equal(lks_topology_place(topology, absent[i], places, 4), ENODEV);
    }
    lks_topology_destroy(topology);
}

typedef struct pinning {
    lks_topology_t *topology;
    unsigned processor;
} pinning_t;

static void pin_in_worker(worker_t *self)
{
    const pinning_t *pinning = (const pinning_t *)self->shared;
    cpu_set_t bound;
    self->errors = lks_topology_pin(pinning->topology, pinning->processor) != 0 ||
                   sched_getaffinity(0, sizeof bound, &bound) != 0 ||
                   CPU_COUNT(&bound) != 1 || !CPU_ISSET(pinning->processor, &bound) ||
                   sched_getcpu() != (int)pinning->processor;
}

static void pin_binds_the_calling_thread(void **state)
{
    (void)state;
    cpu_set_t before = allowed_processors();
    pinning_t pinning;
    pinning.topology = topology_of(NULL);
    for (pinning.processor = 0; pinning.processor < CPU_SETSIZE; pinning.processor++) {
        if (CPU_ISSET(pinning.processor, &before)) {
            assert_int_equal(run_workers(1, pin_in_worker, &pinning), 0);
        }
    }
    /* And no other thread. */
    cpu_set_t after = allowed_processors();
    assert_true(CPU_EQUAL(&before, &after));
    lks_topology_destroy(pinning.topology);
}

static void pin_refuses_wrong_arguments(void **state)
{
    (void)state;
    lks_topology_t *topology = topology_of(NULL);
    cpu_set_t allowed = allowed_processors();
    assert_int_equal(lks_topology_pin(NULL, 0), EINVAL);
    assert_int_equal(lks_topology_pin(topology, UINT_MAX), EINVAL);
    for (unsigned processor = 0; processor < CPU_SETSIZE; processor++) {
        if (!CPU_ISSET(processor, &allowed)) {
            assert_int_equal(lks_topology_pin(topology, processor), EINVAL);
            break;
        }
    }
    lks_topology_destroy(topology);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(create_refuses_a_null_pointer),
        cmocka_unit_test(counts_what_the_process_may_use),
        cmocka_unit_test(counts_a_machine_with_all_levels),
        cmocka_unit_test(counts_only_what_it_is_bound_to),
        cmocka_unit_test(compact_is_as_close_as_can_be),
        cmocka_unit_test(scatter_is_as_far_as_can_be),
        cmocka_unit_test(cache_fills_a_cache_with_cores_first),
        cmocka_unit_test(node_fills_a_node_with_cores_first),
        cmocka_unit_test(policies_do_where_levels_are_missing),
        cmocka_unit_test(every_policy_gives_each_processor_once),
        cmocka_unit_test(a_list_is_taken_in_its_order),
        cmocka_unit_test(place_refuses_wrong_arguments),
        cmocka_unit_test(pin_binds_the_calling_thread),
        cmocka_unit_test(pin_refuses_wrong_arguments),
    };
    return run_all(tests);
}
