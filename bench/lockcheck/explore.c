/* SPDX-License-Identifier: MIT */
/*
 * One run of the program follows a graph and then extends it: first all threads replay
 * their events, each read waiting for the write it reads (so that plain data is right);
 * then the lowest thread that can go on adds an event, and so on to the end. Where an
 * event could have been another one, an item is left behind for later:
 *
 *   a read could read another write       ITEM_READ
 *   a write could have another place      ITEM_PLACE
 *   a choice could be another             ITEM_CHOICE
 *   a read that was there already could   ITEM_REVISIT: what was added after the read is
 *   read the new write                    dropped, but for what the write depends on
 *
 * So that no graph comes twice, a read is revisited only if all that is dropped was as it
 * is when nothing was chosen otherwise (is_maximal, TruSt's condition).
 */
#include "explore.h"

#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "jobs.h"
#include "loops.h"
#include "memory.h"
#include "races.h"

/* --- work that is left ------------------------------------------------------------------------- */

enum item_kind { ITEM_READ, ITEM_PLACE, ITEM_CHOICE, ITEM_REVISIT };

struct item {
    uint8_t kind;
    bool spurious;    /* ITEM_READ */
    uint16_t choice;  /* ITEM_CHOICE */
    uint32_t stamp;   /* cut the graph here first */
    event_id event;   /* the read, write or choice */
    event_id other;   /* the write to read, or to be put behind */
    event_id read;    /* ITEM_REVISIT: to read `event` */
    double weight;
};

/* A graph, and what is left to do with it: a revisit begins a new one. */
struct frame {
    struct graph graph;
    struct item *items;
    size_t count, room;
};

static struct frame **frames;
static size_t frame_count, frame_room;

static struct frame *top(void)
{
    return frames[frame_count - 1];
}

static struct frame *push_frame(void)
{
    if (frame_count == frame_room) {
        frames = grow(frames, (frame_room + 16) * sizeof(struct frame *));
        memset((void *)(frames + frame_room), 0, 16 * sizeof(struct frame *));
        frame_room += 16;
    }
    if (frames[frame_count] == NULL) {
        frames[frame_count] = grow(NULL, sizeof(struct frame));
        memset(frames[frame_count], 0, sizeof(struct frame));
    }
    frames[frame_count]->count = 0;
    return frames[frame_count++];
}

static void push_item(const struct item *item)
{
    struct frame *frame = top();
    if (frame->count == frame->room) {
        frame->room = frame->room == 0 ? 16 : 2 * frame->room;
        frame->items = grow(frame->items, frame->room * sizeof *frame->items);
    }
    frame->items[frame->count++] = *item;
}

/* --- one run -------------------------------------------------------------------------------------- */

enum state {
    ABSENT,
    READY,    /* can go on */
    WAITING,  /* replaying: for what its next event reads or follows */
    FRONTIER, /* at the end of its events, about to add one */
    HALF,     /* has an update to write */
    SPINNING, /* makes plain accesses without end: the others first */
    JOINING,  /* for a thread to end */
    BLOCKED,  /* in a failed try of a wait */
    BOUNDED,  /* has as many events as it may have */
    ENDED,
    GONE,     /* has ended the program: nobody can join it */
};

enum phase {
    REPLAY,
    EXTEND,
    PROBE, /* the end: does a thread that waits go on when it reads the newest writes? */
};

enum outcome { RUNNING, COMPLETE, DEAD_END, PRUNED, BOUND, FAILED, STOPPED };

struct processor {
    enum state state;
    bool pending;       /* its last event is an update that may turn out to be silent */
    bool plain_pending; /* its last event is a plain write: the value is not known yet */
    uint32_t fresh;     /* its last event with a new source, plus one */
    uint16_t joins;
    uint64_t plain; /* accesses since its last event */
    event_id creator;
    void (*body)(void *);
    void *argument;
};

static const struct explore_options *options;
static const struct trace *trace;
static struct explore_result *result;
static struct graph *graph;
static struct model model;
static enum phase phase;
static enum outcome outcome;
static struct processor processors[MAX_THREADS];
static unsigned width = 8;
static bool check_due;   /* the graph was edited: is it consistent? */
static bool program_over;
static double weight;
static uint64_t steps;          /* of all kinds: for the watchdog */
static bool probe_stuck;
static unsigned probe_steps;

enum { PLAIN_BOUND = 4 << 20, PLAIN_LOOP = 2048, PROBE_BOUND = 10000 };

_Noreturn static void stop(enum outcome what)
{
    outcome = what;
    vm_stop();
}

static struct processor *self(void)
{
    return &processors[vm_self()];
}

static void pause_as(enum state state)
{
    self()->state = state;
    vm_pause();
    self()->state = READY;
}

static bool is_ended(unsigned thread)
{
    return processors[thread].state == ENDED;
}

static bool can_follow(const struct event *event)
{
    if (reads(event)) {
        return model_done(&model, event->source);
    }
    return event->kind != EVENT_JOIN || is_ended(event->choice);
}

/* The running thread's next event, if the graph has it; NULL when it is to add one. */
static struct event *next_event(void)
{
    unsigned t = (unsigned)vm_self();
    self()->plain = 0;
    for (;;) {
        struct thread *thread = &graph->thread[t];
        if (model.done[t] < thread->events) {
            struct event *event = &thread->event[model.done[t]];
            if (can_follow(event)) {
                return event;
            }
            pause_as(WAITING);
        } else if (phase == REPLAY) {
            pause_as(FRONTIER);
        } else if (thread->events >= options->events) {
            pause_as(BOUNDED); /* for good */
        } else {
            return NULL;
        }
    }
}

static event_id running_event(void)
{
    unsigned t = (unsigned)vm_self();
    return (event_id){(uint16_t)t, (uint16_t)model.done[t]};
}

