/* SPDX-License-Identifier: MIT */
/* Pairs of processors: which are measured, and how that is shown. */
#ifndef LOCKBENCH_PAIRS_H
#define LOCKBENCH_PAIRS_H

#include <stdbool.h>
#include <stdio.h>

#include "bench/levels.h"

/* Where the line is at home: at the first of the two, or at some third node. */
enum home { AT_FIRST, AT_NEITHER, HOMES };

/* Two of the processors, by their index. */
struct pair {
    unsigned first, second;
    enum level level;
    double one_way_ns[HOMES]; /* NaN: not measured, or interrupted */
    bool disturbed;
};

struct pairs {
    struct pair *items; /* to be freed */
    size_t count;
    size_t there[LEVELS]; /* how many there are, measured or not */
    const struct place *places;
    unsigned processors;
};

/* All of them if they are not many; else samples that are the same each time, of each
   level, and of each two NUMA nodes if these are not many: in a sample each pair is as
   likely as another one. */
enum { MOST_OF_LEVEL = 200, MOST_PAIRS = MOST_OF_LEVEL * LEVELS, GRID = 16 };
struct pairs choose_pairs(const struct place *places, unsigned count);

/* What was measured, in 100 columns: by level, and as a grid of up to GRID processors or
   NUMA nodes. */
void print_pairs(FILE *file, const struct pairs *pairs);

#endif
