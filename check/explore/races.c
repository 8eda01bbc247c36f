/* SPDX-License-Identifier: MIT */
/*
 * For each 8 bytes of memory a list of the accesses to any of them: of each thread and
 * kind of access the last is enough, as the earlier ones happen before it.
 */
#include "check/explore/races.h"
#include "check/explore/idle_turns.h"
#include "check/explore/symmetry.h"

#include <string.h>

#include "check/explore/suspects.h"
#include "common/memory.h"

struct access {
    struct touch touch;
    struct access *next;
    const void *site;
    uint32_t epoch;        /* the thread's event that follows it, or that it is, plus 1 */
    uint32_t turn;         /* of its cell, when it was made */
    uint32_t met;          /* the last part of a try that it was met in … */
    uint32_t try;          /* … and the last try that it belongs to … */
    struct access *before; /* … and the one before it there */
    uint64_t loose;        /* what is noted of it (suspects.h) */
};

static struct race race_with(const struct access *access)
{
    return (struct race){.thread = touch_thread(access->touch.what),
                         .write = (access->touch.what & TOUCH_WRITE) != 0,
                         .atomic = (access->touch.what & TOUCH_ATOMIC) != 0,
                         .site = access->site};
}

struct cell {
    uintptr_t number; /* address / 8 */
    uint64_t run;     /* of an older execution: empty */
    struct access *accesses;
    uint32_t turn; /* another one whenever another thread than the last accesses it … */
    unsigned thread; /* … which was this one */
};

static struct cell *cells;
static size_t room, used;
static uint64_t current;

/* Accesses come from blocks that are used again in each execution. */
enum { BLOCK = 1024 };
static struct access **blocks;
static size_t block_count, blocks_used;
static struct access *next_access, *end_of_block;

/* What each thread has accessed since its try of a wait began, and only since its first
   read: what it has accessed in front of that it accesses there, too, if it goes on. */
static struct
try {
    uint32_t number, part; /* never the same again in an execution */
    struct access *last;
    bool has_read;
    const void *written; /* plainly, between its last read and here … */
    size_t written_size; /* … if not 0 */
}
tries[MAX_THREADS];
static uint32_t numbers;

void races_begin_try(unsigned thread)
{
    tries[thread] = (struct try){.number = ++numbers, .part = numbers};
}

void races_read_in_try(unsigned thread)
{
    tries[thread].has_read = true;
    tries[thread].written_size = 0;
}

void races_write_in_try(unsigned thread, const void *address, size_t size)
{
    bool has_read = tries[thread].has_read;
    races_begin_try(thread);
    tries[thread].written = address;
    tries[thread].written_size = has_read ? size : 0;
}

void races_fence_in_try(unsigned thread)
{
    tries[thread].part = ++numbers;
    tries[thread].has_read = true;
}

__attribute__((noinline)) static void next_block(void)
{
    if (blocks_used == block_count) {
        blocks = grow(blocks, (block_count + 1) * sizeof(struct access *));
        blocks[block_count++] = grow(NULL, BLOCK * sizeof **blocks);
    }
    next_access = blocks[blocks_used++];
    end_of_block = next_access + BLOCK;
}

/* (Cells that lie beside each other do so in the table.) */
static size_t slot_of(uintptr_t number)
{
    enum { BESIDE = 16 };
    size_t hash = (size_t)(number / BESIDE * UINT64_C(0x9E3779B97F4A7C15) >> 20);
    return (hash * BESIDE + number % BESIDE) & (room - 1);
}

static struct cell *find(uintptr_t number)
{
    size_t slot = slot_of(number);
    while (cells[slot].run == current && cells[slot].number != number) {
        slot = (slot + 1) & (room - 1);
    }
    return &cells[slot];
}

__attribute__((noinline)) static void make_room(void)
{
    size_t old_room = room;
    struct cell *old = cells;
    room = room == 0 ? 1024 : 2 * room;
    cells = grow(NULL, room * sizeof *cells);
    memset(cells, 0, room * sizeof *cells);
    for (size_t i = 0; i < old_room; i++) {
        if (old[i].run == current) {
            *find(old[i].number) = old[i];
        }
    }
    free(old);
}

void races_begin(void)
{
    current++;
    used = 0;
    blocks_used = 0;
    next_access = end_of_block = NULL;
    if (room == 0) {
        make_room();
    }
    numbers = 0;
    for (unsigned t = 0; t < MAX_THREADS; t++) {
        races_begin_try(t);
    }
}

/* Whether two accesses may not be unordered. */
static bool conflict(uint32_t one, uint32_t other)
{
    return touch_thread(one) != touch_thread(other) && touch_bytes(one & other) != 0 &&
           ((one | other) & TOUCH_WRITE) != 0 && (one & other & TOUCH_ATOMIC) == 0;
}

/* A bit for each of so many bytes of a cell, from `at` on. */
static uint32_t bytes_from(uintptr_t at, size_t size)
{
    return ((1U << size) - 1) << at % 8;
}

