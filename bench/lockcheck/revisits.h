/* SPDX-License-Identifier: MIT */
/* Reads that a new write could be the source of. */
#ifndef LOCKCHECK_REVISITS_H
#define LOCKCHECK_REVISITS_H

#include "graph.h"

/* Leaves items for the reads that a new write may revisit, one for each place that it could
   have in its location's order. Returns how many. */
unsigned push_revisits(event_id by);

#endif
