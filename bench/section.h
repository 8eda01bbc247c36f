/* SPDX-License-Identifier: MIT */
/*
 * The critical section, and what a lock protects: plain variables on lines of their own,
 * which count the sections that wrote. Such a section writes the first one, works, and
 * writes the others and the last one; another one reads them in that order. Where two
 * overlap, one of them finds two unequal or the first one changed, or an update is lost.
 */
#ifndef LOCKBENCH_SECTION_H
#define LOCKBENCH_SECTION_H

#include "bench/lines.h"
#include "bench/workload.h"

struct line {
    alignas(LKS_CACHE_LINE) uint64_t number;
};

struct guarded { /* NOLINT(*Padding): that is what the lines are for */
    alignas(LKS_CACHE_LINE) uint64_t first;
    uint64_t released_at; /* when, if the last release was timed; else 0 */
    unsigned last_inside; /* the thread that was inside last */
    alignas(LKS_CACHE_LINE) uint64_t last;
    struct line lines[]; /* of --cs-lines: as many are read, and as many written */
};

static inline size_t size_without_payload(const struct workload *workload)
{
    unsigned lines = workload->lines_read > workload->lines_written
                         ? workload->lines_read
                         : workload->lines_written;
    return sizeof(struct guarded) + lines * sizeof(struct line);
}

static inline size_t guarded_size(const struct workload *workload)
{
    return size_without_payload(workload) +
           (workload->task != NULL ? sizeof(struct payload) : 0);
}

/* Of a workload with a task. */
static inline struct payload *payload_of(const struct guarded *guarded,
                                         const struct workload *workload)
{
    return (struct payload *)((uintptr_t)guarded + size_without_payload(workload));
}

/* What the locks of a run protect, one behind the other. */
struct data {
    char *memory;
    size_t stride;
};

static inline struct guarded *guarded_at(const struct data *data, uint32_t which)
{
    return (struct guarded *)(data->memory + which * data->stride);
}

static inline struct data make_data(const struct workload *workload, unsigned threads)
{
    struct data data = {.stride = guarded_size(workload)};
    data.memory = allocate_lines(workload->locks->count * data.stride);
    for (uint32_t i = 0; i < workload->locks->count; i++) {
        guarded_at(&data, i)->last_inside = threads; /* none */
        if (workload->task != NULL) {
            payload_of(guarded_at(&data, i), workload)->amount = workload->task->initial;
        }
    }
    return data;
}

/* Reads the lines; whether one of those that sections write is not as the first one. */
static inline bool read_lines(const struct guarded *guarded,
                              const struct workload *workload, uint64_t number)
{
    bool differs = false;
    for (unsigned i = 0; i < workload->lines_read; i++) {
        uint64_t read = guarded->lines[i].number;
        __asm__ volatile("" : : "r"(read));
        differs |= i < workload->lines_written && read != number;
    }
    return differs;
}

/* The two halves of a section that writes: what is between them is its work. Each returns
   whether another one has been met. */
static inline bool begin_writing(struct guarded *guarded, const struct workload *workload)
{
    const uint64_t number = guarded->first;
    bool overlaps = guarded->last != number;
    overlaps |= read_lines(guarded, workload, number);
    guarded->first = number + 1;
    keep_order();
    return overlaps;
}

static inline bool end_writing(struct guarded *guarded, const struct workload *workload,
                               uint64_t number)
{
    keep_order();
    bool overlaps = guarded->first != number + 1;
    for (unsigned i = 0; i < workload->lines_written; i++) {
        guarded->lines[i].number = number + 1;
    }
    guarded->last = number + 1;
    return overlaps;
}

/* A section that reads, likewise. */
static inline bool only_read(const struct team *team, const struct guarded *guarded,
                             const struct workload *workload, uint64_t loops)
{
    const uint64_t number = guarded->first;
    bool overlaps = read_lines(guarded, workload, number);
    keep_order();
    work(team, loops);
    keep_order();
    return overlaps || guarded->last != number;
}

/* How far all payloads together are from what the tally of all threads says, and how many
   are not as they must be. */
static inline uint64_t errors_in(const struct data *data, const struct workload *workload,
                                 int64_t tally)
{
    const struct task *task = workload->task;
    uint64_t errors = 0;
    int64_t sum = 0;
    for (uint32_t i = 0; i < workload->locks->count; i++) {
        const struct payload *payload = payload_of(guarded_at(data, i), workload);
        sum += payload->amount - task->initial;
        errors += task->is_right != NULL && !task->is_right(payload);
    }
    return errors + (uint64_t)(sum > tally ? sum - tally : tally - sum);
}

/* How many have written, of all locks together. */
static inline uint64_t updates_of(const struct data *data, uint32_t count)
{
    uint64_t updates = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct guarded *guarded = guarded_at(data, i);
        updates += guarded->first < guarded->last ? guarded->first : guarded->last;
    }
    return updates;
}

#endif