static void expect(const struct event *event, enum event_kind kind, const void *site)
{
    bool same = event->kind == kind ||
                (kind == EVENT_READ && event->kind == EVENT_UPDATE);
    if (!same) {
        instrument_refuse(site, "the program does not do the same when it is run the same "
                                "way again; what it does must not depend on time, addresses "
                                "or anything outside");
    }
}

/* After an event was added: is the graph still consistent? */
static void check_new(const struct event *event)
{
    if (phase == EXTEND && model.sc_events >= 2 &&
        (event->order == VM_SEQ_CST || model.sc_fences > 0) && !model_consistent(&model)) {
        stop(PRUNED);
    }
}

static void told(event_id id)
{
    if (trace != NULL) {
        trace->event(id, trace->context);
    }
}

/* --- revisits ------------------------------------------------------------------------------------ */

/* Whether the part of an event with that stamp was there before `stamp`, or the new write
   depends on it: TruSt's Previous. */
static bool is_previous(event_id id, uint32_t part, uint32_t stamp, const clock_value *prefix)
{
    return part <= stamp || id.index < prefix[id.thread];
}

/* Whether a write was, at that stamp, the last in its location's order of what was there
   then or what the new write `by` depends on. */
static bool was_newest(uint32_t location, event_id write, uint32_t stamp, event_id by)
{
    const clock_value *prefix = model_prefix(&model, by);
    if (!is_initial(write) &&
        !is_previous(write, event_of(graph, write)->written, stamp, prefix)) {
        return false;
    }
    const struct location *at = &graph->location[location];
    for (long i = graph_place(graph, write) + 1; i < (long)at->writes; i++) {
        event_id later = at->order[i];
        if (!same_event(later, by) &&
            is_previous(later, event_of(graph, later)->written, stamp, prefix)) {
            return false;
        }
    }
    return true;
}

static bool was_read(event_id write, uint32_t stamp)
{
    const struct accesses *at = &model.at[event_of(graph, write)->location];
    for (uint32_t i = 0; i < at->count; i++) {
        const struct event *event = event_of(graph, at->event[i]);
        if (reads(event) && event->stamp <= stamp && same_event(event->source, write)) {
            return true;
        }
    }
    return false;
}

/* Whether an event that is to be dropped, or read anew, is what it would be if nothing had
   been chosen otherwise. Its parts from `stamp` on are dropped. */
static bool is_maximal(event_id id, uint32_t stamp, event_id by)
{
    const struct event *event = event_of(graph, id);
    if (event->stamp >= stamp) {
        if (event->kind == EVENT_CHOICE && event->choice != 0) {
            return false;
        }
        if (reads(event) &&
            (event->spurious ||
             !was_newest(event->location, event->source, event->stamp, by))) {
            return false;
        }
    }
    if (writes(event) && event->written >= stamp) {
        return !was_read(id, event->written) &&
               was_newest(event->location, id, event->written, by);
    }
    return true;
}

/* Whether `by`, just added, may revisit a read: all that was added after the read, and that
   `by` does not depend on, is dropped. */
static bool may_revisit(event_id read, event_id by)
{
    const clock_value *prefix = model_prefix(&model, by);
    uint32_t stamp = event_of(graph, read)->stamp;
    for (unsigned t = 0; t < graph->threads; t++) {
        for (uint32_t i = graph->thread[t].events; i > prefix[t]; i--) {
            event_id id = {(uint16_t)t, (uint16_t)(i - 1)};
            const struct event *event = event_of(graph, id);
            uint32_t last = event->kind == EVENT_UPDATE ? event->written : event->stamp;
            if (last < stamp) {
                break;
            }
            if (!is_maximal(id, stamp, by)) {
                return false;
            }
        }
    }
    return true;
}

/* Whether the write is there after `read` was revisited by `by`. */
static bool is_kept(event_id write, uint32_t stamp, event_id by)
{
    return event_of(graph, write)->written <= stamp ||
           (write.index < model_prefix(&model, by)[write.thread] && !same_event(write, by));
}

/* Calls `put` for each write that `by` may be put behind when it revisits `read`. */
static unsigned revisit_places(event_id read, event_id by, event_id *places)
{
    const struct event *event = event_of(graph, by);
    const struct location *at = &graph->location[event->location];
    uint32_t stamp = event_of(graph, read)->stamp;
    /* Neither behind what it has seen, nor behind what the read has. */
    event_id own = {by.thread, (uint16_t)(by.index - 1)};
    event_id before = {read.thread, (uint16_t)(read.index - 1)};
    long floor = model_floor(&model, event->location, model_happens(&model, own));
    long other = model_floor(&model, event->location, model_happens(&model, before));
    floor = other > floor ? other : floor;
    unsigned count = 0;
    for (long i = (long)at->writes - 1, next = -1; i >= -1; i--) {
        event_id write = graph_write_at(graph, event->location, i);
        if (!is_initial(write) && !is_kept(write, stamp, by)) {
            continue;
        }
        bool splits = next >= 0 && event_of(graph, at->order[next])->kind == EVENT_UPDATE;
        bool follows = event->kind != EVENT_UPDATE || same_event(write, event->source);
        if (i >= floor && !splits && follows) {
            places[count++] = write;
        }
        next = i;
        if (i < floor) {
            break;
        }
    }
    return count;
}

/* Leaves items for the reads that a new write may revisit. Returns how many. */
static unsigned push_revisits(event_id by)
{
    static event_id *places;
    static uint32_t room;
    struct event *event = event_of(graph, by);
    const struct location *location = &graph->location[event->location];
    if (room < location->writes + 2) {
        room = 2 * location->writes + 16;
        places = grow(places, room * sizeof *places);
    }
    const clock_value *prefix = model_prefix(&model, by);
    const struct accesses *at = &model.at[event->location];
    unsigned count = 0;
    for (uint32_t i = 0; i < at->count; i++) {
        event_id read = at->event[i];
        if (!reads(event_of(graph, read)) || read.index < prefix[read.thread] ||
            !may_revisit(read, by)) {
            continue;
        }
        unsigned found = revisit_places(read, by, places);
        for (unsigned k = 0; k < found; k++) {
            push_item(&(struct item){.kind = ITEM_REVISIT,
                                     .stamp = event->written + 1,
                                     .event = by,
                                     .other = places[k],
                                     .read = read});
            count++;
        }
    }
    return count;
}

