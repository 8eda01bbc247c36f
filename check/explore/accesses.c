/* SPDX-License-Identifier: MIT */
/*
 * What atomic operations and fences do. Each is an event of the running thread, and comes
 * about in one of two ways:
 *
 *   replay finds the event: the graph has it (next_event), and says what a read reads and
 *   where a write stands. The program must do what the graph says (expect).
 *
 *   extending adds it: a read takes the newest write, a write becomes the newest. What
 *   else it could have been is left for later (push_item): to read an older write, to
 *   stand behind one, and, for a write, to be read by what is there already
 *   (push_revisits).
 *
 * From there on both are one: the event is executed in the model (model_execute), which
 * orders it after what it has seen; memory gets what a write writes; and an access that
 * is not ordered with a plain one to the same bytes is a race (check_race).
 */
#include <string.h>

#include "check/explore/addresses.h"
#include "check/explore/failed_tries.h"
#include "check/explore/forks.h"
#include "check/explore/idle_turns.h"
#include "check/explore/lock_turns.h"
#include "check/explore/locks.h"
#include "check/explore/loops.h"
#include "check/explore/others_wait.h"
#include "check/explore/parts.h"
#include "check/explore/revisits.h"
#include "check/explore/sites.h"
#include "check/explore/spins.h"
#include "check/explore/symmetry.h"
#include "check/explore/tso.h"
#include "check/explore/updates.h"
#include "check/explore/work.h"
#include "virtual/instrument.h"
#include "virtual/program/program.h"

/* --- where -------------------------------------------------------------------------- */

/* The locations of a graph that was read from a file have no addresses yet: each is
   learnt from the first operation on it. */
static void learn_address(const struct vm_operation *operation)
{
    unsigned t = (unsigned)vm_self();
    if (run.model.done[t] < run.graph->thread[t].events) {
        const struct event *event = &run.graph->thread[t].event[run.model.done[t]];
        struct location *location = &run.graph->location[event->location];
        if (accesses(event) && location->address == NULL &&
            location->size == operation->size) {
            location->address = operation->address;
            run.graph->lines |= graph_lines(location->address, location->size);
        }
    }
}

/* The location of an atomic operation. */
static uint32_t locate(const struct vm_operation *operation)
{
    if ((uintptr_t)operation->address % operation->size != 0) {
        vm_tell_if_uninitialised((uintptr_t)operation->address, "an access",
                                 operation->site);
        char name[128];
        vm_variable_name(operation->address, name, sizeof name);
        instrument_wrong(VM_CRASH, operation->site,
                         "an atomic object of %u bytes at %s, whose address is not a "
                         "multiple of that",
                         operation->size, name);
    }
    check_address(operation->address, operation->size, operation->kind != VM_LOAD,
                  operation->name != NULL, vm_stack_owner(operation->address),
                  operation->site);
    if (graph_overlaps(run.graph, operation->address, operation->size)) {
        parts_found(operation);
    }
    learn_address(operation);
    uint32_t location = graph_location(run.graph, operation->address, operation->size);
    if (location >= run.model.at_room || run.model.at[location].count == 0) {
        run.graph->location[location].initial =
            vm_peek(operation->address, operation->size);
    }
    return location;
}

/* --- the event is found ------------------------------------------------------------- */

static void expect_order(const struct event *event, const struct vm_operation *operation)
{
    if (event->order != operation->order &&
        !(operation->kind >= VM_CAS && event->order == operation->failure)) {
        refuse_change(operation->site);
    }
}

/* Replays the next event of the running thread, an access. */
static void replay(struct event *event, const struct vm_operation *operation)
{
    expect_order(event, operation);
    note_operation(event, operation);
    if (is_unwritten(event)) {
        event->progress = HALF; /* whether it is silent is decided again */
    }
    model_execute(&run.model, running_event());
}

/* --- a read or a read-modify-write -------------------------------------------------- */

static unsigned spurious_failures(unsigned thread)
{
    unsigned count = 0;
    for (uint32_t i = 0; i < run.graph->thread[thread].events; i++) {
        count += run.graph->thread[thread].event[i].spurious;
    }
    return count;
}

/* Whether reading a source would make an update of the read that cannot be: another one
   stands behind that source already. */
