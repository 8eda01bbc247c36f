/* SPDX-License-Identifier: MIT */
#include "check/explore/graph.h"

#include <string.h>

#include "common/memory.h"

event_id graph_add(struct graph *graph, unsigned thread, enum event_kind kind)
{
    struct thread *own = &graph->thread[thread];
    if (thread >= graph->threads) {
        graph->threads = thread + 1;
    }
    if (own->events == own->room) {
        own->room = own->room == 0 ? 32 : 2 * own->room;
        own->event = grow(own->event, own->room * sizeof *own->event);
    }
    struct event *event = &own->event[own->events];
    memset(event, 0, sizeof *event);
    event->kind = (uint8_t)kind;
    event->source = event->twin = INITIAL;
    event->stamp = event->written = graph->stamp++;
    return (event_id){(uint16_t)thread, (uint16_t)own->events++};
}

void graph_read_from(struct graph *graph, event_id read, event_id source)
{
    struct event *event = event_of(graph, read);
    event->kind = EVENT_READ;
    event->progress = UNRESOLVED;
    event->spurious = event->distinct = false;
    event->source = source;
}

uint32_t graph_location(struct graph *graph, void *address, unsigned size)
{
    for (uint32_t i = 0; i < graph->locations; i++) {
        if (graph->location[i].address == address) {
            return i;
        }
    }
    if (graph->locations == graph->room) {
        uint32_t room = graph->room == 0 ? 16 : 2 * graph->room;
        graph->location = grow(graph->location, room * sizeof *graph->location);
        memset(graph->location + graph->room, 0,
               (room - graph->room) * sizeof *graph->location);
        graph->room = room;
    }
    struct location *location = &graph->location[graph->locations];
    location->address = address;
    graph->lines |= graph_lines(address, size);
    location->size = (uint8_t)size;
    location->writes = 0;
    return graph->locations++;
}

bool graph_overlaps(const struct graph *graph, const void *address, size_t size)
{
    const unsigned char *first = address;
    for (uint32_t i = 0; i < graph->locations; i++) {
        const struct location *location = &graph->location[i];
        if (first < location->address + location->size &&
            location->address < first + size &&
            (location->address != first || location->size != size)) {
            return true;
        }
    }
    return false;
}

/* Writes down the places of a location's writes from one on. */
static void number(struct graph *graph, const struct location *at, size_t from)
{
    for (size_t i = from; i < at->writes; i++) {
        event_of(graph, at->order[i])->place = (uint32_t)i;
    }
}

void graph_put(struct graph *graph, uint32_t location, event_id write, event_id before)
{
    struct location *at = &graph->location[location];
    if (at->writes == at->room) {
        at->room = at->room == 0 ? 16 : 2 * at->room;
        at->order = grow(at->order, at->room * sizeof *at->order);
    }
    size_t place = (size_t)(graph_place(graph, before) + 1);
    memmove(at->order + place + 1, at->order + place,
            (at->writes - place) * sizeof *at->order);
    at->order[place] = write;
    at->writes++;
    number(graph, at, place);
}

void graph_take(struct graph *graph, uint32_t location, event_id write)
{
    struct location *at = &graph->location[location];
    size_t place = event_of(graph, write)->place;
    if (place < at->writes && same_event(at->order[place], write)) {
        at->writes--;
        memmove(at->order + place, at->order + place + 1,
                (at->writes - place) * sizeof *at->order);
        number(graph, at, place);
    }
}

void graph_copy(struct graph *to, const struct graph *from)
{
    to->threads = from->threads;
    to->stamp = from->stamp;
    to->lenient = from->lenient;
    for (uint32_t t = 0; t < MAX_THREADS; t++) {
        struct thread *mine = &to->thread[t];
        const struct thread *theirs = &from->thread[t];
        mine->events = t < from->threads ? theirs->events : 0;
        mine->waits = t < from->threads ? theirs->waits : 0;
        if (mine->room < mine->events) {
            mine->room = theirs->room;
            mine->event = grow(mine->event, mine->room * sizeof *mine->event);
        }
        if (mine->events > 0) {
            memcpy(mine->event, theirs->event, mine->events * sizeof *mine->event);
        }
    }
    if (to->room < from->locations) {
        to->location = grow(to->location, from->room * sizeof *to->location);
        memset(to->location + to->room, 0,
               (from->room - to->room) * sizeof *to->location);
        to->room = from->room;
    }
    to->locations = from->locations;
    to->lines = from->lines;
    for (uint32_t i = 0; i < from->locations; i++) {
        struct location *mine = &to->location[i];
        const struct location *theirs = &from->location[i];
        event_id *order = mine->order;
        uint32_t room = mine->room;
        *mine = *theirs;
        mine->order = order;
        mine->room = room;
        if (mine->room < mine->writes) {
            mine->room = theirs->room;
            mine->order = grow(mine->order, mine->room * sizeof *mine->order);
        }
        if (mine->writes > 0) {
            memcpy(mine->order, theirs->order, mine->writes * sizeof *mine->order);
        }
    }
}

/* Drops from all orders the writes that are no longer there. */
static void tidy_orders(struct graph *graph)
{
    for (uint32_t i = 0; i < graph->locations; i++) {
        struct location *at = &graph->location[i];
        uint32_t kept = 0;
        for (uint32_t w = 0; w < at->writes; w++) {
            event_id id = at->order[w];
            if (id.index < graph->thread[id.thread].events &&
                writes(event_of(graph, id))) {
                at->order[kept++] = id;
            }
        }
        at->writes = kept;
        number(graph, at, 0);
    }
}

/* Keeps the first events of a thread. If the next one took a lock, the thread waits for
   it again if it did before `stamp`. */
static void keep(struct thread *thread, uint32_t events, uint32_t stamp)
{
    if (events < thread->events) {
        thread->waits = thread->event[events].waited;
        thread->events = events;
    }
    if (thread->waits >= stamp) {
        thread->waits = 0;
    }
}

void graph_cut(struct graph *graph, uint32_t stamp)
{
    for (uint32_t t = 0; t < graph->threads; t++) {
        struct thread *thread = &graph->thread[t];
        uint32_t kept = thread->events;
        while (kept > 0 && thread->event[kept - 1].stamp >= stamp) {
            kept--;
        }
        keep(thread, kept, stamp);
        if (thread->events > 0) {
            struct event *last = &thread->event[thread->events - 1];
            if (last->kind == EVENT_UPDATE && last->written >= stamp) {
                last->progress = HALF;
            }
        }
    }
    tidy_orders(graph);
    graph->stamp = stamp;
}

void graph_keep(struct graph *graph, const uint32_t *events, uint32_t stamp)
{
    for (uint32_t t = 0; t < graph->threads; t++) {
        keep(&graph->thread[t], events[t], stamp);
    }
    tidy_orders(graph);
}

void graph_clear(struct graph *graph)
{
    graph->stamp = 0;
    graph->threads = 0;
    graph->locations = 0;
    graph->lines = 0;
    for (uint32_t t = 0; t < MAX_THREADS; t++) {
        graph->thread[t].events = graph->thread[t].waits = 0;
    }
}

uint64_t graph_value(const struct graph *graph, uint32_t location, event_id write)
{
    return is_initial(write) ? graph->location[location].initial
                             : event_of(graph, write)->value;
}
