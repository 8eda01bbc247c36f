/* SPDX-License-Identifier: MIT */
#include "check/explore/model.h"

#include "check/explore/tso.h"

#include <limits.h>
#include <string.h>

#include "common/memory.h"
#include "virtual/ground/seen.h"

/* --- happens-before ----------------------------------------------------------------- */

void model_begin(struct model *model, struct graph *graph, unsigned width)
{
    model->graph = graph;
    if (width != model->width) {
        model->width = width;
        for (unsigned t = 0; t < MAX_THREADS; t++) {
            model->of[t].room = 0;
        }
    }
    memset(model->done, 0, sizeof model->done);
    for (uint32_t i = 0; i < model->at_room; i++) {
        model->at[i].count = 0;
    }
    model->sc_events = model->sc_at = 0;
    memset(model->sc_fences, 0, sizeof model->sc_fences);
}

/* Views are joined and copied in steps that fill a register. */
enum { CLOCK_STEP = 8 };
_Static_assert(MAX_THREADS % CLOCK_STEP == 0, "and so is each width");

static inline void join(clock_value *restrict view, const clock_value *restrict other,
                        size_t width)
{
    for (; width > 0; width -= CLOCK_STEP, view += CLOCK_STEP, other += CLOCK_STEP) {
        for (unsigned i = 0; i < CLOCK_STEP; i++) {
            view[i] = view[i] > other[i] ? view[i] : other[i];
        }
    }
}

static inline void copy_view(clock_value *view, const clock_value *other, size_t width)
{
    for (; width > 0; width -= CLOCK_STEP, view += CLOCK_STEP, other += CLOCK_STEP) {
        memcpy(view, other, CLOCK_STEP * sizeof *view);
    }
}

static void note_loose(struct model *model, unsigned thread)
{
    struct thread_view *present = &model->present[thread];
    present->loose = 0;
    for (unsigned first = 0; first < model->width; first += CLOCK_STEP) {
        const clock_value *depends = present->depends + first,
                          *happens = present->happens + first;
        if (memcmp(depends, happens, CLOCK_STEP * sizeof *depends) != 0) {
            for (unsigned t = 0; t < CLOCK_STEP; t++) {
                present->loose |= (uint64_t)(depends[t] > happens[t]) << (first + t);
            }
        }
    }
}

static clock_value *view_of(clock_value *views, event_id id, size_t width)
{
    return views + id.index * width;
}

static void make_room(struct model *model, event_id id)
{
    struct views *views = &model->of[id.thread];
    if (id.index >= views->room) {
        views->room = views->room == 0 ? 32 : 2 * views->room;
        size_t bytes = (size_t)views->room * model->width * sizeof(clock_value);
        views->happens = grow(views->happens, bytes);
        views->depends = grow(views->depends, bytes);
        views->prefix = grow(views->prefix, bytes);
        for (unsigned f = 0; f < VM_FENCES; f++) {
            views->message[f] = grow(views->message[f], bytes);
        }
        views->own = grow(views->own, bytes);
        views->differs = grow(views->differs, views->room * sizeof *views->differs);
    }
}

static bool acquires(const struct event *event)
{
    return event->order == VM_ACQUIRE || event->order == VM_ACQ_REL ||
           event->order == VM_SEQ_CST;
}

static bool releases(const struct event *event)
{
    return event->order == VM_RELEASE || event->order == VM_ACQ_REL ||
           event->order == VM_SEQ_CST;
}

static void note_access(struct model *model, event_id id, uint32_t location)
{
    if (location >= model->at_room) {
        uint32_t room = location + 16;
        model->at = grow(model->at, room * sizeof *model->at);
        memset(model->at + model->at_room, 0,
               (room - model->at_room) * sizeof *model->at);
        model->at_room = room;
    }
    struct access_list *at = &model->at[location];
    if (at->count == at->room) {
        at->room = at->room == 0 ? 16 : 2 * at->room;
        at->event = grow(at->event, at->room * sizeof *at->event);
    }
    at->event[at->count++] = id;
}

static const clock_value *message_of(const struct model *model, event_id write,
                                     unsigned fence)
{
    return view_of(model->of[write.thread].message[fence], write, model->width);
}

