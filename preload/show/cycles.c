/* SPDX-License-Identifier: MIT */
/*
 * Cycles in the order of locks. Each edge says: a thread that had one lock asked for
 * another one. A cycle of them is one that threads can wait in for ever, if
 *
 *   it takes several threads: edges that one thread alone had are not of the same one;
 *   nothing keeps them apart: no two edges were only there behind the same third lock;
 *   each waits for the one before: not as one reader for another.
 *
 * Cycles at the same places, of other objects, are one.
 */
#include "preload/show/profile.h"

#include <string.h>

#include "common/memory.h"

enum { LONGEST = 12, MOST_STEPS = 2000000 };

struct graph {
    struct process *process;
    const struct profile_edge **edges; /* copies, by the lock that is held */
    size_t count;
    const struct profile_edge *path[LONGEST];
    size_t length, steps;
};

/* --- what a cycle is ---------------------------------------------------------------- */

static bool share_gate(const struct profile_edge *one, const struct profile_edge *other)
{
    for (uint32_t i = 0; i < PROFILE_GATES; i++) {
        for (uint32_t k = 0; k < PROFILE_GATES; k++) {
            if (one->gates[i] != 0 && one->gates[i] == other->gates[k]) {
                return true;
            }
        }
    }
    return false;
}

static bool is_same_thread(const struct profile_edge *one,
                           const struct profile_edge *other)
{
    return one->other_thread == 0 && other->other_thread == 0 &&
           one->first_thread == other->first_thread;
}

/* Whether the edge goes with all that are on the path, behind its last one. */
static bool fits(const struct graph *graph, const struct profile_edge *edge)
{
    for (size_t i = 0; i < graph->length; i++) {
        if (share_gate(graph->path[i], edge) || is_same_thread(graph->path[i], edge)) {
            return false;
        }
    }
    return true;
}

static bool waits_for(const struct profile_edge *one, const struct profile_edge *other)
{
    return !(one->to_read != 0 && other->from_read != 0);
}

/* --- a cycle that was found --------------------------------------------------------- */

static struct step step_of(const struct process *process, const struct profile_edge *edge)
{
    struct step step = {.tid = edge->tid,
                        .has = process_object(edge->from),
                        .wants = process_object(edge->to),
                        .has_site = process_site(process, edge->from_place),
                        .wants_site = process_site(process, edge->to_place)};
    step.has_depth = process_frames(process, edge->from_place, step.has_stack);
    for (uint32_t i = 0; i < edge->depth && i < PROFILE_STACK; i++) {
        step.stack[step.depth++] = process_frame(process, edge->stack[i]);
    }
    return step;
}

static bool is_same_step(const struct step *one, const struct step *other)
{
    return one->has_site == other->has_site && one->wants_site == other->wants_site;
}

/* With the same places, from whichever of them on. */
static bool is_same_cycle(const struct cycle *one, const struct cycle *other)
{
    bool same = false;
    for (size_t turn = 0; one->count == other->count && turn < one->count && !same;
         turn++) {
        same = true;
        for (size_t i = 0; i < one->count && same; i++) {
            same = is_same_step(&one->steps[i], &other->steps[(i + turn) % one->count]);
        }
    }
    return same;
}

static void add_cycle(struct graph *graph)
{
    struct cycles *cycles = &graph->process->cycles;
    struct cycle cycle = {.steps = zeroed(graph->length, sizeof *cycle.steps),
                          .count = graph->length};
    for (size_t i = 0; i < graph->length; i++) {
        struct step step = step_of(graph->process, graph->path[i]);
        if (step.has == NULL || step.wants == NULL) {
            free(cycle.steps);
            return;
        }
        cycle.steps[i] = step;
        cycle.may_be_reused |= !step.has->is_static;
    }
    for (size_t i = 0; i < cycles->count; i++) {
        if (is_same_cycle(&cycles->items[i], &cycle)) {
            cycles->items[i].others++;
            free(cycle.steps);
            return;
        }
    }
    grow_for_one(cycles);
    cycles->items[cycles->count++] = cycle;
}

/* --- the search --------------------------------------------------------------------- */

