/* SPDX-License-Identifier: MIT */
/* The growth that locksim names. */
#include "sim/show/fit.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { MOST = 64 };

static struct fit fit_of(double (*function)(double), const double *processors,
                         unsigned count)
{
    double values[MOST];
    for (unsigned i = 0; i < count; i++) {
        values[i] = function(processors[i]);
    }
    return fit_growth((struct series_points){
        .count = count, .processors = processors, .values = values});
}

static const double doubling[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};
enum { DOUBLING = sizeof doubling / sizeof *doubling };

/* Each number from 1 to `last`. */
static struct fit fit_to(double (*function)(double), unsigned last)
{
    double each[MOST];
    for (unsigned i = 0; i < last; i++) {
        each[i] = i + 1;
    }
    return fit_of(function, each, last);
}

static void says(struct fit fit, const char *expected)
{
    char text[128];
    fit_describe(&fit, text, sizeof text);
    assert_string_equal(text, expected);
}

/* A function that is counted: the same formula from each range. `powers`: how it is
   written where all P are powers of two. */
static void check_powers(double (*function)(double), const char *formula,
                         const char *powers)
{
    static const unsigned lasts[] = {8, 12, 16, 33, 64};
    for (int i = 0; i < 5; i++) {
        says(fit_to(function, lasts[i]), formula);
    }
    says(fit_of(function, doubling, 7), powers);
    says(fit_of(function, doubling + 1, DOUBLING - 1), powers);
}

static void check(double (*function)(double), const char *formula)
{
    check_powers(function, formula, formula);
    says(fit_of(function, doubling + 1, 4), formula);
}

/* Transactions of an acquisition, as formulas. */

static double nothing(double processors)
{
    (void)processors;
    return 0;
}

static double four_or_none(double processors)
{
    return processors == 1 ? 0 : 4;
}

static double six_less(double processors)
{
    return 6 - 4 / processors;
}

static double logarithm(double processors)
{
    return 2 * ceil(log2(processors));
}

static double one_more(double processors)
{
    return processors + 1;
}

static double half(double processors)
{
    return (processors + 5) / 2;
}

static double test_and_set(double processors)
{
    return (3 * processors - 3 + 4 / processors) / 2;
}

static double square(double processors)
{
    return (3 * processors * processors - 3 * processors + 4) / 2;
}

static double flags(double processors)
{
    return processors * logarithm(processors);
}

static double flags_and_more(double processors)
{
    return flags(processors) / 2 + processors - 1;
}

/* Would catch a term in 1/P that is taken for growth, and one processor, which has nobody
   to contend with, taken for a point of the series. */
static void constants(void **state)
{
    (void)state;
    check(nothing, "constant 0 (exact)");
    check(four_or_none, "constant 4 (exact)");
    check(six_less, "constant 6 − 4/P (exact)");
}

/* Would catch wrong coefficients, a term that is not printed, a growth that hides behind
   another, and steps of a logarithm taken for something else. */
static void growing(void **state)
{
    (void)state;
    check_powers(logarithm, "2 ⌈log P⌉ (exact)", "2 log P (exact)");
    check(one_more, "P + 1 (exact)");
    check(half, "0.5 P + 2.5 (exact)");
    check(test_and_set, "1.5 P − 1.5 + 2/P (exact)");
    check(square, "1.5 P² − 1.5 P + 2 (exact)");
    check_powers(flags, "2 P ⌈log P⌉ (exact)", "2 P log P (exact)");
    check_powers(flags_and_more, "P ⌈log P⌉ + P − 1 (exact)", "P log P + P − 1 (exact)");
}

static double few_are_special(double processors)
{
    return processors == 2 ? 3.66 : processors == 4 ? 5 : 6;
}

/* Would catch a first point or two that spoil a formula which all others follow, and a
   formula that does not say where it begins. */
static void beginnings(void **state)
{
    (void)state;
    says(fit_of(few_are_special, doubling, 7), "constant 6 (exact, from 8 on)");
}

static double uneven(double processors)
{
    return 100 + 4 * sin(processors * processors);
}

static double uneven_line(double processors)
{
    return (10 + 3 * processors) * uneven(processors) / 100;
}

/* Would catch noise that is fitted with a more complicated growth, a law named from a
   range in which others do as well, and an error that is another formula's. */
