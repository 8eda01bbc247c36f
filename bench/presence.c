/* SPDX-License-Identifier: MIT */
/* For Linux. */
#include "bench/presence.h"

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench/clock.h"

/* --- a thread ----------------------------------------------------------------------- */

/* Nanoseconds that the calling thread has waited for a processor. */
static bool read_queued(uint64_t *queued_ns)
{
    unsigned long long on_processor, queued;
    FILE *file = fopen("/proc/thread-self/schedstat", "r");
    bool known = file != NULL && fscanf(file, "%llu %llu", &on_processor, &queued) == 2;
    if (file != NULL) {
        (void)fclose(file);
    }
    *queued_ns = known ? queued : 0;
    return known;
}

static void read_switches(uint64_t *voluntary, uint64_t *involuntary)
{
    struct rusage usage;
    (void)memset(&usage, 0, sizeof usage);
    (void)getrusage(RUSAGE_THREAD, &usage);
    *voluntary = (uint64_t)usage.ru_nvcsw;
    *involuntary = (uint64_t)usage.ru_nivcsw;
}

void presence_begin(struct presence *presence)
{
    presence->queued_known = read_queued(&presence->queued_ns);
    read_switches(&presence->voluntary, &presence->involuntary);
    presence->first = sched_getcpu();
    presence->used_ns = nanoseconds_of(CLOCK_THREAD_CPUTIME_ID);
    presence->wall_ns = clock_now();
}

void presence_end(struct presence *presence)
{
    struct presence end;
    end.wall_ns = clock_now();
    end.used_ns = nanoseconds_of(CLOCK_THREAD_CPUTIME_ID);
    read_switches(&end.voluntary, &end.involuntary);
    presence->last = sched_getcpu();
    presence->queued_known = read_queued(&end.queued_ns) && presence->queued_known;
    presence->wall_ns = end.wall_ns - presence->wall_ns;
    presence->used_ns = end.used_ns - presence->used_ns;
    presence->queued_ns = end.queued_ns - presence->queued_ns;
    presence->voluntary = end.voluntary - presence->voluntary;
    presence->involuntary = end.involuntary - presence->involuntary;
}

/* --- processors --------------------------------------------------------------------- */

uint64_t tick_ns(void)
{
    long ticks = sysconf(_SC_CLK_TCK);
    return 1000000000u / (uint64_t)(ticks > 0 ? ticks : 100);
}

void read_processor_times(struct processor_times *times, size_t count)
{
    FILE *file = fopen("/proc/stat", "r");
    char line[1024];
    (void)memset(times, 0, count * sizeof *times);
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        unsigned processor;
        unsigned long long user, nice, system, idle, io, irq, softirq, steal;
        if (sscanf(line, "cpu%u %llu %llu %llu %llu %llu %llu %llu %llu", &processor,
                   &user, &nice, &system, &idle, &io, &irq, &softirq, &steal) == 9 &&
            processor < count) {
            times[processor] = (struct processor_times){
                .busy_ns = (user + nice + system + irq + softirq) * tick_ns(),
                .stolen_ns = steal * tick_ns()};
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
}

int sibling_of(unsigned processor)
{
    char path[128];
    unsigned first, other;
    char between;
    (void)snprintf(path, sizeof path,
                   "/sys/devices/system/cpu/cpu%u/topology/thread_siblings_list",
                   processor);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return -1;
    }
    /* "0,64" or "0-1" */
    bool two = fscanf(file, "%u%c%u", &first, &between, &other) == 3;
    (void)fclose(file);
    return !two ? -1 : (int)(first == processor ? other : first);
}

/* --- the control group -------------------------------------------------------------- */

/* A hierarchy of groups, as the kernel's two interfaces have it. */
struct hierarchy {
    char folder[512]; /* the group's */
    size_t root;      /* characters of it that are the top's */
    bool second;      /* the second interface */
};

static bool names_cpu(const char *controllers)
{
    for (const char *at = controllers; at != NULL; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, "cpu", 3) == 0 && (at[3] == ',' || at[3] == '\0')) {
            return true;
        }
    }
    return false;
}