/* The messages of a write: what its thread releases, and for an update also what the
   write that it read released. */
static void send(struct model *model, event_id id)
{
    const struct event *event = event_of(model->graph, id);
    struct thread_view *present = &model->present[id.thread];
    size_t width = model->width;
    clock_value *message[VM_FENCES];
    for (unsigned f = 0; f < VM_FENCES; f++) {
        message[f] = view_of(model->of[id.thread].message[f], id, width);
        bool itself = f == VM_FULL_FENCE && releases(event);
        copy_view(message[f], itself ? present->happens : present->released[f], width);
    }
    if (model->same_thread) {
        clock_value *own = view_of(model->of[id.thread].own, id, width);
        for (event_id before = id; before.index > 0;) {
            before.index--;
            const struct event *earlier = event_of(model->graph, before);
            if (accesses(earlier) && earlier->location == event->location &&
                writes(earlier)) {
                join(message[0], view_of(model->of[id.thread].own, before, width), width);
                break;
            }
        }
        copy_view(own, message[0], width);
    }
    if (event->kind == EVENT_UPDATE && !is_initial(event->source)) {
        for (unsigned f = 0; f < VM_FENCES; f++) {
            join(message[f], message_of(model, event->source, f), width);
        }
    }
}

/* A thread depends on what an event that it has to do with depends on. */
static void depend_on(struct model *model, unsigned thread, event_id id)
{
    struct thread_view *present = &model->present[thread];
    join(present->depends, view_of(model->of[id.thread].depends, id, model->width),
         model->width);
    join(present->prefix, model_prefix(model, id), model->width);
}

static void receive(struct model *model, event_id id)
{
    const struct event *event = event_of(model->graph, id);
    struct thread_view *present = &model->present[id.thread];
    if (is_initial(event->source)) {
        return;
    }
    for (unsigned f = 0; f < VM_FENCES; f++) {
        join(present->acquired[f], message_of(model, event->source, f), model->width);
    }
    if (acquires(event)) {
        join(present->happens, message_of(model, event->source, VM_FULL_FENCE),
             model->width);
    }
    depend_on(model, id.thread, event->source);
    note_loose(model, id.thread);
}

/* A light fence acquires what heavy ones have released, and nothing else; a heavy one
   what fences of all kinds and accesses have. */
static void fence(struct model *model, event_id id)
{
    const struct event *event = event_of(model->graph, id);
    struct thread_view *present = &model->present[id.thread];
    bool light = event->kind == EVENT_LIGHT_FENCE,
         heavy = event->kind == EVENT_HEAVY_FENCE;
    size_t width = model->width;
    if (acquires(event)) {
        join(present->happens, present->acquired[light ? VM_HEAVY_FENCE : VM_FULL_FENCE],
             width);
        if (heavy) {
            join(present->happens, present->acquired[VM_LIGHT_FENCE], width);
        }
        note_loose(model, id.thread);
    }
    if (releases(event)) {
        copy_view(present->released[light ? VM_LIGHT_FENCE : VM_FULL_FENCE],
                  present->happens, width);
        if (heavy) {
            copy_view(present->released[VM_HEAVY_FENCE], present->happens, width);
        }
    }
    if (event->order == VM_SEQ_CST) {
        model->sc_fences[VM_FULL_FENCE] += !light;
        model->sc_fences[VM_LIGHT_FENCE] += light;
        model->sc_fences[VM_HEAVY_FENCE] += heavy;
    }
}

/* A thread begins after the event that created it, a join after the end of a thread. */
static void follow(struct model *model, event_id id, event_id before)
{
    struct thread_view *present = &model->present[id.thread];
    if (!is_initial(before)) {
        join(present->happens, model_happens(model, before), model->width);
        depend_on(model, id.thread, before);
        note_loose(model, id.thread);
    }
}

static void note_location(struct model *model, event_id id)
{
    const struct thread *thread = &model->graph->thread[id.thread];
    uint32_t *differs = model->of[id.thread].differs;
    const struct event *event = &thread->event[id.index];
    differs[id.index] = id.index;
    if (id.index > 0 && accesses(event)) {
        const struct event *before = event - 1;
        if (accesses(before) && before->location == event->location) {
            differs[id.index] = differs[id.index - 1];
        }
    }
}

