/* SPDX-License-Identifier: MIT */
/*
 * For each 8 bytes of memory a list of the accesses to any of them: of each thread and
 * kind of access the last is enough, as the earlier ones happen before it.
 */
#include "check/explore/races.h"

#include <string.h>

#include "common/memory.h"

struct access {
    struct access *next;
    const void *site;
    uint32_t epoch; /* the thread's event that follows it, or that it is, plus one */
    uint16_t thread;
    uint8_t bytes; /* a bit for each */
    bool write, atomic;
};

struct cell {
    uintptr_t number; /* address / 8 */
    uint64_t run;     /* of an older execution: empty */
    struct access *accesses;
};

static struct cell *cells;
static size_t room, used;
static uint64_t run;

/* Accesses come from blocks that are used again in each execution. */
enum { BLOCK = 1024 };
static struct access **blocks;
static size_t block_count, taken;

void races_begin(void)
{
    run++;
    used = 0;
    taken = 0;
}

static struct access *new_access(void)
{
    if (taken == block_count * BLOCK) {
        blocks = grow(blocks, (block_count + 1) * sizeof(struct access *));
        blocks[block_count++] = grow(NULL, BLOCK * sizeof **blocks);
    }
    struct access *access = &blocks[taken / BLOCK][taken % BLOCK];
    taken++;
    return access;
}

static size_t slot_of(uintptr_t number)
{
    return (size_t)(number * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (room - 1);
}

static struct cell *find(uintptr_t number)
{
    size_t slot = slot_of(number);
    while (cells[slot].run == run && cells[slot].number != number) {
        slot = (slot + 1) & (room - 1);
    }
    return &cells[slot];
}

static void make_room(void)
{
    size_t old_room = room;
    struct cell *old = cells;
    room = room == 0 ? 1024 : 2 * room;
    cells = grow(NULL, room * sizeof *cells);
    memset(cells, 0, room * sizeof *cells);
    for (size_t i = 0; i < old_room; i++) {
        if (old[i].run == run) {
            *find(old[i].number) = old[i];
        }
    }
    free(old);
}

static bool access_cell(uintptr_t number, const struct access *new,
                        const clock_value *happens, struct race *race)
{
    if (2 * used >= room) {
        make_room();
    }
    struct cell *cell = find(number);
    if (cell->run != run) {
        *cell = (struct cell){number, run, NULL};
        used++;
    }
    struct access *same = NULL;
    bool found = false;
    for (struct access *old = cell->accesses; old != NULL; old = old->next) {
        if (old->thread == new->thread) {
            if (old->write == new->write && old->atomic == new->atomic &&
                old->bytes == new->bytes) {
                same = old;
            }
            continue;
        }
        if ((old->bytes & new->bytes) != 0 && (old->write || new->write) &&
            !(old->atomic && new->atomic) && happens[old->thread] < old->epoch &&
            !found) {
            *race = (struct race){old->thread, old->write, old->atomic, old->site, NULL};
            found = true;
        }
    }
    if (same != NULL) {
        same->epoch = new->epoch;
        same->site = new->site;
    } else {
        struct access *own = new_access();
        *own = *new;
        own->next = cell->accesses;
        cell->accesses = own;
    }
    return found;
}

bool races_access(const void *address, size_t size, bool write, bool atomic,
                  unsigned thread, const clock_value *happens, uint32_t done,
                  const void *site, struct race *race)
{
    uintptr_t at = (uintptr_t)address;
    struct access new = {.site = site,
                         .epoch = atomic ? done : done + 1,
                         .thread = (uint16_t)thread,
                         .write = write,
                         .atomic = atomic};
    bool found = false;
    while (size > 0 && !found) {
        size_t offset = at % 8, here = 8 - offset < size ? 8 - offset : size;
        new.bytes = (uint8_t)(((1U << here) - 1) << offset);
        found = access_cell(at / 8, &new, happens, race);
        at += here;
        size -= here;
    }
    return found;
}

/* Whether an access to one of these bytes is not before what `happens` has seen. */
static bool is_unordered(const struct cell *cell, uint8_t bytes, unsigned thread,
                         const clock_value *happens, struct race *race)
{
    const struct access *old = cell->run == run ? cell->accesses : NULL;
    for (; old != NULL; old = old->next) {
        if ((old->bytes & bytes) != 0 && old->thread != thread &&
            happens[old->thread] < old->epoch) {
            *race = (struct race){
                old->thread, old->write, old->atomic, old->site,
                (void *)(cell->number * 8 + (uintptr_t)__builtin_ctz(old->bytes))};
            return true;
        }
    }
    return false;
}

bool races_free(const void *address, size_t size, unsigned thread,
                const clock_value *happens, struct race *race)
{
    uintptr_t first = (uintptr_t)address, end = first + size;
    bool found = false;
    if (size / 8 > room) { /* there are fewer cells than that */
        for (size_t i = 0; i < room && !found; i++) {
            found = cells[i].number >= first / 8 && cells[i].number < end / 8 &&
                    is_unordered(&cells[i], UINT8_MAX, thread, happens, race);
        }
        return found;
    }
    for (uintptr_t at = first; room > 0 && at < end && !found; at += 8 - at % 8) {
        size_t here = 8 - at % 8 < end - at ? 8 - at % 8 : end - at;
        uint8_t bytes = (uint8_t)(((1U << here) - 1) << at % 8);
        found = is_unordered(find(at / 8), bytes, thread, happens, race);
    }
    return found;
}
