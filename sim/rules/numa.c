/* SPDX-License-Identifier: MIT */
/*
 * Distributed shared memory: nodes with processors, their caches, memory, and a directory
 * of the lines that lie there. A miss asks the directory of the line's home. Three hops,
 * when another cache owns the line:
 *
 *   requester |--request-->|                                       |--> goes on
 *   home                   |-directory-|--forward-->|              ^      |-memory-|
 *   owner                              |            |-cache-|-line-+      |        |
 *                                      |                    |----update---+        |
 *                                      ^ takes effect                  line is free ^
 *
 * A message between nodes takes link + network · distance + link; within a node, nothing.
 * From the effect on, the processor waits (and for an atomic read-modify-write `atomic`
 * more, which finish adds):
 *
 *   owned              home → owner, cache, owner → requester. A modified line that is
 *                      read also goes to memory: by the same message if the requester is
 *                      at home
 *   read, not owned    memory, home → requester
 *   write, not owned   the same, without memory for the mere right to write (upgrade);
 *                      and for each other copy home → holder, cache, holder → requester.
 *                      Whichever is in last
 *
 * Further assumptions:
 *   - The directory takes requests in the order of arrival, `directory` cycles each. Then
 *     a request waits until its line is free, behind those that came before it, and takes
 *     effect: all copies change at this moment. Waiting for a line keeps no other up.
 *   - A line that is read from memory and stays shared is free again at once; any other
 *     when the requester goes on and memory is up to date. No message
 *     says so.
 *   - Memory serves different lines at the same time. Updates and write-backs do not take
 *     the directory.
 *   - A node has one link, for both directions. Invalidations leave before the right to
 *     write. Which message gets the link is settled when its way is known, at the effect:
 *     one that is known later uses what the others leave.
 *   - Clean lines leave a cache without a message, and the directory knows.
 *   - A figure in machine.latency replaces all that stands here but waiting. The effect
 *     is where it would be anyway, and the processor does not go on before it.
 *   - Without caches the home's module serves accesses in the order of arrival, `module`
 *     cycles each; they take effect when it begins.
 */
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "sim/simulate.h"

/* An access that takes effect. */
struct miss {
    struct request *request;
    struct line *line;
    unsigned processor, node, home;
    bool measured; /* costs a figure from machine.latency */
    cycles rest;   /* of that figure, from the effect on */
    cycles end;    /* when all answers are in */
    cycles ideal;  /* the same if no link were taken */
};

static cycles later(cycles one, cycles other)
{
    return one > other ? one : other;
}

static unsigned node_of(unsigned processor)
{
    return machine_node(&machine, processor);
}

static unsigned home_of(const struct line *line)
{
    return node_of((unsigned)line->place);
}

static cycles network(unsigned from, unsigned to)
{
    return machine.network * machine_distance(&machine, from, to);
}

/* --- links -------------------------------------------------------------------------- */

/* When a link is taken: spans in their order, with room for a message between any two. */
struct span {
    cycles begin, end;
};

static struct link {
    struct span *spans;
    unsigned count, room;
} links[NODES];

static void forget_past(struct link *link)
{
    unsigned past = 0;
    while (past < link->count && link->spans[past].end <= now) {
        past++;
    }
    if (past > 0) {
        link->count -= past;
        memmove(link->spans, link->spans + past, link->count * sizeof *link->spans);
    }
}

static void insert(struct link *link, unsigned index, struct span span)
{
    if (link->count == link->room) {
        link->room = link->room == 0 ? 8 : 2 * link->room;
        link->spans = sure(realloc(link->spans, link->room * sizeof *link->spans));
    }
    struct span *place = link->spans + index;
    memmove(place + 1, place, (link->count - index) * sizeof *place);
    *place = span;
    link->count++;
}

/* Two spans with no room for a message between them are as good as one. */
static void join(struct link *link, unsigned index)
{
    struct span *one = &link->spans[index];
    if (index + 1 < link->count && one[1].begin - one->end < machine.link) {
        one->end = one[1].end;
        link->count--;
        memmove(one + 1, one + 2, (link->count - index - 1) * sizeof *one);
    }
}

/* Takes a node's link for a message that is `ready` then; returns when it begins. */
static cycles use_link(unsigned node, cycles ready)
{
    if (machine.link == 0) {
        return ready;
    }
    struct link *link = &links[node];
    forget_past(link);
    unsigned i = 0;
    for (; i < link->count && link->spans[i].begin < ready + machine.link; i++) {
        ready = later(ready, link->spans[i].end);
    }
    insert(link, i, (struct span){ready, ready + machine.link});
    join(link, i);
    if (i > 0) {
        join(link, i - 1);
    }
    busy.links[node] += machine.link;
    return ready;
}