/* The newest `count` items and the run itself share the run's weight. */
static void share_weight(unsigned count)
{
    struct frame *frame = top();
    weight /= count + 1;
    for (unsigned i = 0; i < count; i++) {
        frame->items[frame->count - 1 - i].weight = weight;
    }
}

/* --- taking up what was left ----------------------------------------------------------------------- */

/* Counts, for each thread, the events that `write` depends on, and itself. */
static void find_prefix(const struct graph *of, event_id write, uint32_t *counts)
{
    uint32_t seen[MAX_THREADS] = {0};
    memset(counts, 0, MAX_THREADS * sizeof *counts);
    counts[write.thread] = write.index + 1U;
    for (bool progress = true; progress;) {
        progress = false;
        for (unsigned t = 0; t < of->threads; t++) {
            for (; seen[t] < counts[t]; seen[t]++) {
                const struct event *event = &of->thread[t].event[seen[t]];
                event_id from = event->source;
                if (event->kind == EVENT_JOIN) {
                    from = (event_id){event->choice,
                                      (uint16_t)(of->thread[event->choice].events - 1)};
                }
                if (!is_initial(from) && counts[from.thread] < from.index + 1U) {
                    counts[from.thread] = from.index + 1U;
                }
                progress = true;
            }
        }
    }
}

static void apply_revisit(struct graph *to, const struct item *item)
{
    uint32_t keep[MAX_THREADS];
    uint32_t stamp = event_of(to, item->read)->stamp;
    find_prefix(to, item->event, keep);
    for (unsigned t = 0; t < to->threads; t++) {
        struct thread *thread = &to->thread[t];
        uint32_t depends = keep[t];
        while (keep[t] < thread->events && thread->event[keep[t]].stamp <= stamp) {
            keep[t]++;
        }
        if (keep[t] > depends) {
            struct event *last = &thread->event[keep[t] - 1];
            if (last->kind == EVENT_UPDATE && last->written > stamp) {
                last->unwritten = true;
            }
        }
    }
    uint32_t location = event_of(to, item->event)->location;
    graph_take(to, location, item->event);
    graph_keep(to, keep);
    graph_put(to, location, item->event, item->other);
    struct event *read = event_of(to, item->read);
    read->source = item->event;
    read->fresh = true;
    read->silent = read->spurious = read->unwritten = false;
    read->kind = EVENT_READ;
}

/* Takes up the newest item. Returns false when there is none. */
static bool next_item(void)
{
    while (top()->count == 0) {
        if (frame_count == 1) {
            return false;
        }
        frame_count--;
    }
    struct frame *frame = top();
    struct item item = frame->items[--frame->count];
    if (item.kind == ITEM_REVISIT && frame->count > 0) {
        struct frame *new = push_frame();
        graph_copy(&new->graph, &frame->graph);
        frame = new;
    }
    struct graph *to = &frame->graph;
    graph_cut(to, item.stamp);
    struct event *event = event_of(to, item.event);
    switch ((enum item_kind)item.kind) {
    case ITEM_READ:
        event->source = item.other;
        event->fresh = true;
        event->silent = event->unwritten = false;
        event->spurious = item.spurious;
        event->kind = EVENT_READ;
        break;
    case ITEM_PLACE:
        graph_take(to, event->location, item.event);
        graph_put(to, event->location, item.event, item.other);
        break;
    case ITEM_CHOICE:
        event->choice = item.choice;
        break;
    case ITEM_REVISIT:
        apply_revisit(to, &item);
        break;
    }
    weight = item.weight;
    check_due = true;
    return true;
}

/* --- memory ------------------------------------------------------------------------------------------ */

/* After a write was executed: memory holds the newest of those that were. */
static void write_memory(const struct event *event)
{
    const struct location *at = &graph->location[event->location];
    for (uint32_t i = at->writes; i-- > event->place + 1;) {
        if (model_done(&model, at->order[i])) {
            return;
        }
    }
    vm_poke(at->address, at->size, event->value);
}

static void found_race(const void *address, const struct race *race, bool write, bool atomic,
                       const void *site)
{
    struct failure *failure = &result->failure;
    failure->other = (int)race->thread;
    failure->other_site = race->site;
    (void)address;
    instrument_wrong(KIND_RACE, site, "%s%s, and %s%s of thread %u is not ordered with it",
                     atomic ? "an atomic " : "a plain ", write ? "write" : "read",
                     race->atomic ? "an atomic " : "a plain ",
                     race->write ? "write" : "read", race->thread);
}

static void check_address(const void *address, size_t size, bool write, const void *site)
{
    if ((uintptr_t)address < 4096) {
        instrument_wrong(VM_CRASH, site, "%s through a null pointer",
                         write ? "a write" : "a read");
    }
    struct vm_heap_block block;
    switch (vm_block_of(address, &block)) {
    case VM_FREED:
        result->failure.other = VM_NOBODY;
        result->failure.other_site = block.freed;
        instrument_wrong(VM_USE_AFTER_FREE, site, "%s in a block of %zu bytes that was freed",
                         write ? "a write" : "a read", block.size);
    case VM_NO_BLOCK:
        instrument_wrong(VM_USE_AFTER_FREE, site, "%s of heap memory that malloc did not give",
                         write ? "a write" : "a read");
    case VM_ALLOCATED:
        if ((const unsigned char *)address + size > block.start + block.size) {
            instrument_wrong(VM_USE_AFTER_FREE, site,
                             "%s beyond the end of a block of %zu bytes",
                             write ? "a write" : "a read", block.size);
        }
        break;
    case VM_NOT_HEAP:
        break;
    }
}

