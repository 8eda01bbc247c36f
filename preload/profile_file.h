/* SPDX-License-Identifier: MIT */
/*
 * The file that a profile is kept in while the program runs. Each process of the program
 * has one of its own, in the directory that LOCKSTEP_PROFILE names. The library maps it
 * shared and writes; lockstep-run maps it and reads, whether the process still runs, has
 * ended, or was killed: nothing is flushed, so nothing is lost.
 *
 * A file is a header and some arrays, each with a place for all that it may ever hold;
 * what was not used takes no memory. Memory is reserved before it is touched, so that a
 * full disk costs counts and not the program. What did not fit is counted.
 *
 * Places, objects and so on are numbers: indices into their arrays.
 */
#ifndef LOCKSTEP_PRELOAD_PROFILE_FILE_H
#define LOCKSTEP_PRELOAD_PROFILE_FILE_H

#include <stdatomic.h>
#include <stdint.h>

#define PROFILE_MAGIC 0x314c464f52504b4cu

enum profile_array_name {
    PROFILE_OBJECTS,
    PROFILE_ADDRESSES,
    PROFILE_PLACES,
    PROFILE_MODULES,
    PROFILE_THREADS,
    PROFILE_ENTRIES,
    PROFILE_HISTOGRAMS,
    PROFILE_PAIRS,
    PROFILE_EDGES,
    PROFILE_ARRAYS
};

struct profile_array {
    uint64_t offset; /* of its first item, from the beginning of the file */
    uint32_t size;   /* of an item */
    uint32_t most;
    _Atomic(uint32_t) count;
    _Atomic(uint32_t) reserved; /* items that may be touched */
    _Atomic(uint64_t) lost; /* items that found no room, each time they were asked for */
};

enum { PROFILE_PATH = 240, PROFILE_COMMAND = 240 };

struct profile_header {
    _Atomic(uint64_t) magic; /* written last */
    uint32_t pid, parent;
    uint32_t every;           /* one holding in so many is timed, at random, ... */
    uint32_t first;           /* ... after so many of each entry, which all are */
    uint64_t started;         /* CLOCK_MONOTONIC, ns */
    uint64_t started_seconds; /* since 1970 */
    _Atomic(uint32_t) next_identity;
    _Atomic(uint32_t) next_thread;
    _Atomic(uint32_t) unloads;           /* libraries that were closed and have gone */
    uint32_t has_stacks;                 /* whether stacks could be taken */
    _Atomic(uint64_t) lost_acquisitions; /* no room for their object, place or thread */
    _Atomic(uint64_t) lost_held;         /* held besides too many others */
    _Atomic(uint64_t) lost_nested;       /* in a signal handler, within a hook */
    _Atomic(uint64_t) given_by_others;   /* by another thread than the one that took */
    struct profile_array arrays[PROFILE_ARRAYS];
    char command[PROFILE_COMMAND]; /* words of the command line, each with a 0 behind */
};

/* An address that locks are taken at. */
struct profile_object {
    _Atomic(uint64_t) address; /* 0: made for nothing */
    _Atomic(uint64_t) holder;  /* place + 1; in the upper half the thread, of readers 0 */
    _Atomic(uint64_t) taken;   /* exclusively */
    _Atomic(uint32_t) identity; /* another one after each init or destroy */
    _Atomic(uint32_t) in_turn;  /* objects that there were, one after the other */
    _Atomic(uint32_t) waiting, longest_queue;
    uint32_t kind;
    uint32_t first_place;
    _Atomic(uint32_t) forgotten;  /* by init or destroy, and not taken since */
    _Atomic(uint32_t) last_place; /* + 1; that took it exclusively */
};

/* What a call returns to. */
struct profile_address {
    uint64_t address; /* 0: made for nothing */
    uint64_t offset;  /* in the module's file */
    uint32_t module;  /* or PROFILE_NO_MODULE: of no file */
    uint32_t unused;
};

/* Where a lock is taken: the call, and those that it was called by, the innermost first;
   a lock is often taken by a function for just that. */
enum { PROFILE_FRAMES = 4 };
struct profile_place {
    uint32_t depth;                  /* 0: made for nothing */
    uint32_t frames[PROFILE_FRAMES]; /* addresses */
};

enum { PROFILE_NO_MODULE = UINT32_MAX };

