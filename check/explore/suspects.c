/* SPDX-License-Identifier: MIT */
#include "check/explore/suspects.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "check/explore/symmetry.h"
#include "common/memory.h"

/* A note is a number: these, the bytes or (BLOCK) the logarithm of how many cells it
   frees, the thread (of LOOSE: that it is loose on), and the cell's number, shortened if
   need be; never 0. */
enum {
    ATOMIC = 1,
    WRITE = 2,
    TRY = 4,
    TOUCH = 8,
    LOOSE = TRY | TOUCH,
    BLOCK = 16,
    OWN = 32,
    ALIKE = 64,
    BYTES = 7,
    THREAD = 15,
    NUMBER = 21,
};

/* When there is no more room, all tries are suspected. */
enum { ROOM = 1 << 14, LOOKED_AT = 64 };

static struct notes {
    atomic_bool any, full;
    atomic_uint_least64_t note[ROOM];
} * notes;

/* Of each note, what suspects_try returns; and whether it is all, for all. */
static uint8_t suspected[ROOM];
static bool all_suspected;

/* The last ones that this process has noted: most are the same in each execution. */
static uint64_t recent[1 << 10];

void suspects_begin(void)
{
    if (notes == NULL) {
        notes = mmap(NULL, sizeof *notes, PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (notes == MAP_FAILED) {
            refuse("shared memory: %s", strerror(errno));
        }
    } else if (atomic_load(&notes->any)) {
        memset((void *)notes, 0, sizeof *notes);
        memset(suspected, 0, sizeof suspected);
        memset(recent, 0, sizeof recent);
        all_suspected = false;
    }
}

static uint64_t note_of(const struct touch *touch, unsigned kind)
{
    uint64_t number = (uint64_t)touch->number ^ (uint64_t)touch->number >> (64 - NUMBER);
    return number << NUMBER | (uint64_t)touch->thread << THREAD |
           (uint64_t)touch->bytes << BYTES | (touch->write ? WRITE : 0U) |
           (touch->atomic ? ATOMIC : 0U) | (touch->own ? OWN : 0U) |
           (touch->alike ? ALIKE : 0U) | kind;
}

static size_t hash(uint64_t note)
{
    return (size_t)(note * UINT64_C(0x9E3779B97F4A7C15) >> 40);
}

/* Returns the note's place; ROOM if there is none for it. */
static size_t put(uint64_t note)
{
    size_t first = hash(note);
    for (size_t i = 0; i < LOOKED_AT; i++) {
        size_t place = (first + i) % ROOM;
        uint64_t there = atomic_load_explicit(&notes->note[place], memory_order_relaxed);
        if (there == 0 &&
            atomic_compare_exchange_strong(&notes->note[place], &there, note)) {
            atomic_store(&notes->any, true);
            return place;
        }
        if (there == note) {
            return place;
        }
    }
    atomic_store(&notes->full, true);
    return ROOM;
}

static size_t put_touch(const struct touch *touch, unsigned kind)
{
    struct touch same = symmetry_first_touch(touch);
    return put(note_of(&same, kind));
}

static void put_once(const struct touch *touch, unsigned kind)
{
    uint64_t note = note_of(touch, kind);
    uint64_t *last = &recent[hash(note) % (sizeof recent / sizeof *recent)];
    if (*last != note) {
        *last = note;
        (void)put_touch(touch, kind);
    }
}

static void put_for_each(struct touch touch, unsigned kind, uint64_t threads)
{
    for (touch.thread = 0; threads != 0; touch.thread++, threads >>= 1) {
        if ((threads & 1) != 0) {
            put_once(&touch, kind);
        }
    }
}

unsigned suspects_try(const struct touch *touch)
{
    size_t place = put_touch(touch, TRY);
    return all_suspected  ? SUSPECTED_HERE | SUSPECTED_LATER
           : place < ROOM ? suspected[place]
                          : 0;
}

void suspects_touch(const struct touch *touch)
{
    put_once(touch, TOUCH);
}

void suspects_loose(const struct touch *touch, uint64_t threads)
{
    put_for_each(*touch, LOOSE, threads);
}

void suspects_free(unsigned thread, uintptr_t first, uintptr_t end, uint64_t loose)
{
    while (first < end) {
        unsigned logarithm = 63U - (unsigned)__builtin_clzll(end - first);
        struct touch block = {.number = first,
                              .bytes = (uint8_t)logarithm,
                              .thread = (uint8_t)thread,
                              .write = true};
        put_once(&block, BLOCK | TOUCH);
        put_for_each(block, BLOCK | LOOSE, loose);
        first += (uintptr_t)1 << logarithm;
    }
}

/* Whether the thread of a try and that of another access are such as may race. Of threads
   that are alike it is not known which one it was. */
static bool meet_threads(uint64_t try, uint64_t other)
{
    bool same = ((try ^ other) >> THREAD & 63) == 0;
    if ((other & LOOSE) == LOOSE) {
        return same && ((try ^ other) & OWN) == 0;
    }
    return (!same || ((try | other) & ALIKE) != 0) && (try & other & OWN) == 0;
}

/* Whether a note of a try and another one may be a race. */
static bool meet(uint64_t try, uint64_t other)
{
    uint64_t bytes = other >> BYTES & UINT8_MAX;
    bool touch = (other & BLOCK) != 0
                     ? (try >> NUMBER) - (other >> NUMBER) < UINT64_C(1) << bytes
                     : try >> NUMBER == other >> NUMBER && (try >> BYTES & bytes) != 0;
    return touch && meet_threads(try, other) && ((try | other) & WRITE) != 0 &&
           (try & other & ATOMIC) == 0;
}

bool suspects_find(void)
{
    static uint64_t others[ROOM];
    static uint16_t tries[ROOM];
    _Static_assert(ROOM <= UINT16_MAX, "places fit");
    bool more = atomic_load(&notes->full) && !all_suspected;
    all_suspected = all_suspected || more;
    size_t count = 0, try_count = 0;
    for (size_t i = 0; i < ROOM; i++) {
        uint64_t note = atomic_load_explicit(&notes->note[i], memory_order_relaxed);
        if (note != 0) {
            others[count] = note;
            count += (note & TOUCH) != 0;
            tries[try_count] = (uint16_t)i;
            try_count += (note & LOOSE) == TRY;
        }
    }
    for (size_t i = 0; i < try_count; i++) {
        uint64_t try = atomic_load_explicit(&notes->note[tries[i]], memory_order_relaxed);
        for (size_t k = 0; k < count; k++) {
            unsigned why = !meet(try, others[k])          ? 0
                           : (others[k] & LOOSE) == LOOSE ? SUSPECTED_LATER
                                                          : SUSPECTED_HERE;
            more = more || (why & ~suspected[tries[i]]) != 0;
            suspected[tries[i]] |= (uint8_t)why;
        }
    }
    return more;
}
