/* SPDX-License-Identifier: MIT */
/*
 * A read that was there before a write could have read it, if the write does not depend
 * on the read. What was added after the read, but for what the write depends on, is
 * dropped then, and comes again in the graph that follows. So that no graph comes twice,
 * this is done only if all that is dropped was as it is when nothing is chosen otherwise:
 * TruSt's condition (is_maximal).
 */
#include "check/explore/revisits.h"

#include "check/explore/jobs.h"
#include "check/explore/run.h"
#include "check/explore/symmetry.h"
#include "check/explore/work.h"
#include "common/memory.h"

/* Whether the part of an event with that stamp was there before `stamp`, or the new write
   depends on it: TruSt's Previous. */
static bool is_previous(event_id id, uint32_t part, uint32_t stamp,
                        const clock_value *prefix)
{
    return part <= stamp || id.index < prefix[id.thread];
}

/* Whether a write was, at that stamp, the last in its location's order of what was there
   then or what the new write `by` depends on. */
static bool was_newest(uint32_t location, event_id write, uint32_t stamp,
                       const clock_value *prefix, event_id by)
{
    if (!is_initial(write) &&
        !is_previous(write, event_of(run.graph, write)->written, stamp, prefix)) {
        return false;
    }
    const struct location *at = &run.graph->location[location];
    for (long i = graph_place(run.graph, write) + 1; i < (long)at->writes; i++) {
        event_id later = at->order[i];
        if (!same_event(later, by) &&
            is_previous(later, event_of(run.graph, later)->written, stamp, prefix)) {
            return false;
        }
    }
    return true;
}

static bool was_read(event_id write, uint32_t stamp)
{
    const struct access_list *at = &run.model.at[event_of(run.graph, write)->location];
    for (uint32_t i = 0; i < at->count; i++) {
        const struct event *event = event_of(run.graph, at->event[i]);
        if (reads(event) && event->stamp <= stamp && same_event(event->source, write)) {
            return true;
        }
    }
    return false;
}

/* Of the parts of an event from `from` on, which are to be dropped, or read anew: the
   newest that is not what it would be if nothing had been chosen otherwise, and one more;
   `from` if there is none. */
static uint32_t after_choice(event_id id, uint32_t from, const clock_value *prefix,
                             event_id by)
{
    const struct event *event = event_of(run.graph, id);
    if (event->handed) {
        return (event->kind == EVENT_UPDATE ? event->written : event->stamp) + 1;
    }
    if (writes(event) && event->written >= from &&
        (was_read(id, event->written) ||
         !was_newest(event->location, id, event->written, prefix, by))) {
        return event->written + 1;
    }
    if (event->stamp >= from &&
        ((event->kind == EVENT_CHOICE && event->choice != 0) ||
         (reads(event) && (event->spurious || !was_newest(event->location, event->source,
                                                          event->stamp, prefix, by))))) {
        return event->stamp + 1;
    }
    return from;
}

/* The stamp from which on a read may be revisited by `by`, just added or (INITIAL) about
   to be: all that was added after the read, and that `by` does not depend on, is dropped.
   What keeps a read from it keeps all older ones. Older ones than `from` are not asked
   for. `prefix` is what `by` depends on. */
static uint32_t may_revisit_from(uint32_t from, const clock_value *prefix, event_id by)
{
    for (unsigned t = 0; t < run.graph->threads; t++) {
        for (uint32_t i = run.graph->thread[t].events; i > prefix[t]; i--) {
            event_id id = {(uint16_t)t, (uint16_t)(i - 1)};
            const struct event *event = event_of(run.graph, id);
            if ((event->kind == EVENT_UPDATE ? event->written : event->stamp) < from) {
                break;
            }
            from = after_choice(id, from, prefix, by);
        }
    }
    return from;
}

static bool may_revisit(event_id read, const clock_value *prefix, event_id by)
{
    uint32_t stamp = event_of(run.graph, read)->stamp;
    return may_revisit_from(stamp, prefix, by) == stamp;
}

/* Whether the write is there after `read` was revisited by `by`. */
static bool is_kept(event_id write, uint32_t stamp, event_id by)
{
    return event_of(run.graph, write)->written <= stamp ||
           (write.index < model_prefix(&run.model, by)[write.thread] &&
            !same_event(write, by));
}

/* The writes that `by` may be put behind when it revisits `read`. Returns how many. */
static unsigned revisit_places(event_id read, event_id by, event_id *places)
{
    const struct event *event = event_of(run.graph, by);
    const struct location *at = &run.graph->location[event->location];
    uint32_t stamp = event_of(run.graph, read)->stamp;
    /* Neither behind what it has seen, nor behind what the read has. */
    event_id own = {by.thread, (uint16_t)(by.index - 1)};
    event_id before = {read.thread, (uint16_t)(read.index - 1)};
    long floor = model_floor(&run.model, event->location, model_happens(&run.model, own));
    long other =
        model_floor(&run.model, event->location, model_happens(&run.model, before));
    floor = other > floor ? other : floor;
    unsigned count = 0;
    for (long i = (long)at->writes - 1, next = -1; i >= -1; i--) {
        event_id write = graph_write_at(run.graph, event->location, i);
        if (!is_initial(write) && !is_kept(write, stamp, by)) {
            continue;
        }
        bool splits =
            next >= 0 && event_of(run.graph, at->order[next])->kind == EVENT_UPDATE;
        bool follows = event->kind != EVENT_UPDATE || same_event(write, event->source);
        if (i >= floor && !splits && follows && symmetry_may_revisit(read, by, write)) {
            places[count++] = write;
        }
        next = i;
        if (i < floor) {
            break;
        }
    }
    return count;
}