/* The location of an atomic operation. */
static uint32_t locate(const struct vm_operation *operation)
{
    if ((uintptr_t)operation->address % operation->size != 0) {
        instrument_refuse(operation->site, "an atomic object that is not aligned");
    }
    check_address(operation->address, operation->size, operation->kind != VM_LOAD,
                  operation->site);
    if (graph_overlap(graph, operation->address, operation->size, true) >= 0) {
        instrument_refuse(operation->site,
                          "an atomic of %u bytes overlaps one of another size or place: "
                         "mixed-size accesses cannot be checked",
                         operation->size);
    }
    uint32_t location = graph_location(graph, operation->address, operation->size);
    if (location >= model.at_room || model.at[location].count == 0) {
        graph->location[location].initial = vm_peek(operation->address, operation->size);
    }
    return location;
}

static void check_atomic_race(const struct vm_operation *operation, bool write)
{
    unsigned t = (unsigned)vm_self();
    struct race race;
    if (races_access(operation->address, operation->size, write, true, t,
                     model.now[t].happens, model.done[t], operation->site, &race)) {
        found_race(operation->address, &race, write, true, operation->site);
    }
}

/* --- waiting ------------------------------------------------------------------------------------------ */

/* The thread's last read, if nothing that it has written since lasts. */
static const struct event *last_read(unsigned thread, uint32_t *index)
{
    for (uint32_t i = model.done[thread]; i-- > 0;) {
        const struct event *event = &graph->thread[thread].event[i];
        if (event->kind == EVENT_READ) {
            *index = i;
            return event;
        }
        if (event->kind != EVENT_FENCE) {
            return NULL;
        }
    }
    return NULL;
}

/*
 * A try of a wait has failed. The thread stays here for the rest of the execution: when a
 * write comes that it could have read instead, it is revisited. Had the last read of the
 * try passed over a newer write, that cannot be: the try might as well not have been, and
 * the execution is not worth going on with.
 */
static void try_failed(void)
{
    unsigned t = (unsigned)vm_self();
    struct processor *processor = self();
    if (phase == PROBE) {
        probe_stuck = true;
        vm_stop();
    }
    if (processor->pending) {
        struct event *event = &graph->thread[t].event[model.done[t] - 1];
        event->kind = EVENT_READ;
        event->unwritten = false;
        event->silent = true;
        processor->pending = false;
    }
    uint32_t index;
    const struct event *event = last_read(t, &index);
    if (event != NULL && processor->fresh == index + 1 &&
        graph_place(graph, event->source) + 1 <
            (long)graph->location[event->location].writes) {
        stop(PRUNED);
    }
    struct vm_registers registers = vm_registers;
    while (phase != PROBE) {
        pause_as(BLOCKED);
    }
    vm_registers = registers;
    loops_effect(t); /* what counts is one more try, from here */
}

static void write_update(event_id id);

/* The value of a plain write is known by now. */
static void settle_plain(void)
{
    struct processor *processor = self();
    steps++;
    if (processor->plain_pending) {
        processor->plain_pending = false;
        struct event *event =
            &graph->thread[vm_self()].event[model.done[vm_self()] - 1];
        const struct location *at = &graph->location[event->location];
        event->value = vm_peek(at->address, at->size);
    }
}

/* What was left open at the thread's last event is decided now. */
static void settle(void)
{
    struct processor *processor = self();
    settle_plain();
    if (processor->pending) {
        while (phase == REPLAY) {
            pause_as(HALF);
        }
        processor->pending = false;
        write_update((event_id){(uint16_t)vm_self(), (uint16_t)(model.done[vm_self()] - 1)});
    }
}

/* Whether an update that may turn out to be silent must be decided before a plain read:
   if it had to write, it might have been impossible, and the read must not be judged. */
static bool may_be_impossible(void)
{
    unsigned t = (unsigned)vm_self();
    if (!self()->pending) {
        return false;
    }
    event_id id = {(uint16_t)t, (uint16_t)(model.done[t] - 1)};
    const struct event *event = event_of(graph, id);
    return event->order == VM_SEQ_CST ||
           model_taken(&model, event->location, event->source, id);
}

/* Something other than a read is met while probing: the thread goes on. */
static void probe_effect(void)
{
    if (phase == PROBE) {
        vm_stop();
    }
}

/* Reads the newest write. */
static uint64_t probe_read(const struct vm_operation *operation)
{
    uint64_t old = vm_peek(operation->address, operation->size), value;
    if (operation->kind == VM_STORE || ++probe_steps > PROBE_BOUND ||
        (vm_writes(operation, old, &value) && value != old)) {
        vm_stop();
    }
    return old;
}

static uint64_t probe_atomic(const struct vm_operation *operation)
{
    if (operation->kind != VM_STORE &&
        loops_closed((unsigned)vm_self(), operation->site)) {
        probe_stuck = true;
        vm_stop();
    }
    return probe_read(operation);
}

/* --- accesses ------------------------------------------------------------------------------------------ */

/* The second half of an update: right behind its source. */
static void write_update(event_id id)
{
    struct event *event = event_of(graph, id);
    bool taken = model_taken(&model, event->location, event->source, id);
    event->unwritten = false;
    event->written = graph->stamp++;
    if (!taken) {
        graph_put(graph, event->location, id, event->source);
    }
    share_weight(push_revisits(id));
    if (taken) {
        stop(PRUNED);
    }
    model_written(&model, id);
    check_new(event);
    write_memory(event);
    if (event->value != event->read) {
        loops_effect(id.thread);
    }
}

static unsigned spurious_failures(unsigned thread)
{
    unsigned count = 0;
    for (uint32_t i = 0; i < graph->thread[thread].events; i++) {
        count += graph->thread[thread].event[i].spurious;
    }
    return count;
}

