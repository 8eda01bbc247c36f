/* SPDX-License-Identifier: MIT */
/* How near to each other two processors are. */
#ifndef LOCKBENCH_LEVELS_H
#define LOCKBENCH_LEVELS_H

#include <stdbool.h>
#include <stddef.h>

/* What is the least that they share; where there is no such level, the next one. */
enum level { SAME_PROCESSOR, SAME_CORE, SAME_CACHE, SAME_NODE, ELSEWHERE, LEVELS };

/* "core" and so on. */
extern const char *const level_names[LEVELS];

/* A processor, and numbers of what it is in. */
struct place {
    unsigned processor, core, cache, node;
};

/* Where each of `count` processors is; without it, for NULL, all are elsewhere. */
void find_places(struct place *places, const unsigned *processors, unsigned count);

/* Whether hwloc looks at this machine, and not at one that the environment describes. */
bool is_this_machine(void);

/* Memory on the node of a processor, or where the system has it if that cannot be; zeros.
   Give it back with its size. */
void *allocate_near(unsigned processor, size_t size);
void free_near(void *memory, size_t size);

static inline enum level level_between(const struct place *one, const struct place *other)
{
    return one->processor == other->processor ? SAME_PROCESSOR
           : one->core == other->core         ? SAME_CORE
           : one->cache == other->cache       ? SAME_CACHE
           : one->node == other->node         ? SAME_NODE
                                              : ELSEWHERE;
}

#endif
