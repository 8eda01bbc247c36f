/* SPDX-License-Identifier: MIT */
#include "check/explore/suspects.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "check/explore/idle_turns.h"
#include "check/explore/symmetry.h"
#include "common/memory.h"

/* When there is no more room, all tries are suspected. */
enum { ROOM = 1 << 14, LOOKED_AT = 64 };

static struct notes {
    atomic_bool any, full;
    atomic_uint_least64_t note[ROOM];
} * notes;

/* Of each note, what suspects_try returns; and whether it is all, for all. */
static uint8_t suspected[ROOM];
static bool all_suspected;

uint64_t suspects_recent[SUSPECTS_RECENT];

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
        memset(suspects_recent, 0, sizeof suspects_recent);
        all_suspected = false;
    }
}

/* Returns the note's place; ROOM if there is none for it. */
static size_t put(uint64_t note)
{
    size_t first = suspects_hash(note);
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

static size_t put_touch(struct touch touch, unsigned kind)
{
    return put(suspects_note(symmetry_first_touch(touch), kind));
}

void suspects_put(struct touch touch, unsigned kind)
{
    (void)put_touch(touch, kind);
}

static void put_for_each(struct touch touch, unsigned kind, uint64_t threads)
{
    uint32_t what = touch.what & ((1U << TOUCH_THREAD) - 1);
    for (uint32_t thread = 0; threads != 0; thread++, threads >>= 1) {
        if ((threads & 1) != 0) {
            touch.what = what | thread << TOUCH_THREAD;
            suspects_put_once(touch, kind);
        }
    }
}

unsigned suspects_try(struct touch touch)
{
    size_t place = put_touch(touch, NOTE_TRY);
    return all_suspected  ? SUSPECTED_HERE | SUSPECTED_LATER
           : place < ROOM ? suspected[place]
                          : 0;
}

void suspects_loose(struct touch touch, uint64_t threads)
{
    put_for_each(touch, NOTE_LOOSE, threads);
}

void suspects_free(unsigned thread, uintptr_t first, uintptr_t end, uint64_t loose)
{
    if (loose != 0) {
        idle_turns_free(first, end);
    }
    while (first < end) {
        unsigned logarithm = 63U - (unsigned)__builtin_clzll(end - first);
        struct touch block = {first, thread << TOUCH_THREAD | logarithm << TOUCH_BYTES |
                                         TOUCH_WRITE};
        suspects_put_once(block, NOTE_BLOCK | NOTE_TOUCH);
        put_for_each(block, NOTE_BLOCK | NOTE_LOOSE, loose);
        first += (uintptr_t)1 << logarithm;
    }
}

/* Whether the thread of a try and that of another access are such as may race. Of threads
   that are alike it is not known which one it was. */
static bool meet_threads(uint64_t try, uint64_t other)
{
    bool same = ((try ^ other) >> TOUCH_THREAD & 63) == 0;
    if ((other & NOTE_LOOSE) == NOTE_LOOSE) {
        return same && ((try ^ other) & TOUCH_OWN) == 0;
    }
    return (!same || ((try | other) & TOUCH_ALIKE) != 0) &&
           (try & other & (TOUCH_OWN | TOUCH_LATER)) == 0;
}

/* Whether a note of a try and another one may be a race. */
static bool meet(uint64_t try, uint64_t other)
{
    uint64_t bytes = other >> TOUCH_BYTES & UINT8_MAX;
    uint64_t apart = (try >> TOUCH_NUMBER) - (other >> TOUCH_NUMBER);
    bool touch = (other & NOTE_BLOCK) != 0
                     ? apart < UINT64_C(1) << bytes
                     : apart == 0 && (try >> TOUCH_BYTES & bytes) != 0;
    return touch && meet_threads(try, other) && ((try | other) & TOUCH_WRITE) != 0 &&
           (try & other & TOUCH_ATOMIC) == 0;
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
            count += (note & NOTE_TOUCH) != 0;
            tries[try_count] = (uint16_t)i;
            try_count += (note & NOTE_LOOSE) == NOTE_TRY;
        }
    }
    for (size_t i = 0; i < try_count; i++) {
        uint64_t try = atomic_load_explicit(&notes->note[tries[i]], memory_order_relaxed);
        for (size_t k = 0; k < count; k++) {
            unsigned why = !meet(try, others[k])                    ? 0
                           : (others[k] & NOTE_LOOSE) == NOTE_LOOSE ? SUSPECTED_LATER
                                                                    : SUSPECTED_HERE;
            more = more || (why & ~suspected[tries[i]]) != 0;
            suspected[tries[i]] |= (uint8_t)why;
        }
    }
    return more;
}
