/* SPDX-License-Identifier: MIT */
#include "common/difference.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/statistics.h"

const double SIGNIFICANT = 0.02;

enum {
    MOST_EXACT = 60
}; /* values of both sets; above, the normal distribution is near */

/* --- the normal distribution -------------------------------------------------------- */

/* The probability of more than z. */
static double beyond(double z)
{
    return erfc(z / sqrt(2)) / 2;
}

/* The z beyond which there is the probability p, from 1e-12 to 0.5. */
static double quantile(double p)
{
    double low = 0;
    double high = 8;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        *(beyond(middle) > p ? &low : &high) = middle;
    }
    return low;
}

/* --- ranks -------------------------------------------------------------------------- */

struct ranked {
    double value;
    bool second;
    unsigned twice; /* its rank, two times, so that the mean of a tie is whole */
};

static int by_value(const void *left, const void *right)
{
    double a = ((const struct ranked *)left)->value;
    double b = ((const struct ranked *)right)->value;
    return (a > b) - (a < b);
}

/* All values in order with their ranks, and the sum of t³ - t for each tie of t. */
static struct ranked *rank(const struct values *first, const struct values *second,
                           double *ties)
{
    size_t count = first->count + second->count;
    struct ranked *all = zeroed(count, sizeof *all);
    for (size_t i = 0; i < count; i++) {
        bool is_second = i >= first->count;
        all[i].second = is_second;
        all[i].value = is_second ? second->items[i - first->count] : first->items[i];
    }
    qsort(all, count, sizeof *all, by_value);
    *ties = 0;
    for (size_t i = 0, next; i < count; i = next) {
        next = i + 1;
        while (next < count && all[next].value == all[i].value) {
            next++;
        }
        double tied = (double)(next - i);
        *ties += tied * tied * tied - tied;
        for (size_t k = i; k < next; k++) {
            all[k].twice = (unsigned)(i + 1 + next); /* 2 × the mean of i+1 … next */
        }
    }
    return all;
}

/*
 * The probabilities that `chosen` of the values, drawn by chance, have a sum of ranks of
 * 0/2, 1/2, …, greatest/2: each value adds itself to what those before it have made.
 */
static double *sums_by_chance(const struct ranked *all, size_t count, size_t chosen,
                              size_t *greatest)
{
    *greatest = count * (count + 1);
    size_t width = *greatest + 1;
    double *ways = zeroed((chosen + 1) * width, sizeof *ways);
    ways[0] = 1;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i + 1 < chosen ? i + 1 : chosen; k > 0; k--) {
            const size_t twice = all[i].twice;        /* no lower one follows */
            const size_t least = k * (k - 1) + twice; /* k - 1 have at least k (k - 1) */
            const size_t greatest_of_k = k * (2 * count + 1 - k);
            const size_t most = k * twice < greatest_of_k ? k * twice : greatest_of_k;
            for (size_t sum = least; sum <= most; sum++) {
                ways[k * width + sum] += ways[(k - 1) * width + sum - twice];
            }
        }
    }
    double *sums = zeroed(width, sizeof *sums);
    double total = 0;
    for (size_t sum = 0; sum < width; sum++) {
        sums[sum] = ways[chosen * width + sum];
        total += sums[sum];
    }
    for (size_t sum = 0; sum < width; sum++) {
        sums[sum] /= total;
    }
    free(ways);
    return sums;
}

/* --- the test ----------------------------------------------------------------------- */

static double exact_p(const struct ranked *all, size_t count, size_t chosen, double off)
{
    size_t greatest;
    double *sums = sums_by_chance(all, count, chosen, &greatest);
    double mean = (double)chosen * (double)(count + 1);
    double p = 0;
    for (size_t sum = 0; sum <= greatest; sum++) {
        p += fabs((double)sum - mean) >= off ? sums[sum] : 0;
    }
    free(sums);
    return fmin(1, p);
}

static double approximate_p(double first, double second, double off, double ties)
{
    double count = first + second;
    double variance = first * second / 12 * (count + 1 - ties / (count * (count - 1)));
    double z = (off / 2 - 0.5) / sqrt(variance);
    return variance > 0 && z > 0 ? 2 * beyond(z) : 1;
}

double least_p(size_t first, size_t second)
{
    double n = (double)(first + second);
    return fmin(1, 2 * exp(lgamma((double)first + 1) + lgamma((double)second + 1) -
                           lgamma(n + 1)));
}

/* --- estimates ---------------------------------------------------------------------- */

/* How many of the least ratios, and of the greatest, are outside of the interval, and one
   more: as many as the test would have to see on one side of 1; 0: it cannot. */
