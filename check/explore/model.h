/* SPDX-License-Identifier: MIT */
/*
 * The memory model: RC11, of Lahav, Vafeiadis, Kang, Hur and Dreyer: Repairing Sequential
 * Consistency in C/C++11, PLDI 2017; with the release sequences of C++20.
 *
 * A graph is built by adding events at the ends of threads, each read after the write
 * that it reads (so po ∪ rf has no cycle). Happens-before of what has been added never
 * changes afterwards; it is kept as one vector clock an event: how many events of each
 * thread happen before it or are it. With that,
 *
 *   coherence   is a lower bound: an access may not go behind what happens before it has
 *               already seen of its location (model_floor);
 *   atomicity   holds because an update is put right behind its source, and nothing is
 *               put between (model_splits);
 *   SC          is looked for cycles in psc, as the paper defines it (model_consistent).
 *
 * The halves of an asymmetric fence are those of D. Goldblatt: Asymmetric Fences, ISO/IEC
 * JTC1/SC22/WG21 paper P1202. A heavy fence is a fence, and what is more it is one to
 * light fences. A light fence is a fence to heavy ones alone: these it synchronises with,
 * and stands before or after them in psc, as fences do. To all else, other light fences
 * included, it is nothing but a place in its thread.
 */
#ifndef LOCKCHECK_MODEL_H
#define LOCKCHECK_MODEL_H

#include "check/explore/graph.h"

enum memory_model {
    MODEL_RC11,
    MODEL_SC,  /* RC11 with every order seq_cst: the interleavings */
    MODEL_TSO, /* x86 processors: tso.h */
};

typedef uint16_t clock_value; /* a count of events */

/* The events that access a location, as they were executed. */
struct access_list {
    event_id *event;
    uint32_t count, room;
};

/* What is known of the executed part of a graph. Arrays of views have `width` clocks an
   event. */
struct model {
    struct graph *graph;
    unsigned width; /* threads there is room for: 8, 16, 32 or 64 */
    enum memory_model kind;
    bool same_thread;           /* release sequences of C11 to C++17 */
    uint32_t done[MAX_THREADS]; /* executed events of each thread */
    struct views {
        clock_value *happens;            /* before the event, or is it */
        clock_value *depends;            /* the same for po ∪ rf */
        clock_value *prefix;             /* the same for po ∪ rf and from twins */
        clock_value *message[VM_FENCES]; /* what one that reads this write gets: an
                                            acquire; of light fences, a heavy one; of
                                            heavy fences, a light one */
        clock_value *own;  /* of message[0], what its own thread put into it */
        uint32_t *differs; /* the last event before this one that is of another
                                 location, plus one */
        uint32_t room;
    } of[MAX_THREADS];
    struct thread_view { /* after a thread's last event */
        clock_value happens[MAX_THREADS];
        clock_value depends[MAX_THREADS];
        clock_value prefix[MAX_THREADS];
        clock_value acquired[VM_FENCES][MAX_THREADS]; /* by relaxed reads, for a fence */
        clock_value released[VM_FENCES][MAX_THREADS]; /* at the last release fence */
        uint64_t loose; /* threads whose events it depends on beyond `happens` */
    } present[MAX_THREADS];
    struct access_list *at; /* of each location */
    uint32_t at_room;
    unsigned sc_events; /* executed, but for light fences */
    uint32_t sc_at;     /* of the accesses among these: 1 + the location, or UINT32_MAX if
                       there are several */
    unsigned sc_fences[VM_FENCES]; /* of these, fences; the first counts heavy ones too */
};

/* Begins anew, with nothing executed. */
void model_begin(struct model *model, struct graph *graph, unsigned width);

/* Executes the next event of a thread: reads the graph, not the program. The source of a
   read has been executed. An update that has not written yet is done in two steps, of
   which model_written is the second. */
void model_execute(struct model *model, event_id id);
void model_written(struct model *model, event_id id);

/* Undoes the execution of a thread's last event, an access; `before` is what its present
   was before that. */
void model_take_back(struct model *model, event_id id, const struct thread_view *before);

/* Whether an event happens before what a view has seen. */
static inline bool model_in(const clock_value *view, event_id id)
{
    return is_initial(id) || id.index < view[id.thread];
}

static inline clock_value *model_happens(const struct model *model, event_id id)
{
    return model->of[id.thread].happens + (size_t)id.index * model->width;
}

static inline clock_value *model_depends(const struct model *model, event_id id)
{
    return model->of[id.thread].depends + (size_t)id.index * model->width;
}

static inline clock_value *model_prefix(const struct model *model, event_id id)
{
    return model->of[id.thread].prefix + (size_t)id.index * model->width;
}

static inline bool model_done(const struct model *model, event_id id)
{
    return is_initial(id) || (id.index < model->done[id.thread] &&
                              !is_unwritten(event_of(model->graph, id)));
}

/* The place in a location's order that an access with this view may not go behind. */
long model_floor(const struct model *model, uint32_t location, const clock_value *view);

/* Whether a write put behind the place would part an update from its source. */
bool model_splits(const struct model *model, uint32_t location, long place);

/* Whether another executed update than `self` has written behind this source. */
bool model_taken(const struct model *model, uint32_t location, event_id source,
                 event_id self);

/* How many executed events psc may relate. Light fences count where there is a heavy
   one. */
static inline unsigned model_sc_events(const struct model *model)
{
    return model->sc_events +
           (model->sc_fences[VM_HEAVY_FENCE] > 0 ? model->sc_fences[VM_LIGHT_FENCE] : 0);
}

/* Whether psc has no cycle among the executed events; with MODEL_TSO, whether x86 has
   such an execution. */
bool model_consistent(const struct model *model);

#endif
