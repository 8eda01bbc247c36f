/* SPDX-License-Identifier: MIT */
/*
 * Results that may stand in one figure: of the same machine, measured in the same way by
 * the same build. What was measured, with how many threads and for how long, may differ.
 */
#ifndef LOCKBENCH_PAGE_ALIKE_H
#define LOCKBENCH_PAGE_ALIKE_H

#include "bench/page/collection.h"

struct group {
    enum origin origin;
    const char *kind;  /* of simulations, which differ in what there is to differ in */
    json_t *facts;     /* all that makes it what it is: texts by name */
    const char *file;  /* NULL: results of several files do not contradict each other */
    bool split;        /* they do, and are taken apart; so is each part of them */
    const char *label; /* what of it differs from the other groups; "": nothing */
};

struct groups {
    struct group **items; /* in the order in which they appear */
    size_t count, room;
};

/* Whether the results of the one belong to those of the other, too: what one thread does
   is the same at whatever distance the processors of several are. A group is a part of
   itself. */
bool is_part_of(const struct group *part, const struct group *whole);

/* Sets each result's group. */
struct groups groups_of(struct collection *results);

#endif
