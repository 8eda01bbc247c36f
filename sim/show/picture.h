/* SPDX-License-Identifier: MIT */
/* The picture of --timeline: what has been recorded of runs, and drawing it. */
#ifndef LOCKSIM_PICTURE_H
#define LOCKSIM_PICTURE_H

#include "sim/simulate.h"

enum {
    PICTURE_NAME = 64,
    PICTURE_ARROWS = 4000,  /* kept of a run; of more, one in 2, 4, … is */
    PICTURE_BARS = 1 << 22, /* kept of a run: what comes later is not drawn */
};

/* A phase of a processor. */
struct bar {
    cycles begin, end;
    enum phase phase;
};

struct row {
    struct bar *bars;
    size_t count, room;
};

/* A line of a run. */
struct cell {
    const struct line *line; /* NULL after the run */
    uintptr_t number;
    unsigned index, group;
    uint64_t transfers;
    char name[PICTURE_NAME];
};

/* A transfer of a line. */
struct arrow {
    cycles begin, end;
    int from, to;
    uint64_t lot; /* decides whether it is kept */
    uint32_t cell;
};

/* A run. */
struct panel {
    char *title;
    unsigned count; /* of processors */
    struct row *rows;
    size_t bars;
    struct cell **cells;
    size_t cell_count, cell_room;
    struct arrow *arrows;
    size_t arrow_count;
    uint64_t transfers, thinned; /* one in `thinned` is among the arrows */
    cycles end;
};

/* Lines, of all runs, whose names differ by an index only: "node[…]". */
struct group {
    char name[PICTURE_NAME];
    uint64_t transfers;
};

struct picture {
    struct panel *panels;
    size_t panel_count, panel_room;
    struct group *groups;
    size_t group_count, group_room;
};

/* Opens the file that it is to be drawn into, and draws it there; false with a line on
   stderr when that fails. */
bool picture_open(const char *path);
bool picture_write(const struct picture *picture, const char *heading);

#endif
