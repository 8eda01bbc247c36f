/* SPDX-License-Identifier: MIT */
/*
 * Work that is left. Where an event could have been another one, an item is left behind:
 *
 *   a read could read another write            ITEM_READ
 *   a write could have another place           ITEM_PLACE
 *   a choice could be another                  ITEM_CHOICE
 *   a read that was there already could read   ITEM_REVISIT: what was added after the
 *                                              read
 *   the new write                              is dropped, but for what the write needs
 *   another thread could have taken a lock     ITEM_LOCK: the same, with the taking of
 *                                              the lock in place of the read
 *
 * Items are taken up last in, first out. Each cuts the graph back to where it was left; a
 * revisit leaves the graph to the older items and goes on with a copy.
 *
 * A search may be one of those executions only that have few deviations from the first
 * (lockcheck-model(7)): so many items lead to an execution, but for those that do not
 * count. An item that leads to too many is dropped when its turn comes.
 */
#ifndef LOCKCHECK_WORK_H
#define LOCKCHECK_WORK_H

#include "check/explore/graph.h"

enum item_kind { ITEM_READ, ITEM_PLACE, ITEM_CHOICE, ITEM_REVISIT, ITEM_LOCK };

struct item {
    uint8_t kind;
    bool spurious;   /* ITEM_READ */
    bool waits;      /* ITEM_REVISIT: the read takes a lock, and has to wait for it */
    bool free;       /* it is no deviation */
    bool adds;       /* ITEM_REVISIT: `event` becomes an update that reads `other` … */
    uint8_t order;   /* … with that memory order */
    uint16_t choice; /* ITEM_CHOICE */
    uint32_t deviations; /* set by push_item: of what it leads to */
    uint32_t stamp;      /* cut the graph here first */
    event_id event;      /* the read, write or choice; ITEM_LOCK: to be added … */
    event_id other;      /* the write to read, or to be put behind */
    event_id read;     /* ITEM_REVISIT: to read `event`; ITEM_LOCK: the twin of `event` */
    uint32_t location; /* ITEM_LOCK: … there */
    uint32_t since;    /* … and what was added since then is dropped */
};

void push_item(const struct item *item);

/* Begins anew, with an empty graph; or with a copy of one, and nothing left to do. */
void work_begin(const struct graph *graph);

/* The graph to go on with. */
struct graph *work_graph(void);

/* Takes up the newest item that is not dropped. Returns false when there is none. */
bool next_item(void);

/* Estimates how many runs there are (probes.h), with up to so many samples of a level; no
   fewer than the time before. All that was left to do is dropped. 0 if it has become
   late, and is so from then on. `by_chance`: from 0 on, below 1. */
double work_sample(unsigned count, double (*by_chance)(void), bool (*is_late)(void));

/* How many items are left, up to 2. */
size_t items_left(void);

/* Of all that is left, the oldest item alone; or all but the oldest. */
void keep_oldest(void);
void drop_oldest(void);

#endif
