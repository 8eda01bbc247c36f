/* SPDX-License-Identifier: MIT */
/*
 * The profile's tables, for the hooks: what is looked for is found, or made. All of it
 * may run in any thread at any time: it takes no lock of the program's or the library's,
 * allocates by mmap alone, and does not change errno.
 *
 *   profile.c          the hooks: what happens at each lock and unlock
 *   profile_frames.c   who calls
 *   profile_order.c    in which order locks are taken
 *   profile_tables.c   the tables
 *   profile_modules.c  which file an address is of
 *   profile_storage.c  the file they lie in
 */
#ifndef LOCKSTEP_PRELOAD_PROFILE_TABLES_H
#define LOCKSTEP_PRELOAD_PROFILE_TABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "preload/profile.h"
#include "preload/profile_file.h"

/* The running process's file; NULL before the first lock. And its arrays. */
extern struct profile_header *profile_header;
extern char *profile_arrays[PROFILE_ARRAYS];

static const uint32_t profile_sizes[PROFILE_ARRAYS] = {
    [PROFILE_OBJECTS] = sizeof(struct profile_object),
    [PROFILE_ADDRESSES] = sizeof(struct profile_address),
    [PROFILE_PLACES] = sizeof(struct profile_place),
    [PROFILE_MODULES] = sizeof(struct profile_module),
    [PROFILE_THREADS] = sizeof(struct profile_thread),
    [PROFILE_ENTRIES] = sizeof(struct profile_entry),
    [PROFILE_HISTOGRAMS] = sizeof(struct profile_histogram),
    [PROFILE_PAIRS] = sizeof(struct profile_pair),
    [PROFILE_EDGES] = sizeof(struct profile_edge),
};

/* The item of an array. */
static inline void *profile_item(enum profile_array_name name, uint32_t index)
{
    return profile_arrays[name] + (size_t)index * profile_sizes[name];
}

/* --- profile_storage.c -------------------------------------------------------------- */

/* Where the files are to be. Called first of all; false, and said: that cannot be. */
bool profile_ask(const char *directory);

/* Sees to it that the process has its file. Returns false if it cannot have one; that is
   said once, and there is no profile. */
bool profile_open(void);

/* In the child of a fork: lets the parent's file go. */
void profile_leave(void);

enum { PROFILE_MOST_THREADS = 1 << 12 };

/* A new item, all zero; PROFILE_NONE, and counted as lost, where there is no room. */
enum { PROFILE_NONE = UINT32_MAX };
uint32_t profile_add(enum profile_array_name name);

/* Whether there is still some; if not, the item that was asked for is counted as lost. */
bool profile_has_room(enum profile_array_name name);

/* Zeroed memory that the parent of a fork does not share; NULL: there is none. */
void *profile_private(size_t size);

/* Only one thread at a time, for short. */
void profile_enter(_Atomic(uint32_t) *gate);
void profile_exit(_Atomic(uint32_t) *gate);

/* --- profile_frames.c --------------------------------------------------------------- */

/* Who calls: addresses that the calls return to, the innermost first. */
struct profile_frames {
    uint32_t depth;
    uint64_t addresses[PROFILE_FRAMES];
    uint16_t words[PROFILE_FRAMES]; /* from the end of one frame to that of the next */
    uint64_t key;                   /* of all of them */
};

/* Who calls the function whose place that is. The stack ends at `top`. */
struct profile_frames profile_frames(const void *place, uint64_t top);

/* Up to `room` addresses, of all who call. Returns how many. */
uint32_t profile_stack(const void *place, uint64_t *addresses, uint32_t room);

/* Where the stack of the calling thread ends; 0: not known. */
uint64_t profile_stack_top(void);

bool profile_has_stacks(void);

/* Code has gone: nothing is known of its frames. */
void profile_frames_forget(void);

/* --- profile_tables.c --------------------------------------------------------------- */

uint32_t profile_object(const void *address, enum profile_kind kind, uint32_t place);
uint32_t profile_find_object(const void *address);
uint32_t profile_address(uint64_t address);
uint32_t profile_place(const struct profile_frames *frames);
uint32_t profile_pair(uint32_t object, uint32_t waiter, uint32_t holder);

/* The edge with that key; the second makes it as `edge` is where there is none. */
uint32_t profile_find_edge(const struct profile_edge *edge);
uint32_t profile_edge(const struct profile_edge *edge);

/* In the child of a fork. */
void profile_tables_forked(void);

/* A short number for what is looked for. */
static inline uint64_t profile_hash(uint64_t a, uint64_t b)
{
    uint64_t mixed = (a ^ (b * 0x9e3779b97f4a7c15u)) * 0xd6e8feb86659fd93u;
    mixed ^= mixed >> 32;
    return mixed * 0xd6e8feb86659fd93u;
}

/* --- profile_modules.c -------------------------------------------------------------- */

/* The module that an address lies in; PROFILE_NO_MODULE: it is of no file. */
uint32_t profile_module_of(uint64_t address);

/* Some libraries may have gone. */
void profile_modules_changed(void);
void profile_modules_forked(void);

/* --- profile_order.c ---------------------------------------------------------------- */

/* What a thread holds. */
enum { PROFILE_HELD = 32 };
struct profile_held {
    const void *address;
    uint64_t started;            /* when it was taken; 0: this one is not timed */
    struct profile_entry *entry; /* NULL: not known, from before a fork */
    uint32_t weight;
    uint32_t identity; /* of the object, then */
    bool read;
};

/* The thread asks for an object while it holds `held`; `known` are the orders that it
   knows to be written. */
enum { PROFILE_KNOWN = 256 };
struct profile_known {
    uint64_t key;
    struct profile_edge *edge; /* NULL: it needs no looking at */
};
void profile_order(const struct profile_held *held, unsigned count,
                   const struct profile_entry *wanted, const void *place,
                   const struct profile_thread *thread,
                   struct profile_known known[PROFILE_KNOWN]);

#endif
