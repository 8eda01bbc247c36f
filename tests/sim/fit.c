/* SPDX-License-Identifier: MIT */
/* The growth that locksim names. */
#include "sim/show/fit.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MOST = 64 };

/* The fit of a function at each of some numbers of processors. */
static struct fit fit_of(double (*function)(double), const double *processors,
                         unsigned count)
{
    double values[MOST];
    for (unsigned i = 0; i < count; i++) {
        values[i] = function(processors[i]);
    }
    return fit_growth(processors, values, count);
}

static const double doubling[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};
enum { DOUBLING = sizeof doubling / sizeof *doubling };

/* With 2…16 processors, 1…64, and 2…1024. */
static void check(double (*function)(double), enum growth growth, double offset,
                  double factor)
{
    static const unsigned parts[][2] = {{1, 4}, {0, 7}, {1, DOUBLING - 1}};
    for (int i = 0; i < 3; i++) {
        struct fit fit = fit_of(function, doubling + parts[i][0], parts[i][1]);
        assert_true(fit.known);
        assert_int_equal(fit.growth, growth);
        assert_true(fabs(fit.offset - offset) < 1e-6);
        assert_true(fabs(fit.factor - factor) < 1e-6);
        assert_true(fit.error < 1e-6);
    }
}

static void check_not_known(double (*function)(double))
{
    assert_false(fit_of(function, doubling, DOUBLING).known);
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

/* Would catch a term in 1/P that is taken for growth, and one processor, which has nobody
   to contend with, taken for a point of the series. */
static void constants(void **state)
{
    (void)state;
    check(nothing, CONSTANT, 0, 0);
    check(four_or_none, CONSTANT, 4, 0);
    check(six_less, CONSTANT, 6, 0);
}

static double few_are_special(double processors)
{
    return processors == 2 ? 3.66 : processors == 4 ? 5 : 6;
}

/* Would catch a first point or two that spoil a formula which all others follow. */
static void beginnings(void **state)
{
    (void)state;
    struct fit fit = fit_of(few_are_special, doubling, 7);
    assert_true(fit.known);
    assert_int_equal(fit.growth, CONSTANT);
    assert_true(fabs(fit.offset - 6) < 1e-6);
}

/* Would catch wrong coefficients, and a growth that hides behind a constant. */
static void growing(void **state)
{
    (void)state;
    check(logarithm, LOGARITHMIC, 0, 2);
    check(one_more, LINEAR, 1, 1);
    check(half, LINEAR, 2.5, 0.5);
    check(test_and_set, LINEAR, -1.5, 1.5);
    check(square, QUADRATIC, 2, 1.5);
}

/* Would catch steps taken for something else where not all points are powers of two. */
static void logarithm_between_powers(void **state)
{
    (void)state;
    double each[MOST];
    for (unsigned i = 0; i < 63; i++) {
        each[i] = i + 2;
    }
    struct fit fit = fit_of(logarithm, each, 63);
    assert_true(fit.known);
    assert_int_equal(fit.growth, LOGARITHMIC);
    assert_true(fit.factor > 1.8 && fit.factor < 2.2);
}

static double uneven(double processors)
{
    return 100 + 6 * sin(processors * processors);
}

static double uneven_line(double processors)
{
    return (10 + 3 * processors) * uneven(processors) / 100;
}

/* Would catch noise that is fitted with a more complicated growth. */
static void noise(void **state)
{
    (void)state;
    struct fit fit = fit_of(uneven, doubling, DOUBLING);
    assert_true(fit.known);
    assert_int_equal(fit.growth, CONSTANT);
    assert_true(fit.error > 0.01 && fit.error < 0.1);
    fit = fit_of(uneven_line, doubling, DOUBLING);
    assert_true(fit.known);
    assert_int_equal(fit.growth, LINEAR);
    assert_true(fabs(fit.factor - 3) < 0.3);
}

static double inverse(double processors)
{
    return 100 / processors;
}

static double falling(double processors)
{
    return 100 - 5 * log2(processors);
}

static double step(double processors)
{
    return processors < 16 ? 10 : 100;
}

static double between(double processors)
{
    return processors * sqrt(processors);
}

/* Would catch a name given to a series that falls, jumps, or grows in another way. */
static void not_known(void **state)
{
    (void)state;
    check_not_known(inverse);
    check_not_known(falling);
    check_not_known(step);
    check_not_known(between);
}

/* Would catch a growth read out of three points, or out of numbers that are none. */
static void too_few(void **state)
{
    (void)state;
    assert_false(fit_of(one_more, doubling + 1, 3).known);
    assert_false(fit_of(one_more, doubling, 4).known);
    double values[] = {3, 5, NAN, 17};
    assert_false(fit_growth(doubling + 1, values, 4).known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constants), cmocka_unit_test(beginnings),
        cmocka_unit_test(growing),   cmocka_unit_test(logarithm_between_powers),
        cmocka_unit_test(noise),     cmocka_unit_test(not_known),
        cmocka_unit_test(too_few),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
