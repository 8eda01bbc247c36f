/* SPDX-License-Identifier: MIT */
/* Growth: which law in P a series follows, if the numbers of processors show it. */
#ifndef LOCKSIM_FIT_H
#define LOCKSIM_FIT_H

#include <stdbool.h>
#include <stddef.h>

/* Numbers of processors in a series: fewer are not fitted, more there cannot be. */
enum { LEAST_SIZES = 4, MOST_SIZES = 64 };

enum growth {
    CONSTANT,
    LOGARITHMIC,
    LINEAR,
    LINEARITHMIC, /* P log P */
    QUADRATIC,
    GROWTHS,
    TOO_SMALL = GROWTHS, /* the range: it does not tell these laws apart */
    NONE_OF_THESE,       /* the range is large, and none fits */
};

/* "constant", "log P", "P", "P log P", "P²", "range too small", "none of these" */
const char *growth_name(enum growth growth);

enum { MOST_TERMS = 3 };

struct fit {
    enum growth growth;
    const struct family *family;     /* the formula's terms, if it is one of the laws */
    double coefficients[MOST_TERMS]; /* of these, as they are printed */
    double error;                    /* the greatest relative one, of what is printed */
    double from;                     /* the formula holds from so many processors on */
    bool from_first;                 /* that is, for all that there are but one */
};

/* Numbers of processors in any order. */
struct series_points {
    unsigned count;
    const double *processors, *values;
    const double *loads; /* of the bus, 0 … 1; or NULL */
};

struct fit fit_growth(struct series_points series);

/* The same where the law is known from elsewhere; without a formula if none comes
   near. */
struct fit fit_law(struct series_points series, enum growth growth);

/* "20 P + 171 (0.1 %, from 3 on)" */
void fit_describe(const struct fit *fit, char *text, size_t size);

#endif