/* `loose`: threads that the thread of the access is loose on. */
__attribute__((noinline)) static void note_loose(struct access *access, uint64_t loose)
{
    access->loose |= loose;
    suspects_loose(access->touch, loose);
    idle_turns_touch(access->touch);
}

static void note(struct access *access, unsigned thread)
{
    struct try *try = &tries[thread];
    if (access->met != try->part) {
        access->met = try->part;
        if (try->has_read && access->try != try->number) {
            access->try = try->number;
            access->before = try->last;
            try->last = access;
        }
    }
    uint64_t loose = run.model.present[thread].loose;
    if ((loose & ~access->loose) != 0) {
        note_loose(access, loose);
    }
}

/* Whether some of a thread's first events is one that others may depend on, but for its
   beginning. */
static bool has_lasting(unsigned thread, uint32_t events)
{
    for (uint32_t i = 1; i < events; i++) {
        const struct event *event = &run.graph->thread[thread].event[i];
        if (event->kind != EVENT_READ && !is_fence(event) && !is_unwritten(event)) {
            return true;
        }
    }
    return false;
}

/* An access, with TOUCH_LATER if it is such. */
static struct touch with_later(struct touch touch, unsigned thread, bool of_try)
{
    int owner = vm_stack_owner((void *)(touch.number * 8));
    bool own = owner == (int)thread;
    if (owner != VM_NOBODY && own == of_try &&
        has_lasting((unsigned)owner, own ? run.model.done[thread]
                                         : run.model.present[thread].depends[owner]) ==
            !of_try) {
        touch.what |= TOUCH_LATER;
    }
    return touch;
}

unsigned races_next_try(unsigned thread, const void *address, size_t size, bool write)
{
    unsigned suspected = 0;
    for (uintptr_t at = (uintptr_t)address, end = at + size; at < end;) {
        uintptr_t next = (at / 8 + 1) * 8 < end ? (at / 8 + 1) * 8 : end;
        uint32_t bytes = bytes_from(at, next - at) << TOUCH_BYTES;
        struct touch touch = {at / 8, thread << TOUCH_THREAD | bytes |
                                          (uint32_t)write * TOUCH_WRITE};
        suspected |= suspects_try(with_later(touch, thread, true));
        at = next;
    }
    return suspected;
}

/* Whether an access was made in front of its thread's event. A plain one that comes right
   in front of an event has the same epoch. */
static bool is_in_front(const struct access *access, uint32_t event)
{
    bool plain = (access->touch.what & TOUCH_ATOMIC) == 0;
    return access->epoch < event + 1 || (plain && access->epoch == event + 1);
}

bool races_in_try_before(unsigned thread, uint32_t event)
{
    const struct access *at = tries[thread].last;
    while (at != NULL && !is_in_front(at, event)) {
        at = at->before;
    }
    return at != NULL;
}

unsigned races_end_try(unsigned thread, uint32_t from)
{
    unsigned suspected = 0;
    for (const struct access *at = tries[thread].last; at != NULL; at = at->before) {
        if (from == 0 || !is_in_front(at, from)) {
            suspected |= suspects_try(with_later(at->touch, thread, true));
        }
    }
    const struct try *try = &tries[thread];
    return suspected | races_next_try(thread, try->written, try->written_size, true);
}

unsigned races_end_turn(unsigned thread, uint32_t first, bool *seen)
{
    unsigned suspected = 0;
    *seen = false;
    for (size_t i = 0; i < blocks_used; i++) {
        const struct access *end = blocks[i] + BLOCK;
        end = i + 1 == blocks_used ? next_access : end;
        for (const struct access *at = blocks[i]; at < end; at++) {
            if (touch_thread(at->touch.what) == thread && at->epoch > first) {
                unsigned why = suspects_try(at->touch);
                bool plain = (at->touch.what & TOUCH_ATOMIC) == 0;
                *seen |= plain && (at->touch.what & TOUCH_WRITE) != 0 && why != 0;
                suspected |= why;
            }
        }
    }
    return suspected;
}

/* A cell that find has not found in this execution. */
static struct cell *add_cell(uintptr_t number)
{
    if (2 * used >= room) {
        make_room();
    }
    struct cell *cell = find(number);
    *cell = (struct cell){.number = number, .run = current};
    used++;
    return cell;
}

/* The first access of its kind to a cell. */
static struct access *add_access(struct cell *cell, uint32_t what, unsigned thread)
{
    if (next_access == end_of_block) {
        next_block();
    }
    struct access *new = next_access++;
    new->next = cell->accesses;
    new->touch = (struct touch){cell->number, what};
    new->met = new->try = 0;
    new->loose = 0;
    cell->accesses = new;
    if (!run.processors[thread].alone) {
        suspects_touch(cell->number * 8 - vm_stacks < vm_stacks_size
                           ? with_later(new->touch, thread, false)
                           : new->touch);
    }
    return new;
}

