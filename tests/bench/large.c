/* SPDX-License-Identifier: MIT */
/* lockbench matrix on machines that are not there: which pairs it would measure, and how
   that is printed. hwloc makes them up from a line of text. */
#include "bench/pairs.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PROCESSORS = 576, NODES = 8, LINES = 40 };

static struct place places[PROCESSORS];
static struct pairs pairs;

/* 576 processors in 8 nodes of 4 caches of 9 cores of 2: there are 165600 pairs. In a
   core 1 each, 288; under a cache 18 × 17 / 2, less its 9 cores, in 32; in a node 18 × 18
   for each two of 4 caches, in 8; elsewhere 72 × 72 for each two of 8 nodes. */
static int make_machine(void **state)
{
    (void)state;
    unsigned processors[PROCESSORS];
    (void)setenv("HWLOC_SYNTHETIC", "pack:2 numa:4 l3:4 core:9 pu:2", 1);
    for (unsigned i = 0; i < PROCESSORS; i++) {
        processors[i] = i;
    }
    find_places(places, processors, PROCESSORS);
    pairs = choose_pairs(places, PROCESSORS);
    return 0;
}

static int end_machine(void **state)
{
    (void)state;
    free(pairs.items);
    return 0;
}

static void counts_them(void **state)
{
    (void)state;
    assert_false(is_this_machine());
    assert_int_equal(pairs.there[SAME_CORE], 288);
    assert_int_equal(pairs.there[SAME_CACHE], 32 * (18 * 17 / 2 - 9));
    assert_int_equal(pairs.there[SAME_NODE], 8 * 6 * 18 * 18);
    assert_int_equal(pairs.there[ELSEWHERE], 28 * 72 * 72);
}

/* Would catch one that is there twice, a level that is left out, and more than can be
   measured in the time. */
static void takes_a_sample_of_each_level(void **state)
{
    (void)state;
    static bool seen[PROCESSORS][PROCESSORS];
    size_t of_level[LEVELS] = {0};
    unsigned between[NODES][NODES] = {{0}};
    for (size_t i = 0; i < pairs.count; i++) {
        const struct pair *pair = &pairs.items[i];
        assert_true(pair->first < pair->second && pair->second < PROCESSORS);
        assert_false(seen[pair->first][pair->second]);
        seen[pair->first][pair->second] = true;
        of_level[pair->level]++;
        between[pair->first / 72][pair->second / 72]++;
    }
    assert_int_equal(of_level[SAME_CORE], MOST_OF_LEVEL);
    assert_int_equal(of_level[SAME_CACHE], MOST_OF_LEVEL);
    assert_int_equal(of_level[SAME_NODE], MOST_OF_LEVEL);
    for (unsigned i = 0; i < NODES; i++) {
        for (unsigned k = i + 1; k < NODES; k++) {
            assert_int_equal(between[i][k], of_level[ELSEWHERE] / 28);
        }
    }
    /* Those of each kind are spread: it may end before all are measured. */
    assert_int_equal(pairs.items[0].level, SAME_CORE);
    assert_int_equal(pairs.items[1].level, SAME_CACHE);
    assert_int_equal(pairs.items[2].level, SAME_NODE);
    assert_int_equal(pairs.items[3].level, ELSEWHERE);
    assert_in_range(of_level[ELSEWHERE], 150, MOST_OF_LEVEL);
}

/* A page of 100 columns, with the figures where they belong. */
static void prints_a_page(void **state)
{
    (void)state;
    char *text;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    assert_non_null(file);
    for (size_t i = 0; i < pairs.count; i++) {
        struct pair *pair = &pairs.items[i];
        pair->one_way_ns[AT_FIRST] = 10 * pair->level;
        if (pair->level == ELSEWHERE) {
            pair->one_way_ns[AT_FIRST] += pair->first / 72 * 8 + pair->second / 72;
            pair->one_way_ns[AT_NEITHER] = 300;
        }
    }
    print_pairs(file, &pairs);
    assert_int_equal(fclose(file), 0);
    unsigned lines = 0;
    for (char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) {
        assert_true(strcspn(line, "\n") <= 100);
        lines++;
    }
    assert_true(lines < LINES);
    assert_non_null(strstr(text, " 200 of 288         10.0     10.0     10.0\n"));
    assert_non_null(strstr(text, "a third one         196 of 145152     300.0"));
    /* From node 1 to the others: 40 + 8 + k; to node 0 as from there: 40 + 1. */
    assert_non_null(
        strstr(text, "\n       72   41    -   50   51   52   53   54   55\n"));
    free(text);
}

/* 16 processors of one node: all pairs, and a grid. */
static void small_machines_are_measured_whole(void **state)
{
    (void)state;
    struct pairs few = choose_pairs(places, 16);
    char *text;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    assert_non_null(file);
    assert_int_equal(few.count, 16 * 15 / 2);
    few.items[0].one_way_ns[AT_FIRST] = 77;
    print_pairs(file, &few);
    assert_int_equal(fclose(file), 0);
    assert_non_null(strstr(text, "\n        0    -   77    -"));
    free(text);
    free(few.items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_them),
        cmocka_unit_test(takes_a_sample_of_each_level),
        cmocka_unit_test(prints_a_page),
        cmocka_unit_test(small_machines_are_measured_whole),
    };
    return cmocka_run_group_tests(tests, make_machine, end_machine);
}
