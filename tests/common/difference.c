/* SPDX-License-Identifier: MIT */
/*
 * Whether two sets differ: by hand, by trying all orders, and with launches of lockbench
 * that were recorded.
 */
#include "common/difference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t seed = 1;

static unsigned below(unsigned bound)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)((seed >> 33) % bound);
}

static double normal(void)
{
    double sum = -6;
    for (int i = 0; i < 12; i++) {
        sum += below(1u << 30) / 1073741824.0;
    }
    return sum;
}

static struct values values(double *items, size_t count)
{
    return (struct values){items, count, count};
}

static bool is_about(double value, double other)
{
    return fabs(value - other) < 1e-9;
}

/* --- one test ----------------------------------------------------------------------- */

/* Two of the 20 ways to choose three of six are the ends. */
static void p_by_hand(void **state)
{
    double low[] = {3, 1, 2}, high[] = {4, 6, 5}, tied[] = {3, 3, 3};
    struct values first = values(low, 3), second = values(high, 3);
    (void)state;
    struct difference difference = difference_of(&first, &second);
    assert_true(is_about(difference.p, 0.1));
    assert_true(difference.greater == 1);
    assert_true(is_about(least_p(3, 3), 0.1));
    difference = difference_of(&second, &first);
    assert_true(is_about(difference.p, 0.1) && difference.greater == 0);
    first = second = values(tied, 3);
    difference = difference_of(&first, &second);
    assert_true(difference.p == 1 && difference.greater == 0.5);
    second.count = 0;
    assert_true(difference_of(&first, &second).p == 1);
}

/* How far the second's share of pairs is from a half, ties a half each. */
static double off_half(const double *all, unsigned chosen, unsigned count)
{
    double wins = 0, pairs = 0;
    for (unsigned i = 0; i < count; i++) {
        for (unsigned k = 0; k < count; k++) {
            if ((chosen >> i & 1) != 0 && (chosen >> k & 1) == 0) {
                wins += all[i] > all[k] ? 1 : all[i] == all[k] ? 0.5 : 0;
                pairs++;
            }
        }
    }
    return fabs(wins - pairs / 2);
}

/* All ways to deal the values out anew, with ties; would catch a rank that is off. */
static void p_by_trying_all(void **state)
{
    enum { COUNT = 9 };
    (void)state;
    for (int i = 0; i < 50; i++) {
        double all[COUNT];
        unsigned size = 2 + below(COUNT - 3), as_far = 0, ways = 0;
        for (int k = 0; k < COUNT; k++) {
            all[k] = below(i % 2 == 0 ? 4 : 1000) + 1;
        }
        double off = off_half(all, (1u << size) - 1, COUNT);
        for (unsigned chosen = 0; chosen < 1u << COUNT; chosen++) {
            if ((unsigned)__builtin_popcount(chosen) == size) {
                ways++;
                as_far += off_half(all, chosen, COUNT) >= off;
            }
        }
        struct values second = values(all, size);
        struct values first = values(all + size, COUNT - size);
        assert_true(is_about(difference_of(&first, &second).p, (double)as_far / ways));
    }
}

/* As many values as are counted out, and one more, which stands in the middle and so
   changes little. */
static void p_of_many(void **state)
{
    enum { HALF = 30 };
    double low[HALF + 1], high[HALF];
    (void)state;
    for (int i = 0; i < HALF; i++) {
        low[i] = 2 * i + 1;
        high[i] = 2 * i + 16;
    }
    low[HALF] = 37.5;
    struct values first = values(low, HALF), second = values(high, HALF);
    double exact = difference_of(&first, &second).p;
    first.count++;
    double near = difference_of(&first, &second).p;
    assert_true(exact > 1e-4 && exact < 0.01);
    assert_true(near > 0.8 * exact && near < 1.25 * exact);
}

/* Ratios of all pairs of {1, 2, 4} and {3, 6, 12}: the middle one is 3. Of so few an
   interval could not hold it in 95 of 100 cases; of four each it is all of them. */
static void ratio_by_hand(void **state)
{
    double low[] = {4, 1, 2, 8}, high[] = {3, 12, 6, 24}, zero[] = {0, 1, 2, 3};
    struct values first = values(low, 3), second = values(high, 3);
    (void)state;
    struct difference difference = difference_of(&first, &second);
    assert_true(is_about(difference.ratio, 3));
    assert_true(isnan(difference.low) && isnan(difference.high));
    first.count = second.count = 4;
    difference = difference_of(&first, &second);
    assert_true(is_about(difference.ratio, 3));
    assert_true(is_about(difference.low, 3.0 / 8) && is_about(difference.high, 24));
    first = values(zero, 4);
    assert_true(isnan(difference_of(&first, &second).ratio));
}

