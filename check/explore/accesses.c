/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "check/explore/loops.h"
#include "check/explore/races.h"
#include "check/explore/revisits.h"
#include "check/explore/run.h"
#include "check/explore/sites.h"
#include "check/explore/work.h"

/* --- memory ------------------------------------------------------------------------- */

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

/* Which access is wrong, for what instrument_wrong is about to say. */
static void note_wrong(void *address, size_t size, bool write)
{
    struct failure *failure = &result->failure;
    failure->address = address;
    failure->size = size;
    failure->write = write;
    failure->other = VM_NOBODY;
    failure->other_site = NULL;
}

static void found_race(const struct race *race, bool write, bool atomic, const void *site)
{
    struct failure *failure = &result->failure;
    failure->other = (int)race->thread;
    failure->other_site = race->site;
    instrument_wrong(KIND_RACE, site,
                     "%s%s, and %s%s of thread %u is not ordered with it",
                     atomic ? "an atomic " : "a plain ", write ? "write" : "read",
                     race->atomic ? "an atomic " : "a plain ",
                     race->write ? "write" : "read", race->thread);
}

/* The thread that has ended and whose stack an address lies in, or VM_NOBODY. */
static int ended_owner(const void *address)
{
    const unsigned char *byte = address;
    for (unsigned t = 0; t < graph->threads; t++) {
        struct vm_stack stack = vm_stack(t);
        if (byte >= stack.low && byte < stack.high) {
            return is_ended(t) ? (int)t : VM_NOBODY;
        }
    }
    return VM_NOBODY;
}

static void check_address(void *address, size_t size, bool write, const void *site)
{
    if ((uintptr_t)address < 4096) {
        note_wrong(address, size, write);
        instrument_wrong(VM_CRASH, site, "%s through a null pointer",
                         write ? "a write" : "a read");
    }
    int owner = ended_owner(address);
    if (owner != VM_NOBODY) {
        note_wrong(address, size, write);
        instrument_wrong(VM_USE_AFTER_FREE, site,
                         "%s in the stack of thread %d, which has ended",
                         write ? "a write" : "a read", owner);
    }
    struct vm_heap_block block;
    switch (vm_block_of(address, &block)) {
    case VM_FREED:
        note_wrong(address, size, write);
        result->failure.other_site = block.freed;
        instrument_wrong(VM_USE_AFTER_FREE, site,
                         "%s in a block of %zu bytes that was freed",
                         write ? "a write" : "a read", block.size);
    case VM_NO_BLOCK:
        note_wrong(address, size, write);
        instrument_wrong(VM_OUT_OF_BOUNDS, site,
                         "%s of heap memory that malloc did not give",
                         write ? "a write" : "a read");
    case VM_ALLOCATED:
        if ((const unsigned char *)address + size > block.start + block.size) {
            note_wrong(address, size, write);
            instrument_wrong(VM_OUT_OF_BOUNDS, site,
                             "%s beyond the end of a block of %zu bytes",
                             write ? "a write" : "a read", block.size);
        }
        break;
    case VM_NOT_HEAP:
        break;
    }
}

/* The locations of a graph that was read from a file have no addresses yet: the first
   operation on each tells it. */
static void tell_address(const struct vm_operation *operation)
{
    unsigned t = (unsigned)vm_self();
    if (model.done[t] < graph->thread[t].events) {
        const struct event *event = &graph->thread[t].event[model.done[t]];
        struct location *location = &graph->location[event->location];
        if (accesses(event) && location->address == NULL &&
            location->size == operation->size) {
            location->address = operation->address;
        }
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
    if (graph_overlaps(graph, operation->address, operation->size)) {
        instrument_refuse(operation->site,
                          "an atomic of %u bytes overlaps one of another size or place: "
                          "mixed-size accesses cannot be checked",
                          operation->size);
    }
    tell_address(operation);
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
        note_wrong(operation->address, operation->size, write);
        found_race(&race, write, true, operation->site);
    }
}

/* --- accesses ----------------------------------------------------------------------- */

void write_update(event_id id)
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

/* Whether there is no use in reading a source: it would make an update of it, another one
   has already, and nothing can change that. */
