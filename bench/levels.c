/* SPDX-License-Identifier: MIT */
#include "bench/levels.h"

#include <hwloc.h>

#include "common/memory.h"

const char *const level_names[LEVELS] = {[SAME_PROCESSOR] = "processor",
                                         [SAME_CORE] = "core",
                                         [SAME_CACHE] = "cache",
                                         [SAME_NODE] = "node",
                                         [ELSEWHERE] = "elsewhere"};

/* The machine, for the whole run. */
static hwloc_topology_t machine(void)
{
    static hwloc_topology_t topology;
    if (topology == NULL &&
        (hwloc_topology_init(&topology) != 0 || hwloc_topology_load(topology) != 0)) {
        refuse("cannot look at the machine");
    }
    return topology;
}

/* The number of what contains the processor and is of that type; the last-level cache is
   the topmost one that it is in. A number of its own where there is none. */
static unsigned number_of(hwloc_obj_t processor, hwloc_obj_type_t type)
{
    hwloc_obj_t found = NULL;
    if (type == HWLOC_OBJ_NUMANODE) {
        found = hwloc_get_next_obj_covering_cpuset_by_type(machine(), processor->cpuset,
                                                           type, NULL);
    }
    for (hwloc_obj_t above = processor->parent; above != NULL; above = above->parent) {
        if (above->type == type ||
            (type == HWLOC_OBJ_L3CACHE && hwloc_obj_type_is_dcache(above->type))) {
            found = above;
        }
    }
    return found != NULL ? (unsigned)found->gp_index : ~processor->os_index;
}

void find_places(struct place *places, const unsigned *processors, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        hwloc_obj_t object = processors != NULL
                                 ? hwloc_get_pu_obj_by_os_index(machine(), processors[i])
                                 : NULL;
        unsigned own = ~i;
        places[i] = object == NULL
                        ? (struct place){own, own, own, own}
                        : (struct place){processors[i], number_of(object, HWLOC_OBJ_CORE),
                                         number_of(object, HWLOC_OBJ_L3CACHE),
                                         number_of(object, HWLOC_OBJ_NUMANODE)};
    }
}

bool is_this_machine(void)
{
    return hwloc_topology_is_thissystem(machine()) != 0;
}

void *allocate_near(unsigned processor, size_t size)
{
    hwloc_obj_t object = hwloc_get_pu_obj_by_os_index(machine(), processor);
    void *memory = object == NULL
                       ? NULL
                       : hwloc_alloc_membind(machine(), size, object->nodeset,
                                             HWLOC_MEMBIND_BIND, HWLOC_MEMBIND_BYNODESET);
    memory = memory != NULL ? memory : sure(hwloc_alloc(machine(), size));
    return memset(memory, 0, size);
}

void free_near(void *memory, size_t size)
{
    (void)hwloc_free(machine(), memory, size);
}
