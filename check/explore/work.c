/* SPDX-License-Identifier: MIT */
#include "check/explore/work.h"

#include <string.h>

#include "check/explore/forks.h"
#include "check/explore/run.h"
#include "check/explore/schedule.h"
#include "common/memory.h"

/* A graph, and what is left to do with it: a revisit begins a new one. */
struct frame {
    struct graph graph;
    struct item *items;
    size_t count, room;
};
static struct frame **frames;
static size_t frame_count, frame_room;

static uint32_t deviations; /* of what this run is to be */

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

void push_item(const struct item *item)
{
    struct frame *frame = top();
    if (frame->count == frame->room) {
        frame->room = frame->room == 0 ? 16 : 2 * frame->room;
        frame->items = grow(frame->items, frame->room * sizeof *frame->items);
    }
    struct item *pushed = &frame->items[frame->count++];
    *pushed = *item;
    pushed->deviations = deviations + !item->free;
    run.result->open++;
}

void work_begin(const struct graph *from)
{
    frame_count = 0;
    deviations = 0;
    forks_begin();
    struct frame *frame = push_frame();
    if (from == NULL) {
        graph_clear(&frame->graph);
        frame->graph.lenient = run.lenient;
    } else if (from != &frame->graph) {
        graph_copy(&frame->graph, from);
    }
}

struct graph *work_graph(void)
{
    return &top()->graph;
}

/* --- taking up what was left -------------------------------------------------------- */

static void depend_on(uint32_t *counts, event_id id)
{
    if (!is_initial(id) && counts[id.thread] < id.index + 1U) {
        counts[id.thread] = id.index + 1U;
    }
}

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
                depend_on(counts, event->source);
                depend_on(counts, event->twin);
                progress = true;
            }
        }
    }
}

/* Drops what was added at or after `stamp`, but for an event and what it depends on. */
static void drop_since(struct graph *to, uint32_t stamp, event_id event)
{
    uint32_t keep[MAX_THREADS];
    find_prefix(to, event, keep);
    for (unsigned t = 0; t < to->threads; t++) {
        struct thread *thread = &to->thread[t];
        uint32_t depends = keep[t];
        while (keep[t] < thread->events && thread->event[keep[t]].stamp < stamp) {
            keep[t]++;
        }
        if (keep[t] > depends) {
            struct event *last = &thread->event[keep[t] - 1];
            if (last->kind == EVENT_UPDATE && last->written >= stamp) {
                last->progress = HALF;
            }
        }
    }
    graph_keep(to, keep, stamp);
}

/* An event that was added becomes an update that has written. */
static void add_update(struct graph *to, const struct item *item)
{
    graph_read_from(to, item->event, item->other);
    struct event *event = event_of(to, item->event);
    event->kind = EVENT_UPDATE;
    event->progress = DONE;
    event->order = item->order;
    event->written = to->stamp++;
}

static void apply_revisit(struct graph *to, const struct item *item)
{
    struct event *event = event_of(to, item->event);
    graph_take(to, event->location, item->event);
    drop_since(to, event_of(to, item->read)->stamp + !item->waits, item->event);
    graph_put(to, event->location, item->event, item->other);
    if (item->waits) {
        event->handed = true;
    } else {
        graph_read_from(to, item->read, item->event);
    }
}

static void apply_lock(struct graph *to, const struct item *item)
{
    struct thread *thread = &to->thread[item->event.thread];
    graph_add(to, item->event.thread, EVENT_READ);
    struct event *event = event_of(to, item->event);
    event->location = item->location;
    event->twin = item->read;
    event->waits = event->handed = true;
    event->waited = thread->waits;
    thread->waits = 0;
    graph_read_from(to, item->event, item->other);
    if (item->since < item->stamp) {
        drop_since(to, item->since, item->event);
    }
}

/* Makes the graph what the item says it is to be. */
static void follow(const struct item *item)
{
    struct frame *frame = top();
    bool drops = item->kind == ITEM_REVISIT ||
                 (item->kind == ITEM_LOCK && item->since < item->stamp);
    if (drops && frame->count > 0) {
        struct frame *new = push_frame();
        graph_copy(&new->graph, &frame->graph);
        frame = new;
    }
    struct graph *to = &frame->graph;
    graph_cut(to, item->stamp);
    switch ((enum item_kind)item->kind) {
    case ITEM_READ:
        graph_read_from(to, item->event, item->other);
        event_of(to, item->event)->spurious = item->spurious;
        break;
    case ITEM_PLACE: {
        uint32_t location = event_of(to, item->event)->location;
        graph_take(to, location, item->event);
        graph_put(to, location, item->event, item->other);
        break;
    }
    case ITEM_CHOICE:
        event_of(to, item->event)->choice = item->choice;
        break;
    case ITEM_REVISIT:
        if (item->adds) {
            add_update(to, item);
        }
        apply_revisit(to, item);
        break;
    case ITEM_LOCK:
        apply_lock(to, item);
        break;
    }
    deviations = item->deviations;
    run.check_due = true;
}

