/* SPDX-License-Identifier: MIT */
/* The way of a cache line from one processor to another. */
#ifndef LOCKBENCH_PING_PONG_H
#define LOCKBENCH_PING_PONG_H

#include "bench/team.h"

/* What is played with: zeros, wherever in memory it may be. */
struct table {
    alignas(LKS_CACHE_LINE) _Atomic(uint32_t) ball; /* odd: at thread 1 */
    alignas(LKS_CACHE_LINE) double one_way_ns;
};

/* Nanoseconds, one way, or NaN if it was interrupted; then the table is still in use.
   What else ran meanwhile is in *company, unless that is NULL. */
double ping_pong(const lks_topology_t *topology, const unsigned pair[2],
                 struct table *table, struct company *company);

#endif
