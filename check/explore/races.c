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
    uint32_t what;
};

/* What an access is: its thread, a bit for each of the bytes, and these, in one number,
   as it is compared for each access of the program. */
enum { ATOMIC = 1, WRITE = 2, BYTES = 8, THREAD = 16 };

static unsigned thread_of(uint32_t what)
{
    return what >> THREAD;
}

static uint8_t bytes_of(uint32_t what)
{
    return (uint8_t)(what >> BYTES);
}

static struct race race_with(const struct access *access)
{
    return (struct race){.thread = thread_of(access->what),
                         .write = (access->what & WRITE) != 0,
                         .atomic = (access->what & ATOMIC) != 0,
                         .site = access->site};
}

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

/* Whether two accesses may not be unordered. */
static bool conflict(uint32_t one, uint32_t other)
{
    return thread_of(one) != thread_of(other) && bytes_of(one & other) != 0 &&
           ((one | other) & WRITE) != 0 && (one & other & ATOMIC) == 0;
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
        if (old->what == new->what) {
            same = old;
        } else if (conflict(old->what, new->what) &&
                   happens[thread_of(old->what)] < old->epoch && !found) {
            *race = race_with(old);
            found = true;
        }
    }
    if (same == NULL) {
        same = new_access();
        same->next = cell->accesses;
        same->what = new->what;
        cell->accesses = same;
    }
    same->epoch = new->epoch;
    same->site = new->site;
    return found;
}

bool races_access(const void *address, size_t size, bool write, bool atomic,
                  unsigned thread, const clock_value *happens, uint32_t done,
                  const void *site, struct race *race)
{
    uintptr_t at = (uintptr_t)address;
    uint32_t what = thread << THREAD | (write ? WRITE : 0) | (atomic ? ATOMIC : 0);
    struct access new = {.site = site, .epoch = atomic ? done : done + 1};
    bool found = false;
    while (size > 0 && !found) {
        size_t offset = at % 8, here = 8 - offset < size ? 8 - offset : size;
        new.what = what | ((1U << here) - 1) << (BYTES + offset);
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
        unsigned by = thread_of(old->what);
        if ((bytes_of(old->what) & bytes) != 0 && by != thread &&
            happens[by] < old->epoch) {
            *race = race_with(old);
            race->address = (void *)(cell->number * 8 +
                                     (uintptr_t)__builtin_ctz(bytes_of(old->what)));
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
