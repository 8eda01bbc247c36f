/* SPDX-License-Identifier: MIT */
/*
 * The checker: caches and memory hold versions of each line instead of data, and the
 * rules move them (transfer). A write makes a new version in the writer's cache; a
 * read must find the latest one, wherever it comes from.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/memory.h"
#include "common/tool.h"
#include "sim/thread.h"

bool checking;

struct versions {
    uint64_t latest, memory;
    uint64_t copies[VM_PROCESSORS];
};

static struct versions *versions_of(struct line *line)
{
    if (line->versions == NULL) {
        line->versions = sure(calloc(1, sizeof *line->versions));
    }
    return line->versions;
}

static _Noreturn void broken(const struct line *line, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static _Noreturn void broken(const struct line *line, const char *format, ...)
{
    char name[96];
    line_name(line, name, sizeof name);
    (void)fprintf(stderr, "locksim: the protocol is broken: cycle %llu, %s: ",
                  (unsigned long long)now, name);
    va_list arguments;
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fputc('\n', stderr);
    _Exit(STATUS_MISTAKE);
}

/* One writer or many readers; all that have a copy have the latest one. */
static void check_line(struct line *line)
{
    const struct versions *versions = versions_of(line);
    bool dirty = line->owner != NOBODY && line->owner_state != EXCLUSIVE;
    if (line->owner != NOBODY && !set_has(&line->holders, (unsigned)line->owner)) {
        broken(line, "P%d owns it without a copy", line->owner);
    }
    if (line->owner != NOBODY && line->owner_state != SHARED_MODIFIED &&
        line->holders.count != 1) {
        broken(line, "P%d may write it while %u have copies", line->owner,
               line->holders.count);
    }
    if (!dirty && versions->memory != versions->latest) {
        broken(line, "memory is old, and nobody owns the line");
    }
    set_each (&line->holders, holder) {
        if (versions->copies[holder] != versions->latest) {
            broken(line, "P%u has an old copy", holder);
        }
        if (machine.caching > 0 && !cache_has(line, holder)) {
            broken(line, "P%u is known to have it, and does not", holder);
        }
    }
}

void check_access(struct line *line, unsigned processor, enum use use)
{
    struct versions *versions = versions_of(line);
    if (machine.protocol == NO_CACHES) {
        return; /* there is one copy */
    }
    check_line(line);
    enum state state = line_state(line, processor);
    if (state == INVALID) {
        broken(line, "P%u reads or writes without a copy", processor);
    }
    if (use == READ) {
        return;
    }
    if (!protocol_updates(machine.protocol) && state != MODIFIED) {
        broken(line, "P%u writes in state %s", processor, state_name(state));
    }
    versions->copies[processor] = ++versions->latest;
}

void check_transfer(struct line *line, int from, int to)
{
    struct versions *versions = versions_of(line);
    uint64_t version = from == NOBODY ? versions->memory : versions->copies[from];
    if (to == NOBODY) {
        versions->memory = version;
    } else {
        versions->copies[to] = version;
    }
}

void check_end(void)
{
    if (machine.protocol != NO_CACHES) {
        lines_each(check_line);
    }
}