/* What a write means for a read that takes a lock. */
enum lock_revisit {
    READS_IT,    /* no other than for any read */
    HAS_TO_WAIT, /* the write has taken the lock in its place */
    NO_CONCERN,  /* as long as it is not given back, the read would have to wait */
};

static enum lock_revisit revisit_lock(const struct event *read, const struct event *event)
{
    if (!read->waits || event->value == read->read) {
        return READS_IT;
    }
    bool taken = !event->waits && event->kind == EVENT_UPDATE &&
                 same_event(event->source, read->source);
    return taken ? HAS_TO_WAIT : NO_CONCERN;
}

/* Whether `by` is the first write that lets a thread go on whose try of a wait has
   failed: until now its last read has read the newest. And `by` is behind that, at
   `before`. */
static bool lets_go(event_id by, event_id read, event_id before)
{
    event_id source = event_of(run.graph, read)->source;
    const struct processor *processor = &run.processors[read.thread];
    return processor->state == BLOCKED && !processor->is_known &&
           read.index + 1U == run.graph->thread[read.thread].events &&
           same_event(source, before) &&
           graph_place(run.graph, source) + 1 == (long)event_of(run.graph, by)->place;
}

/* Whether a write stands in its location's order; if not, it has yet to be added, or
   another one has taken its source, and the execution ends. */
enum writer { STANDS, IS_TAKEN, IS_TO_COME };

static unsigned push(event_id by, enum writer writer)
{
    static event_id *places;
    static uint32_t room;
    struct event *event = event_of(run.graph, by);
    const struct location *location = &run.graph->location[event->location];
    if (places == NULL || room < location->writes + 2) {
        room = 2 * location->writes + 16;
        places = grow(places, room * sizeof *places);
    }
    const clock_value *prefix = model_prefix(&run.model, by);
    const struct access_list *at = &run.model.at[event->location];
    run.steps++; /* in a long execution it takes long */
    if (jobs_interrupted()) {
        stop(STOPPED);
    }
    unsigned count = 0;
    uint32_t asked = UINT32_MAX, from = UINT32_MAX;
    for (uint32_t i = 0; i < at->count; i++) {
        event_id read = at->event[i];
        if (!reads(event_of(run.graph, read)) || read.index < prefix[read.thread]) {
            continue;
        }
        enum lock_revisit how = revisit_lock(event_of(run.graph, read), event);
        if (how == NO_CONCERN) {
            continue;
        }
        uint32_t stamp = event_of(run.graph, read)->stamp;
        if (stamp < asked) {
            asked = stamp;
            from = may_revisit_from(stamp, prefix, by);
        }
        if (stamp < from) {
            continue;
        }
        unsigned found = 1;
        places[0] = event->source;
        if (how == READS_IT) {
            found = revisit_places(read, by, places);
        }
        for (unsigned k = 0; k < found; k++) {
            bool free =
                writer == IS_TAKEN || (writer == STANDS && lets_go(by, read, places[k]));
            push_item(&(struct item){.kind = ITEM_REVISIT,
                                     .free = free,
                                     .adds = writer == IS_TO_COME,
                                     .order = event->order,
                                     .stamp = event->written + (writer != IS_TO_COME),
                                     .event = by,
                                     .other = places[k],
                                     .read = read,
                                     .waits = how == HAS_TO_WAIT});
            count++;
        }
    }
    return count;
}

unsigned push_revisits(event_id by, bool taken)
{
    return push(by, taken ? IS_TAKEN : STANDS);
}

unsigned push_revisits_instead(event_id by)
{
    return push(by, IS_TO_COME);
}

bool can_free(uint32_t location, event_id source, const clock_value *prefix)
{
    event_id taker =
        graph_write_at(run.graph, location, graph_place(run.graph, source) + 1);
    const struct access_list *at = &run.model.at[location];
    for (uint32_t i = 0; i < at->count && !model_in(prefix, taker); i++) {
        event_id read = at->event[i];
        const struct event *event = event_of(run.graph, read);
        if (reads(event) && !model_in(prefix, read) &&
            event->stamp < event_of(run.graph, taker)->written &&
            (!event->waits || same_event(read, taker)) &&
            may_revisit(read, prefix, INITIAL)) {
            return true;
        }
    }
    return false;
}

bool can_take(event_id taker, const clock_value *prefix)
{
    return !model_in(prefix, taker) && may_revisit(taker, prefix, INITIAL);
}
