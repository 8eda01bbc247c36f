/* SPDX-License-Identifier: MIT */
/* The machine, as hwloc sees it: see lockstep/topology.h. */
#ifdef __has_include
#if !__has_include(<hwloc.h>)
#error "liblockstep-topology and the tools need hwloc: see `make deps`"
#endif
#endif

#include <ctype.h>
#include <errno.h>
#include <hwloc.h>
#include <limits.h>
#include <lockstep/topology.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct lks_topology {
    hwloc_topology_t machine; /* restricted to what the process may use */
    char description[256];
};

/* Leaves of the machine only the processors that the process is bound to (taskset); hwloc
   has left out by itself what a cgroup forbids. */
static int restrict_to_binding(hwloc_topology_t machine)
{
    hwloc_bitmap_t bound = hwloc_bitmap_alloc();
    if (bound == NULL) {
        return ENOMEM;
    }
    int error = 0;
    /* Where the system does not tell of a binding there is none to obey. */
    if (hwloc_get_cpubind(machine, bound, HWLOC_CPUBIND_THREAD) == 0 &&
        hwloc_topology_restrict(machine, bound, HWLOC_RESTRICT_FLAG_REMOVE_CPULESS) !=
            0) {
        error = errno;
    }
    hwloc_bitmap_free(bound);
    return error;
}

static unsigned count_of(hwloc_topology_t machine, hwloc_obj_type_t type)
{
    int count = hwloc_get_nbobjs_by_type(machine, type);
    return count > 0 ? (unsigned)count : 1;
}

/* The outermost cache around the first processor, or NULL. */
static hwloc_obj_t last_level_cache(hwloc_topology_t machine)
{
    hwloc_obj_t cache = NULL;
    for (hwloc_obj_t object = hwloc_get_obj_by_type(machine, HWLOC_OBJ_PU, 0);
         object != NULL; object = object->parent) {
        if (hwloc_obj_type_is_dcache(object->type)) {
            cache = object;
        }
    }
    return cache;
}