static bool would_be_taken(const struct vm_operation *operation, uint32_t location,
                           event_id source, event_id self)
{
    uint64_t old = graph_value(run.graph, location, source), value;
    return vm_writes(operation, old, &value) && value != old &&
           model_taken(&run.model, location, source, self);
}

/* Whether there is a use in that nevertheless: its revisits drop the other one. */
static bool may_be_freed(uint32_t location, event_id source, event_id self)
{
    clock_value prefix[MAX_THREADS];
    memcpy(prefix, run.model.present[self.thread].prefix, sizeof prefix);
    if (!is_initial(source)) {
        const clock_value *other = model_prefix(&run.model, source);
        for (unsigned t = 0; t < run.model.width; t++) {
            prefix[t] = prefix[t] > other[t] ? prefix[t] : other[t];
        }
    }
    event_id twin = event_of(run.graph, self)->twin;
    if (!is_initial(twin)) {
        const clock_value *other = model_prefix(&run.model, twin);
        for (unsigned t = 0; t < run.model.width; t++) {
            prefix[t] = prefix[t] > other[t] ? prefix[t] : other[t];
        }
    }
    prefix[self.thread] = (clock_value)(self.index + 1);
    return can_free(location, source, prefix);
}

/* Whether the read is the second of two that may have to be compared (spins.h). */
static bool is_second(event_id id, event_id source)
{
    const struct event *event = event_of(run.graph, id), *before = event - 1;
    return id.index > 0 && before->kind == EVENT_READ &&
           before->location == event->location && !same_event(before->source, source);
}

/* Leaves the revisits by the update that the running thread's new event would be if it
   read a source that is taken. */
static unsigned push_update(event_id id, const struct vm_operation *operation,
                            event_id source)
{
    struct event *event = event_of(run.graph, id);
    const struct event saved = *event;
    const struct thread_view present = run.model.present[id.thread];
    graph_read_from(run.graph, id, source);
    note_operation(event, operation);
    event->kind = EVENT_UPDATE;
    event->progress = HALF;
    event->order = (uint8_t)operation->order;
    event->written = run.graph->stamp;
    model_execute(&run.model, id);
    unsigned count = is_consistent(event) ? push_revisits_instead(id) : 0;
    model_take_back(&run.model, id, &present);
    *event = saved;
    return count;
}

/* What the try accesses plainly that has just been rehearsed. It is before the event that
   ends the wait, be that the same. */
static void note_accesses(unsigned thread)
{
    unsigned count;
    const struct spin_access *access = spins_accesses(&count);
    run.model.done[thread]--;
    for (const struct spin_access *end = access + count; access < end; access++) {
        check_address(access->address, access->size, access->write, false,
                      vm_stack_owner(access->address), access->site);
        check_race(access->address, access->size, access->write, false, access->site);
    }
    run.model.done[thread]++;
}

/* If the running thread's new event reads this source a try of a wait fails: it might as
   well not have been (try_failed), and nothing is left for later. But what it touches may
   race. */
static void pass_failed_try(event_id id, const struct vm_operation *operation,
                            event_id source)
{
    struct event *event = event_of(run.graph, id);
    const struct event saved = *event;
    const struct thread_view present = run.model.present[id.thread];
    graph_read_from(run.graph, id, source);
    note_operation(event, operation);
    event->progress = DONE;
    event->order =
        (uint8_t)(operation->kind >= VM_CAS ? operation->failure : operation->order);
    model_execute(&run.model, id);
    if (is_consistent(event)) {
        uint64_t value;
        check_race(parts_address(operation), parts_size(operation),
                   vm_writes(operation, event->read, &value), true, operation->site);
        races_read_in_try(id.thread);
        note_accesses(id.thread);
        (void)try_is_suspected(spins_turn_of_try(), true);
    }
    model_take_back(&run.model, id, &present);
    *event = saved;
}

/* Whether the try of a wait fails if the running thread's next event reads a source.
   TRY_REHEARSED: return rehearsed_value at once. */
static uint64_t rehearsed_value;
static enum spin_try try_reading(const struct vm_operation *operation, uint32_t location,
                                 event_id source, const struct vm_operation *asked,
                                 const struct vm_registers *registers)
{
    uint64_t old = graph_value(run.graph, location, source), value;
    bool of_library = operation->kind != VM_LOAD && operation->name != NULL;
    if (run.again || run.idle_at != NULL || of_library || !is_in_wait(operation->site) ||
        (vm_writes(operation, old, &value) && value != old)) {
        return TRY_GOES_ON;
    }
    rehearsed_value = old;
    return spins_try(asked, registers);
}

