/* SPDX-License-Identifier: MIT */
/* The machines that results are from, drawn, and the ways of a cache line in them. */
#ifndef LOCKBENCH_PAGE_MACHINES_H
#define LOCKBENCH_PAGE_MACHINES_H

#include "bench/page/alike.h"
#include "bench/page/plot.h"

/* A machine, as a record has it. */
struct machine {
    const json_t *record;
    char *text; /* in words */
    char id[32];
};

/* Ways of a cache line, of one group. */
struct ways {
    const struct group *group;
    const struct result **items;
    size_t count;
    json_int_t *processors; /* that they are between, in order */
    size_t processor_count;
    double least, most;
    char id[32];
};

struct machines {
    struct machine *items;
    size_t count, room;
};

struct matrices {
    struct ways *items;
    size_t count, room;
};

struct machines machines_of(const struct collection *results);
struct matrices matrices_of(struct collection *results, const struct groups *groups);

/* Whether the record says how its processors lie, so that they can be drawn. */
bool machine_is_known(const struct machine *machine);

struct picture picture_of_machine(const struct machine *machine);
struct picture picture_of_ways(const struct ways *ways);

#endif