/* --- messages ----------------------------------------------------------------------- */

/* A message leaves a node for another one; returns when it comes to that one's link. */
static cycles leave(const struct miss *miss, unsigned from, unsigned to, cycles ready)
{
    counts[miss->processor].messages++;
    return use_link(from, ready) + machine.link + network(from, to);
}

/* It has come to a node's link; returns when it is in. */
static cycles enter(unsigned to, cycles arrival)
{
    return use_link(to, arrival) + machine.link;
}

/* All of its way. */
static cycles send(const struct miss *miss, unsigned from, unsigned to, cycles ready)
{
    return from == to ? ready : enter(to, leave(miss, from, to, ready));
}

/* What a message takes if nothing is in its way. */
static cycles way(unsigned from, unsigned to)
{
    return from == to ? 0 : 2 * machine.link + network(from, to);
}

/* Answers on their way to the requester: when they come to its link. One effect's. */
static cycles arrivals[VM_PROCESSORS + 1];
static unsigned arrival_count;

/* A node is `ready` to answer, ideally so after a time from the effect on. */
static void answer(struct miss *miss, unsigned from, cycles ready, cycles ideal)
{
    miss->ideal = later(miss->ideal, now + ideal + way(from, miss->node));
    if (from == miss->node) {
        miss->end = later(miss->end, ready);
    } else {
        arrivals[arrival_count++] = leave(miss, from, miss->node, ready);
    }
}

static int compare(const void *one, const void *other)
{
    cycles a = *(const cycles *)one;
    cycles b = *(const cycles *)other;
    return (a > b) - (a < b);
}

/* The requester's link takes them one after another, in the order of arrival. */
static void take_answers(struct miss *miss)
{
    qsort(arrivals, arrival_count, sizeof *arrivals, compare);
    for (unsigned i = 0; i < arrival_count; i++) {
        miss->end = later(miss->end, enter(miss->node, arrivals[i]));
    }
    arrival_count = 0;
    if (miss->measured) {
        miss->end = now + miss->rest + (miss->end - miss->ideal);
    }
}

/* --- figures that were measured ----------------------------------------------------- */

static bool any_figures; /* the machine has some */

/* How far away the nearest other copy is; without one, the home. */
static unsigned distance_of_copy(const struct miss *miss)
{
    unsigned nearest = UINT32_MAX;
    set_each (&miss->line->holders, holder) {
        if (holder != miss->processor) {
            unsigned distance = machine_distance(&machine, miss->node, node_of(holder));
            nearest = distance < nearest ? distance : nearest;
        }
    }
    return nearest != UINT32_MAX ? nearest
                                 : machine_distance(&machine, miss->node, miss->home);
}

static enum found found(const struct line *line)
{
    if (line->owner != NOBODY) {
        return line->owner_state == MODIFIED ? FOUND_MODIFIED : FOUND_EXCLUSIVE;
    }
    return line->holders.count != 0 ? FOUND_SHARED : FOUND_MEMORY;
}

/* Looks for a figure; `passed` is what the way to the effect has cost but for waiting. */
static void measure(struct miss *miss, cycles passed)
{
    unsigned distance = any_figures ? distance_of_copy(miss) : DISTANCES;
    if (distance >= DISTANCES) {
        return;
    }
    enum use use = miss->request->use;
    cycles latency = machine.latency[use][found(miss->line)][distance];
    passed += use == MODIFY ? machine.atomic : 0; /* what finish adds is in the figure */
    miss->measured = latency != 0;
    miss->rest = latency > passed ? latency - passed : 0;
}

/* --- the effect --------------------------------------------------------------------- */

static struct miss miss_of(struct request *request)
{
    return (struct miss){
        .request = request,
        .line = request->line,
        .processor = request->processor,
        .node = node_of(request->processor),
        .home = home_of(request->line),
        .end = now,
        .ideal = now,
    };
}

static void move_line(const struct miss *miss, int from, int to, cycles begin, cycles end)
{
    counts[miss->processor].words += machine.line / 8;
    transfer(miss->line, from, to, begin < end ? begin : end, end);
}

static void invalidate(const struct miss *miss, unsigned holder)
{
    counts[miss->processor].invalidations++;
    line_set(miss->line, holder, INVALID);
    disturb(miss->line, holder);
}