static size_t ratio_rank(size_t first, size_t second)
{
    const double outside = 0.025;
    size_t count = first + second;
    if (count > MOST_EXACT) {
        double pairs = (double)first * (double)second;
        double rank =
            pairs / 2 - quantile(outside) * sqrt(pairs * (double)(count + 1) / 12);
        return (size_t)fmax(0, floor(rank));
    }
    static size_t known[MOST_EXACT + 1][MOST_EXACT + 1]; /* and one more */
    if (known[first][second] > 0) {
        return known[first][second] - 1;
    }
    struct ranked untied[MOST_EXACT];
    for (size_t i = 0; i < count; i++) {
        untied[i].twice = 2 * (unsigned)(i + 1);
    }
    size_t greatest;
    double *sums = sums_by_chance(untied, count, second, &greatest);
    double below = 0;
    size_t rank = 0;
    for (size_t sum = second * (second + 1); sum <= greatest; sum += 2, rank++) {
        below += sums[sum];
        if (below > outside) {
            break;
        }
    }
    free(sums);
    known[first][second] = rank + 1;
    return rank;
}

static bool all_positive(const struct values *values)
{
    for (size_t i = 0; i < values->count; i++) {
        if (!(values->items[i] > 0)) {
            return false;
        }
    }
    return true;
}

static void estimate_ratio(const struct values *first, const struct values *second,
                           struct difference *difference)
{
    size_t pairs = first->count * second->count;
    double *ratios = zeroed(pairs, sizeof *ratios);
    for (size_t i = 0; i < pairs; i++) {
        ratios[i] = second->items[i % second->count] / first->items[i / second->count];
    }
    qsort(ratios, pairs, sizeof *ratios, ascending);
    size_t rank = ratio_rank(first->count, second->count);
    difference->ratio = sqrt(ratios[(pairs - 1) / 2] * ratios[pairs / 2]);
    if (rank > 0) {
        difference->low = ratios[rank - 1];
        difference->high = ratios[pairs - rank];
    }
    free(ratios);
}

struct difference difference_of(const struct values *first, const struct values *second)
{
    struct difference difference = {NAN, NAN, NAN, NAN, 1};
    if (first->count == 0 || second->count == 0) {
        return difference;
    }
    size_t count = first->count + second->count;
    double ties;
    struct ranked *all = rank(first, second, &ties);
    double sum = 0; /* of twice the ranks of the second */
    for (size_t i = 0; i < count; i++) {
        sum += all[i].second ? all[i].twice : 0;
    }
    double n = (double)second->count;
    double off = fabs(sum - n * (double)(count + 1));
    difference.p = count <= MOST_EXACT
                       ? exact_p(all, count, second->count, off)
                       : approximate_p((double)first->count, n, off, ties);
    difference.greater = (sum / 2 - n * (n + 1) / 2) / (n * (double)first->count);
    free(all);
    if (all_positive(first) && all_positive(second)) {
        estimate_ratio(first, second, &difference);
    }
    return difference;
}

/* --- the best of several sets ------------------------------------------------------- */

static double median_of(const struct values *values)
{
    struct values copy = {.items = zeroed(values->count, sizeof(double))};
    memcpy(copy.items, values->items, values->count * sizeof(double));
    double median = spread_of(copy.items, values->count).median;
    free(copy.items);
    return median;
}

/* The one with the best median; `count`: none has values. */
static size_t find_first(const struct values *sets, size_t count, bool more)
{
    size_t first = count;
    double best = NAN;
    for (size_t i = 0; i < count; i++) {
        double median = sets[i].count > 0 ? median_of(&sets[i]) : NAN;
        if (!isnan(median) &&
            (first == count || (more ? median > best : median < best))) {
            first = i;
            best = median;
        }
    }
    return first;
}

static bool is_worse(const struct values *one, const struct values *best, bool more,
                     double limit)
{
    const struct difference difference = difference_of(best, one);
    return difference.p <= limit &&
           (more ? difference.greater < 0.5 : difference.greater > 0.5);
}

struct best_sets find_best_sets(const struct values *sets, size_t count, bool more,
                                bool *is_best)
{
    struct best_sets found = {.compared = 0};
    const size_t first = find_first(sets, count, more);
    for (size_t i = 0; i < count; i++) {
        found.compared += sets[i].count > 0;
    }
    const double all = (double)found.compared;
    const double limit = 0.05 / (all * (all - 1) / 2); /* the p up to which they differ */
    size_t able = 0; /* to be told from the best, if they are far enough from it */
    for (size_t i = 0; i < count; i++) {
        able += i != first && sets[i].count > 0 &&
                least_p(sets[first].count, sets[i].count) <= limit;
    }
    found.too_few = found.compared > 1 && able == 0;
    for (size_t i = 0; i < count; i++) {
        is_best[i] = sets[i].count > 0 &&
                     (median_of(&sets[i]) == median_of(&sets[first]) ||
                      (!found.too_few && !is_worse(&sets[i], &sets[first], more, limit)));
    }
    for (found.needed = 1;
         found.compared > 1 && least_p(found.needed, found.needed) > limit;) {
        found.needed++;
    }
    return found;
}

/* --- many tests --------------------------------------------------------------------- */

struct place {
    double p;
    size_t where;
};

static int by_p(const void *left, const void *right)
{
    double a = ((const struct place *)left)->p;
    double b = ((const struct place *)right)->p;
    return (a > b) - (a < b);
}