/* Adds a read of the newest write, and leaves the others for later. */
static struct event *add_read(const struct vm_operation *operation, uint32_t location)
{
    unsigned t = (unsigned)vm_self();
    event_id id = graph_add(graph, t, EVENT_READ);
    struct event *event = event_of(graph, id);
    long newest = (long)graph->location[location].writes - 1;
    event->location = location;
    event->source = graph_write_at(graph, location, newest);
    event->fresh = true;
    bool weak = operation->kind == VM_CAS_WEAK && spurious_failures(t) < options->spurious;
    unsigned count = 0;
    for (long i = model_floor(&model, location, model.now[t].happens); i <= newest; i++) {
        event_id source = graph_write_at(graph, location, i);
        struct item item = {.kind = ITEM_READ,
                            .stamp = event->stamp + 1,
                            .event = id,
                            .other = source};
        if (i < newest) {
            push_item(&item);
            count++;
        }
        if (weak && graph_value(graph, location, source) == operation->expected) {
            item.spurious = true;
            push_item(&item);
            count++;
        }
    }
    share_weight(count);
    return event;
}

/* A read has its source: what does the operation do with it? */
static void resolve(struct event *event, const struct vm_operation *operation)
{
    event_id id = running_event();
    event->fresh = false;
    event->read = graph_value(graph, event->location, event->source);
    bool update =
        vm_writes(operation, event->read, &event->value) && !event->spurious;
    bool failed = !update && operation->kind >= VM_CAS;
    event->kind = update ? EVENT_UPDATE : EVENT_READ;
    event->unwritten = update;
    event->order = (uint8_t)(failed ? operation->failure : operation->order);
    event->size = (uint8_t)operation->size;
    event->site = operation->site;
    event->name = operation->name;
    self()->fresh = id.index + 1U;
    model_execute(&model, id);
    check_new(event);
}

static uint64_t read_or_update(const struct vm_operation *operation, uint32_t location)
{
    struct event *event = next_event();
    if (event == NULL) {
        event = add_read(operation, location);
    }
    expect(event, EVENT_READ, operation->site);
    event_id id = running_event();
    if (event->fresh) {
        resolve(event, operation);
    } else {
        model_execute(&model, id);
    }
    check_atomic_race(operation, event->kind == EVENT_UPDATE);
    if (event->kind == EVENT_UPDATE) {
        if (!event->unwritten) {
            write_memory(event);
            if (event->value != event->read) {
                loops_effect(id.thread);
            }
        } else if (event->value == event->read) {
            self()->pending = true;
        } else {
            while (phase == REPLAY) {
                pause_as(HALF);
            }
            write_update(id);
            event = event_of(graph, id);
        }
    }
    vm_failed_spuriously = event->spurious;
    told(id);
    return event->read;
}

/* Adds a write as the newest, and leaves other places, and the reads that it may revisit,
   for later. */
static void add_write(const struct vm_operation *operation, uint32_t location)
{
    unsigned t = (unsigned)vm_self();
    event_id id = graph_add(graph, t, EVENT_WRITE);
    struct event *event = event_of(graph, id);
    event->location = location;
    event->value = operation->operand;
    event->order = (uint8_t)operation->order;
    event->size = (uint8_t)operation->size;
    event->site = operation->site;
    event->name = operation->name;
    long newest = (long)graph->location[location].writes - 1;
    unsigned count = 0;
    for (long i = model_floor(&model, location, model.now[t].happens); i < newest; i++) {
        if (!model_splits(&model, location, i)) {
            push_item(&(struct item){.kind = ITEM_PLACE,
                                     .stamp = event->stamp + 1,
                                     .event = id,
                                     .other = graph_write_at(graph, location, i)});
            count++;
        }
    }
    graph_put(graph, location, id, graph_write_at(graph, location, newest));
    model_execute(&model, id);
    count += push_revisits(id);
    share_weight(count);
    check_new(event);
}

static uint64_t store(const struct vm_operation *operation, uint32_t location)
{
    loops_effect((unsigned)vm_self());
    struct event *event = next_event();
    event_id id = running_event();
    if (event == NULL) {
        add_write(operation, location);
    } else {
        expect(event, EVENT_WRITE, operation->site);
        model_execute(&model, id);
    }
    write_memory(event_of(graph, id));
    check_atomic_race(operation, true);
    told(id);
    return 0;
}

/* --- for --weaken ---------------------------------------------------------------------------- */

static bool recording;
static struct site *sites;
static size_t site_count, site_room;

void sites_record(bool on)
{
    recording = on;
}

const struct site *sites_all(size_t *count)
{
    *count = site_count;
    return sites;
}

void sites_forget(void)
{
    for (size_t i = 0; i < site_count; i++) {
        sites[i].executed = false;
    }
}

static struct site *site_of(const void *address)
{
    for (size_t i = 0; i < site_count; i++) {
        if (sites[i].address == address) {
            return &sites[i];
        }
    }
    if (site_count == site_room) {
        site_room = site_room == 0 ? 64 : 2 * site_room;
        sites = grow(sites, site_room * sizeof *sites);
    }
    sites[site_count] = (struct site){.address = address, .use_order = -1, .use_failure = -1};
    return &sites[site_count++];
}

void sites_use(const void *address, int order, int failure)
{
    struct site *site = site_of(address);
    site->use_order = (int8_t)order;
    site->use_failure = (int8_t)failure;
}

/* Notes an operation, and puts other orders in if that is asked for. */
static void use_site(struct vm_operation *operation, int kind)
{
    struct site *site = site_of(operation->site);
    site->kind = (uint8_t)kind;
    site->order = (uint8_t)operation->order;
    site->failure = (uint8_t)operation->failure;
    site->executed = true;
    if (site->use_order >= 0) {
        operation->order = (enum vm_order)site->use_order;
    }
    if (site->use_failure >= 0) {
        operation->failure = (enum vm_order)site->use_failure;
    }
}

/* --- atomic operations and fences --------------------------------------------------------------- */

