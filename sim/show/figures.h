/* SPDX-License-Identifier: MIT */
/* The figures that tables show, and how they grow with the processors. */
#ifndef LOCKSIM_FIGURES_H
#define LOCKSIM_FIGURES_H

#include <stddef.h>

#include "sim/result.h"
#include "sim/show/fit.h"

enum figure {
    CYCLES, /* this and the next three: of an acquisition, an episode, or a program */
    TRANSACTIONS_EACH,
    RMR_CC, /* INFINITY: unbounded */
    RMR_DSM,
    GROWING, /* that many are fitted */
    LOCKING = GROWING,
    UNLOCKING,
    WAITING_MEAN,
    WAITING_MEDIAN,
    WAITING_P99,
    READING_MEAN, /* these four: of a reader-writer lock */
    READING_P99,
    WRITING_MEAN,
    WRITING_P99,
    HANDOVER,
    TRANSACTIONS_ALL,
    ACCESSES,
    HITS,     /* percent */
    OVERHEAD, /* CYCLES without work in critical sections, and while all work outside */
    PASSAGES, /* that were measured: acquisitions, episodes */
    FAIRNESS,
    NEVER_IN, /* processors without an acquisition */
    BUSY,     /* percent, of the bus, or of the busiest module or link */
};

/* Whether any ended, or is known to last longer than all that is known. */
bool is_known(const struct distribution *distribution);

/* NAN if the run does not have it. */
double figure_of(const struct result *result, enum figure figure);

/* Whether it is known only that it is so much or more: of waits that have not ended. */
bool figure_is_bound(const struct result *result, enum figure figure);

/* A total, of one acquisition or episode; of a program, the total. */
double figure_each(const struct result *result, double total);

/* "lock", "rwlock", "barrier" or "program" */
const char *figure_kind(const struct result *result);

/* --- growth ------------------------------------------------------------------------- */

/* The runs of one primitive. */
struct series {
    struct result largest; /* with the most processors */
    unsigned count;
    double processors[MOST_SIZES], figures[GROWING][MOST_SIZES];
    double loads[MOST_SIZES]; /* of what all share: the bus, the busiest module */
};

/* All that there are, in the order of their first runs. */
extern struct series *series;
extern size_t series_count;

/* Adds a run to its series, which is the last one, or a new one. */
void series_add(const struct result *result);

bool same_primitive(const struct result *one, const struct result *other);

struct growing {
    bool unbounded;
    struct fit fit; /* if it is not */
};
struct growing growth_of(const struct series *of, enum figure figure);

/* "P log P", "range too small", "unbounded" */
const char *growing_name(const struct growing *growing);

#endif