static void noise(void **state)
{
    (void)state;
    struct fit fit = fit_of(uneven, doubling, DOUBLING);
    assert_int_equal(fit.growth, CONSTANT);
    assert_true(fit.error > 0.02 && fit.error < 0.08);
    fit = fit_of(uneven_line, doubling, DOUBLING);
    assert_int_equal(fit.growth, LINEAR);
    double greatest = 0;
    for (int i = 1; i < DOUBLING; i++) {
        double P = doubling[i], value = fit.coefficients[0] * P + fit.coefficients[1];
        greatest = fmax(greatest, fabs(value / uneven_line(P) - 1));
    }
    assert_true(fit.from_first && fabs(fit.error - greatest) < 1e-9);
    assert_int_equal(fit_to(uneven_line, 6).growth, TOO_SMALL);
    assert_int_equal(fit_to(uneven, 6).growth, TOO_SMALL);
}

/* A ticket lock's cycles on a large machine: hand-overs decide later. */
static double unsettled(double processors)
{
    return 540 + 20 * log2(processors) + 4 * processors - 100 / processors;
}

static double steps(double processors)
{
    return processors < 5 ? 235 : 351;
}

/* From each beginning of the series. */
static void keeps_its_name(const double *processors, const double *values, unsigned count,
                           enum growth growth)
{
    for (; count >= 4; count--) {
        struct fit fit = fit_growth((struct series_points){
            .count = count, .processors = processors, .values = values});
        assert_true(fit.growth == growth || fit.growth == TOO_SMALL);
    }
}

/* Would catch a name that a longer range takes back. */
static void short_ranges(void **state)
{
    (void)state;
    assert_int_equal(fit_to(unsettled, 8).growth, TOO_SMALL);
    assert_int_equal(fit_to(unsettled, 16).growth, TOO_SMALL);
    assert_int_equal(fit_of(unsettled, doubling, DOUBLING).growth, LINEAR);
    assert_int_equal(fit_to(steps, 8).growth, TOO_SMALL);
}

static double inverse(double processors)
{
    return 100 / processors;
}

static double rising_and_falling(double processors)
{
    return processors < 32 ? processors : 1024 / processors;
}

static double step(double processors)
{
    return processors < 16 ? 10 : 100;
}

static double between(double processors)
{
    return processors * sqrt(processors);
}

static double cube(double processors)
{
    return processors * processors * processors;
}

/* A network that is full at powers of two only. */
static double full_at_powers(double processors)
{
    return log2(processors) == floor(log2(processors)) ? processors : 3 * processors;
}

/* Would catch a name given to a series that falls, jumps, or grows in another way; and
   one that is said to be none of the laws when only the range is small, or when a law
   would be named if there were fewer points. */
static void not_known(void **state)
{
    (void)state;
    double (*const none[])(double) = {inverse, rising_and_falling, cube};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(fit_of(none[i], doubling, DOUBLING).growth, NONE_OF_THESE);
    }
    assert_int_equal(fit_to(inverse, 8).growth, TOO_SMALL);
    assert_int_equal(fit_to(cube, 8).growth, TOO_SMALL);
    says(fit_of(step, doubling, 9), "constant 100 (exact, from 16 on)");
    assert_int_equal(fit_of(step, doubling, 6).growth, TOO_SMALL);
    assert_true(fit_of(between, doubling, DOUBLING).growth >= GROWTHS);
    static const double others[] = {2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256};
    assert_int_equal(fit_of(full_at_powers, others, 14).growth, TOO_SMALL);
    says(fit_of(full_at_powers, doubling, DOUBLING), "P (exact)");
}

static double saturating(double processors)
{
    return processors <= 16 ? 5 + processors / 4 : 9 + 5 * (processors - 16);
}

/* Would catch a law made of points before and after the bus was saturated, and a law that
   is known from elsewhere not found. */
static void loads(void **state)
{
    (void)state;
    double values[9], load[9];
    for (int i = 0; i < 9; i++) {
        values[i] = uneven_line(doubling[i]);
        load[i] = i < 6 ? 0.1 * i : 1;
    }
    struct series_points series = {.count = 9, .processors = doubling, .values = values};
    assert_int_equal(fit_growth(series).growth, LINEAR);
    series.loads = load;
    assert_int_equal(fit_growth(series).growth, TOO_SMALL);
    series.loads = NULL;
    for (int i = 0; i < 9; i++) {
        values[i] = saturating(doubling[i]);
    }
    says(fit_law(series, LINEAR), "5 P − 71 (exact, from 16 on)");
    says(fit_law(series, LOGARITHMIC), "log P");
}

/* Would catch a growth read out of three points, or out of numbers that are none. */
static void too_few(void **state)
{
    (void)state;
    assert_int_equal(fit_of(one_more, doubling + 1, 3).growth, TOO_SMALL);
    assert_int_equal(fit_of(one_more, doubling, 4).growth, TOO_SMALL);
    double values[] = {3, 5, NAN, 17};
    struct series_points series = {
        .count = 4, .processors = doubling + 1, .values = values};
    assert_int_equal(fit_growth(series).growth, TOO_SMALL);
}

