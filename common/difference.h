/* SPDX-License-Identifier: MIT */
/*
 * Whether two sets of values differ, and by how much: the rank-sum test (Wilcoxon; Mann
 * and Whitney), which asks nothing of how the values are distributed, and the estimates
 * that go with it (Hodges and Lehmann).
 */
#ifndef LOCKSTEP_COMMON_DIFFERENCE_H
#define LOCKSTEP_COMMON_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>

struct values {
    double *items;
    size_t count, room;
};

/* Of the second set against the first; NaN: not known. */
struct difference {
    double ratio;     /* how much greater it is: the median of the ratios of all pairs */
    double low, high; /* the 95 % interval of the ratio */
    double greater;   /* the share of pairs in which it is; of equal ones a half */
    double
        p; /* how often two sets of the same would differ as much: exact up to 60 values
                 of both together, ties counted as they are */
};

struct difference difference_of(const struct values *first, const struct values *second);

/* The least p that sets of this size can have. */
double least_p(size_t first, size_t second);

/*
 * Which of several sets has the best median, and which cannot be told from it: each of
 * the others is compared with it by the rank-sum test at 5 %, corrected by the number of
 * all pairs, since any of them could have come out as the best (Bonferroni). Sets without
 * values do not count.
 */
struct best_sets {
    size_t compared; /* sets */
    bool too_few;    /* values to tell any from the best, whose median is marked alone */
    size_t needed;   /* so many of each would be enough */
};

/* Sets is_best[0…count-1]; with `more`, what is more is better. */
struct best_sets find_best_sets(const struct values *sets, size_t count, bool more,
                                bool *is_best);

/* What is below this counts as a difference. It is less than the customary 0.05, so that
   of a hundred comparisons of the same nearly always at least 95 say so. */
extern const double SIGNIFICANT;

/*
 * Holm's correction of p[0…count-1] for their number: with it, all of them taken together
 * claim a difference where there is none in at most SIGNIFICANT of all cases.
 */
void correct_for_number(double *p, size_t count);

/*
 * Which of several tests, each with the least p that it can have, are worth making: one
 * in which a difference could not be seen, however large, only makes it harder for the
 * others (Tarone). Those are made whose least p is at most SIGNIFICANT divided by the
 * result, and they are no more than that.
 */
size_t tests_worth_making(const double *least, size_t count);

/* Two sets of each of several figures. */
enum finding {
    TOO_FEW, /* values: not even the greatest difference could be told from chance */
    NO_DIFFERENCE,
    LESS, /* the second set is */
    GREATER
};

struct comparison {
    struct values first, second;
    struct difference difference; /* from here on set by compare_all */
    double corrected;             /* p, corrected for the number of tests; NaN: TOO_FEW */
    enum finding finding;
};

/* Compares each, and returns how many tests were made. A difference is only what is more
   than a factor of 1 + margin. */
size_t compare_all(struct comparison *all, size_t count, double margin);

/* Standard deviation of the logarithms within the two sets: for small ones, the relative
   one. NaN where a value is not positive, or there are too few. */
double spread_within(const struct values *first, const struct values *second);

/* The change, as a logarithm, that is found in 95 of 100 cases by one of `tests` tests of
   `first` and `second` values with this spread; infinite: none is. And how many values of
   each it takes to find a change. */
double change_found(size_t first, size_t second, double spread, size_t tests);
size_t values_needed(double change, double spread, size_t tests);

#endif
