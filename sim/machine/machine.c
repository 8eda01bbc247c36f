/* SPDX-License-Identifier: MIT */
/* What a machine is in words, and whether its parameters fit together. */
#include "sim/machine/machine.h"

#include <stdarg.h>
#include <stdio.h>

#include "sim/machine/parameters.h"

const char *const structure_names[] = {"smp", "dancehall", "numa", NULL};
const char *const protocol_names[] = {"mesi", "msi", "dragon", "firefly", "none", NULL};
const char *const arbitration_names[] = {"fifo", "fixed", "random", NULL};

bool machine_refuse(const char *where, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)fprintf(stderr, "locksim: %s: ", where);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
    return false;
}

unsigned machine_distance(const struct machine *machine, unsigned node, unsigned other)
{
    if (node == other) {
        return 0;
    }
    /* What no text gives is next to each other. */
    bool given = machine->nodes > 0 && node < FAR_NODES && other < FAR_NODES;
    unsigned distance = given ? machine->distance[node][other] : 1;
    return distance == 0 ? 1 : distance;
}

/* --- checking ----------------------------------------------------------------------- */

static bool check_structure(const struct machine *machine)
{
    bool updates = protocol_updates(machine->protocol);
    const char *protocols = NULL;
    if (machine->structure == SMP && machine->protocol == NO_CACHES) {
        protocols = "mesi, msi, dragon or firefly";
    } else if (machine->structure == DANCEHALL && machine->protocol != NO_CACHES) {
        protocols = "none: it has no caches";
    } else if (machine->structure == NUMA && updates) {
        protocols = "mesi, msi or none";
    }
    if (protocols != NULL) {
        return machine_refuse(machine->name,
                              "protocol = %s does not fit %s; there it is %s",
                              protocol_names[machine->protocol],
                              structure_names[machine->structure], protocols);
    }
    return true;
}

/* What its structure needs must be said, also if it is to cost nothing. */
static bool check_costs(const struct machine *machine)
{
    bool smp = machine->structure == SMP;
    bool updates = protocol_updates(machine->protocol);
    bool directory = machine->structure == NUMA && machine->protocol != NO_CACHES;
    const struct {
        const char *key;
        bool needed;
    } costs[] = {
        {"bus_memory", smp},
        {"bus_cache", smp},
        {"bus_upgrade", smp && !updates},
        {"bus_update", smp && updates},
        {"bus_write_back", smp && machine->caching > 0},
        {"network", !smp},
        {"module", !smp && !directory},
        {"memory", directory},
        {"cache", directory},
    };
    for (unsigned i = 0; i < sizeof costs / sizeof *costs; i++) {
        if (costs[i].needed && !parameter_given(machine, costs[i].key)) {
            return machine_refuse(machine->name, "%s is missing; %s needs it",
                                  costs[i].key, structure_names[machine->structure]);
        }
    }
    return true;
}

static bool check_sizes(const struct machine *machine)
{
    if (machine->page < machine->line) {
        return machine_refuse(machine->name, "page = %u is less than a line: at least %u",
                              machine->page, machine->line);
    }
    if (machine->ways > machine->caching ||
        (machine->ways > 0 && machine->caching % machine->ways != 0)) {
        return machine_refuse(machine->name,
                              "caching = %u is not a multiple of ways = %u",
                              machine->caching, machine->ways);
    }
    uint64_t places = (uint64_t)machine->nodes * machine->cores;
    if (machine->structure == NUMA && machine->nodes > 0 && machine->most > places) {
        return machine_refuse(machine->name,
                              "processors = %u is more than nodes · cores = %u · %u",
                              machine->most, machine->nodes, machine->cores);
    }
    return true;
}

/* Distances are given for all pairs of nodes or for none, the same both ways. */
static bool check_distances(const struct machine *machine)
{
    unsigned nodes = machine->nodes, last = 0;
    bool any = false;
    for (unsigned i = 0; i < FAR_NODES; i++) {
        for (unsigned j = 0; j < FAR_NODES; j++) {
            if (machine->distance[i][j] != 0) {
                any = true;
                last = i > last ? i : last;
                last = j > last ? j : last;
            }
        }
    }
    if (!any) {
        return true;
    }
    if (machine->structure != NUMA || nodes <= last) {
        return machine_refuse(machine->name,
                              "distances reach to node %u; that takes structure = numa "
                              "and nodes = %u or more",
                              last, last + 1);
    }
    for (unsigned i = 0; i < nodes && i < FAR_NODES; i++) {
        if (machine->distance[i][i] != 0) {
            return machine_refuse(machine->name,
                                  "distance.%u: from node %u to itself is 0", i, i);
        }
        for (unsigned j = 0; j < i; j++) {
            unsigned there = machine->distance[i][j], back = machine->distance[j][i];
            if (there != back || there == 0) {
                return machine_refuse(machine->name,
                                      "nodes %u and %u are %u apart one way and %u the "
                                      "other: the same both ways, 1 to %d",
                                      i, j, there, back, DISTANCES - 1);
            }
        }
    }
    return true;
}

bool machine_check(const struct machine *machine)
{
    return check_structure(machine) && check_costs(machine) && check_sizes(machine) &&
           check_distances(machine);
}