/* Where the group is in a file system that is mounted there; its top where a container
   does not show the rest. */
static bool find_group(struct hierarchy *found, const char *top, const char *group,
                       bool second)
{
    found->second = second;
    found->root = strlen(top);
    (void)snprintf(found->folder, sizeof found->folder, "%s%s", top,
                   strcmp(group, "/") == 0 ? "" : group);
    if (access(found->folder, R_OK) != 0) {
        (void)snprintf(found->folder, sizeof found->folder, "%s", top);
    }
    return access(found->folder, R_OK) == 0;
}

static bool find_hierarchy(struct hierarchy *found)
{
    FILE *file = fopen("/proc/self/cgroup", "r");
    char line[1024];
    bool is_found = false;
    while (!is_found && file != NULL && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *controllers = strchr(line, ':');
        char *group = controllers != NULL ? strchr(controllers + 1, ':') : NULL;
        if (group == NULL) {
            continue;
        }
        *controllers++ = '\0';
        *group++ = '\0';
        if (names_cpu(controllers)) {
            is_found = find_group(found, "/sys/fs/cgroup/cpu", group, false);
        } else if (*controllers == '\0' &&
                   access("/sys/fs/cgroup/cgroup.controllers", R_OK) == 0) {
            is_found = find_group(found, "/sys/fs/cgroup", group, true);
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return is_found;
}

/* To the group above; whether there is one. */
static bool go_up(struct hierarchy *hierarchy)
{
    char *end = strrchr(hierarchy->folder, '/');
    if (strlen(hierarchy->folder) <= hierarchy->root || end == NULL) {
        return false;
    }
    *end = '\0';
    return true;
}

static FILE *open_in(const struct hierarchy *hierarchy, const char *name)
{
    char path[600];
    (void)snprintf(path, sizeof path, "%s/%s", hierarchy->folder, name);
    return fopen(path, "r");
}

/* One number of a file that has no other; −1 where there is none. */
static double number_in(const struct hierarchy *hierarchy, const char *name)
{
    double number = -1;
    FILE *file = open_in(hierarchy, name);
    if (file != NULL) {
        if (fscanf(file, "%lf", &number) != 1) {
            number = -1;
        }
        (void)fclose(file);
    }
    return number;
}

/* Processors that this group may use; NaN: no limit. */
static double quota_of(const struct hierarchy *hierarchy)
{
    double quota = -1;
    double period = -1;
    if (!hierarchy->second) {
        quota = number_in(hierarchy, "cpu.cfs_quota_us");
        period = number_in(hierarchy, "cpu.cfs_period_us");
    } else {
        FILE *file = open_in(hierarchy, "cpu.max");
        if (file != NULL) {
            if (fscanf(file, "%lf %lf", &quota, &period) != 2) {
                quota = -1; /* "max" */
            }
            (void)fclose(file);
        }
    }
    return quota > 0 && period > 0 ? quota / period : NAN;
}

double quota_processors(void)
{
    struct hierarchy hierarchy;
    double least = NAN;
    if (find_hierarchy(&hierarchy)) {
        do {
            least = fmin(least, quota_of(&hierarchy)); /* passes over NaN */
        } while (go_up(&hierarchy));
    }
    return least;
}

static uint64_t throttled_in(const struct hierarchy *hierarchy)
{
    FILE *file = open_in(hierarchy, "cpu.stat");
    char line[256];
    uint64_t total = 0;
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        unsigned long long time;
        if (sscanf(line, "throttled_usec %llu", &time) == 1) {
            total = time * 1000;
        } else if (sscanf(line, "throttled_time %llu", &time) == 1) {
            total = time;
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return total;
}

uint64_t throttled_ns(void)
{
    struct hierarchy hierarchy;
    uint64_t total = 0;
    if (find_hierarchy(&hierarchy)) {
        do {
            total += throttled_in(&hierarchy);
        } while (go_up(&hierarchy));
    }
    return total;
}