void correct_for_number(double *p, size_t count)
{
    struct place *places = zeroed(count, sizeof *places);
    for (size_t i = 0; i < count; i++) {
        places[i] = (struct place){p[i], i};
    }
    qsort(places, count, sizeof *places, by_p);
    double greatest = 0;
    for (size_t i = 0; i < count; i++) {
        greatest = fmax(greatest, fmin(1, (double)(count - i) * places[i].p));
        p[places[i].where] = greatest;
    }
    free(places);
}

size_t tests_worth_making(const double *least, size_t count)
{
    for (size_t tests = 1; tests <= count; tests++) {
        size_t able = 0;
        for (size_t i = 0; i < count; i++) {
            able += least[i] <= SIGNIFICANT / (double)tests;
        }
        if (able <= tests) {
            return tests;
        }
    }
    return 1;
}

static enum finding finding_of(const struct comparison *one)
{
    if (isnan(one->corrected)) {
        return TOO_FEW;
    }
    if (one->corrected > SIGNIFICANT) {
        return NO_DIFFERENCE;
    }
    return one->difference.greater > 0.5 ? GREATER : LESS;
}

/* Of a difference by more than a factor of 1 + margin: what is left of it when the second
   set has been brought nearer to the first by that. */
static double p_beyond(const struct comparison *one, double margin)
{
    const bool is_greater = one->difference.greater > 0.5;
    const struct values *second = &one->second;
    struct values nearer = {.items = zeroed(second->count, sizeof(double)),
                            .count = second->count};
    for (size_t i = 0; i < second->count; i++) {
        nearer.items[i] = second->items[i] * (is_greater ? 1 / (1 + margin) : 1 + margin);
    }
    const struct difference left = difference_of(&one->first, &nearer);
    free(nearer.items);
    return (left.greater > 0.5) == is_greater ? left.p : 1;
}

size_t compare_all(struct comparison *all, size_t count, double margin)
{
    double *p = zeroed(count, sizeof *p);
    for (size_t i = 0; i < count; i++) {
        p[i] = least_p(all[i].first.count, all[i].second.count);
        all[i].difference = difference_of(&all[i].first, &all[i].second);
        all[i].corrected = NAN;
    }
    const double enough = SIGNIFICANT / (double)tests_worth_making(p, count);
    size_t tests = 0;
    for (size_t i = 0; i < count; i++) {
        if (p[i] <= enough) {
            all[i].corrected = 0; /* to be set */
            p[tests++] = margin > 0 ? p_beyond(&all[i], margin) : all[i].difference.p;
        }
    }
    correct_for_number(p, tests);
    for (size_t i = 0, next = 0; i < count; i++) {
        all[i].corrected = isnan(all[i].corrected) ? NAN : p[next++];
        all[i].finding = finding_of(&all[i]);
    }
    free(p);
    return tests;
}

/* --- what can be found -------------------------------------------------------------- */

static double squares_of(const struct values *values)
{
    double mean = 0;
    double squares = 0;
    for (size_t i = 0; i < values->count; i++) {
        mean += log(values->items[i]) / (double)values->count;
    }
    for (size_t i = 0; i < values->count; i++) {
        squares += pow(log(values->items[i]) - mean, 2);
    }
    return squares;
}

double spread_within(const struct values *first, const struct values *second)
{
    size_t count = first->count + second->count;
    if (first->count == 0 || second->count == 0 || count < 4 || !all_positive(first) ||
        !all_positive(second)) {
        return NAN;
    }
    return sqrt((squares_of(first) + squares_of(second)) / (double)(count - 2));
}

/*
 * As for means of normal values, but with more: ranks of any other values are worth at
 * least 0.864 times as much (Hodges and Lehmann). Few values are worth less than this
 * says, by z²/4 + 3; that has been tried out, for which see tests/common/difference.c.
 */
static double for_one_test(size_t tests)
{
    return quantile(SIGNIFICANT / 2 / (double)tests);
}

static double lost_values(size_t tests)
{
    return pow(for_one_test(tests), 2) / 4 + 3;
}

/* So much that all of the one set are below all of the other one. */
static double all_apart(size_t first, size_t second)
{
    return quantile(0.025 / (double)first) + quantile(0.025 / (double)second);
}

double change_found(size_t first, size_t second, double spread, size_t tests)
{
    const double worth = 0.864;
    double values = 2 / (1 / (double)first + 1 / (double)second) - lost_values(tests);
    double apart = all_apart(first, second);
    if (least_p(first, second) > SIGNIFICANT / (double)tests) {
        return INFINITY;
    }
    return spread * (values <= 0 ? apart
                                 : fmin(apart, (for_one_test(tests) + quantile(0.05)) *
                                                   sqrt(2 / (worth * values))));
}

size_t values_needed(double change, double spread, size_t tests)
{
    enum { MOST = 100000 };
    size_t count = 2;
    while (count < MOST && !(change_found(count, count, spread, tests) <= change)) {
        count += 1 + count / 50;
    }
    return count;
}