static bool is_hopeless(const struct vm_operation *operation, uint32_t location,
                        event_id source, event_id self)
{
    uint64_t old = graph_value(graph, location, source), value;
    if (!vm_writes(operation, old, &value) || value == old ||
        !model_taken(&model, location, source, self)) {
        return false;
    }
    clock_value prefix[MAX_THREADS];
    memcpy(prefix, model.now[self.thread].prefix, sizeof prefix);
    if (!is_initial(source)) {
        const clock_value *other = model_prefix(&model, source);
        for (unsigned t = 0; t < model.width; t++) {
            prefix[t] = prefix[t] > other[t] ? prefix[t] : other[t];
        }
    }
    prefix[self.thread] = (clock_value)(self.index + 1);
    return !can_free(location, source, prefix);
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
    bool weak =
        operation->kind == VM_CAS_WEAK && spurious_failures(t) < options->spurious;
    unsigned count = 0;
    for (long i = model_floor(&model, location, model.now[t].happens); i <= newest; i++) {
        event_id source = graph_write_at(graph, location, i);
        struct item item = {
            .kind = ITEM_READ, .stamp = event->stamp + 1, .event = id, .other = source};
        if (i < newest && !is_hopeless(operation, location, source, id)) {
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

static void expect_order(const struct event *event, const struct vm_operation *operation)
{
    if (event->order != operation->order &&
        !(operation->kind >= VM_CAS && event->order == operation->failure)) {
        refuse_change(operation->site);
    }
}

/* What a graph that was read from a file does not say: places in the code, and values,
   which may be addresses. */
static void note_operation(struct event *event, const struct vm_operation *operation)
{
    event->size = (uint8_t)operation->size;
    event->site = operation->site;
    event->name = operation->name;
    event->value = operation->operand;
    if (reads(event)) {
        event->read = graph_value(graph, event->location, event->source);
        (void)vm_writes(operation, event->read, &event->value);
    }
}

/* A read has its source: what does the operation do with it? */
static void resolve(struct event *event, const struct vm_operation *operation)
{
    event_id id = running_event();
    event->fresh = false;
    note_operation(event, operation);
    uint64_t value;
    bool update = vm_writes(operation, event->read, &value) && !event->spurious;
    bool failed = !update && operation->kind >= VM_CAS;
    event->kind = update ? EVENT_UPDATE : EVENT_READ;
    event->unwritten = update;
    event->order = (uint8_t)(failed ? operation->failure : operation->order);
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
    expect(event, EVENT_READ, location, operation->site);
    event_id id = running_event();
    if (event->fresh) {
        resolve(event, operation);
    } else {
        expect_order(event, operation);
        note_operation(event, operation);
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
    event->order = (uint8_t)operation->order;
    note_operation(event, operation);
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
        expect(event, EVENT_WRITE, location, operation->site);
        expect_order(event, operation);
        note_operation(event, operation);
        model_execute(&model, id);
    }
    write_memory(event_of(graph, id));
    check_atomic_race(operation, true);
    told(id);
    return 0;
}

/* --- atomic operations and fences --------------------------------------------------- */

uint64_t instrument_atomic(const struct vm_operation *asked)
{
    struct vm_operation operation = *asked;
    if (sites_recording && operation.name == NULL) {
        use_site(&operation, (int)operation.kind);
    }
    if (options->sequential) {
        operation.order = operation.failure = VM_SEQ_CST;
    }
    if (operation.maybe_weak && options->spurious > 0) {
        instrument_refuse(operation.site,
                          "--spurious needs gcc: clang does not tell weak "
                          "compare-and-swaps from strong ones");
    }
    if (phase == PROBE) {
        return probe_atomic(&operation);
    }
    if (operation.kind != VM_STORE && loops_closed((unsigned)vm_self())) {
        struct vm_registers registers = vm_registers;
        vm_registers.stack = NULL;
        try_failed();
        vm_registers = registers;
        return probe_atomic(&operation);
    }
    vm_registers.stack = NULL; /* of a write */
    settle();
    uint32_t location = locate(&operation);
    return operation.kind == VM_STORE ? store(&operation, location)
                                      : read_or_update(&operation, location);
}

void instrument_fence(enum vm_fence fence, enum vm_order order, const void *site)
{
    static const enum event_kind kinds[VM_FENCES] = {EVENT_FENCE, EVENT_LIGHT_FENCE,
                                                     EVENT_HEAVY_FENCE};
    if (phase == PROBE) {
        return;
    }
    if (sites_recording) {
        struct vm_operation operation = {.order = order, .site = site};
        use_site(&operation, SITE_FENCE + (int)fence);
        order = operation.order;
    }
    settle();
    if (order == VM_RELAXED) {
        return;
    }
    struct event *event = next_event();
    event_id id = running_event();
    if (event == NULL) {
        graph_add(graph, id.thread, kinds[fence]);
        event = event_of(graph, id);
        event->order = (uint8_t)order;
    }
    expect(event, kinds[fence], 0, site);
    if (event->order != order) {
        refuse_change(site);
    }
    event->site = site;
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
        graph_put(
            graph, location, id,
            graph_write_at(graph, location, (long)graph->location[location].writes - 1));
    }
    expect(event, EVENT_WRITE, location, site);
    event->size = graph->location[location].size;
    event->site = site;
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
                              "a plain write to a part of an atomic of %u bytes: "
                              "mixed-size accesses cannot be checked",
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
    bool own =
        (unsigned char *)address >= stack.low && (unsigned char *)address < stack.high;
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
        note_wrong(address, size, write);
        found_race(&race, write, false, site);
    }
    if (write && graph->locations > 0) {
        plain_write_to_atomics(address, size, site);
    }
    if (trace != NULL && !self()->plain_pending) {
        trace->plain(t, address, size, write, site, trace->context);
    }
}
