/* SPDX-License-Identifier: MIT */
/* Nodes, cores and distances of a real machine, from what hwloc's lstopo has written. */
#include "sim/machine/topology.h"

#include <errno.h>
#include <fcntl.h>
#include <hwloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/input.h"

struct real {
    hwloc_obj_t nodes[FAR_NODES]; /* those with processors of their own */
    unsigned count, cores;
};

/* --- nodes -------------------------------------------------------------------------- */

static unsigned cores_of(hwloc_topology_t topology, hwloc_obj_t node)
{
    int cores =
        hwloc_get_nbobjs_inside_cpuset_by_type(topology, node->cpuset, HWLOC_OBJ_CORE);
    if (cores <= 0) { /* some systems list none */
        cores =
            hwloc_get_nbobjs_inside_cpuset_by_type(topology, node->cpuset, HWLOC_OBJ_PU);
    }
    return cores > 0 ? (unsigned)cores : 0;
}

/* Memory without processors, or beside other memory of the same ones, is no node. */
static bool is_extra_memory(const struct real *real, hwloc_obj_t node)
{
    for (unsigned i = 0; i < real->count; i++) {
        if (hwloc_bitmap_intersects(real->nodes[i]->cpuset, node->cpuset)) {
            return true;
        }
    }
    return hwloc_bitmap_iszero(node->cpuset);
}

static bool find_nodes(hwloc_topology_t topology, const char *path, struct real *real)
{
    hwloc_obj_t node = NULL;
    real->count = 0;
    while ((node = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, node)) !=
           NULL) {
        if (is_extra_memory(real, node)) {
            continue;
        }
        unsigned cores = cores_of(topology, node);
        if (real->count == 0) {
            real->cores = cores;
        } else if (cores != real->cores) {
            return machine_refuse(path,
                                  "node %u has %u cores and node %u has %u: all nodes of "
                                  "a simulated machine are alike",
                                  real->nodes[0]->os_index, real->cores, node->os_index,
                                  cores);
        }
        if (real->count == FAR_NODES) {
            return machine_refuse(path, "more than %d nodes", FAR_NODES);
        }
        real->nodes[real->count++] = node;
    }
    if (real->count == 0 || real->cores == 0 ||
        real->count * real->cores > VM_PROCESSORS) {
        return machine_refuse(path, "%u nodes of %u cores: at least 1, at most %d cores",
                              real->count, real->cores, VM_PROCESSORS);
    }
    return true;
}

/* --- distances that the file gives ------------------------------------------------- */

/* The greater of the two ways between two nodes; 0 if the file has none. */
static hwloc_uint64_t latency_between(struct hwloc_distances_s *distances,
                                      hwloc_obj_t node, hwloc_obj_t other)
{
    int i = hwloc_distances_obj_index(distances, node);
    int j = hwloc_distances_obj_index(distances, other);
    if (i < 0 || j < 0) {
        return 0;
    }
    hwloc_uint64_t there =
        distances->values[(unsigned)i * distances->nbobjs + (unsigned)j];
    hwloc_uint64_t back =
        distances->values[(unsigned)j * distances->nbobjs + (unsigned)i];
    return there > back ? there : back;
}

static int compare(const void *one, const void *other)
{
    const hwloc_uint64_t *a = one, *b = other;
    return (*a > *b) - (*a < *b);
}

/* The least latency is 1, the next one 2, and so on; if there are too many, some that
   follow each other are the same. */
static unsigned class_of(hwloc_uint64_t latency, const hwloc_uint64_t *latencies,
                         unsigned count)
{
    unsigned rank = 0;
    while (latencies[rank] != latency) {
        rank++;
    }
    return 1 + (count < DISTANCES ? rank : rank * (DISTANCES - 1) / count);
}