/* Takes the newest item off. Returns false when there is none. */
static bool take_item(struct item *item)
{
    while (top()->count == 0) {
        if (frame_count == 1) {
            return false;
        }
        frame_count--;
    }
    struct frame *frame = top();
    *item = frame->items[--frame->count];
    run.result->open--;
    forks_next();
    return true;
}

bool next_item(void)
{
    struct item item;
    while (take_item(&item)) {
        if (item.deviations <= run.most_deviations) {
            follow(&item);
            return true;
        }
        run.result->beyond = true;
    }
    return false;
}

/* --- how much there is -------------------------------------------------------------- */

/* An item that stands for others like it, so many, and the graph that it is of. Those of
   one level, and of the next. */
static struct sample {
    struct graph graph;
    struct item item;
    double items;
} * samples[2];
static unsigned sample_count;

static void begin_samples(unsigned count)
{
    for (int i = 0; i < 2 && count > sample_count; i++) {
        samples[i] = grow(samples[i], count * sizeof *samples[i]);
        memset((void *)(samples[i] + sample_count), 0,
               (count - sample_count) * sizeof *samples[i]);
    }
    sample_count = count;
}

/* A number that is the same for items that keep as many events of each thread, about. */
static uint32_t likeness(const struct graph *of, const struct item *item)
{
    uint32_t keep[MAX_THREADS] = {0}, stamp = item->stamp, number = 0;
    if (item->kind == ITEM_REVISIT) {
        const event_id last = item->adds ? item->other : item->event;
        if (!is_initial(last)) {
            find_prefix(of, last, keep);
        }
        depend_on(keep, item->event);
        stamp = event_of(of, item->read)->stamp;
    }
    for (unsigned t = 0; t < of->threads; t++) {
        uint32_t kept = keep[t];
        while (kept < of->thread[t].events && of->thread[t].event[kept].stamp < stamp) {
            kept++;
        }
        number = (number + kept) * 0x9e3779b1;
    }
    return number ^ number >> 16;
}

/* Those that the newest run has left, which stand for `each`, among the samples. */
static void sample_items(struct sample *among, double each, double (*by_chance)(void))
{
    struct frame *frame = top();
    for (size_t i = 0; i < frame->count; i++) {
        const struct item *item = &frame->items[i];
        if (item->deviations > run.most_deviations) {
            continue;
        }
        struct sample *sample = &among[likeness(&frame->graph, item) % sample_count];
        sample->items += each;
        if (by_chance() * sample->items < each) {
            graph_copy(&sample->graph, &frame->graph);
            sample->item = *item;
        }
    }
}

double work_sample(unsigned count, double (*by_chance)(void), bool (*is_late)(void))
{
    double runs = 1;
    begin_samples(count);
    work_begin(NULL);
    (void)run_newest();
    sample_items(samples[0], 1, by_chance);
    for (bool more = true, which = false; more; which = !which) {
        more = false;
        for (unsigned i = 0; i < count; i++) {
            struct sample *sample = &samples[which][i];
            if (sample->items == 0) {
                continue;
            }
            if (is_late()) {
                return 0;
            }
            work_begin(&sample->graph);
            follow(&sample->item);
            (void)run_newest();
            runs += sample->items;
            sample_items(samples[!which], sample->items, by_chance);
            sample->items = 0;
            more = true;
        }
    }
    return runs;
}

/* --- sharing it with other processes ------------------------------------------------ */

void keep_oldest(void)
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
    forks_keep_oldest();
}

void drop_oldest(void)
{
    for (size_t i = 0; i < frame_count; i++) {
        struct frame *frame = frames[i];
        if (frame->count > 0) {
            frame->count--;
            memmove(frame->items, frame->items + 1, frame->count * sizeof *frame->items);
            forks_drop_oldest();
            return;
        }
    }
}

size_t items_left(void)
{
    size_t count = 0;
    for (size_t i = 0; i < frame_count && count < 2; i++) {
        count += frames[i]->count;
    }
    return count;
}
