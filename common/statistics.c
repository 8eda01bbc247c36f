/* SPDX-License-Identifier: MIT */
#include "common/statistics.h"

#include <math.h>
#include <stdlib.h>

/* The bucket of a value: the value itself below 128; above, its leading bit and the six
   bits that follow it. */
static size_t bucket_of(uint64_t value)
{
    unsigned shift = 0;
    while (value >> shift >= 128) {
        shift++;
    }
    size_t bucket = (size_t)shift * 64 + (size_t)(value >> shift);
    return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

/* The middle of the values that share a bucket. */
static double value_of(size_t bucket)
{
    if (bucket < 128) {
        return (double)bucket;
    }
    unsigned shift = (unsigned)(bucket / 64 - 1);
    return ldexp((double)(bucket - (size_t)shift * 64) + 0.5, (int)shift);
}

void histogram_add(struct histogram *histogram, uint64_t value)
{
    histogram_add_times(histogram, value, 1);
}

void histogram_add_times(struct histogram *histogram, uint64_t value, uint64_t times)
{
    histogram->counts[bucket_of(value)] += times;
    histogram->total += times;
    if (value > histogram->maximum) {
        histogram->maximum = value;
    }
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        into->counts[i] += from->counts[i];
    }
    into->total += from->total;
    if (from->maximum > into->maximum) {
        into->maximum = from->maximum;
    }
}

double histogram_percentile(const struct histogram *histogram, double share)
{
    uint64_t rank = (uint64_t)ceil(share * (double)histogram->total);
    uint64_t seen = 0;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += histogram->counts[i];
        if (seen >= rank && seen > 0) {
            return fmin(value_of(i), (double)histogram->maximum);
        }
    }
    return 0;
}

void histogram_octaves(const struct histogram *histogram, uint64_t octaves[OCTAVES])
{
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        int exponent = 1; /* of 0: as of 1 */
        if (i > 0) {
            (void)frexp(value_of(i), &exponent);
        }
        octaves[exponent - 1 < OCTAVES ? exponent - 1 : OCTAVES - 1] +=
            histogram->counts[i];
    }
}

int ascending(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

/* How many of the least, and of the greatest, values are outside of the 95 % interval of
   their median, and one more; 0: even all of them are too few. */
static size_t interval_rank(size_t count)
{
    const double outside = 0.025; /* at either end */
    double below = 0;             /* probability that up to `rank` are below the median */
    size_t rank = 0;
    for (; rank < count; rank++) {
        below += exp(lgamma((double)count + 1) - lgamma((double)rank + 1) -
                     lgamma((double)(count - rank) + 1) - (double)count * log(2));
        if (below > outside) {
            break;
        }
    }
    return rank;
}

struct spread spread_of(double *values, size_t count)
{
    qsort(values, count, sizeof *values, ascending);
    double upper = values[count / 2];
    double lower = values[(count - 1) / 2];
    size_t rank = interval_rank(count);
    return (struct spread){.median = (lower + upper) / 2,
                           .min = values[0],
                           .max = values[count - 1],
                           .low = rank > 0 ? values[rank - 1] : NAN,
                           .high = rank > 0 ? values[count - rank] : NAN};
}

double jain_index(const uint64_t *served, size_t count)
{
    double sum = 0;
    double squares = 0;
    for (size_t i = 0; i < count; i++) {
        sum += (double)served[i];
        squares += (double)served[i] * (double)served[i];
    }
    return squares > 0 ? sum * sum / ((double)count * squares) : 0;
}

double relative_deviation(const uint64_t *served, size_t count)
{
    /* Jain's index is 1 / (1 + deviation²). */
    double jain = jain_index(served, count);
    return jain > 0 ? sqrt(fmax(0, 1 / jain - 1)) : 0;
}
