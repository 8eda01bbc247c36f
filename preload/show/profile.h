/* SPDX-License-Identifier: MIT */
/*
 * A profile, read: what lockstep-run makes of the files that the library under a program
 * wrote, while the program runs or when it is over.
 *
 *   read.c     a file, summed over threads; places that are the same line are one
 *   places.c   addresses to lines and variables
 *   cycles.c   orders of locks that threads can wait in for ever
 *   table.c    for people
 *   records.c  for programs
 *   show.c     all of a program's processes
 *   session.c  a program, while it runs
 */
#ifndef LOCKSTEP_PRELOAD_SHOW_PROFILE_H
#define LOCKSTEP_PRELOAD_SHOW_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/options.h"
#include "common/record.h"
#include "preload/profile_file.h"
#include "preload/show/places.h"

/* Durations, in ns. Each may stand for several. */
struct spans {
    uint64_t count, total, longest;
    uint64_t counts[PROFILE_COUNTS];
};

/* Right to 25 %, as the buckets are that wide; NaN of none. */
double spans_percentile(const struct spans *spans, double share);

/* What was done at one place with one object. */
struct row {
    size_t site;
    uint32_t kind; /* enum profile_kind */
    uint64_t acquisitions, waited, tried, gave_up;
    struct spans waits, holds; /* of holds the timed ones, by weight */
    uint64_t holds_timed;      /* how many these were */
    bool counts_lost;          /* some durations are in no bucket: no percentiles */
    uint32_t passed_over;
};

/* One place waited for another, with an object. */
struct pair {
    size_t waiter, holder; /* sites; NO_SITE: not known */
    uint64_t waits, total;
};
enum { NO_SITE = SIZE_MAX };

/* A thread that waits for an object now, or did when the process ended. */
struct waiter {
    uint32_t tid;
    size_t site, holder; /* NO_SITE: not known */
};

struct object {
    uint64_t address;
    const char *kind;     /* "mutex" */
    const char *variable; /* NULL: not known */
    bool is_static;       /* lies where no other object can come to lie */
    const char *name;     /* the variable, or its address and where it was first taken */
    uint32_t in_turn, longest_queue;
    uint64_t acquisitions, waited, wait_total;
    double hold_total; /* an estimate where not all were timed; NaN: none was */
    uint32_t threads;  /* that took it, or waited for it; */
    bool more_threads; /* or more: some came after others that had ended */
    double jain_index; /* of the threads' acquisitions; NaN: not known */
    uint32_t passed_over;
    struct rows {
        struct row *items;
        size_t count;
    } rows; /* by waiting time, then by acquisitions */
    struct pairs {
        struct pair *items;
        size_t count, room;
    } pairs; /* by time */
    struct waiters {
        struct waiter *items;
        size_t count, room;
    } waiters;
};

/* An edge of a cycle. */
struct step {
    uint32_t tid;
    const struct object *has, *wants;
    size_t has_site, wants_site; /* where it took the one, and asked for the other */
    size_t stack[PROFILE_STACK]; /* who asked; the innermost first */
    unsigned depth;
    size_t has_stack[PROFILE_FRAMES]; /* who took the one, as far as is known */
    unsigned has_depth;
};

struct cycle {
    struct step *steps;
    size_t count;
    size_t others;      /* more cycles, of other objects, at the same places */
    bool may_be_reused; /* an object of it lies where others can come to lie */
};

struct process {
    const struct profile_header *header;
    const char *command;
    bool is_running;
    double seconds; /* since its first lock */
    struct site *sites;
    size_t site_count;
    struct object *objects;
    struct object **sorted; /* by waiting time, then by acquisitions */
    size_t object_count;
    struct cycles {
        struct cycle *items;
        size_t count, room;
    } cycles;
    bool cycles_left_out; /* there may be more: the search was ended */
    /* What is not in the figures: */
    uint64_t lost_acquisitions, lost_held, lost_nested, given_by_others, lost_pairs,
        lost_orders, lost_durations;
};

/* Reads a process's file; false, and a line on standard error: it cannot be. */
bool process_read(struct process *process, const char *path);

/* For cycles.c, while a process is read: the site of a place or an address, or NO_SITE;
   the object that has that index, or NULL. */
size_t process_site(const struct process *process, uint32_t place);
size_t process_frame(const struct process *process, uint32_t address);
unsigned process_frames(const struct process *process, uint32_t place,
                        size_t frames[PROFILE_FRAMES]);
struct object *process_object(uint32_t index);
void find_cycles(struct process *process);

/* What the file has of an array. */
static inline uint32_t items_of(const struct profile_header *header,
                                enum profile_array_name name)
{
    const struct profile_array *array = &header->arrays[name];
    uint32_t count = array->count;
    uint32_t reserved = array->reserved;
    count = count < reserved ? count : reserved;
    return count < array->most ? count : array->most;
}

static inline const void *item_of(const struct profile_header *header,
                                  enum profile_array_name name, uint32_t index)
{
    const struct profile_array *array = &header->arrays[name];
    return (const char *)header + array->offset + (size_t)index * array->size;
}

void print_process(FILE *file, const struct process *process);
void write_process(FILE *file, const struct process *process,
                   const struct command_line *line);

/* Shows all processes that have a file in the directory: as a table, or as JSON Lines. */
void profile_show(FILE *file, const char *directory, enum format format,
                  const struct command_line *line);

#endif