/* A part of a file that was mapped to be executed. */
struct profile_module {
    uint64_t start, end, offset;
    uint64_t device, inode;
    uint64_t seen; /* seconds since 1970 */
    _Atomic(uint32_t) gone;
    uint32_t unused;
    char path[PROFILE_PATH];
};

struct profile_thread {
    _Atomic(uint32_t) in_use;
    uint32_t tid, number;      /* of the last thread that had it */
    _Atomic(uint32_t) threads; /* that have had it, one after the other */
    /* What it waits for now: object + 1, or 0. */
    _Atomic(uint32_t) waits_for;
    uint32_t waits_at, waits_behind; /* places; the holder's + 1, or 0 */
    _Atomic(uint64_t) waits_since;
    uint64_t waits_taken; /* acquisitions of the object until then */
    uint32_t waits_entry;
    uint32_t unused;
};

enum { PROFILE_FIRST_HOLDS = 12 };

/* What a thread did at one place with one object. Its thread alone writes it. */
struct profile_entry {
    _Atomic(uint64_t) object_address; /* 0: no longer looked for */
    uint64_t place_key;               /* of the place's frames */
    uint32_t next;                    /* entry + 1, in the bucket */
    uint32_t object, place, kind;
    _Atomic(uint64_t) acquisitions;
    _Atomic(uint64_t) waited; /* of these */
    _Atomic(uint64_t) tried;  /* of these, by a try-lock */
    _Atomic(uint64_t) gave_up;
    _Atomic(uint64_t) wait_total, wait_longest; /* ns; with those that gave up */
    _Atomic(uint64_t) hold_total, hold_longest; /* ns; the total by weight */
    _Atomic(uint32_t) holds_timed;              /* how many */
    _Atomic(uint32_t) passed_over; /* most others between asking and having */
    _Atomic(uint32_t) wait_histogram, hold_histogram; /* index + 1; 0: none */
    uint32_t thread;
    /* The buckets + 1 of the first holdings that were timed, which stand for themselves
       alone: most locks are taken so rarely that they need no histogram. */
    _Atomic(uint8_t) first_holds[PROFILE_FIRST_HOLDS];
};

/* Counts of durations: below 32 ns, from there four to an octave, and the rest. */
enum { PROFILE_COUNTS = 128, PROFILE_LEAST_OCTAVE = 5 };
struct profile_histogram {
    _Atomic(uint32_t) counts[PROFILE_COUNTS];
};

/* A place that waited for what was held at another one. */
struct profile_pair {
    uint32_t object, waiter, holder; /* the holder's place + 1, or 0: not known */
    uint32_t made;                   /* 0: made for nothing */
    _Atomic(uint64_t) waits, total;  /* ns */
};

/* A lock was asked for by a thread that had another one. The gates are what each thread
   held exclusively besides that did so: they become fewer, and the stack is of the thread
   that came with the fewest. */
enum { PROFILE_GATES = 8, PROFILE_STACK = 24 };
struct profile_edge {
    _Atomic(uint64_t) key; /* of all that tells it from others; 0: none */
    uint32_t from, to;     /* objects */
    uint32_t from_identity, to_identity;
    uint32_t from_read, to_read;            /* shared with other readers */
    uint32_t first_thread;                  /* that did it */
    _Atomic(uint32_t) other_thread;         /* another one, or 0 */
    _Atomic(uint32_t) gates[PROFILE_GATES]; /* identities; 0: none */
    _Atomic(uint32_t) version;              /* odd: what follows is being written */
    uint32_t from_place, to_place;          /* where it was taken, and where asked for */
    uint32_t tid;                           /* who asked */
    uint32_t depth;
    uint32_t stack[PROFILE_STACK]; /* addresses; the innermost first */
};

/* The bucket of a duration, and the least and greatest that a bucket holds. */
static inline unsigned profile_bucket(uint64_t ns)
{
    if (ns < 1u << PROFILE_LEAST_OCTAVE) {
        return 0;
    }
    unsigned octave = 63 - (unsigned)__builtin_clzll(ns);
    unsigned bucket =
        1 + 4 * (octave - PROFILE_LEAST_OCTAVE) + (unsigned)(ns >> (octave - 2) & 3);
    return bucket < PROFILE_COUNTS ? bucket : PROFILE_COUNTS - 1;
}

static inline uint64_t profile_least(unsigned bucket)
{
    unsigned above = bucket - 1;
    return bucket == 0
               ? 0
               : (uint64_t)(4 + above % 4) << (above / 4 + PROFILE_LEAST_OCTAVE - 2);
}

#endif
