/* SPDX-License-Identifier: MIT */
/* The arithmetic behind lockbench's tables. */
#include "common/statistics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Would catch a bucket that overlaps its neighbour, or a value put into the wrong one. */
static void percentile_of_one_value_is_that_value(void **state)
{
    (void)state;
    for (uint64_t value = 1; value < (uint64_t)1 << 41; value += value / 7 + 1) {
        struct histogram *histogram = calloc(1, sizeof *histogram);
        assert_non_null(histogram);
        histogram_add(histogram, value);
        histogram_add(histogram, value + value / 2);
        double found = histogram_percentile(histogram, 0.5);
        assert_true(fabs(found - (double)value) <= 0.016 * (double)value);
        assert_int_equal(histogram->maximum, value + value / 2);
        free(histogram);
    }
}

/* Would catch a rank that is one too high or too low. */
static void percentiles_of_one_to_hundred(void **state)
{
    (void)state;
    struct histogram *histogram = calloc(1, sizeof *histogram);
    assert_non_null(histogram);
    for (uint64_t value = 1; value <= 100; value++) {
        histogram_add(histogram, value);
    }
    assert_true(histogram_percentile(histogram, 0.5) == 50);
    assert_true(histogram_percentile(histogram, 0.99) == 99);
    assert_true(histogram_percentile(histogram, 0.999) == 100);
    assert_true(histogram_percentile(histogram, 1) == 100);
    free(histogram);
}

/* Would catch a merge that forgets the total, a bucket or the maximum. */
static void merge_is_as_if_added(void **state)
{
    (void)state;
    struct histogram *parts = calloc(3, sizeof *parts);
    assert_non_null(parts);
    for (uint64_t value = 0; value < 5000; value++) {
        histogram_add(&parts[value % 2], value * value);
        histogram_add(&parts[2], value * value);
    }
    histogram_merge(&parts[0], &parts[1]);
    assert_memory_equal(&parts[0], &parts[2], sizeof parts[0]);
    free(parts);
}

/* Would catch a value in the octave next to its own. */
static void octaves_are_powers_of_two(void **state)
{
    (void)state;
    struct histogram *histogram = calloc(1, sizeof *histogram);
    uint64_t octaves[OCTAVES] = {0};
    assert_non_null(histogram);
    histogram_add(histogram, 0);
    for (uint64_t value = 1; value < 1024; value++) {
        histogram_add(histogram, value);
    }
    histogram_octaves(histogram, octaves);
    assert_int_equal(octaves[0], 2);
    for (unsigned i = 1; i < OCTAVES; i++) {
        assert_int_equal(octaves[i], i < 10 ? 1u << i : 0);
    }
    free(histogram);
}

/* Standard deviation 4, mean 5. */
static void deviation_is_relative(void **state)
{
    (void)state;
    const uint64_t served[] = {9, 1};
    const uint64_t alike[] = {3, 3, 3};
    assert_true(fabs(relative_deviation(served, 2) - 0.8) < 1e-9);
    assert_true(relative_deviation(alike, 3) == 0);
}

/* Would catch values beyond the last bucket written past the array's end. */
static void huge_values_have_a_place(void **state)
{
    (void)state;
    struct histogram *histogram = calloc(1, sizeof *histogram);
    assert_non_null(histogram);
    histogram_add(histogram, UINT64_MAX);
    assert_int_equal(histogram->counts[HISTOGRAM_BUCKETS - 1], 1);
    assert_true(histogram->maximum == UINT64_MAX);
    free(histogram);
}

