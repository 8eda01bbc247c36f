/* SPDX-License-Identifier: MIT */
/*
 * Who calls. The unwinder knows, and takes microseconds. But at one call the frame of a
 * function has one size, unless it has variables whose size is not known before. So the
 * size is kept for each address that a call returns to, and who calls the caller is read
 * from where it must stand. The unwinder is asked for the first time, and again for each
 * combination of callers that has not been seen; where the size turns out to be another
 * one, that address is not gone beyond any more.
 */
#include "preload/profile_tables.h"

#include <errno.h>
#include <unwind.h>

bool profile_has_stacks(void)
{
    /* Without it the unwinder waits for the loader's lock, which may be held by a thread
       that waits for ours. NOLINTNEXTLINE(bugprone-reserved-identifier) */
    extern int _dl_find_object(void *, void *) __attribute__((weak));
    return &_dl_find_object != NULL;
}

/* --- by the unwinder ---------------------------------------------------------------- */

struct walk {
    uint64_t place;
    uint64_t *addresses, *ends; /* of frames: where the called function's frame ends */
    uint32_t depth, room;
    uint64_t top;
    bool begun;
    uint32_t most; /* frames at all; 0: any number */
};

/* In a frame: what the call returns to, and the end of the frame of what was called. The
   first frames are those of the profile itself. */
static _Unwind_Reason_Code step(struct _Unwind_Context *context, void *argument)
{
    struct walk *walk = argument;
    uint64_t address = _Unwind_GetIP(context), end = _Unwind_GetCFA(context);
#if defined __x86_64__
    walk->begun = walk->begun || end == walk->place;
#else
    walk->begun = walk->begun || address == walk->place;
#endif
    walk->top = end;
    if (walk->most > 0 && --walk->most == 0) {
        return _URC_END_OF_STACK;
    }
    if (address == 0 || (walk->begun && walk->depth == walk->room)) {
        return _URC_END_OF_STACK;
    }
    if (walk->begun) {
        walk->addresses[walk->depth] = address;
        walk->ends[walk->depth] = end;
        walk->depth++;
    }
    return _URC_NO_REASON;
}

/* What the function returns to is known in any case. */
static uint64_t first_address(const void *place)
{
#if defined __x86_64__
    return ((const uint64_t *)place)[-1];
#else
    return (uintptr_t)place;
#endif
}

enum { MOST = 64 };

/* With `ends`, of which there are as many. */
static uint32_t unwind(const void *place, uint64_t *addresses, uint64_t *ends,
                       uint32_t room)
{
    int error = errno;
    struct walk walk = {
        .place = (uintptr_t)place, .addresses = addresses, .ends = ends, .room = room};
    if (profile_has_stacks()) {
        (void)_Unwind_Backtrace(step, &walk);
    }
    if (walk.depth == 0) {
        addresses[0] = first_address(place);
        ends[0] = 0;
        walk.depth = 1;
    }
    errno = error;
    return walk.depth;
}

uint32_t profile_stack(const void *place, uint64_t *addresses, uint32_t room)
{
    uint64_t ends[MOST];
    return unwind(place, addresses, ends, room < MOST ? room : MOST);
}

uint64_t profile_stack_top(void)
{
    enum { MOST_FRAMES = 256 }; /* beyond, callers are only found more slowly */
    int error = errno;
    struct walk walk = {.place = 0, .most = MOST_FRAMES};
    if (profile_has_stacks()) {
        (void)_Unwind_Backtrace(step, &walk);
    }
    errno = error;
    return walk.top;
}

/* --- with sizes of frames that are known -------------------------------------------- */

static void add_frame(struct profile_frames *frames, uint64_t address)
{
    frames->addresses[frames->depth++] = address;
    frames->key = (frames->key ^ address) * 0xd6e8feb86659fd93u;
    frames->key ^= frames->key >> 29;
}

#if defined __x86_64__
/* A word: the address above, and 16 bits below: how many words from the end of the called
   function's frame to the end of the caller's; STOP: that is not to be gone beyond. Two
   addresses with one slot replace each other. */
enum { SLOTS = 4096, SIZE_BITS = 16, MOST_WORDS = 512, STOP = 0xffff };
static _Atomic(uint64_t) sizes[SLOTS];

/* Callers that the unwinder has found, by their keys. */
static _Atomic(uint64_t) verified[SLOTS];

static _Atomic(uint64_t) *slot_of(uint64_t address)
{
    return &sizes[(address * 0x9e3779b97f4a7c15u) >> 32 & (SLOTS - 1)];
}

/* 0: not known. */
static uint32_t size_at(uint64_t address)
{
    uint64_t word = atomic_load_explicit(slot_of(address), memory_order_relaxed);
    return word >> SIZE_BITS == address ? (uint32_t)(word & STOP) : 0;
}

static void note_size(uint64_t address, uint64_t words)
{
    uint32_t known = size_at(address);
    bool fits = words >= 1 && words <= MOST_WORDS && (known == 0 || known == words);
    atomic_store_explicit(slot_of(address), address << SIZE_BITS | (fits ? words : STOP),
                          memory_order_relaxed);
}

static struct profile_frames fast(const void *place, uint64_t top)
{
    struct profile_frames frames = {.depth = 0, .key = 0};
    uint64_t address = first_address(place), end = (uintptr_t)place;
    add_frame(&frames, address);
    while (frames.depth < PROFILE_FRAMES) {
        uint32_t words = size_at(address);
        end += words * sizeof(uint64_t);
        if (words == 0 || words == STOP || end > top) {
            break;
        }
        frames.words[frames.depth - 1] = (uint16_t)words;
        address = ((const uint64_t *)end)[-1];
        add_frame(&frames, address);
    }
    return frames;
}

static struct profile_frames sure(const void *place)
{
    struct profile_frames frames = {.depth = 0, .key = 0};
    uint64_t addresses[PROFILE_FRAMES] = {0}, ends[PROFILE_FRAMES] = {0};
    uint32_t depth = unwind(place, addresses, ends, PROFILE_FRAMES);
    add_frame(&frames, addresses[0]);
    for (uint32_t i = 0; i + 1 < PROFILE_FRAMES; i++) {
        uint64_t words =
            i + 1 < depth ? (ends[i + 1] - ends[i]) / sizeof(uint64_t) : STOP;
        note_size(addresses[i], words);
        if (size_at(addresses[i]) == STOP) {
            break;
        }
        frames.words[i] = (uint16_t)words;
        add_frame(&frames, addresses[i + 1]);
    }
    return frames;
}

struct profile_frames profile_frames(const void *place, uint64_t top)
{
    struct profile_frames frames = fast(place, top);
    if (atomic_load_explicit(&verified[frames.key % SLOTS], memory_order_relaxed) !=
        frames.key) {
        frames = sure(place);
        atomic_store_explicit(&verified[frames.key % SLOTS], frames.key,
                              memory_order_relaxed);
    }
    return frames;
}

void profile_frames_forget(void)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        atomic_store_explicit(&sizes[i], 0, memory_order_relaxed);
        atomic_store_explicit(&verified[i], 0, memory_order_relaxed);
    }
}

#else

struct profile_frames profile_frames(const void *place, uint64_t top)
{
    struct profile_frames frames = {.depth = 0, .key = 0};
    (void)top;
    add_frame(&frames, first_address(place));
    return frames;
}

void profile_frames_forget(void)
{
}

#endif
