/* SPDX-License-Identifier: MIT */
/* Percentiles of many values, and the middle of a few. */
#ifndef LOCKSTEP_COMMON_STATISTICS_H
#define LOCKSTEP_COMMON_STATISTICS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Counts of values by size: exact below 128, above that in buckets of 1/64 of their power
 * of two, so a percentile is right to 1.6 %. The maximum is exact. Filled with zeros at
 * first.
 */
enum { HISTOGRAM_BUCKETS = 64 * 37 };

struct histogram {
    uint64_t counts[HISTOGRAM_BUCKETS];
    uint64_t total;
    uint64_t maximum;
};

void histogram_add(struct histogram *histogram, uint64_t value);
void histogram_add_times(struct histogram *histogram, uint64_t value, uint64_t times);
void histogram_merge(struct histogram *into, const struct histogram *from);

/* The value that a `share` (0 to 1) of all values does not exceed; 0 if there is none. */
double histogram_percentile(const struct histogram *histogram, double share);

/* Adds how many values there are from 2ⁱ on and below 2ⁱ⁺¹, 0 with 1, to octaves[i]. */
enum { OCTAVES = 40 };
void histogram_octaves(const struct histogram *histogram, uint64_t octaves[OCTAVES]);

/* Of doubles, for qsort. */
int ascending(const void *left, const void *right);

/*
 * Median, minimum and maximum of `count` > 0 values, which it sorts, and the 95 %
 * interval of the median: in at least 95 of 100 cases it holds the median of what the
 * values were drawn from, whatever that is. Its ends are two of the values, by the
 * binomial distribution; the interval of the bootstrap's percentiles lies in it, and is
 * too narrow for few values. Fewer than six values have none: NaN.
 */
struct spread {
    double median;
    double min;
    double max;
    double low;
    double high;
};

struct spread spread_of(double *values, size_t count);

/* Jain's index of how evenly `count` threads were served: 1 all alike, 1/count only
   one. */
double jain_index(const uint64_t *served, size_t count);

/* Standard deviation of the same, divided by the mean: 0 all alike. */
double relative_deviation(const uint64_t *served, size_t count);

#endif
