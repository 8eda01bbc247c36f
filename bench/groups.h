/* SPDX-License-Identifier: MIT */
/* Runs that may share a median, and what they found out together. */
#ifndef LOCKBENCH_GROUPS_H
#define LOCKBENCH_GROUPS_H

#include "bench/report.h"
#include "common/difference.h"
#include "common/statistics.h"

struct group {
    struct setting setting;
    const char *name;
    enum distance distance;
};

extern const char *const distance_names[DISTANCES];

/* Calls `function` for each group that has runs, and if wanted for those that have none
   as the competitor was found to be broken; in the order of the tables: by setting,
   by distance, by competitor. */
void for_each_group(const struct report *report, bool with_broken,
                    void (*function)(void *context, const struct group *group),
                    void *context);

/* How much a group gets done for each that the baseline does, from the runs of both in
   the same rounds; of times it is the inverse. To be freed; or its spread. */
struct values ratios_over(const struct report *report, const struct group *group);
size_t ratio_over(const struct report *report, const struct group *group,
                  struct spread *spread);

bool belongs(const struct run *run, const struct group *group);
size_t runs_in(const struct report *report, const struct group *group);

/* One figure of the runs, or of several launches the median of each; to be freed. */
struct values values_over(const struct report *report, const struct group *group,
                          double (*figure)(const struct run *run, int metric),
                          int metric);

/* Spread of one figure over a group's runs, or of several launches over their medians,
   and over how many of them; 0: not known. */
size_t spread_over(const struct report *report, const struct group *group,
                   double (*figure)(const struct run *run, int metric), int metric,
                   struct spread *spread);

/* Figures: a metric, and the way of a cache line. */
double metric_of(const struct run *run, int metric);
double transfer_of(const struct run *run, int unused);

/* Whether the figures are of runs that were not alone; of a group all are, or none. */
bool is_disturbed(const struct report *report, const struct group *group);

/* Of its competitor, in its family. */
unsigned index_of(const struct report *report, const struct group *group);

bool is_broken(const struct report *report, const struct group *group);

/* The other library that it is of, or NULL. */
const char *library_of(const struct report *report, const struct group *group);

#endif