static void ratio_is_in_its_interval(void **state)
{
    enum { SAMPLES = 1000, COUNT = 8 };
    unsigned held = 0;
    (void)state;
    for (int i = 0; i < SAMPLES; i++) {
        double low[COUNT], high[COUNT];
        for (int k = 0; k < COUNT; k++) {
            low[k] = exp(0.1 * normal());
            high[k] = 1.5 * exp(0.1 * normal());
        }
        struct values first = values(low, COUNT), second = values(high, COUNT);
        struct difference difference = difference_of(&first, &second);
        held += difference.low <= 1.5 && difference.high >= 1.5;
    }
    /* 0.9502, and three standard deviations to either side. */
    assert_true(held >= 0.93 * SAMPLES && held <= 0.97 * SAMPLES);
}

/* --- the best of several ------------------------------------------------------------ */

/* Of three there are three pairs, so it takes p ≤ 0.05/3: two sets of five that are
   wholly apart have 2 of 252, of four only 2 of 70. */
static void the_best_by_hand(void **state)
{
    double low[] = {1, 2, 3, 4, 5}, among[] = {1.5, 2.5, 3.5, 4.5, 5.5},
           high[] = {15, 14, 13, 12, 11};
    bool is_best[4];
    (void)state;
    const struct values sets[] = {values(high, 5), values(low, 5), values(low, 0),
                                  values(among, 5)};
    struct best_sets found = find_best_sets(sets, 4, false, is_best);
    assert_true(found.compared == 3 && !found.too_few && found.needed == 5);
    assert_true(!is_best[0] && is_best[1] && !is_best[2] && is_best[3]);
    assert_true(high[0] == 15); /* they stay in their order */
    found = find_best_sets(sets, 4, true, is_best);
    assert_true(is_best[0] && !is_best[1] && !is_best[2] && !is_best[3]);

    const struct values fewer[] = {values(high, 4), values(low, 4), values(among, 4)};
    found = find_best_sets(fewer, 3, false, is_best);
    assert_true(found.compared == 3 && found.too_few && found.needed == 5);
    assert_true(!is_best[0] && is_best[1] && !is_best[2]);
    const struct values same[] = {values(low, 3), values(low, 3), values(high, 3)};
    found = find_best_sets(same, 3, false, is_best);
    assert_true(found.too_few && is_best[0] && is_best[1] && !is_best[2]);
    found = find_best_sets(&sets[2], 1, true, is_best);
    assert_true(found.compared == 0 && !is_best[0]);
}

/* --- many tests --------------------------------------------------------------------- */

/* 4 × 0.005, 3 × 0.01, 2 × 0.03, and what is not less than those before. */
static void holm_by_hand(void **state)
{
    double p[] = {0.01, 0.04, 0.03, 0.005}, many[] = {0.3, 0.6};
    const double corrected[] = {0.03, 0.06, 0.06, 0.02};
    (void)state;
    correct_for_number(p, 4);
    for (int i = 0; i < 4; i++) {
        assert_true(is_about(p[i], corrected[i]));
    }
    correct_for_number(many, 2);
    assert_true(is_about(many[0], 0.6) && is_about(many[1], 0.6));
}

/* Two of four can have 0.001 ≤ 0.02/2; the others do not count against them. */
static void tests_that_are_worth_it(void **state)
{
    const double some[] = {0.1, 0.001, 0.015, 0.001}, none[] = {0.1, 0.1};
    (void)state;
    assert_int_equal(tests_worth_making(some, 4), 2);
    assert_int_equal(tests_worth_making(none, 2), 1);
    assert_int_equal(tests_worth_making(none, 0), 1);
}

static void too_few_are_said_to_be(void **state)
{
    double low[] = {1, 2, 3, 4, 5}, high[] = {11, 12, 13, 14, 15};
    struct comparison all[] = {{.first = values(low, 5), .second = values(high, 5)},
                               {.first = values(low, 2), .second = values(high, 2)},
                               {.first = values(high, 5), .second = values(low, 5)}};
    (void)state;
    assert_int_equal(compare_all(all, 3, 0), 2);
    assert_int_equal(all[0].finding, GREATER);
    assert_int_equal(all[1].finding, TOO_FEW);
    assert_int_equal(all[2].finding, LESS);
    assert_true(is_about(all[0].corrected, 2 * 2.0 / 252));
    assert_true(isnan(all[1].corrected));
}