/* Leaves what comes of reading another source. Returns how many items. */
static unsigned push_read(const struct item *item, const struct vm_operation *operation,
                          uint32_t location)
{
    bool taken = would_be_taken(operation, location, item->other, item->event);
    if (taken && !is_second(item->event, item->other)) {
        return push_update(item->event, operation, item->other);
    }
    if (taken && !may_be_freed(location, item->other, item->event)) {
        return 0;
    }
    push_item(item);
    return 1;
}

/* Adds a read of the newest write, and leaves the others for later. NULL while it is
   rehearsed what one of these comes to. */
static struct event *add_read(const struct vm_operation *operation, uint32_t location,
                              const struct vm_operation *asked,
                              const struct vm_registers *registers)
{
    unsigned t = (unsigned)vm_self();
    event_id id = add_event(EVENT_READ);
    struct event *event = event_of(run.graph, id);
    long newest = (long)run.graph->location[location].writes - 1;
    event->location = location;
    graph_read_from(run.graph, id, graph_write_at(run.graph, location, newest));
    bool weak =
        operation->kind == VM_CAS_WEAK && spurious_failures(t) < run.options->spurious;
    unsigned count = 0;
    for (long i = model_floor(&run.model, location, run.model.present[t].happens);
         i <= newest; i++) {
        event_id source = graph_write_at(run.graph, location, i);
        struct item item = {
            .kind = ITEM_READ, .stamp = event->stamp + 1, .event = id, .other = source};
        if (i < newest && symmetry_may_read(id, source, false) &&
            (run.idle_at == NULL || idle_turns_may_read(id, source))) {
            switch (try_reading(operation, location, source, asked, registers)) {
            case TRY_REHEARSED:
                return NULL;
            case TRY_FAILS:
                pass_failed_try(id, operation, source);
                break;
            case TRY_GOES_ON:
                count += push_read(&item, operation, location);
                break;
            }
        }
        if (weak &&
            vm_part(operation, graph_value(run.graph, location, source)) ==
                operation->expected &&
            symmetry_may_read(id, source, true)) {
            item.spurious = true;
            push_item(&item);
            count++;
        }
    }
    note_fork(count);
    return event;
}

/* --- whose try would fail lets the others go first ---------------------------------- */

/* lockcheck-loops(7). (Who looks at others has to see them in their failed tries; a call
   of a thread library changes more than the stack, which a rehearsal puts back; and
   deviations are counted from what the threads do one after the other.) */
static bool may_give_way(const struct vm_operation *operation)
{
    return run.phase == EXTEND && operation->kind != VM_STORE &&
           operation->name == NULL && run.lock_words == 0 && !run.looked &&
           run.options->deviations == 0 && is_in_wait(operation->site);
}

/* What the failed try accesses if the running thread's next event reads this source. So
   memory that is freed while the others go first is known to be in use. */
static void note_failed_try(const struct vm_operation *operation, uint32_t location,
                            event_id source)
{
    unsigned t = (unsigned)vm_self();
    event_id id = graph_add(run.graph, t, EVENT_READ);
    event_of(run.graph, id)->location = location;
    pass_failed_try(id, operation, source);
    run.graph->thread[t].events--;
    run.graph->stamp--;
}

/* The running thread is about to read or update. As long as its try fails with the newest
   write there the others go first. Returns false while that is rehearsed. */
static bool give_way(const struct vm_operation *operation, uint32_t location,
                     const struct vm_operation *asked,
                     const struct vm_registers *registers)
{
    bool others_can = may_give_way(operation);
    while (others_can && next_event() == NULL) {
        event_id newest = graph_write_at(run.graph, location,
                                         (long)run.graph->location[location].writes - 1);
        enum spin_try how = try_reading(operation, location, newest, asked, registers);
        if (how != TRY_FAILS) {
            return how == TRY_GOES_ON;
        }
        note_failed_try(operation, location, newest);
        self()->failing = operation;
        self()->failing_location = location;
        self()->fails_with = newest;
        pause_as(GIVING_WAY);
        others_can = has_newer_write((unsigned)vm_self());
    }
    return true;
}