/* Whether what the thread accesses may tell threads apart that are alike. */
static bool is_compared(unsigned thread)
{
    const struct processor *own = &run.processors[thread];
    return (own->like | own->joins_some) != 0;
}

/* The access of `cell` that is `here`, or NULL; *race: another one that races with it. */
static struct access *look_at(const struct cell *cell, uint32_t here,
                              const struct access **race)
{
    unsigned thread = touch_thread(here);
    const clock_value *happens = run.model.present[thread].happens;
    struct access *same = NULL;
    for (struct access *old = cell->accesses; old != NULL; old = old->next) {
        uint32_t what = old->touch.what;
        if (what == here) {
            same = old;
            if (old->turn == cell->turn && !is_compared(thread)) {
                break; /* all others were looked at when it was made */
            }
        } else if (conflict(what, here) && *race == NULL) {
            if (happens[touch_thread(what)] < old->epoch) {
                *race = old;
            } else if (is_compared(thread)) {
                symmetry_ordered(touch_thread(what), old->epoch, thread);
            }
        }
    }
    return same;
}

/* Notes an access to one cell. Returns one that it races with, or NULL. */
static const struct access *access_cell(uintptr_t number, uint32_t here, uint32_t epoch,
                                        const void *site)
{
    unsigned thread = touch_thread(here);
    const struct access *race = NULL;
    struct cell *cell = find(number);
    if (cell->run != current) {
        cell = add_cell(number);
    }
    struct access *access = look_at(cell, here, &race);
    if (access == NULL) {
        access = add_access(cell, here, thread);
    }
    if (cell->thread != thread) {
        cell->thread = thread;
        cell->turn++;
    }
    access->epoch = epoch;
    access->site = site;
    access->turn = cell->turn;
    note(access, thread);
    return race;
}

/* An access to any number of cells. (What a thread accesses while it is alone is after
   all that others have done, and before all that they will do.) */
static const struct race *access_cells(uintptr_t at, size_t size, bool write, bool atomic,
                                       const void *site)
{
    const struct race *race = NULL;
    if (run.processors[vm_self()].alone && !atomic) {
        return NULL;
    }
    for (uintptr_t end = at + size, next; at < end && race == NULL; at = next) {
        next = (at | 7) + 1 < end ? (at | 7) + 1 : end;
        race = races_access((void *)at, next - at, write, atomic, site);
    }
    return race;
}

const struct race *races_access(const void *address, size_t size, bool write, bool atomic,
                                const void *site)
{
    uintptr_t at = (uintptr_t)address;
    if (size - 1 >= 8 - at % 8) { /* which 0 is, too */
        return access_cells(at, size, write, atomic, site);
    }
    unsigned thread = (unsigned)vm_self();
    uint32_t what = thread << TOUCH_THREAD | bytes_from(at, size) << TOUCH_BYTES |
                    (uint32_t)write * TOUCH_WRITE | (uint32_t)atomic * TOUCH_ATOMIC;
    /* A piece of an access is where its first one is (pieces.h). */
    uint32_t first = atomic ? run.processors[thread].access : 0;
    uint32_t epoch = first != 0 ? first : run.model.done[thread] + !atomic;
    const struct access *with = access_cell(at / 8, what, epoch, site);
    static struct race race;
    if (with == NULL) {
        return NULL;
    }
    race = race_with(with);
    return &race;
}

/* Whether an access to one of these bytes is not before what `happens` has seen. */
static bool is_unordered(const struct cell *cell, uint8_t bytes, struct race *race)
{
    unsigned thread = (unsigned)vm_self();
    const struct access *old = cell->run == current ? cell->accesses : NULL;
    for (; old != NULL; old = old->next) {
        unsigned by = touch_thread(old->touch.what);
        if ((touch_bytes(old->touch.what) & bytes) == 0 || by == thread) {
            continue;
        }
        symmetry_ordered(by, old->epoch, thread);
        if (run.model.present[thread].happens[by] < old->epoch) {
            *race = race_with(old);
            unsigned first = (unsigned)__builtin_ctz(touch_bytes(old->touch.what));
            race->address = (void *)(cell->number * 8 + first);
            return true;
        }
    }
    return false;
}

bool races_free(const void *address, size_t size, struct race *race)
{
    uintptr_t first = (uintptr_t)address, end = first + size;
    bool found = false;
    if (size / 8 > room) { /* there are fewer cells than that */
        for (size_t i = 0; i < room && !found; i++) {
            found = cells[i].number >= first / 8 && cells[i].number < end / 8 &&
                    is_unordered(&cells[i], UINT8_MAX, race);
        }
        return found;
    }
    for (uintptr_t at = first; at < end && !found; at += 8 - at % 8) {
        size_t here = 8 - at % 8 < end - at ? 8 - at % 8 : end - at;
        found = is_unordered(find(at / 8), (uint8_t)bytes_from(at, here), race);
    }
    return found;
}