/* Twice as much is more than 1.9 times and not more than 2.1 times, in each direction. */
static void only_beyond_the_margin(void **state)
{
    double one[] = {1, 1.01, 1.02, 1.03, 1.04, 1.05}, two[6];
    struct comparison all[] = {{.first = values(one, 6), .second = values(two, 6)},
                               {.first = values(two, 6), .second = values(one, 6)}};
    (void)state;
    for (int i = 0; i < 6; i++) {
        two[i] = 2 * one[i] + 0.001;
    }
    (void)compare_all(all, 2, 0.9);
    assert_true(all[0].finding == GREATER && all[1].finding == LESS);
    assert_true(is_about(all[0].corrected, 2 * 2.0 / 924));
    (void)compare_all(all, 2, 1.1);
    assert_true(all[0].finding == NO_DIFFERENCE && all[1].finding == NO_DIFFERENCE);
    assert_true(all[0].corrected == 1 && all[1].corrected == 1);
    assert_true(is_about(all[0].difference.p, 2.0 / 924));
}

/* --- recorded launches -------------------------------------------------------------- */

/*
 * tests/common/launches: a line each figure, and of it what 40 launches of
 *   lockbench -l mcs,ticket,mutex,tas -w rw_ticket -b central -t 1,2 -d 10 -r 3
 *       --launches 40 -f json
 * had for medians, on a virtual machine with two processors that others used, too: they
 * spread by 1 % up to severalfold, there are ties and some that are far off.
 */
enum { FIGURES = 30, LAUNCHES = 40 };

static struct {
    double items[LAUNCHES];
    size_t count;
} recorded[FIGURES];

static int read_recorded(void **state)
{
    FILE *file = fopen("tests/common/launches", "r");
    (void)state;
    if (file == NULL) {
        return -1;
    }
    for (int i = 0; i < FIGURES; i++) {
        char line[1024], *rest;
        if (fgets(line, sizeof line, file) == NULL) {
            return -1;
        }
        int field = 0;
        for (char *word = strtok_r(line, " \n", &rest); word != NULL;
             word = strtok_r(NULL, " \n", &rest), field++) {
            if (field >= 4 && strcmp(word, "-") != 0) {
                recorded[i].items[recorded[i].count++] = strtod(word, NULL);
            }
        }
    }
    (void)fclose(file);
    return 0;
}

/* Two sets of `count` launches out of all, none in both. */
static void deal(size_t count, double sets[][2][LAUNCHES], struct comparison *all)
{
    unsigned order[LAUNCHES];
    for (unsigned i = 0; i < LAUNCHES; i++) {
        unsigned other = below(i + 1);
        order[i] = order[other];
        order[other] = i;
    }
    for (int i = 0; i < FIGURES; i++) {
        size_t put[2] = {0, 0};
        for (size_t k = 0; k < 2 * count; k++) {
            if (order[k] < recorded[i].count) {
                sets[i][k % 2][put[k % 2]++] = recorded[i].items[order[k]];
            }
        }
        all[i] = (struct comparison){.first = values(sets[i][0], put[0]),
                                     .second = values(sets[i][1], put[1])};
    }
}

/* Of whole files of launches of one build at most 5 in 100 have a difference. Without the
   correction for their number every fourth of them has one. */
static void the_same_build_is_no_difference(void **state)
{
    enum { FILES = 200, COUNT = 10 };
    static double sets[FIGURES][2][LAUNCHES];
    struct comparison all[FIGURES];
    int different = 0, uncorrected = 0;
    (void)state;
    for (int i = 0; i < FILES; i++) {
        bool any = false, any_uncorrected = false;
        deal(COUNT, sets, all);
        assert_true(compare_all(all, FIGURES, 0) >= FIGURES - 2);
        for (int k = 0; k < FIGURES; k++) {
            any = any || all[k].finding == LESS || all[k].finding == GREATER;
            any_uncorrected = any_uncorrected || all[k].difference.p <= SIGNIFICANT;
        }
        different += any;
        uncorrected += any_uncorrected;
    }
    print_message("%d of %d files, %d uncorrected\n", different, FILES, uncorrected);
    assert_true(different <= FILES * 5 / 100);
    assert_true(uncorrected >= FILES / 10);
}