/* `asked` is the operation as the program has it, before --weaken and --model. */
static uint64_t read_or_update(const struct vm_operation *operation, uint32_t location,
                               const struct vm_operation *asked,
                               const struct vm_registers *registers)
{
    struct event *event = next_event();
    if (event == NULL) {
        event = operation->waits ? add_lock(operation, location)
                                 : add_read(operation, location, asked, registers);
    }
    if (event == NULL && vm_rehearsing) {
        return rehearsed_value;
    }
    if (event == NULL) {
        return probe_atomic(operation);
    }
    expect(event, EVENT_READ, location, operation->site);
    if (operation->address == run.idle_at) {
        idle_turns_read(location);
    }
    lock_turns_read(operation);
    run.locks = run.locks || event->handed;
    event_id id = running_event();
    if (event->progress == UNRESOLVED) {
        resolve(event, operation);
    } else {
        replay(event, operation);
    }
    check_race(parts_address(operation), parts_size(operation),
               event->kind == EVENT_UPDATE, true, operation->site);
    races_read_in_try(id.thread);
    switch (spins_look(id, asked, registers)) {
    case SPIN_KNOWN:
        try_is_known();
    case SPIN_REHEARSED:
        return event->read;
    case SPIN_NEW:
        break;
    }
    if (is_unwritten(event)) {
        write_or_wait(id);
    } else if (event->kind == EVENT_UPDATE) {
        write_memory(event);
        note_change(id);
    }
    vm_failed_spuriously = event->spurious;
    trace_event(id);
    return spins_note(id, asked, registers);
}

/* --- a write ------------------------------------------------------------------------ */

/* Adds a write as the newest, and leaves other places, and the reads that it may revisit,
   for later. */
static void add_write(const struct vm_operation *operation, uint32_t location)
{
    unsigned t = (unsigned)vm_self();
    event_id id = add_event(EVENT_WRITE);
    struct event *event = event_of(run.graph, id);
    event->location = location;
    event->order = (uint8_t)operation->order;
    note_operation(event, operation);
    long newest = (long)run.graph->location[location].writes - 1;
    unsigned count = 0;
    for (long i = model_floor(&run.model, location, run.model.present[t].happens);
         i < newest; i++) {
        event_id before = graph_write_at(run.graph, location, i);
        if (!model_splits(&run.model, location, i) && symmetry_may_stand(id, before)) {
            push_item(&(struct item){.kind = ITEM_PLACE,
                                     .stamp = event->stamp + 1,
                                     .event = id,
                                     .other = before});
            count++;
        }
    }
    graph_put(run.graph, location, id, graph_write_at(run.graph, location, newest));
    model_execute(&run.model, id);
    count += push_revisits(id, false);
    note_fork(count);
    check_new(event);
}

static uint64_t store(const struct vm_operation *operation, uint32_t location)
{
    if (lock_turns_gives_back(operation, location)) {
        note_return((unsigned)vm_self());
    } else {
        begin_try((unsigned)vm_self());
    }
    struct event *event = next_event();
    event_id id = running_event();
    if (event == NULL) {
        add_write(operation, location);
    } else {
        expect(event, EVENT_WRITE, location, operation->site);
        replay(event, operation);
    }
    lock_turns_wrote(id);
    write_memory(event_of(run.graph, id));
    check_race(operation->address, operation->size, true, true, operation->site);
    trace_event(id);
    return 0;
}

/* --- atomic operations and fences --------------------------------------------------- */