static void note_sc(struct model *model, const struct event *event)
{
    if (event->order != VM_SEQ_CST || event->kind == EVENT_LIGHT_FENCE) {
        return;
    }
    if (accesses(event)) {
        uint32_t at = event->location + 1;
        model->sc_at = model->sc_at == 0 || model->sc_at == at ? at : UINT32_MAX;
    }
    model->sc_events++;
}

void model_execute(struct model *model, event_id id)
{
    vm_seen_forget();
    const struct event *event = event_of(model->graph, id);
    struct thread_view *present = &model->present[id.thread];
    make_room(model, id);
    if (id.index == 0) {
        memset(present, 0, sizeof *present);
    }
    present->happens[id.thread] = present->depends[id.thread] =
        present->prefix[id.thread] = (clock_value)(id.index + 1);
    switch ((enum event_kind)event->kind) {
    case EVENT_BEGIN:
        if (id.index > 0) { /* after another thread that was over before */
            memset(present->acquired, 0, sizeof present->acquired);
            memset(present->released, 0, sizeof present->released);
        }
        follow(model, id, event->source);
        break;
    case EVENT_JOIN:
    case EVENT_WAITED:
        follow(model, id, event->source);
        break;
    case EVENT_READ:
    case EVENT_UPDATE:
        receive(model, id);
        break;
    case EVENT_FENCE:
    case EVENT_LIGHT_FENCE:
    case EVENT_HEAVY_FENCE:
        fence(model, id);
        break;
    default:
        break;
    }
    if (!is_initial(event->twin)) {
        join(present->prefix, model_prefix(model, event->twin), model->width);
    }
    copy_view(model_happens(model, id), present->happens, model->width);
    copy_view(view_of(model->of[id.thread].depends, id, model->width), present->depends,
              model->width);
    copy_view(model_prefix(model, id), present->prefix, model->width);
    note_location(model, id);
    if (accesses(event)) {
        note_access(model, id, event->location);
        if (writes(event)) {
            send(model, id);
        }
    }
    note_sc(model, event);
    model->done[id.thread] = id.index + 1;
}

void model_written(struct model *model, event_id id)
{
    send(model, id);
}

void model_take_back(struct model *model, event_id id, const struct thread_view *before)
{
    const struct event *event = event_of(model->graph, id);
    model->present[id.thread] = *before;
    model->at[event->location].count--;
    model->sc_events -= event->order == VM_SEQ_CST;
    model->done[id.thread] = id.index;
}

/* --- coherence, atomicity ----------------------------------------------------------- */

long model_floor(const struct model *model, uint32_t location, const clock_value *view)
{
    const struct graph *graph = model->graph;
    long place = -1;
    if (location >= model->at_room) {
        return place;
    }
    const struct access_list *at = &model->at[location];
    for (uint32_t i = 0; i < at->count; i++) {
        if (model_in(view, at->event[i])) {
            const struct event *event = event_of(graph, at->event[i]);
            long seen =
                writes(event) ? (long)event->place : graph_place(graph, event->source);
            place = seen > place ? seen : place;
        }
    }
    return place;
}

bool model_splits(const struct model *model, uint32_t location, long place)
{
    const struct graph *graph = model->graph;
    if (place + 1 >= (long)graph->location[location].writes) {
        return false;
    }
    const struct event *next =
        event_of(graph, graph->location[location].order[place + 1]);
    return next->kind == EVENT_UPDATE;
}

bool model_taken(const struct model *model, uint32_t location, event_id source,
                 event_id self)
{
    const struct graph *graph = model->graph;
    long place = graph_place(graph, source) + 1;
    if (place >= (long)graph->location[location].writes) {
        return false;
    }
    event_id next = graph->location[location].order[place];
    return event_of(graph, next)->kind == EVENT_UPDATE && !same_event(next, self);
}

/* --- SC ----------------------------------------------------------------------------- */