uint64_t instrument_atomic(const struct vm_operation *asked)
{
    struct vm_operation operation = *asked;
    if (recording && operation.name == NULL) {
        use_site(&operation, (int)operation.kind);
    }
    if (options->sequential) {
        operation.order = operation.failure = VM_SEQ_CST;
    }
    if (phase == PROBE) {
        return probe_atomic(&operation);
    }
    if (operation.kind != VM_STORE && operation.name == NULL &&
        loops_closed((unsigned)vm_self(), operation.site)) {
        try_failed();
        return probe_atomic(&operation);
    }
    settle();
    uint32_t location = locate(&operation);
    return operation.kind == VM_STORE ? store(&operation, location)
                                      : read_or_update(&operation, location);
}

void instrument_fence(enum vm_order order, const void *site)
{
    if (phase == PROBE) {
        return;
    }
    if (recording) {
        struct vm_operation fence = {.order = order, .site = site};
        use_site(&fence, SITE_FENCE);
        order = fence.order;
    }
    settle();
    if (order == VM_RELAXED) {
        return;
    }
    struct event *event = next_event();
    event_id id = running_event();
    if (event == NULL) {
        graph_add(graph, id.thread, EVENT_FENCE);
        event = event_of(graph, id);
        event->order = (uint8_t)order;
        event->site = site;
    }
    expect(event, EVENT_FENCE, site);
    model_execute(&model, id);
    check_new(event);
    told(id);
}

/* A plain write to a location that is accessed atomically too; all those accesses happen
   before it (or it is a race), so it is the newest. */
static void write_plainly(uint32_t location, const void *site)
{
    struct event *event = next_event();
    event_id id = running_event();
    if (event == NULL) {
        graph_add(graph, id.thread, EVENT_WRITE);
        event = event_of(graph, id);
        event->location = location;
        event->plain = true;
        event->size = graph->location[location].size;
        event->site = site;
        graph_put(graph, location, id,
                  graph_write_at(graph, location, (long)graph->location[location].writes - 1));
    }
    expect(event, EVENT_WRITE, site);
    model_execute(&model, id);
    self()->plain_pending = true;
    told(id);
}

static void plain_write_to_atomics(void *address, size_t size, const void *site)
{
    unsigned char *first = address;
    for (uint32_t i = 0; i < graph->locations; i++) {
        const struct location *at = &graph->location[i];
        if (i >= model.at_room || model.at[i].count == 0 || at->address >= first + size ||
            first >= at->address + at->size) {
            continue;
        }
        if (at->address < first || at->address + at->size > first + size) {
            instrument_refuse(site,
                              "a plain write to a part of an atomic of %u bytes: mixed-size "
                             "accesses cannot be checked",
                             at->size);
        }
        settle();
        write_plainly(i, site);
    }
}

void instrument_plain(void *address, size_t size, bool write, const void *site)
{
    unsigned t = (unsigned)vm_self();
    struct vm_stack stack = vm_stack(t);
    bool own = (unsigned char *)address >= stack.low && (unsigned char *)address < stack.high;
    if (phase == PROBE) {
        if ((write && !own) || ++probe_steps > PROBE_BOUND) {
            vm_stop();
        }
        return;
    }
    settle_plain();
    if (!own) {
        if (write || may_be_impossible()) {
            settle();
        }
        check_address(address, size, write, site);
        if (write) {
            loops_effect(t);
        }
    }
    if (++self()->plain > PLAIN_BOUND) {
        pause_as(BOUNDED);
    } else if (self()->plain == PLAIN_LOOP) {
        pause_as(SPINNING);
    }
    struct race race;
    if (races_access(address, size, write, false, t, model.now[t].happens, model.done[t],
                     site, &race)) {
        found_race(address, &race, write, false, site);
    }
    if (write && graph->locations > 0) {
        plain_write_to_atomics(address, size, site);
    }
    if (trace != NULL && !self()->plain_pending) {
        trace->plain(t, address, size, write, site, trace->context);
    }
}

/* --- waiting and choosing -------------------------------------------------------------------------------- */

void instrument_await_failed(const void *site)
{
    (void)site;
    if (phase != PROBE && model.done[vm_self()] > 0) {
        const struct event *last =
            &graph->thread[vm_self()].event[model.done[vm_self()] - 1];
        bool effect = last->kind == EVENT_WRITE ||
                      (last->kind == EVENT_UPDATE && last->value != last->read);
        if (effect && !self()->pending && !last->plain) {
            return; /* the try had an effect: it is not a wait that may be left out */
        }
    }
    try_failed();
}

void instrument_yield(const void *site)
{
    (void)site;
}

void instrument_delay(unsigned pauses, const void *site)
{
    (void)pauses;
    (void)site;
}

unsigned instrument_choose(unsigned count, const char *what, const void *site)
{
    probe_effect();
    settle();
    loops_effect((unsigned)vm_self());
    struct event *event = next_event();
    event_id id = running_event();
    if (event == NULL) {
        graph_add(graph, id.thread, EVENT_CHOICE);
        event = event_of(graph, id);
        event->choices = (uint16_t)count;
        event->site = site;
        event->name = what;
        for (unsigned i = 1; i < count; i++) {
            push_item(&(struct item){.kind = ITEM_CHOICE,
                                     .stamp = event->stamp + 1,
                                     .event = id,
                                     .choice = (uint16_t)i});
        }
        share_weight(count - 1);
    }
    expect(event, EVENT_CHOICE, site);
    model_execute(&model, id);
    told(id);
    return event->choice;
}

/* --- threads ------------------------------------------------------------------------------------------------ */

static void body(void *argument)
{
    struct processor *processor = argument;
    struct event *event = next_event();
    event_id id = running_event();
    if (event == NULL) {
        graph_add(graph, id.thread, EVENT_BEGIN);
        event_of(graph, id)->source = processor->creator;
    }
    model_execute(&model, id);
    told(id);
    processor->body(processor->argument);
    instrument_exit();
}

static void start(unsigned thread, void (*function)(void *), void *argument, event_id creator)
{
    processors[thread] = (struct processor){
        .state = READY, .creator = creator, .body = function, .argument = argument};
    vm_spawn(thread, body, &processors[thread]);
}

static bool needs_width;