/* Would catch a median of an even number taken from one side. */
static void spread_of_few(void **state)
{
    (void)state;
    double odd[] = {3, 1, 2};
    double even[] = {4, 1, 2, 10};
    struct spread spread = spread_of(odd, 3);
    assert_true(spread.median == 2 && spread.min == 1 && spread.max == 3);
    spread = spread_of(even, 4);
    assert_true(spread.median == 3 && spread.min == 1 && spread.max == 10);
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static double uniform(uint64_t *state)
{
    return (double)next_random(state) / 2147483648.0;
}

/* The ends are values by their rank: k of n tosses of a coin are heads with P(n, k), and
   P(6, 0) = 1/64 < 0.025 < P(5, 0), P(8, 0) + P(8, 1) = 9/256, P(9, 0) + P(9, 1) =
   10/512 < 0.025. */
static void interval_by_rank(void **state)
{
    (void)state;
    for (size_t count = 1; count <= 9; count++) {
        double values[9];
        for (size_t i = 0; i < count; i++) {
            values[i] = (double)(count - i);
        }
        const struct spread spread = spread_of(values, count);
        const double rank = count < 6 ? NAN : count < 9 ? 1 : 2;
        assert_true(isnan(rank)
                        ? isnan(spread.low) && isnan(spread.high)
                        : spread.low == rank && spread.high == (double)count + 1 - rank);
    }
}

/* Of samples of what has the median 1, at least 95 of 100 intervals hold it. */
static void interval_holds_the_median(void **state)
{
    enum { SAMPLES = 4000, MOST = 30 };
    uint64_t seed = 1;
    (void)state;
    for (size_t count = 6; count <= MOST; count += 6) {
        unsigned held = 0;
        for (int i = 0; i < SAMPLES; i++) {
            double values[MOST];
            for (size_t k = 0; k < count; k++) {
                values[k] = -log2(1 - uniform(&seed)); /* the median of these is 1 */
            }
            const struct spread spread = spread_of(values, count);
            held += spread.low <= 1 && spread.high >= 1;
        }
        assert_true(held >= 0.95 * SAMPLES);
        assert_true(held < SAMPLES);
    }
}

/* The bootstrap, made as its name says, has its percentiles within the interval. */
static void interval_holds_the_bootstrap(void **state)
{
    enum { RESAMPLES = 2000, MOST = 27 };
    static double medians[RESAMPLES];
    uint64_t seed = 7;
    (void)state;
    for (size_t count = 6; count <= MOST; count++) {
        double values[MOST];
        double drawn[MOST];
        for (size_t k = 0; k < count; k++) {
            values[k] = uniform(&seed);
        }
        for (int i = 0; i < RESAMPLES; i++) {
            for (size_t k = 0; k < count; k++) {
                drawn[k] = values[next_random(&seed) % count];
            }
            medians[i] = spread_of(drawn, count).median;
        }
        qsort(medians, RESAMPLES, sizeof medians[0], ascending);
        const struct spread spread = spread_of(values, count);
        assert_true(spread.low <= medians[RESAMPLES / 40]);
        assert_true(spread.high >= medians[RESAMPLES - 1 - RESAMPLES / 40]);
    }
}

/* Would catch a wrong formula: the ends of its range, and a value worked out by hand. */
static void jain(void **state)
{
    (void)state;
    const uint64_t even[] = {7, 7, 7, 7};
    const uint64_t one[] = {0, 9, 0, 0};
    const uint64_t two[] = {1, 3};
    assert_true(jain_index(even, 4) == 1);
    assert_true(jain_index(one, 4) == 0.25);
    assert_true(fabs(jain_index(two, 2) - 16.0 / 20) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentile_of_one_value_is_that_value),
        cmocka_unit_test(percentiles_of_one_to_hundred),
        cmocka_unit_test(merge_is_as_if_added),
        cmocka_unit_test(octaves_are_powers_of_two),
        cmocka_unit_test(deviation_is_relative),
        cmocka_unit_test(huge_values_have_a_place),
        cmocka_unit_test(spread_of_few),
        cmocka_unit_test(interval_by_rank),
        cmocka_unit_test(interval_holds_the_median),
        cmocka_unit_test(interval_holds_the_bootstrap),
        cmocka_unit_test(jain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
