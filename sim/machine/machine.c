/* SPDX-License-Identifier: MIT */
/* Machines: reading their texts, checking and listing them. */
#include "sim/machine/machine.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine/texts.h"
#include "sim/text.h"
#include "virtual/program/tool.h"

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

/* --- reading ------------------------------------------------------------------------ */

enum { LIKES = 8 }; /* machines that are like machines that are like … */

static bool read_named(struct machine *machine, const char *name, unsigned likes);

/* Without comment and blanks around it, in place. */
static char *trimmed(char *line)
{
    line[strcspn(line, "#")] = '\0';
    char *begin = line + strspn(line, " \t\r\n\v\f");
    size_t length = strlen(begin);
    while (length > 0 && isspace((unsigned char)begin[length - 1])) {
        length--;
    }
    begin[length] = '\0';
    return begin;
}

/* The name in a line "like = NAME", or NULL. */
static const char *name_of_like(const char *line)
{
    size_t blanks = strlen("like") + strspn(line + strcspn(line, " \t="), " \t");
    if (strncmp(line, "like", strlen("like")) != 0 || line[blanks] != '=') {
        return NULL;
    }
    return line + blanks + 1 + strspn(line + blanks + 1, " \t");
}

static void take_summary(const char *line, char *summary, size_t size)
{
    line += strspn(line, " \t");
    if (summary[0] == '\0' && line[0] == '#') {
        line += strspn(line, "# \t");
        (void)snprintf(summary, size, "%.*s", (int)strcspn(line, "\r\n"), line);
    }
}

/* Reads lines; `name` is what messages call the text. */
static bool read_text(struct machine *machine, FILE *file, const char *name,
                      unsigned likes)
{
    char summary[sizeof machine->summary] = "", *line = NULL;
    size_t size = 0;
    bool good = true, first = true;
    for (unsigned number = 1; good && getline(&line, &size, file) >= 0; number++) {
        take_summary(line, summary, sizeof summary);
        const char *text = trimmed(line), *like = name_of_like(text);
        char where[512];
        (void)snprintf(where, sizeof where, "%.480s:%u", name, number);
        if (text[0] == '\0') {
            continue;
        }
        if (first && like != NULL && likes == LIKES) {
            good = machine_refuse(where, "too many machines that are like each other");
        } else if (first && like != NULL) {
            good = read_named(machine, like, likes + 1);
        } else {
            good = machine_set(machine, text, where);
        }
        first = false;
    }
    if (good && ferror(file)) {
        good = machine_refuse(name, "cannot be read: %s", strerror(errno));
    } else if (good && first) {
        good = machine_refuse(name, "is empty; a machine says at least its structure");
    }
    free(line);
    (void)snprintf(machine->summary, sizeof machine->summary, "%s", summary);
    return good;
}

static const struct machine_text *find_text(const char *name)
{
    for (const struct machine_text *text = machine_texts; text->name != NULL; text++) {
        if (strcmp(text->name, name) == 0) {
            return text;
        }
    }
    char list[256] = "";
    for (const struct machine_text *text = machine_texts; text->name != NULL; text++) {
        text_append(list, sizeof list, "%s%s", list[0] != '\0' ? ", " : "", text->name);
    }
    (void)machine_refuse("machine",
                         "none is called '%.40s'; there are %s, and files, whose names "
                         "have a '/' or a '.'",
                         name, list);
    return NULL;
}

/* "machines/mine.machine" → "mine" */
static void name_of_file(const char *path, char *name, size_t size)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;
    size_t length = strlen(base), ending = strlen(".machine");
    if (length > ending && strcmp(base + length - ending, ".machine") == 0) {
        length -= ending;
    }
    (void)snprintf(name, size, "%.*s", (int)length, base);
}

static bool read_named(struct machine *machine, const char *name, unsigned likes)
{
    FILE *file;
    if (strpbrk(name, "/.") != NULL) {
        file = fopen(name, "r");
        if (file == NULL) {
            return machine_refuse(name, "cannot be read: %s", strerror(errno));
        }
    } else {
        const struct machine_text *text = find_text(name);
        if (text == NULL) {
            return false;
        }
        file = fmemopen((void *)(uintptr_t)text->begin, (size_t)(text->end - text->begin),
                        "r");
        if (file == NULL) {
            return machine_refuse(name, "cannot be read: %s", strerror(errno));
        }
    }
    bool good = read_text(machine, file, name, likes);
    (void)fclose(file);
    name_of_file(name, machine->name, sizeof machine->name);
    return good;
}

bool machine_read(struct machine *machine, const char *name)
{
    *machine = (struct machine){
        .line = 64,
        .page = 64,
        .most = VM_PROCESSORS,
        .hit = 1,
        .pause = 1,
        .cores = 1,
    };
    return read_named(machine, name, 0);
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
                              protocol_name(machine->protocol),
                              structure_name(machine->structure), protocols);
    }
    return true;
}

/* What its structure needs, and would cost nothing if it were forgotten. */
static bool check_costs(const struct machine *machine)
{
    bool smp = machine->structure == SMP;
    bool updates = protocol_updates(machine->protocol);
    bool directory = machine->structure == NUMA && machine->protocol != NO_CACHES;
    const struct {
        const char *key;
        bool needed;
        cycles cost;
    } costs[] = {
        {"bus_memory", smp, machine->bus_memory},
        {"bus_cache", smp, machine->bus_cache},
        {"bus_upgrade", smp && !updates, machine->bus_upgrade},
        {"bus_update", smp && updates, machine->bus_update},
        {"bus_write_back", smp && machine->caching > 0, machine->bus_write_back},
        {"network", !smp, machine->network},
        {"module", !smp && !directory, machine->module},
        {"memory", directory, machine->memory},
        {"cache", directory, machine->cache},
    };
    for (unsigned i = 0; i < sizeof costs / sizeof *costs; i++) {
        if (costs[i].needed && costs[i].cost == 0) {
            return machine_refuse(machine->name, "%s is missing; %s needs it, at least 1",
                                  costs[i].key, structure_name(machine->structure));
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

/* --- listing ------------------------------------------------------------------------ */

void machine_list(void)
{
    (void)fprintf(vm_out, "%-10s %-10s %-9s %10s  %s\n", "machine", "structure",
                  "protocol", "processors", "summary");
    for (const struct machine_text *text = machine_texts; text->name != NULL; text++) {
        struct machine machine;
        if (machine_read(&machine, text->name)) {
            (void)fprintf(vm_out, "%-10s %-10s %-9s %10u  %s\n", machine.name,
                          structure_name(machine.structure),
                          protocol_name(machine.protocol), machine.most, machine.summary);
        }
    }
}

bool machine_show(const char *name)
{
    const struct machine_text *text = find_text(name);
    if (text != NULL) {
        (void)fwrite(text->begin, 1, (size_t)(text->end - text->begin), vm_out);
    }
    return text != NULL;
}