/* Uses the distances of the file; false if it does not give all of them. */
static bool use_given(struct machine *machine, const struct real *real,
                      struct hwloc_distances_s *distances)
{
    static hwloc_uint64_t latencies[FAR_NODES * FAR_NODES]; /* sorted, each once */
    unsigned count = 0, distinct = 0;
    for (unsigned i = 0; i < real->count; i++) {
        for (unsigned j = 0; j < i; j++) {
            latencies[count++] =
                latency_between(distances, real->nodes[i], real->nodes[j]);
        }
    }
    qsort(latencies, count, sizeof *latencies, compare);
    if (count == 0 || latencies[0] == 0) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        if (i == 0 || latencies[i] != latencies[distinct - 1]) {
            latencies[distinct++] = latencies[i];
        }
    }
    for (unsigned i = 0; i < real->count; i++) {
        for (unsigned j = 0; j < real->count; j++) {
            if (i != j) {
                machine->distance[i][j] = (uint8_t)class_of(
                    latency_between(distances, real->nodes[i], real->nodes[j]), latencies,
                    distinct);
            }
        }
    }
    return true;
}

static bool read_distances(hwloc_topology_t topology, struct machine *machine,
                           const struct real *real)
{
    struct hwloc_distances_s *distances;
    unsigned count = 1;
    if (hwloc_distances_get_by_type(topology, HWLOC_OBJ_NUMANODE, &count, &distances,
                                    HWLOC_DISTANCES_KIND_MEANS_LATENCY, 0) != 0 ||
        count == 0) {
        return false;
    }
    bool all = use_given(machine, real, distances);
    hwloc_distances_release(topology, distances);
    return all;
}

/* --- distances that it does not give ----------------------------------------------- */

/* Two nodes of one package are nearer to each other than to others, if there are such. */
static void use_packages(hwloc_topology_t topology, struct machine *machine,
                         const struct real *real)
{
    hwloc_obj_t packages[FAR_NODES];
    bool share = false;
    for (unsigned i = 0; i < real->count; i++) {
        packages[i] =
            hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_PACKAGE, real->nodes[i]);
        for (unsigned j = 0; j < i; j++) {
            share = share || (packages[i] != NULL && packages[i] == packages[j]);
        }
    }
    for (unsigned i = 0; i < real->count; i++) {
        for (unsigned j = 0; j < real->count; j++) {
            bool far = share && (packages[i] == NULL || packages[i] != packages[j]);
            machine->distance[i][j] = i == j ? 0 : far ? 2 : 1;
        }
    }
}

/* --- the file ----------------------------------------------------------------------- */

/* Opens and closes it, for a message that hwloc does not give. */
static bool check_file(const char *path)
{
    FILE *file = input_open(path, "r");
    int first = file == NULL ? EOF : fgetc(file);
    if (file == NULL || ferror(file)) {
        (void)machine_refuse(path, "cannot be read: %s", strerror(errno));
    } else if (first == EOF) {
        (void)machine_refuse(path, "is empty; `lstopo FILE.xml` writes one");
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return first != EOF;
}

static bool hwloc_loads(hwloc_topology_t topology, const char *path)
{
    return hwloc_topology_set_xml(topology, path) == 0 &&
           hwloc_topology_load(topology) == 0;
}

/* hwloc (2.9, for one) crashes at some files, such as one in which an object has no
   complete_cpuset: a process of its own tries it first. */
static bool can_load(hwloc_topology_t topology, const char *path)
{
    pid_t child = fork();
    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        (void)dup2(nowhere, STDERR_FILENO);
        _exit(hwloc_loads(topology, path) ? 0 : 1);
    }
    int status = -1;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static bool load(hwloc_topology_t *topology, const char *path)
{
    (void)setenv("HWLOC_HIDE_ERRORS", "2", 1); /* its messages are several lines long */
    if (hwloc_topology_init(topology) != 0) {
        return machine_refuse(path, "hwloc does not start: %s", strerror(errno));
    }
    if (!can_load(*topology, path) || !hwloc_loads(*topology, path)) {
        hwloc_topology_destroy(*topology);
        return machine_refuse(path,
                              "is not a topology in XML; `lstopo FILE.xml` writes one");
    }
    return true;
}

bool machine_read_topology(struct machine *machine, const char *path)
{
    hwloc_topology_t topology;
    struct real real = {.count = 0};
    if (!check_file(path) || !load(&topology, path)) {
        return false;
    }
    bool good = find_nodes(topology, path, &real);
    if (good) {
        machine->nodes = real.count;
        machine->cores = real.cores;
        machine->most = real.count * real.cores;
        memset(machine->distance, 0, sizeof machine->distance);
        if (!read_distances(topology, machine, &real)) {
            use_packages(topology, machine, &real);
        }
    }
    hwloc_topology_destroy(topology);
    return good;
}