/*
 * psc relates SC events (accesses and fences):
 *
 *   scb      = po ∪ po≠loc;hb;po≠loc ∪ hb|loc ∪ mo ∪ rb
 *   psc_base = ([SC] ∪ [SC fence];hb?) ; scb ; ([SC] ∪ hb?;[SC fence])
 *   psc_F    = [SC fence];(hb ∪ hb;eco;hb);[SC fence]
 *
 * Fences are here full ones and heavy ones. Light ones (L; heavy: H) add
 *
 *   [H];up;[L];(up;[H] ∪ hb?;po;[SC access])
 *   [SC access];po;hb?;[L];up;[H]                 with up = hb ∪ hb;eco;hb
 *
 * So what goes through a light fence comes from a heavy one or leads to one: a light
 * fence has two nodes, the first for what leads to heavy ones, the second for what comes
 * from them. To full fences, and to each other, light ones are related by hb alone. That
 * needs no edges: what leads to a light fence then leads past it.
 */

/* How an access stands in its location's order: where it reads and where it writes. */
static long source_place(const struct model *model, const struct event *event)
{
    return graph_place(model->graph, event->source);
}

/* [a];(mo ∪ rb);[b], b another access to the same location */
static bool mo_or_rb(const struct model *model, const struct event *a,
                     const struct event *b)
{
    if (!writes(b)) {
        return false;
    }
    return writes(a) ? a->place < b->place : source_place(model, a) < (long)b->place;
}

/* Where an access stands among those to its location: twice the place of its write; of
   one that only reads, one more than the write that it reads. So a comes before b in eco
   if and only if its number is lower. */
static long eco_number(const struct model *model, const struct event *event)
{
    return writes(event) ? 2 * (long)event->place : 2 * source_place(model, event) + 1;
}

/* a po b, or a po≠loc;hb;po≠loc b */
static bool po_or_hb_past(const struct model *model, event_id a, event_id b)
{
    if (a.thread == b.thread) {
        return a.index < b.index;
    }
    uint32_t other = model->of[b.thread].differs[b.index];
    if (other == 0) {
        return false;
    }
    event_id last = {b.thread, (uint16_t)(other - 1)};
    clock_value seen = model_happens(model, last)[a.thread];
    return seen > 0 && a.index < model->of[a.thread].differs[seen - 1];
}

static bool scb(const struct model *model, event_id a, event_id b)
{
    if (po_or_hb_past(model, a, b)) {
        return true;
    }
    const struct event *first = event_of(model->graph, a);
    const struct event *second = event_of(model->graph, b);
    if (!accesses(first) || !accesses(second) || first->location != second->location) {
        return false;
    }
    return model_in(model_happens(model, b), a) || mo_or_rb(model, first, second);
}

/* [fence];hb?;po;[b] with b an access */
static bool fence_hb_po_access(const struct model *model, event_id fence, event_id b)
{
    event_id previous = {b.thread, (uint16_t)(b.index - 1)};
    return b.index > 0 && model_in(model_happens(model, previous), fence);
}

/* [fence];hb?;scb;[b] with b an access */
static bool fence_hb_scb_access(const struct model *model, event_id fence, event_id b)
{
    if (fence_hb_po_access(model, fence, b)) {
        return true;
    }
    const struct event *access = event_of(model->graph, b);
    const struct access_list *at = &model->at[access->location];
    for (uint32_t i = 0; i < at->count; i++) {
        event_id a = at->event[i];
        if (!same_event(a, b) && model_in(model_happens(model, a), fence) &&
            scb(model, a, b)) {
            return true;
        }
    }
    return false;
}

/* [a];po;hb?;[fence] with a an access */
static bool access_po_hb_fence(const struct model *model, event_id a, event_id fence)
{
    return a.index + 1U < model_happens(model, fence)[a.thread];
}

/* [a];scb;hb?;[fence] with a an access */
static bool access_scb_hb_fence(const struct model *model, event_id a, event_id fence)
{
    const clock_value *view = model_happens(model, fence);
    for (unsigned t = 0; t < model->graph->threads; t++) {
        if (view[t] > 0 &&
            po_or_hb_past(model, a, (event_id){(uint16_t)t, (uint16_t)(view[t] - 1)})) {
            return true;
        }
    }
    const struct event *access = event_of(model->graph, a);
    const struct access_list *at = &model->at[access->location];
    for (uint32_t i = 0; i < at->count; i++) {
        event_id b = at->event[i];
        if (!same_event(a, b) && model_in(view, b) && scb(model, a, b)) {
            return true;
        }
    }
    return false;
}