static void append(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void append(char *text, size_t size, const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
}

static void append_count(char *text, size_t size, unsigned count, const char *what)
{
    append(text, size, ", %u %s%s", count, what, count == 1 ? "" : "s");
}

/* Whether the processor says that a hypervisor runs it, where the system tells. */
static bool is_virtual_machine(void)
{
    FILE *file = fopen("/proc/cpuinfo", "r");
    if (file == NULL) {
        return false;
    }
    bool found = false;
    char line[8192];
    while (!found && fgets(line, sizeof line, file) != NULL) {
        found = strncmp(line, "flags", 5) == 0 && strstr(line, " hypervisor") != NULL;
    }
    (void)fclose(file);
    return found;
}

static void describe(lks_topology_t *topology)
{
    char *text = topology->description;
    size_t size = sizeof topology->description;
    hwloc_obj_t package = hwloc_get_obj_by_type(topology->machine, HWLOC_OBJ_PACKAGE, 0);
    const char *model =
        package != NULL ? hwloc_obj_get_info_by_name(package, "CPUModel") : NULL;
    text[0] = '\0';
    append(text, size, "%s", model != NULL ? model : "unknown processor");
    append_count(text, size, count_of(topology->machine, HWLOC_OBJ_PACKAGE), "package");
    append_count(text, size, lks_topology_cores(topology), "core");
    append_count(text, size, lks_topology_processors(topology), "hardware thread");
    append_count(text, size, lks_topology_nodes(topology), "NUMA node");
    hwloc_obj_t cache = last_level_cache(topology->machine);
    if (cache != NULL) {
        append(text, size, ", %u × L%u %llu KiB", lks_topology_caches(topology),
               cache->attr->cache.depth,
               (unsigned long long)cache->attr->cache.size / 1024);
    }
    if (lks_topology_cache_line(topology) != 0) {
        append(text, size, ", %zu-byte lines", lks_topology_cache_line(topology));
    }
    if (is_virtual_machine()) {
        append(text, size, ", virtual machine");
    }
}

int lks_topology_create(lks_topology_t **topology)
{
    if (topology == NULL) {
        return EINVAL;
    }
    lks_topology_t *self = malloc(sizeof *self);
    if (self == NULL || hwloc_topology_init(&self->machine) != 0) {
        free(self);
        return ENOMEM;
    }
    int error = hwloc_topology_load(self->machine) == 0 ? 0 : errno;
    if (error == 0) {
        error = restrict_to_binding(self->machine);
    }
    if (error != 0) {
        lks_topology_destroy(self);
        return error;
    }
    describe(self);
    *topology = self;
    return 0;
}

void lks_topology_destroy(lks_topology_t *topology)
{
    if (topology != NULL) {
        hwloc_topology_destroy(topology->machine);
        free(topology);
    }
}

unsigned lks_topology_processors(const lks_topology_t *topology)
{
    return count_of(topology->machine, HWLOC_OBJ_PU);
}

unsigned lks_topology_cores(const lks_topology_t *topology)
{
    return count_of(topology->machine, HWLOC_OBJ_CORE);
}

unsigned lks_topology_caches(const lks_topology_t *topology)
{
    hwloc_obj_t cache = last_level_cache(topology->machine);
    return cache != NULL ? count_of(topology->machine, cache->type) : 1;
}

unsigned lks_topology_nodes(const lks_topology_t *topology)
{
    return count_of(topology->machine, HWLOC_OBJ_NUMANODE);
}

size_t lks_topology_cache_line(const lks_topology_t *topology)
{
    hwloc_obj_t cache = hwloc_get_obj_by_type(topology->machine, HWLOC_OBJ_L1CACHE, 0);
    if (cache != NULL && cache->attr->cache.linesize != 0) {
        return cache->attr->cache.linesize;
    }
#ifdef _SC_LEVEL1_DCACHE_LINESIZE
    long size = sysconf(_SC_LEVEL1_DCACHE_LINESIZE);
    return size > 0 ? (size_t)size : 0;
#else
    return 0;
#endif
}

const char *lks_topology_description(const lks_topology_t *topology)
{
    return topology->description;
}

/* Where a processor is: each number counts within what the next one counts. */
struct place {
    unsigned processor; /* the system's number */
    unsigned thread;    /* hardware thread of its core */
    unsigned core;      /* core of its last-level cache */
    unsigned cache;     /* last-level cache of its node */
    unsigned node;
    unsigned index; /* in hwloc's order, neighbours side by side */
};

static unsigned node_of(hwloc_topology_t machine, hwloc_obj_t processor)
{
    hwloc_obj_t node = NULL;
    while ((node = hwloc_get_next_obj_by_type(machine, HWLOC_OBJ_NUMANODE, node)) !=
           NULL) {
        if (hwloc_bitmap_isset(node->cpuset, processor->os_index)) {
            return node->logical_index;
        }
    }
    return 0;
}

/* Fills places[] with all processors in hwloc's order, in which those that share a core,
   a cache or a node follow each other: each number is told from the place before. */
static void list_places(hwloc_topology_t machine, struct place *places)
{
    hwloc_obj_t llc = last_level_cache(machine);
    hwloc_obj_t core_before = NULL;
    hwloc_obj_t cache_before = NULL;
    for (unsigned i = 0; i < count_of(machine, HWLOC_OBJ_PU); i++) {
        hwloc_obj_t processor = hwloc_get_obj_by_type(machine, HWLOC_OBJ_PU, i);
        hwloc_obj_t core =
            hwloc_get_ancestor_obj_by_type(machine, HWLOC_OBJ_CORE, processor);
        hwloc_obj_t cache =
            llc != NULL ? hwloc_get_ancestor_obj_by_type(machine, llc->type, processor)
                        : NULL;
        struct place place = {.processor = processor->os_index,
                              .node = node_of(machine, processor),
                              .index = i};
        const struct place *before = i > 0 ? &places[i - 1] : NULL;
        if (before != NULL && before->node == place.node) {
            place.cache = before->cache + (cache != cache_before);
            if (cache == cache_before) {
                bool same_core = core != NULL && core == core_before;
                place.core = before->core + !same_core;
                place.thread = same_core ? before->thread + 1 : 0;
            }
        }
        places[i] = place;
        core_before = core;
        cache_before = cache;
    }
}

/* One policy, as an order of places: negative if `a` comes first. */
typedef int compare_function(const struct place *a, const struct place *b);

static int compare(unsigned a, unsigned b)
{
    return (a > b) - (a < b);
}

static int compact(const struct place *a, const struct place *b)
{
    return compare(a->index, b->index);
}

static int scatter(const struct place *a, const struct place *b)
{
    int order = compare(a->thread, b->thread);
    order = order != 0 ? order : compare(a->core, b->core);
    order = order != 0 ? order : compare(a->cache, b->cache);
    return order != 0 ? order : compare(a->node, b->node);
}

static int by_node(const struct place *a, const struct place *b)
{
    int order = compare(a->node, b->node);
    order = order != 0 ? order : compare(a->thread, b->thread);
    return order != 0 ? order : compare(a->index, b->index);
}

static int by_cache(const struct place *a, const struct place *b)
{
    int order = compare(a->node, b->node);
    order = order != 0 ? order : compare(a->cache, b->cache);
    return order != 0 ? order : by_node(a, b);
}

static const struct {
    const char *name;
    compare_function *function;
} policies[] = {
    {"compact", compact}, {"scatter", scatter}, {"cache", by_cache}, {"node", by_node}};

static void sort_places(struct place *places, unsigned count, compare_function *function)
{
    /* By insertion: qsort_r differs from system to system, and they are few. */
    for (unsigned i = 1; i < count; i++) {
        struct place place = places[i];
        unsigned j = i;
        for (; j > 0 && function(&place, &places[j - 1]) < 0; j--) {
            places[j] = places[j - 1];
        }
        places[j] = place;
    }
}

static bool is_allowed(const lks_topology_t *topology, unsigned long processor)
{
    return processor <= INT_MAX &&
           hwloc_bitmap_isset(hwloc_topology_get_topology_cpuset(topology->machine),
                              (unsigned)processor);
}

/* Reads one number of a list. Returns whether there was one, and moves *text past it. */
static bool read_number(const char **text, unsigned long *number)
{
    if (!isdigit((unsigned char)**text)) {
        return false;
    }
    char *end;
    *number = strtoul(*text, &end, 10);
    *text = end;
    return true;
}

/* Fills processors[] from a list such as "0,2,4-7", over again where it is short. */
static int place_by_list(const lks_topology_t *topology, const char *list,
                         unsigned *processors, unsigned count)
{
    unsigned filled = 0;
    const char *text = list;
    do {
        unsigned long first;
        unsigned long last;
        if (!read_number(&text, &first)) {
            return EINVAL;
        }
        last = first;
        if (*text == '-') {
            text++;
            if (!read_number(&text, &last) || last < first) {
                return EINVAL;
            }
        }
        for (unsigned long processor = first; processor <= last; processor++) {
            if (!is_allowed(topology, processor)) {
                return ENODEV;
            }
            if (filled < count) {
                processors[filled++] = (unsigned)processor;
            }
        }
    } while (*text++ == ',');
    if (text[-1] != '\0') {
        return EINVAL;
    }
    for (unsigned i = filled; i < count; i++) {
        processors[i] = processors[i - filled];
    }
    return 0;
}

int lks_topology_place(const lks_topology_t *topology, const char *policy,
                       unsigned *processors, unsigned count)
{
    if (topology == NULL || policy == NULL || processors == NULL) {
        return EINVAL;
    }
    compare_function *function = NULL;
    for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++) {
        if (strcmp(policy, policies[i].name) == 0) {
            function = policies[i].function;
        }
    }
    if (function == NULL) {
        return place_by_list(topology, policy, processors, count);
    }
    unsigned available = lks_topology_processors(topology);
    struct place *places = calloc(available, sizeof *places);
    if (places == NULL) {
        return ENOMEM;
    }
    list_places(topology->machine, places);
    sort_places(places, available, function);
    for (unsigned i = 0; i < count; i++) {
        processors[i] = places[i % available].processor;
    }
    free(places);
    return 0;
}

int lks_topology_pin(const lks_topology_t *topology, unsigned processor)
{
    if (topology == NULL || !is_allowed(topology, processor)) {
        return EINVAL;
    }
    hwloc_bitmap_t set = hwloc_bitmap_alloc();
    if (set == NULL) {
        return ENOMEM;
    }
    (void)hwloc_bitmap_only(set, processor);
    int error =
        hwloc_set_cpubind(topology->machine, set, HWLOC_CPUBIND_THREAD) == 0 ? 0 : errno;
    hwloc_bitmap_free(set);
    return error;
}