unsigned instrument_create(void (*function)(void *), void *argument, const void *site)
{
    probe_effect();
    settle();
    loops_effect((unsigned)vm_self());
    struct event *event = next_event();
    event_id id = running_event();
    if (event == NULL) {
        unsigned thread = 0;
        while (thread < MAX_THREADS && processors[thread].state != ABSENT) {
            thread++;
        }
        if (thread == MAX_THREADS) {
            instrument_refuse(site, "more than %d threads", MAX_THREADS);
        }
        if (thread >= width) {
            needs_width = true; /* the run is done again with more room */
            stop(STOPPED);
        }
        graph_add(graph, id.thread, EVENT_CREATE);
        event = event_of(graph, id);
        event->choice = (uint16_t)thread;
        event->site = site;
    }
    expect(event, EVENT_CREATE, site);
    unsigned thread = event->choice;
    model_execute(&model, id);
    told(id);
    start(thread, function, argument, id);
    if (thread + 1 > result->threads) {
        result->threads = thread + 1;
    }
    return thread;
}

void instrument_join(unsigned processor, const void *site)
{
    probe_effect();
    settle();
    loops_effect((unsigned)vm_self());
    self()->joins = (uint16_t)processor;
    struct event *event = next_event();
    while (event == NULL && !is_ended(processor)) {
        pause_as(JOINING);
    }
    event_id id = running_event();
    if (event == NULL) {
        graph_add(graph, id.thread, EVENT_JOIN);
        event = event_of(graph, id);
        event->choice = (uint16_t)processor;
        event->site = site;
    }
    expect(event, EVENT_JOIN, site);
    model_execute(&model, id);
    told(id);
}

_Noreturn void instrument_exit(void)
{
    probe_effect();
    settle();
    struct event *event = next_event();
    event_id id = running_event();
    if (event == NULL) {
        graph_add(graph, id.thread, EVENT_END);
    }
    model_execute(&model, id);
    told(id);
    self()->state = ENDED;
    vm_stop();
}

_Noreturn void instrument_end(int status, const void *site)
{
    probe_effect();
    settle();
    if (status != 0) {
        instrument_wrong(VM_STATUS, site, "the program ends with status %d", status);
    }
    program_over = true;
    self()->state = GONE;
    vm_stop();
}

/* --- the heap -------------------------------------------------------------------------------------------------- */

void instrument_allocate(void *address, size_t size, const void *site)
{
    (void)address;
    (void)size;
    (void)site;
    probe_effect();
    settle();
    loops_effect((unsigned)vm_self());
}

/* As a write to all of the block: whatever is not ordered with it may come after it. */
void instrument_free(void *address, size_t size, const void *site)
{
    probe_effect();
    settle();
    unsigned t = (unsigned)vm_self();
    loops_effect(t);
    struct race race;
    if (races_access(address, size, true, false, t, model.now[t].happens, model.done[t], site,
                     &race)) {
        result->failure.other = (int)race.thread;
        result->failure.other_site = race.site;
        instrument_wrong(VM_USE_AFTER_FREE, site,
                         "free, and %s of the block by thread %u is not ordered with it",
                         race.write ? "a write" : "a read", race.thread);
    }
}

/* --- what is wrong, and what cannot be done ------------------------------------------------------------------------------------------------ */

/* Before main there is no execution to show. */
static void fail_outside(const char *format, va_list arguments)
{
    if (vm_self() == VM_NOBODY) {
        (void)fputs("lockcheck: in a constructor of the program: ", stderr);
        (void)vfprintf(stderr, format, arguments);
        (void)fputc('\n', stderr);
        exit(3);
    }
}

_Noreturn void instrument_wrong(const char *kind, const void *site, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail_outside(format, arguments);
    probe_effect();
    settle();
    /* An edited graph may not be consistent: then nothing has been found. */
    if (check_due && phase == REPLAY && !model_consistent(&model)) {
        stop(PRUNED);
    }
    struct failure *failure = &result->failure;
    (void)vsnprintf(failure->text, sizeof failure->text, format, arguments);
    va_end(arguments);
    failure->kind = kind;
    failure->thread = vm_self();
    failure->site = site;
    result->verdict = WRONG;
    stop(FAILED);
}

_Noreturn void instrument_refuse(const void *site, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fail_outside(format, arguments);
    probe_effect();
    (void)vsnprintf(result->why, sizeof result->why, format, arguments);
    va_end(arguments);
    result->failure.site = site;
    result->failure.thread = vm_self();
    result->verdict = REFUSED;
    stop(FAILED);
}

/* --- a run ----------------------------------------------------------------------------------------------------------- */

static void replay(void)
{
    for (bool progress = true; progress && outcome == RUNNING;) {
        progress = false;
        for (unsigned t = 0; t < MAX_THREADS && outcome == RUNNING; t++) {
            struct processor *processor = &processors[t];
            if (t > 0 && processor->state == ABSENT && t >= graph->threads) {
                break;
            }
            bool ready = processor->state == READY;
            if (processor->state == WAITING) {
                ready = can_follow(&graph->thread[t].event[model.done[t]]);
            } else if (processor->state == SPINNING) {
                ready = model.done[t] < graph->thread[t].events;
            }
            if (ready) {
                vm_run(t);
                progress = true;
            }
        }
    }
}

/* The thread that adds the next event: one with half an update, or else the lowest that
   can. */
static int next_thread(void)
{
    for (unsigned t = 0; t < MAX_THREADS; t++) {
        if (processors[t].state == HALF) {
            return (int)t;
        }
    }
    for (unsigned t = 0; t < MAX_THREADS; t++) {
        enum state state = processors[t].state;
        if (state == READY || state == FRONTIER ||
            (state == JOINING && is_ended(processors[t].joins))) {
            return (int)t;
        }
    }
    for (unsigned t = 0; t < MAX_THREADS; t++) {
        if (processors[t].state == SPINNING) {
            return (int)t;
        }
    }
    return VM_NOBODY;
}