enum part { WHOLE, TO_HEAVY, FROM_HEAVY }; /* the latter two of light fences */

/* For a fence, of each location: the lowest eco number of an access that the fence
   happens before, and the highest of one that happens before it. */
struct bound {
    long lowest, highest;
};
struct node {
    event_id id;
    enum part part;
    struct bound *bounds; /* of a fence */
};

static uint32_t bounded_locations(const struct model *model)
{
    uint32_t locations = model->graph->locations;
    return locations < model->at_room ? locations : model->at_room;
}

static void find_bounds(const struct model *model, const struct node *fence)
{
    const clock_value *view = model_happens(model, fence->id);
    for (uint32_t l = 0; l < bounded_locations(model); l++) {
        const struct access_list *at = &model->at[l];
        long lowest = LONG_MAX, highest = LONG_MIN;
        for (uint32_t i = 0; i < at->count; i++) {
            bool before = model_in(view, at->event[i]);
            if (before || model_in(model_happens(model, at->event[i]), fence->id)) {
                long number = eco_number(model, event_of(model->graph, at->event[i]));
                lowest = !before && number < lowest ? number : lowest;
                highest = before && number > highest ? number : highest;
            }
        }
        fence->bounds[l] = (struct bound){lowest, highest};
    }
}

/* Between SC fences: hb covers po and the like, eco covers mo and rb. */
static bool fence_hb_eco_hb_fence(const struct model *model, const struct node *f,
                                  const struct node *g)
{
    if (model_in(model_happens(model, g->id), f->id)) {
        return true;
    }
    for (uint32_t l = 0; l < bounded_locations(model); l++) {
        if (f->bounds[l].lowest < g->bounds[l].highest) {
            return true;
        }
    }
    return false;
}

/* An edge that one end of which is a light fence. */
static bool light_psc(const struct model *model, const struct node *a,
                      const struct node *b)
{
    const struct event *first = event_of(model->graph, a->id);
    const struct event *second = event_of(model->graph, b->id);
    if ((a->part == WHOLE || b->part == WHOLE) &&
        (first->kind == EVENT_HEAVY_FENCE || second->kind == EVENT_HEAVY_FENCE)) {
        return fence_hb_eco_hb_fence(model, a, b);
    }
    if (a->part == FROM_HEAVY) {
        return accesses(second) && fence_hb_po_access(model, a->id, b->id);
    }
    return b->part == TO_HEAVY && accesses(first) &&
           access_po_hb_fence(model, a->id, b->id);
}

static bool psc(const struct model *model, const struct node *from, const struct node *to)
{
    event_id a = from->id, b = to->id;
    if (from->part != WHOLE || to->part != WHOLE) {
        return light_psc(model, from, to);
    }
    if (a.thread == b.thread) {
        return a.index < b.index;
    }
    if (is_fence(event_of(model->graph, a))) {
        return is_fence(event_of(model->graph, b))
                   ? fence_hb_eco_hb_fence(model, from, to)
                   : fence_hb_scb_access(model, a, b);
    }
    return is_fence(event_of(model->graph, b)) ? access_scb_hb_fence(model, a, b)
                                               : scb(model, a, b);
}

/* Events that psc may relate: those of a thread side by side in its order, and each node
   of a light fence for itself. */
struct row {
    uint32_t first, end; /* of the nodes; those before the first are taken away */
};
static struct node *nodes;
static struct row *rows;
static uint32_t node_count, row_count;

static void add_node(event_id id, enum part part)
{
    nodes[node_count++] = (struct node){id, part, NULL};
    rows[row_count - 1].end = node_count;
}