/* The owner sends the line, and keeps a copy if it is only read. Returns when memory is
   up to date. */
static cycles ask_owner(struct miss *miss)
{
    struct line *line = miss->line;
    unsigned owner = (unsigned)line->owner;
    unsigned node = node_of(owner);
    bool reads = miss->request->use == READ;
    bool modified = line->owner_state == MODIFIED;
    cycles leaves = send(miss, miss->home, node, now) + machine.cache;
    answer(miss, node, leaves, way(miss->home, node) + machine.cache);
    take_answers(miss);
    counts[miss->processor].from_cache++;
    move_line(miss, (int)owner, (int)miss->processor, leaves, miss->end);
    if (!reads) {
        invalidate(miss, owner);
        return now;
    }
    line_set(line, owner, SHARED);
    disturb(line, owner);
    if (!modified) {
        return now;
    }
    cycles updated =
        miss->home == miss->node ? miss->end : send(miss, node, miss->home, leaves);
    updated += machine.memory;
    move_line(miss, (int)owner, NOBODY, leaves, updated);
    return updated;
}

/* All that have copies drop them, and acknowledge that. */
static void ask_sharers(struct miss *miss)
{
    static struct {
        unsigned node;
        cycles time;
    } asked[VM_PROCESSORS];
    unsigned count = 0;
    unsigned home = miss->home;
    set_each (&miss->line->holders, holder) {
        if (holder != miss->processor) {
            unsigned node = node_of(holder);
            asked[count].node = node;
            asked[count++].time = node == home ? now : leave(miss, home, node, now);
            invalidate(miss, holder);
        }
    }
    for (unsigned i = 0; i < count; i++) {
        if (asked[i].node != home) {
            asked[i].time = enter(asked[i].node, asked[i].time);
        }
    }
    for (unsigned i = 0; i < count; i++) {
        unsigned node = asked[i].node;
        cycles ideal = way(home, node) + machine.cache;
        answer(miss, node, asked[i].time + machine.cache, ideal);
    }
}

/* Home sends the line, or the right to write it. */
static void ask_home(struct miss *miss)
{
    bool upgrade = miss->request->transaction == BUS_UPGRADE;
    cycles lookup = upgrade ? 0 : machine.memory;
    if (miss->request->use != READ) {
        ask_sharers(miss);
    }
    answer(miss, miss->home, now + lookup, lookup);
    take_answers(miss);
    if (!upgrade) {
        move_line(miss, NOBODY, (int)miss->processor, now + lookup, miss->end);
    }
}

/* A line has come into a cache: another may have to go. */
static void make_room(struct request *request)
{
    bool modified = false;
    struct line *old = evicted(request->line, request->processor, &modified);
    if (old == NULL || !modified) {
        return;
    }
    struct miss back = {.line = old, .processor = request->processor};
    unsigned node = node_of(request->processor);
    cycles end = send(&back, node, home_of(old), now) + machine.memory;
    counts[back.processor].transactions[BUS_WRITE_BACK]++;
    move_line(&back, (int)back.processor, NOBODY, now, end);
    old->free = later(old->free, end);
}

static enum transaction kind(const struct request *request)
{
    if (request->use == READ) {
        return BUS_READ;
    }
    return set_has(&request->line->holders, request->processor) ? BUS_UPGRADE
                                                                : BUS_READ_EXCLUSIVE;
}

static enum state new_state(const struct request *request)
{
    if (request->use != READ) {
        return MODIFIED;
    }
    bool alone = request->line->holders.count == 0;
    return alone && machine.protocol == MESI ? EXCLUSIVE : SHARED;
}

static void effect(struct request *request)
{
    struct line *line = request->line;
    struct miss miss = miss_of(request);
    measure(&miss, way(miss.node, miss.home) + machine.directory);
    take_effect(request);
    request->transaction = kind(request);
    counts[miss.processor].transactions[request->transaction]++;
    bool owned = line->owner != NOBODY;
    cycles updated = now;
    if (owned) {
        updated = ask_owner(&miss);
    } else {
        ask_home(&miss);
    }
    enum state state = new_state(request);
    line_set(line, miss.processor, state);
    make_room(request);
    finish(request, miss.end);
    cycles goes_on = miss.end + (request->use == MODIFY ? machine.atomic : 0);
    line->free = owned || state != SHARED ? later(goes_on, updated) : now;
}

/* --- requests that wait for their lines --------------------------------------------- */