/* Would catch a name that a longer range takes back: of figures that locksim has counted,
   on 2 to 256 processors. A growth that comes to its end, or a little one, is like many
   another thing while it lasts. */
static void taken_back(void **state)
{
    (void)state;
    static const double processors[] = {2,  3,  4,  5,  6,  7,   8,  12,
                                        16, 24, 32, 48, 64, 128, 256};
    enum { COUNT = sizeof processors / sizeof *processors };
    static const struct {
        enum growth growth;
        double values[COUNT];
    } counted[] = {
        /* ticket_backoff on numa with four cores a node, cycles: up to 630 */
        {CONSTANT,
         {233, 350.17, 338.94, 433.5, 433.46, 440.89, 447.84, 508.19, 537.58, 564.22,
          581.5, 602.05, 604.27, 621.8, 632.47}},
        /* clh with dragon, transactions: from 7 to 8 */
        {CONSTANT,
         {7, 7, 7, 7.0038, 7.0271, 7.0579, 7.0977, 7.322, 7.6914, 8, 8, 8, 8, 8, 8}},
        /* mutex, queue, transactions: 14 + 38/P in the end */
        {CONSTANT,
         {20. / 2, 40. / 3, 58. / 4, 77. / 5, 97. / 6, 118. / 7, 140. / 8, 200. / 12,
          260. / 16, 374. / 24, 486. / 32, 710. / 48, 934. / 64, 1830. / 128,
          3622. / 256}},
        /* malthusian, distributed references, four acquisitions of each: 10.5 */
        {CONSTANT,
         {8, 10.5, 10.5, 16, 10.5, 16, 10.5, 10.5, 10.5, 10.5, 10.5, 14.167, 10.543,
          16.012, 16.035}},
        /* ticket_backoff on numa with four cores a node, transactions */
        {LOGARITHMIC,
         {7, 7.9922, 8.9531, 9.3, 9.6899, 10.297, 10.676, 12.303, 13.48, 15.128, 16.375,
          18.059, 19.412, 22.187, 25.105}},
    };
    for (unsigned i = 0; i < sizeof counted / sizeof *counted; i++) {
        keeps_its_name(processors, counted[i].values, COUNT, counted[i].growth);
        double powers[COUNT], values[COUNT];
        unsigned count = 0;
        for (unsigned j = 0; j < COUNT; j++) {
            powers[count] = processors[j];
            values[count] = counted[i].values[j];
            count += log2(processors[j]) == floor(log2(processors[j]));
        }
        keeps_its_name(powers, values, count, counted[i].growth);
    }
}

static double three_lines(double processors)
{
    return 3 * processors - 3;
}

/* A combining tree's references: no formula from 2 processors on. */
static double tree(double processors)
{
    return processors == 2 ? 3 : processors == 4 ? 7 : processors == 6 ? 16 : 20;
}

/* Would catch steps of ⌈log P⌉ that stand for a line where they are in line, and three
   terms that go through three steps. */
static void steps_in_line(void **state)
{
    (void)state;
    static const double in_line[] = {3, 8, 13, 18}, even[] = {2, 4, 6, 8};
    assert_int_equal(fit_of(three_lines, in_line, 4).growth, TOO_SMALL);
    assert_int_equal(fit_of(tree, even, 4).growth, TOO_SMALL);
}

/* References of the mutex with 2, 4, 6 and 8 processors; with 10 they leave it. */
static double by_chance(double processors)
{
    return 1.375 * processors + 1.75 + 1 / processors;
}

/* Would catch what goes on otherwise, and four points of a short range that three terms
   happen to go through, or that lie in a line. */
static void by_chance_exact(void **state)
{
    (void)state;
    static const double few[] = {2, 3, 4, 5, 6}, even[] = {2, 4, 6, 8};
    assert_int_equal(fit_of(one_more, few, 4).growth, TOO_SMALL);
    assert_int_equal(fit_of(one_more, few, 5).growth, LINEAR);
    assert_int_equal(fit_of(by_chance, even, 4).growth, TOO_SMALL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constants),       cmocka_unit_test(growing),
        cmocka_unit_test(beginnings),      cmocka_unit_test(noise),
        cmocka_unit_test(short_ranges),    cmocka_unit_test(not_known),
        cmocka_unit_test(loads),           cmocka_unit_test(too_few),
        cmocka_unit_test(taken_back),      cmocka_unit_test(steps_in_line),
        cmocka_unit_test(by_chance_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
