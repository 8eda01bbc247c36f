/* SPDX-License-Identifier: MIT */
/*
 * The machine, and where on it to put threads. In liblockstep-topology, which needs
 * hwloc.
 *
 * Only processors that the process may use are counted and given out: what taskset, a
 * cgroup or a batch system took away is not there.
 */
#ifndef LOCKSTEP_TOPOLOGY_H
#define LOCKSTEP_TOPOLOGY_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lks_topology lks_topology_t;

/* Looks at the machine and stores what it found in *topology. What the process may use is
   what the calling thread may: call it before that thread is bound to a processor.
   Returns 0, EINVAL for a null pointer, ENOMEM, or the errno value that hwloc failed
   with. */
int lks_topology_create(lks_topology_t **topology);

/* Frees the topology. NULL is allowed. */
void lks_topology_destroy(lks_topology_t *topology);

/* Returns how many there are that this process may use: logical processors (hardware
   threads), cores, last-level caches, NUMA nodes. Each at least 1. */
unsigned lks_topology_processors(const lks_topology_t *topology);
unsigned lks_topology_cores(const lks_topology_t *topology);
unsigned lks_topology_caches(const lks_topology_t *topology);
unsigned lks_topology_nodes(const lks_topology_t *topology);

/* Returns the size of a line of the first-level data cache in bytes, or 0 if the system
   does not tell. LKS_CACHE_LINE is what the library was laid out for. */
size_t lks_topology_cache_line(const lks_topology_t *topology);

/* Returns one line about the machine, such as "AMD EPYC, 1 package, 2 cores, 2 hardware
   threads, 1 NUMA node, 1 × L3 32768 KiB, 64-byte lines, virtual machine". It lives as
   long as the topology. */
const char *lks_topology_description(const lks_topology_t *topology);

/*
 * Says which logical processor each of `count` threads goes to: stores the operating
 * system's number for thread i in processors[i]. With more threads than processors the
 * order begins anew. `policy` is one of
 *
 *   "compact"   as close together as can be: the hardware threads of a core, then the
 *               next core, cache by cache
 *   "scatter"   as far apart as can be: another NUMA node, cache, core each time
 *   "cache"     one last-level cache after the other; within one, all cores before a
 *               second hardware thread of any
 *   "node"      the same with NUMA nodes
 *   "0,2,4-7"   an explicit list of the system's numbers, in this order
 *
 * Returns 0, EINVAL for a null pointer, a policy it does not know, an empty or garbled
 * list, ENODEV for a list with a processor that does not exist or that the process may
 * not use, or ENOMEM.
 */
int lks_topology_place(const lks_topology_t *topology, const char *policy,
                       unsigned *processors, unsigned count);

/* Binds the calling thread to the logical processor with the system's number `processor`.
   Returns 0, EINVAL for a null pointer or a processor that the process may not use,
   ENOMEM, or the errno value that the system refused with. */
int lks_topology_pin(const lks_topology_t *topology, unsigned processor);

#ifdef __cplusplus
}
#endif

#endif