/* The first edge from that lock. */
static size_t first_from(const struct graph *graph, uint32_t identity)
{
    size_t low = 0, high = graph->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (graph->edges[middle]->from_identity < identity) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool is_on_path(const struct graph *graph, uint32_t identity)
{
    for (size_t i = 0; i < graph->length; i++) {
        if (graph->path[i]->from_identity == identity) {
            return true;
        }
    }
    return false;
}

/* Goes on from a lock; a cycle is found from the one of its locks with the least
   identity. */
static void go_on(struct graph *graph, uint32_t identity, uint32_t first)
{
    for (size_t i = first_from(graph, identity);
         i < graph->count && graph->edges[i]->from_identity == identity; i++) {
        const struct profile_edge *edge = graph->edges[i];
        const struct profile_edge *last =
            graph->length > 0 ? graph->path[graph->length - 1] : NULL;
        if (graph->steps++ > MOST_STEPS || graph->length == LONGEST) {
            graph->process->cycles_left_out = true;
            return;
        }
        if ((last != NULL && !waits_for(last, edge)) || !fits(graph, edge)) {
            continue;
        }
        graph->path[graph->length++] = edge;
        if (edge->to_identity == first && waits_for(edge, graph->path[0])) {
            add_cycle(graph);
        } else if (edge->to_identity > first && !is_on_path(graph, edge->to_identity)) {
            go_on(graph, edge->to_identity, first);
        }
        graph->length--;
    }
}

/* Leaves only edges out of which, and into which, others go, as long as that takes some
   away: what is left has all cycles. */
static void prune(struct graph *graph)
{
    for (bool changed = true; changed;) {
        size_t kept = 0;
        changed = false;
        for (size_t i = 0; i < graph->count; i++) {
            size_t next = first_from(graph, graph->edges[i]->to_identity);
            bool goes_on = next < graph->count && graph->edges[next]->from_identity ==
                                                      graph->edges[i]->to_identity;
            if (!goes_on) {
                changed = true;
                continue;
            }
            graph->edges[kept++] = graph->edges[i];
        }
        if (changed) {
            graph->count = kept;
        }
    }
}

/* False: there is none. A program that runs may be writing who asked just now; one that
   was killed then has left that half done: it is not told. */
static bool copy_edge(struct profile_edge *copy, const struct profile_edge *edge)
{
    /* The edge was written before its key: acquire. */
    if (atomic_load_explicit(&edge->key, memory_order_acquire) == 0) {
        return false;
    }
    enum { TRIES = 1000 };
    for (int i = 0; i < TRIES; i++) {
        uint32_t version = atomic_load_explicit(&edge->version, memory_order_acquire);
        memcpy(copy, edge, sizeof *copy);
        atomic_thread_fence(memory_order_acquire);
        if ((version & 1) == 0 && edge->version == version) {
            return true;
        }
    }
    copy->depth = 0;
    return true;
}

static int by_lock(const void *one, const void *other)
{
    const struct profile_edge *a = *(const struct profile_edge *const *)one;
    const struct profile_edge *b = *(const struct profile_edge *const *)other;
    if (a->from_identity != b->from_identity) {
        return a->from_identity < b->from_identity ? -1 : 1;
    }
    return (a->to_identity > b->to_identity) - (a->to_identity < b->to_identity);
}

void find_cycles(struct process *process)
{
    const struct profile_header *header = process->header;
    uint32_t all = items_of(header, PROFILE_EDGES);
    struct profile_edge *copies = zeroed(all, sizeof *copies);
    struct graph graph = {.process = process,
                          .edges = zeroed(all, sizeof(struct profile_edge *))};
    for (uint32_t i = 0; i < all; i++) {
        if (copy_edge(&copies[i], item_of(header, PROFILE_EDGES, i))) {
            graph.edges[graph.count++] = &copies[i];
        }
    }
    if (graph.count > 0) {
        qsort(graph.edges, graph.count, sizeof(struct profile_edge *), by_lock);
        prune(&graph);
    }
    for (size_t i = 0; i < graph.count; i++) {
        uint32_t identity = graph.edges[i]->from_identity;
        if (i == 0 || identity != graph.edges[i - 1]->from_identity) {
            go_on(&graph, identity, identity);
        }
    }
    free(graph.edges);
    free(copies);
}