/* The launches of a figure as they are around their middle, but spread by 2 %. */
static double drawn(int figure)
{
    double mean = 0, squares = 0, n = (double)recorded[figure].count;
    for (size_t i = 0; i < recorded[figure].count; i++) {
        mean += log(recorded[figure].items[i]) / n;
    }
    for (size_t i = 0; i < recorded[figure].count; i++) {
        squares += pow(log(recorded[figure].items[i]) - mean, 2) / n;
    }
    double one = log(recorded[figure].items[below((unsigned)recorded[figure].count)]);
    return exp(mean + 0.02 * (one - mean) / sqrt(squares));
}

/* One figure in turn is 5 % slower in the second set, with as many launches as are said
   to be needed for that. */
static void five_percent_are_found(void **state)
{
    enum { FILES = 400 };
    static double sets[FIGURES][2][LAUNCHES];
    struct comparison all[FIGURES];
    size_t count = values_needed(log(1.05), 0.02, FIGURES);
    int found = 0;
    (void)state;
    assert_true(count < LAUNCHES);
    for (int i = 0; i < FILES; i++) {
        for (int k = 0; k < FIGURES; k++) {
            for (size_t n = 0; n < count; n++) {
                sets[k][0][n] = drawn(k);
                sets[k][1][n] = drawn(k) * (k == i % FIGURES ? 1.05 : 1);
            }
            all[k] = (struct comparison){.first = values(sets[k][0], count),
                                         .second = values(sets[k][1], count)};
        }
        (void)compare_all(all, FIGURES, 0);
        found += all[i % FIGURES].finding == GREATER;
    }
    print_message("%zu launches of each: in %d of %d files\n", count, found, FILES);
    assert_true(found >= FILES * 95 / 100);
}

/* The same of normal values, with other numbers of tests. */
static void what_is_needed_is_enough(void **state)
{
    enum { SAMPLES = 400 };
    (void)state;
    for (size_t tests = 1; tests <= 100; tests *= 10) {
        size_t count = values_needed(log(1.05), 0.02, tests);
        int found = 0;
        for (int i = 0; i < SAMPLES; i++) {
            double low[LAUNCHES], high[LAUNCHES];
            for (size_t k = 0; k < count; k++) {
                low[k] = exp(0.02 * normal());
                high[k] = 1.05 * exp(0.02 * normal());
            }
            struct values first = values(low, count), second = values(high, count);
            struct difference difference = difference_of(&first, &second);
            found += difference.p <= SIGNIFICANT / (double)tests;
        }
        print_message("%zu tests: %zu values, found %d of %d\n", tests, count, found,
                      SAMPLES);
        assert_true(found >= SAMPLES * 95 / 100);
        assert_true(change_found(count, count, 0.02, tests) <= log(1.05));
        assert_true(change_found(count - 1, count - 1, 0.02, tests) > log(1.05));
    }
    assert_true(isinf(change_found(3, 3, 0.001, 1)));
}

static void spread_is_within_the_sets(void **state)
{
    double low[] = {exp(-0.02), 1, exp(0.02)},
           high[] = {5 * exp(-0.02), 5, 5 * exp(0.02)};
    struct values first = values(low, 3), second = values(high, 3);
    (void)state;
    assert_true(is_about(spread_within(&first, &second), 0.02));
    high[0] = 0;
    assert_true(isnan(spread_within(&first, &second)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p_by_hand),
        cmocka_unit_test(p_by_trying_all),
        cmocka_unit_test(p_of_many),
        cmocka_unit_test(ratio_by_hand),
        cmocka_unit_test(ratio_is_in_its_interval),
        cmocka_unit_test(the_best_by_hand),
        cmocka_unit_test(holm_by_hand),
        cmocka_unit_test(tests_that_are_worth_it),
        cmocka_unit_test(too_few_are_said_to_be),
        cmocka_unit_test(only_beyond_the_margin),
        cmocka_unit_test(the_same_build_is_no_difference),
        cmocka_unit_test(five_percent_are_found),
        cmocka_unit_test(what_is_needed_is_enough),
        cmocka_unit_test(spread_is_within_the_sets),
    };
    return cmocka_run_group_tests(tests, read_recorded, NULL);
}
