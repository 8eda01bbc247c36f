/* SPDX-License-Identifier: MIT */
#include "check/explore/suspects.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "check/explore/symmetry.h"
#include "common/memory.h"

/* A note is a number: these, the bytes or (BLOCK) the logarithm of how many cells it
   frees, the thread, and the cell's number; never 0. */
enum { ATOMIC = 1, WRITE = 2, TRY = 4, BLOCK = 8, BYTES = 4, THREAD = 12, NUMBER = 18 };

/* When there is no more room, all tries are suspected. */
enum { ROOM = 1 << 13, LOOKED_AT = 64 };

static struct notes {
    atomic_bool any, full;
    atomic_uint_least64_t note[ROOM];
} * notes;
static bool suspected[ROOM], all_suspected;

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
        all_suspected = false;
    }
}

static uint64_t note_of(const struct touch *by)
{
    struct touch same = symmetry_first_touch(by), *touch = &same;
    return (uint64_t)touch->number << NUMBER | (uint64_t)touch->thread << THREAD |
           (uint64_t)touch->bytes << BYTES | (touch->write ? WRITE : 0U) |
           (touch->atomic ? ATOMIC : 0U);
}

/* Returns the note's place; ROOM if there is none for it. */
static size_t put(uint64_t note)
{
    size_t first = (size_t)(note * UINT64_C(0x9E3779B97F4A7C15) >> 40);
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

bool suspects_try(const struct touch *touch)
{
    size_t place = put(note_of(touch) | TRY);
    return all_suspected || (place < ROOM && suspected[place]);
}

void suspects_loose(const struct touch *touch, uint64_t threads)
{
    struct touch of = *touch;
    for (of.thread = 0; threads != 0; of.thread++, threads >>= 1) {
        if ((threads & 1) != 0) {
            (void)put(note_of(&of));
        }
    }
}

void suspects_free(uintptr_t first, uintptr_t end, uint64_t threads)
{
    while (threads != 0 && first < end) {
        unsigned logarithm = 63U - (unsigned)__builtin_clzll(end - first);
        struct touch block = {
            .number = first, .bytes = (uint8_t)logarithm, .write = true};
        for (uint64_t left = threads; left != 0; block.thread++, left >>= 1) {
            if ((left & 1) != 0) {
                (void)put(note_of(&block) | BLOCK);
            }
        }
        first += (uintptr_t)1 << logarithm;
    }
}

/* Whether a note of a try and one of a loose access may be a race. */
static bool meet(uint64_t try, uint64_t loose)
{
    uint64_t bytes = loose >> BYTES & UINT8_MAX;
    bool same_thread = (try >> THREAD & 63) == (loose >> THREAD & 63);
    bool touch = (loose & BLOCK) != 0
                     ? (try >> NUMBER) - (loose >> NUMBER) < UINT64_C(1) << bytes
                     : try >> NUMBER == loose >> NUMBER && (try >> BYTES & bytes) != 0;
    return same_thread && touch && ((try | loose) & WRITE) != 0 &&
           (try & loose & ATOMIC) == 0;
}

bool suspects_find(void)
{
    static uint64_t loose[ROOM];
    bool more = atomic_load(&notes->full) && !all_suspected;
    size_t count = 0;
    for (size_t i = 0; i < ROOM; i++) {
        loose[count] = atomic_load_explicit(&notes->note[i], memory_order_relaxed);
        count += loose[count] != 0 && (loose[count] & TRY) == 0;
    }
    for (size_t i = 0; i < ROOM && count > 0; i++) {
        uint64_t try = atomic_load_explicit(&notes->note[i], memory_order_relaxed);
        for (size_t k = 0; (try & TRY) != 0 && !suspected[i] && k < count; k++) {
            more = more || meet(try, loose[k]);
            suspected[i] = meet(try, loose[k]);
        }
    }
    all_suspected = all_suspected || atomic_load(&notes->full);
    return more;
}