/* By lines' numbers. While there is one for a line, there is an event for the line. */
static struct queue {
    struct request *first, *last;
} queues[NODES];

static struct queue *queue_of(const struct line *line)
{
    return &queues[line->settled % NODES];
}

static bool queue_has(const struct line *line)
{
    const struct request *request = queue_of(line)->first;
    while (request != NULL && request->line != line) {
        request = request->next;
    }
    return request != NULL;
}

static void queue_add(struct request *request)
{
    struct queue *queue = queue_of(request->line);
    request->next = NULL;
    if (queue->first == NULL) {
        queue->first = request;
    } else {
        queue->last->next = request;
    }
    queue->last = request;
}

/* The first that waits for the line: there is one. */
static struct request *queue_take(const struct line *line)
{
    struct queue *queue = queue_of(line);
    struct request *before = NULL;
    struct request *request = queue->first;
    while (request->line != line) {
        before = request;
        request = request->next;
    }
    if (before == NULL) {
        queue->first = request->next;
    } else {
        before->next = request->next;
    }
    if (queue->last == request) {
        queue->last = before;
    }
    return request;
}

/* A line should be free: it is, unless it has been written back meanwhile. */
static void serve_next(void *argument)
{
    struct line *line = argument;
    if (line->free <= now) {
        effect(queue_take(line));
    }
    if (queue_has(line)) {
        at(line->free, serve_next, line);
    }
}

static void look_up(void *argument)
{
    struct request *request = argument;
    struct line *line = request->line;
    bool others = queue_has(line);
    if (!others && line->free <= now) {
        effect(request);
        return;
    }
    queue_add(request);
    if (!others) {
        at(line->free, serve_next, line);
    }
}

/* --- requests on their way ---------------------------------------------------------- */

static cycles home_idle[NODES]; /* when each home has served all that have come */

/* Waits for the home's turn; returns when it begins. */
static cycles take_home(unsigned home, cycles duration)
{
    cycles start = later(now, home_idle[home]);
    home_idle[home] = start + duration;
    busy.modules[home] += duration;
    return start;
}

/* Without caches: the module begins with an access. One within the node is no transaction
   of the network. */
static void serve(void *argument)
{
    struct request *request = argument;
    struct miss miss = miss_of(request);
    measure(&miss, way(miss.node, miss.home));
    take_effect(request);
    request->transaction = remote_transaction(request->use);
    if (miss.node != miss.home) {
        counts[miss.processor].transactions[request->transaction]++;
        counts[miss.processor].words++;
    }
    answer(&miss, miss.home, now + machine.module, machine.module);
    take_answers(&miss);
    if (miss.node != miss.home) {
        int processor = (int)miss.processor;
        bool stores = request->use == WRITE;
        transfer(miss.line, stores ? processor : NOBODY, stores ? NOBODY : processor,
                 request->issued, miss.end);
    }
    finish(request, miss.end);
}

static void arrive(void *argument)
{
    struct request *request = argument;
    unsigned home = home_of(request->line);
    if (machine.protocol == NO_CACHES) {
        if (machine.cores == 1) {
            disturb_alone(home, NOBODY);
        }
        at(take_home(home, machine.module), serve, request);
    } else {
        at(take_home(home, machine.directory) + machine.directory, look_up, request);
    }
}

static void miss(struct request *request)
{
    struct miss miss = miss_of(request);
    if (miss.node == miss.home) {
        arrive(request);
    } else {
        at(send(&miss, miss.node, miss.home, now), arrive, request);
    }
}

/* At its own node's module, which no other belongs to: without a message. */
static cycles settle(unsigned processor, const struct line *line, cycles from,
                     cycles rest)
{
    (void)rest;
    bool alone = machine.cores == 1 && !any_figures && line->place == (int)processor &&
                 home_idle[processor] <= from - machine.pause;
    return alone ? machine.module : 0;
}

static void looked(unsigned processor, uint64_t looks, cycles last, cycles time)
{
    (void)time;
    busy.modules[processor] += looks * machine.module;
    home_idle[processor] = last + machine.module;
}

static void begin(void)
{
    static const struct machine none;
    any_figures = memcmp(machine.latency, none.latency, sizeof none.latency) != 0;
    memset(home_idle, 0, sizeof home_idle);
    memset(queues, 0, sizeof queues);
    for (unsigned i = 0; i < NODES; i++) {
        links[i].count = 0;
    }
    arrival_count = 0;
}

const struct rules numa_rules = {
    .begin = begin, .miss = miss, .settle = settle, .looked = looked};