static void bound_fences(const struct model *model)
{
    static struct bound *bounds;
    static size_t room;
    size_t locations = bounded_locations(model), used = 0;
    if (room < node_count * locations) {
        room = (size_t)2 * node_count * locations;
        bounds = grow(bounds, room * sizeof *bounds);
    }
    for (struct node *node = nodes; node < nodes + node_count; node++) {
        if (is_fence(event_of(model->graph, node->id))) {
            node->bounds = bounds + used;
            used += locations;
            find_bounds(model, node);
        }
    }
}

static void begin_row(void)
{
    rows[row_count++] = (struct row){node_count, node_count};
}

static void list_psc(const struct model *model)
{
    static uint32_t room;
    uint32_t most = 2 * model_sc_events(model) + MAX_THREADS;
    if (room < most) {
        room = 2 * most;
        nodes = grow(nodes, room * sizeof *nodes);
        rows = grow(rows, room * sizeof *rows);
    }
    node_count = row_count = 0;
    for (unsigned t = 0; t < model->graph->threads; t++) {
        begin_row();
        for (uint32_t i = 0; i < model->done[t]; i++) {
            const struct event *event = &model->graph->thread[t].event[i];
            if (event->order == VM_SEQ_CST && event->kind != EVENT_LIGHT_FENCE) {
                add_node((event_id){(uint16_t)t, (uint16_t)i}, WHOLE);
            }
        }
    }
    bool heavy = model->sc_fences[VM_HEAVY_FENCE] > 0;
    for (unsigned t = 0; t < model->graph->threads && heavy; t++) {
        for (uint32_t i = 0; i < model->done[t]; i++) {
            const struct event *event = &model->graph->thread[t].event[i];
            if (event->order == VM_SEQ_CST && event->kind == EVENT_LIGHT_FENCE) {
                begin_row();
                add_node((event_id){(uint16_t)t, (uint16_t)i}, TO_HEAVY);
                begin_row();
                add_node((event_id){(uint16_t)t, (uint16_t)i}, FROM_HEAVY);
            }
        }
    }
    if (model->sc_fences[VM_FULL_FENCE] > 0) {
        bound_fences(model);
    }
}

/* Whether nothing that is left comes before a node, the first of its row. What a fence of
   a thread comes before, the fences in front of it do, too: one of them is enough (if
   there are light ones, they may be of different kinds). Likewise, before an access, of
   those accesses of a thread the first is enough, and the first to the same location:
   what comes later in the thread has come no less far in that location's order. */
static bool is_source(const struct model *model, const struct row *row)
{
    bool heavy = model->sc_fences[VM_HEAVY_FENCE] > 0;
    const struct event *node = event_of(model->graph, nodes[row->first].id);
    for (const struct row *other = rows; other < rows + row_count; other++) {
        bool fence = false, any = false, same = false; /* has been looked at */
        for (uint32_t i = other->first; other != row && i < other->end; i++) {
            const struct event *event = event_of(model->graph, nodes[i].id);
            bool both = accesses(event) && accesses(node);
            bool here = both && event->location == node->location;
            if (is_fence(event) ? fence : any && (same || !here)) {
                continue;
            }
            if (psc(model, &nodes[i], &nodes[row->first])) {
                return false;
            }
            fence = fence || (is_fence(event) && !heavy);
            any = any || both;
            same = same || here;
        }
    }
    return true;
}

/* Then psc is po, hb between accesses to that location, mo and rb: of these coherence
   allows no cycle. */
static bool is_of_one_location(const struct model *model)
{
    return model->sc_fences[VM_FULL_FENCE] == 0 && model->sc_at != UINT32_MAX;
}

/* Looks for a cycle by taking away, again and again, a node with nothing before it: in
   program order only the first that is left of each thread can be one. */
bool model_consistent(const struct model *model)
{
    if (model->kind == MODEL_TSO) {
        return tso_consistent(model);
    }
    if (model_sc_events(model) < 2 || is_of_one_location(model)) {
        return true;
    }
    list_psc(model);
    bool progress = true, left = true;
    while (progress && left) {
        progress = left = false;
        for (struct row *row = rows; row < rows + row_count; row++) {
            while (row->first < row->end && is_source(model, row)) {
                row->first++;
                progress = true;
            }
            left = left || row->first < row->end;
        }
    }
    return !left;
}
