/* SPDX-License-Identifier: MIT */
#include "bench/machine.h"

#include <hwloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "common/json.h"
#include "common/tool.h"

/* null for a number that is not known, and for one of which there is none. */
static json_t *count_or_null(uint64_t count)
{
    return count > 0 ? json_count(count) : json_null();
}

static json_t *count_of(hwloc_topology_t topology, hwloc_obj_type_t type)
{
    int count = hwloc_get_nbobjs_by_type(topology, type);
    return count_or_null(count > 0 ? (uint64_t)count : 0);
}

static void set_caches(json_t *machine, hwloc_topology_t topology)
{
    static const struct {
        hwloc_obj_type_t type;
        const char *count, *bytes;
    } levels[] = {
        {HWLOC_OBJ_L1CACHE, "l1d_caches", "l1d_bytes"},
        {HWLOC_OBJ_L2CACHE, "l2_caches", "l2_bytes"},
        {HWLOC_OBJ_L3CACHE, "l3_caches", "l3_bytes"},
    };
    uint64_t line = 0;
    for (unsigned i = 0; i < sizeof levels / sizeof *levels; i++) {
        hwloc_obj_t cache = hwloc_get_obj_by_type(topology, levels[i].type, 0);
        set(machine, levels[i].count, count_of(topology, levels[i].type));
        set(machine, levels[i].bytes,
            count_or_null(cache != NULL ? cache->attr->cache.size : 0));
        if (line == 0 && cache != NULL) {
            line = cache->attr->cache.linesize;
        }
    }
    set(machine, "cache_line_bytes", count_or_null(line));
}

/* Whether the processor says that a hypervisor runs it; only x86's does. */
static json_t *is_virtual(void)
{
    json_t *answer = json_null();
    FILE *file = fopen("/proc/cpuinfo", "r");
    char line[8192];
    while (file != NULL && json_is_null(answer) &&
           fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "flags", 5) == 0) {
            answer = json_boolean(strstr(line, " hypervisor") != NULL);
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return answer;
}

/* The first line of a file, or null. */
static json_t *line_of(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[256];
    json_t *text = json_null();
    if (file != NULL && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        text = json_text(line);
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return text;
}

/* The last cache above a processor that holds data; NULL: there is none. */
static hwloc_obj_t last_cache(hwloc_obj_t processor)
{
    hwloc_obj_t found = NULL;
    for (hwloc_obj_t above = processor->parent; above != NULL; above = above->parent) {
        found = hwloc_obj_type_is_dcache(above->type) ? above : found;
    }
    return found;
}

/* The processors' numbers, in an array for each core; these in one for each last-level
   cache, these in one for each NUMA node, these in one for each package. */
static json_t *processors_of(hwloc_topology_t topology)
{
    enum { DEPTH = 4 };
    const void *last[DEPTH] = {NULL};
    json_t *open[DEPTH + 1] = {json_array()};
    hwloc_obj_t processor = NULL;
    while ((processor = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_PU, processor)) !=
           NULL) {
        const void *in[DEPTH] = {
            hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_PACKAGE, processor),
            hwloc_get_next_obj_covering_cpuset_by_type(topology, processor->cpuset,
                                                       HWLOC_OBJ_NUMANODE, NULL),
            last_cache(processor),
            hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_CORE, processor)};
        bool other = open[1] == NULL;
        for (int i = 0; i < DEPTH; i++) {
            other = other || in[i] != last[i] || (i == DEPTH - 1 && in[i] == NULL);
            if (other) {
                open[i + 1] = json_array();
                (void)json_array_append_new(open[i], open[i + 1]);
            }
            last[i] = in[i];
        }
        (void)json_array_append_new(open[DEPTH], json_integer(processor->os_index));
    }
    return open[0];
}

json_t *machine_facts(void)
{
    json_t *machine = json_object();
    hwloc_topology_t topology = NULL;
    if (hwloc_topology_init(&topology) != 0 || hwloc_topology_load(topology) != 0) {
        refuse("cannot look at the machine");
    }
    hwloc_bitmap_t bound =
        hwloc_bitmap_alloc(); /* taskset's, as everywhere in lockbench */
    if (bound != NULL && hwloc_get_cpubind(topology, bound, HWLOC_CPUBIND_THREAD) == 0) {
        (void)hwloc_topology_restrict(topology, bound,
                                      HWLOC_RESTRICT_FLAG_REMOVE_CPULESS);
    }
    hwloc_bitmap_free(bound);
    hwloc_obj_t package = hwloc_get_obj_by_type(topology, HWLOC_OBJ_PACKAGE, 0);
    struct utsname system;
    bool known = uname(&system) == 0;
    set(machine, "model",
        json_text(package != NULL ? hwloc_obj_get_info_by_name(package, "CPUModel")
                                  : NULL));
    set(machine, "architecture", json_text(known ? system.machine : NULL));
    set(machine, "packages", count_of(topology, HWLOC_OBJ_PACKAGE));
    set(machine, "cores", count_of(topology, HWLOC_OBJ_CORE));
    set(machine, "hardware_threads", count_of(topology, HWLOC_OBJ_PU));
    set(machine, "numa_nodes", count_of(topology, HWLOC_OBJ_NUMANODE));
    set_caches(machine, topology);
    set(machine, "processors", processors_of(topology));
    set(machine, "virtual", is_virtual());
    set(machine, "system", json_text(known ? system.sysname : NULL));
    set(machine, "kernel", json_text(known ? system.release : NULL));
    set(machine, "frequency_governor",
        line_of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
    hwloc_topology_destroy(topology);
    return machine;
}

void set_origin(json_t *record, json_t *machine, time_t started)
{
    struct tm broken_down;
    char date[32] = "", host[256] = "";
    (void)gmtime_r(&started, &broken_down);
    (void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &broken_down);
    bool known = gethostname(host, sizeof host - 1) == 0;
    set(record, "date", json_text(date));
    set(record, "host", json_text(known ? host : NULL));
    set(record, "machine", json_incref(machine));
}
