/* SPDX-License-Identifier: MIT */
/*
 * What a simulated machine is: one of three structures, and what things cost there.
 *
 *   smp                        dancehall                    numa
 *   P   P   P                  P   P   P                    P P     P P     P P
 *   |   |   |  caches          |   |   |                    c c     c c     c c
 *   +---+---+--- bus           network                      M,dir   M,dir   M,dir
 *       |                      |   |   |                      |       |       |
 *     memory                   M   M   M  modules             +-- network ----+
 *
 * A machine is described by a text, a line a parameter (parameters.c has the names):
 *
 *   # comment
 *   structure = smp
 *   hit = 1          # where the figure comes from
 *
 * The machines that come with locksim are such texts (texts/), compiled in.
 */
#ifndef LOCKSIM_MACHINE_H
#define LOCKSIM_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "virtual/virtual.h"

typedef uint64_t cycles;

enum structure { SMP, DANCEHALL, NUMA };

/* NO_CACHES: each access goes to memory. Always so in a dance hall, a choice for
   numa. */
enum protocol { MESI, MSI, DRAGON, FIREFLY, NO_CACHES };

/* Writes update other copies, and do not invalidate them. */
static inline bool protocol_updates(enum protocol protocol)
{
    return protocol == DRAGON || protocol == FIREFLY;
}

enum arbitration { FIFO, FIXED, RANDOM };

/* How far apart two processors are: 0 the same node, then farther. Of more than FAR_NODES
   nodes, only the first may be farther than neighbours. */
enum { DISTANCES = 8, NODES = VM_PROCESSORS, FAR_NODES = 64 };

/* For figures measured from end to end: latency[use][found][distance], 0 if unknown. */
enum found { FOUND_MODIFIED, FOUND_EXCLUSIVE, FOUND_SHARED, FOUND_MEMORY, FOUNDS };
enum use { READ, WRITE, MODIFY, USES }; /* MODIFY: an atomic read-modify-write */

struct machine {
    char name[64];     /* "smp", "symmetry", the file's name */
    char summary[128]; /* a line */
    enum structure structure;
    enum protocol protocol;
    enum arbitration arbitration;
    unsigned line;    /* bytes of a cache line */
    unsigned caching; /* lines that a cache holds; 0: no limit */
    unsigned ways;    /* of each of its sets; 0: one set of all */
    unsigned page;    /* bytes that are placed together, at their first user */
    unsigned most;    /* processors that it has; VM_PROCESSORS: as many as are wanted */

    /* cycles, of a processor */
    cycles hit;    /* an access that needs nothing but the cache */
    cycles atomic; /* what a read-modify-write takes more, wherever it is done */
    cycles pause;  /* a pause of the processor; a failed try of a wait takes one more */

    /* smp: how long a transaction has the bus */
    cycles bus_memory;     /* a line from memory */
    cycles bus_cache;      /* a line from another cache */
    cycles bus_upgrade;    /* invalidating, without data */
    cycles bus_update;     /* a word to other caches (firefly: and to memory) */
    cycles bus_write_back; /* a line to memory */

    /* dancehall, numa */
    cycles network; /* one way, between neighbours (distance 1; d times that for d) */
    cycles module;  /* dancehall; numa without caches: a memory module serves an access */
    unsigned modules; /* dancehall: how many; 0: as many as processors */
    cycles directory; /* numa: the home looks up a line */
    cycles memory;    /* numa: and reads or writes it */
    cycles cache;     /* numa: another cache answers (with data, or an acknowledgement) */
    cycles link;      /* numa: a node's link sends or takes one message */

    unsigned nodes;                          /* numa; 0: as many as needed */
    unsigned cores;                          /* numa: processors of a node */
    uint8_t distance[FAR_NODES][FAR_NODES];  /* of nodes, where `nodes` is not 0 */
    cycles latency[USES][FOUNDS][DISTANCES]; /* numa: instead of the sum of messages */

    uint32_t given; /* which of these have been set, by the rows of parameters.c */
};

/* The node of a processor. */
static inline unsigned machine_node(const struct machine *machine, unsigned processor)
{
    return machine->structure == NUMA ? processor / machine->cores : processor;
}

unsigned machine_distance(const struct machine *machine, unsigned node, unsigned other);

/* Whether what has been set fits together; if not, says so. */
bool machine_check(const struct machine *machine);

/* Prints "locksim: where: what" and returns false. */
bool machine_refuse(const char *where, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* By their enumerators; NULL at the end. */
extern const char *const structure_names[], *const protocol_names[],
                                                *const arbitration_names[];

#endif