static bool is_stuck(unsigned thread)
{
    probe_stuck = false;
    probe_steps = 0;
    vm_run(thread);
    return probe_stuck;
}

/* No thread can go on. */
static enum outcome finish(void)
{
    bool waiting = false, stuck = true;
    for (unsigned t = 0; t < MAX_THREADS; t++) {
        if (processors[t].state == BOUNDED) {
            return BOUND;
        }
    }
    phase = PROBE;
    for (unsigned t = 0; t < MAX_THREADS && stuck; t++) {
        enum state state = processors[t].state;
        result->failure.blocked[t] = state == BLOCKED || state == JOINING;
        if (state == BLOCKED) {
            waiting = true;
            stuck = is_stuck(t);
        } else if (state == JOINING) {
            waiting = true;
        }
    }
    if (!waiting || (stuck && program_over)) {
        return COMPLETE;
    }
    if (!stuck) {
        return DEAD_END;
    }
    result->verdict = WRONG;
    struct failure *failure = &result->failure;
    failure->kind = KIND_HANG;
    failure->thread = failure->other = VM_NOBODY;
    failure->site = failure->other_site = NULL;
    snprintf(failure->text, sizeof failure->text,
             "no thread can go on, and what they wait for will not come");
    return FAILED;
}

static void first_thread(void *argument)
{
    (void)argument;
    options->program();
}

static enum outcome run(bool extend)
{
    if (options->begin != NULL) {
        options->begin();
    }
    vm_reset();
    graph = &top()->graph;
    model.same_thread = options->same_thread;
    model_begin(&model, graph, width);
    races_begin();
    loops_begin();
    memset(processors, 0, sizeof processors);
    phase = REPLAY;
    outcome = RUNNING;
    program_over = false;
    start(0, first_thread, NULL, INITIAL);
    replay();
    if (outcome == RUNNING && check_due && !model_consistent(&model)) {
        outcome = PRUNED;
    }
    check_due = false;
    if (outcome == RUNNING && !extend) {
        return finish();
    }
    phase = EXTEND;
    while (outcome == RUNNING) {
        int thread = next_thread();
        if (thread == VM_NOBODY) {
            return finish();
        }
        vm_run((unsigned)thread);
    }
    return outcome;
}

/* --- the exploration --------------------------------------------------------------------------------------------------- */

static size_t leaking;

static void count_leak(const struct vm_heap_block *block, void *context)
{
    (void)context;
    leaking++;
    if (result->leak == NULL) {
        result->leak = block->allocated;
    }
}

static void conclude(enum outcome what)
{
    result->runs++;
    result->explored += weight;
    switch (what) {
    case COMPLETE:
        result->executions++;
        leaking = 0;
        vm_each_block(count_leak, NULL);
        result->leaked = leaking > result->leaked ? leaking : result->leaked;
        if (options->execution != NULL) {
            options->execution(graph, options->context);
        }
        break;
    case DEAD_END:
        result->blocked++;
        break;
    case BOUND:
        result->bound = true;
        break;
    default:
        break;
    }
}

/* In a child: of all work that is left, only the oldest item is its own. */
static void keep_oldest(void)
{
    size_t oldest = 0;
    while (frames[oldest]->count == 0) {
        oldest++;
    }
    struct frame *frame = frames[oldest];
    frames[oldest] = frames[0];
    frames[0] = frame;
    frame_count = 1;
    frame->count = 1;
    *result = (struct explore_result){.threads = result->threads};
}

static void drop_oldest(void)
{
    for (size_t i = 0; i < frame_count; i++) {
        struct frame *frame = frames[i];
        if (frame->count > 0) {
            frame->count--;
            memmove(frame->items, frame->items + 1, frame->count * sizeof *frame->items);
            return;
        }
    }
}

static size_t items_left(void)
{
    size_t count = 0;
    for (size_t i = 0; i < frame_count && count < 2; i++) {
        count += frames[i]->count;
    }
    return count;
}

static void share_work(void)
{
    if (items_left() > 1 && jobs_wanted()) {
        jobs_publish(result);
        if (jobs_fork()) {
            keep_oldest();
        } else {
            drop_oldest();
        }
    }
}

static enum outcome run_wide_enough(void)
{
    for (;;) {
        needs_width = false;
        enum outcome what = run(true);
        if (!needs_width) {
            return what;
        }
        width = 2 * width;
    }
}

void explore(const struct explore_options *with, struct explore_result *to)
{
    options = with;
    result = to;
    trace = NULL;
    memset(to, 0, sizeof *to);
    to->threads = 1;
    frame_count = 0;
    graph_clear(&push_frame()->graph);
    weight = 1;
    check_due = false;
    jobs_begin(with->jobs);
    do {
        enum outcome what = run_wide_enough();
        conclude(what);
        if (what == FAILED && jobs_claim()) {
            to->graph = &top()->graph;
            jobs_publish(to);
            return;
        }
        if (to->runs % 64 == 0) {
            jobs_publish(to);
            if (with->tick != NULL) {
                with->tick();
            }
        }
        share_work();
        to->interrupted = jobs_interrupted();
    } while (!to->interrupted && !jobs_found() && next_item());
    jobs_end(to);
    to->verdict = to->bound || to->interrupted ? INCONCLUSIVE : VERIFIED;
}

void explore_give_up(const char *why)
{
    if (vm_self() == VM_NOBODY || phase == PROBE) {
        return;
    }
    (void)snprintf(result->why, sizeof result->why, "%s", why);
    result->failure.thread = vm_self();
    result->verdict = INCONCLUSIVE;
    stop(FAILED);
}

uint64_t explore_steps(void)
{
    return steps;
}

void explore_again(const struct explore_options *with, struct graph *of,
                   const struct trace *to, struct explore_result *into)
{
    struct frame *frame = push_frame();
    graph_copy(&frame->graph, of);
    options = with;
    result = into;
    trace = to;
    check_due = false;
    run(false);
    trace = NULL;
}

