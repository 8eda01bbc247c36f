/* SPDX-License-Identifier: MIT */
/* Caches of limited size: which lines there is room for. Least recently used goes. */
#include <stdio.h>
#include <stdlib.h>

#include "common/tool.h"
#include "sim/thread.h"

struct slot {
    struct line *line;
    uint64_t used; /* when, in accesses */
};

static struct slot *slots; /* of all processors, set by set */
static uint64_t uses;

static unsigned ways(void)
{
    return machine.ways == 0 ? machine.caching : machine.ways;
}

void cache_begin(void)
{
    free(slots);
    slots = NULL;
    uses = 0;
    if (machine.caching > 0) {
        slots = calloc((size_t)processors * machine.caching, sizeof *slots);
        if (slots == NULL) {
            (void)fputs("locksim: no memory for the caches\n", stderr);
            exit(STATUS_CANNOT);
        }
    }
}

static struct slot *set_of(const struct line *line, unsigned processor)
{
    size_t sets = machine.caching / ways();
    return &slots[(size_t)processor * machine.caching + line->settled % sets * ways()];
}

static struct slot *slot_of(const struct line *line, unsigned processor)
{
    struct slot *set = set_of(line, processor);
    for (unsigned i = 0; i < ways(); i++) {
        if (set[i].line == line) {
            return &set[i];
        }
    }
    return NULL;
}

bool cache_has(const struct line *line, unsigned processor)
{
    return slot_of(line, processor) != NULL;
}

void cache_touch(struct line *line, unsigned processor)
{
    struct slot *slot = slot_of(line, processor);
    if (slot != NULL) {
        slot->used = ++uses;
    }
}

/* Where there is room: the line's own slot, or one that is empty, or the oldest. */
static struct slot *room_for(const struct line *line, unsigned processor)
{
    struct slot *own = slot_of(line, processor);
    if (own != NULL) {
        return own;
    }
    struct slot *set = set_of(line, processor), *oldest = &set[0];
    for (unsigned i = 0; i < ways(); i++) {
        if (set[i].line == NULL || line_state(set[i].line, processor) == INVALID) {
            return &set[i];
        }
        if (set[i].used < oldest->used) {
            oldest = &set[i];
        }
    }
    return oldest;
}

struct line *evict(struct line *filled, unsigned processor, bool *modified)
{
    struct slot *slot = room_for(filled, processor);
    struct line *old = slot->line;
    *slot = (struct slot){filled, ++uses};
    if (old == NULL || old == filled || line_state(old, processor) == INVALID) {
        return NULL;
    }
    *modified = old->owner == (int)processor && old->owner_state != EXCLUSIVE;
    line_set(old, processor, INVALID);
    disturb(old, processor);
    return old;
}
