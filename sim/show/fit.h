/* SPDX-License-Identifier: MIT */
/* Growth: which of 1, log P, P, P² a series follows. */
#ifndef LOCKSIM_FIT_H
#define LOCKSIM_FIT_H

#include <stdbool.h>

/* Numbers of processors in a series: fewer are not fitted, more there cannot be. */
enum { LEAST_SIZES = 4, MOST_SIZES = 64 };

enum growth { CONSTANT, LOGARITHMIC, LINEAR, QUADRATIC };
const char *growth_name(enum growth growth); /* "constant", "log P", "P", "P²" */

struct fit {
    bool known; /* enough points, and one of them fits */
    enum growth growth;
    double offset, factor; /* value ≈ offset + factor · growth(P) */
    double error;          /* root mean square of the relative errors */
};

struct fit fit_growth(const double *processors, const double *values, unsigned count);

#endif