static uint64_t atomic_on_whole(const struct vm_operation *asked)
{
    if (vm_rehearsing) {
        uint64_t value = rehearsed_value;
        if (spins_again(&value)) {
            return value;
        }
        spins_arrive(asked);
    }
    struct vm_registers registers = vm_registers;
    struct vm_operation operation = *asked;
    if (sites_recording && operation.name == NULL) {
        use_site(&operation, (int)operation.kind);
    }
    if (run.options->model == MODEL_SC) {
        operation.order = operation.failure = VM_SEQ_CST;
    } else if (run.options->model == MODEL_TSO) {
        operation.order = operation.failure = tso_order(&operation);
    }
    if (operation.maybe_weak && run.options->spurious > 0) {
        instrument_refuse(operation.site,
                          "--spurious needs gcc: clang does not tell weak "
                          "compare-and-swaps from strong ones");
    }
    if (run.phase == PROBE) {
        return probe_atomic(&operation);
    }
    note_written((unsigned)vm_self());
    if (operation.kind != VM_STORE && loops_closed((unsigned)vm_self(), &operation)) {
        vm_registers.stack = NULL;
        note_wait(last_event()->site);
        others_wait_fails(loops_closed_from, operation.site);
        bool again = try_failed(loops_closed_from);
        vm_registers = registers;
        if (!again) {
            return probe_atomic(&operation);
        }
        (void)loops_closed((unsigned)vm_self(), &operation);
    }
    uint32_t first;
    bool looks;
    if (operation.kind != VM_STORE && run.phase != PROBE &&
        loops_turned((unsigned)vm_self(), &first, &looks) &&
        (looks || !idle_turn(first))) {
        lock_turn(first, &operation);
    }
    vm_registers.stack = NULL; /* of a write */
    settle();
    (void)next_event(); /* here others may run, and free what is about to be accessed */
    uint32_t location = locate(&operation);
    if (self()->within) {
        registers.stack = NULL; /* they are those of the whole access */
    }
    if (!give_way(&operation, location, asked, &registers)) {
        return rehearsed_value;
    }
    return operation.kind == VM_STORE
               ? store(&operation, location)
               : read_or_update(&operation, location, asked, &registers);
}

static void learn_whole(const struct vm_operation *operation)
{
    unsigned t = (unsigned)vm_self();
    if (run.model.done[t] < run.graph->thread[t].events) {
        const struct event *event = &run.graph->thread[t].event[run.model.done[t]];
        const struct location *location = &run.graph->location[event->location];
        if (accesses(event) && location->address == NULL &&
            location->size > operation->size) {
            parts_learn(operation, location->size);
        } else if (accesses(event) && location->address == NULL &&
                   location->size < operation->size) {
            instrument_refuse(operation->site,
                              "an access that was done in pieces when this was saved");
        }
    }
}

uint64_t instrument_atomic(const struct vm_operation *operation)
{
    struct vm_operation whole;
    struct pieces pieces;
    if (parts_again) {
        learn_whole(operation);
    }
    if (parts_pieces(operation, &pieces)) {
        return pieces_atomic(operation, &pieces, atomic_on_whole);
    }
    return parts_of(operation, &whole) ? vm_part(&whole, atomic_on_whole(&whole))
                                       : atomic_on_whole(operation);
}

bool instrument_swap_pair(struct vm_pair *pair)
{
    struct pieces pieces;
    if ((uintptr_t)pair->address % sizeof pair->value != 0) {
        instrument_wrong(VM_CRASH, pair->site,
                         "a compare-and-swap of 16 bytes at %p, "
                         "which is not a multiple of that",
                         pair->address);
    }
    parts_pair(pair->address, pair->site, &pieces);
    return pieces_swap_pair(pair, &pieces, atomic_on_whole);
}

void instrument_fence(enum vm_fence fence, enum vm_order order, const void *site)
{
    static const enum event_kind kinds[VM_FENCES] = {EVENT_FENCE, EVENT_LIGHT_FENCE,
                                                     EVENT_HEAVY_FENCE};
    if (run.phase == PROBE) {
        return;
    }
    if (vm_rehearsing) {
        spins_arrive_fence(fence, order);
    }
    if (sites_recording) {
        struct vm_operation operation = {.order = order, .site = site};
        use_site(&operation, SITE_FENCE + (int)fence);
        order = operation.order;
    }
    note_written((unsigned)vm_self());
    settle();
    if (order == VM_RELAXED) {
        return;
    }
    struct event *event = next_event();
    event_id id = running_event();
    if (event == NULL) {
        add_event(kinds[fence]);
        event = event_of(run.graph, id);
        event->order = (uint8_t)order;
    }
    expect(event, kinds[fence], 0, site);
    if (event->order != order) {
        refuse_change(site);
    }
    event->site = site;
    model_execute(&run.model, id);
    races_fence_in_try(id.thread);
    check_new(event);
    trace_event(id);
}
