/* SPDX-License-Identifier: MIT */
#include "check/explore/spins.h"

#include <string.h>

#include "check/explore/addresses.h"
#include "check/explore/failed_tries.h"
#include "check/explore/loops.h"
#include "common/memory.h"
#include "virtual/ground/thread.h"
#include "virtual/state/state.h"

/* A rehearsal with more plain accesses is given up. */
enum { REHEARSAL_BOUND = 10000, FENCE = 100 };

/* Where a thread is, about to do an operation, and its state there. */
struct place {
    bool known;
    struct vm_operation operation; /* its kind FENCE and more: a fence */
    const void *call;
    unsigned char *state; /* as vm_state copies it */
    size_t size, room;
};

/* A thread's last read, if it may be the first of two that are compared. */
struct first {
    bool known;
    uint32_t index;
    struct vm_operation operation;
    const void *call;
    struct vm_moment moment; /* when it returned */
    uint64_t entered;        /* of run.entered, then */
};
static struct first firsts[MAX_THREADS];

/* The rehearsal under way. */
static struct {
    struct vm_moment begin; /* where the second read has its source */
    struct place second;    /* there */
    struct place instead;   /* where the thread comes if the first read finds it … */
    struct place after;     /* … and if the second one does */
    struct place *arrival;  /* one of these two: the one that is to be found out */
    const struct first *first;
    uint64_t value;
    unsigned steps;
    struct vm_thread thread;
    bool of_try, fails; /* it is only asked whether a try of a wait fails: because the
                           thread says so, or comes back to `second` … */
    unsigned accesses;  /* … and what it accesses plainly … */
    bool of_others;     /* … not only on its own stack */
    bool of_turn;       /* the try has failed: what does the next one do … */
    uint32_t last;      /* … after the event of this one … */
    bool again;         /* … if it reads the same at the same place? */
    uint32_t turn;      /* `last`, if it fails as well; or 0 */
} rehearsal;

/* With more plain accesses it is not known what comes of a try. */
enum { MOST_ACCESSES = 32 };
static struct spin_access accesses_of_try[MOST_ACCESSES];

void spins_begin(void)
{
    for (unsigned t = 0; t < run.begun; t++) { /* so many the last one had */
        firsts[t].known = false;
    }
}

void spins_forget(unsigned thread)
{
    firsts[thread].known = false;
}

/* --- places ------------------------------------------------------------------------- */

static bool is_noted(const struct vm_registers *registers)
{
    struct vm_stack stack = vm_stack((unsigned)vm_self());
    return registers->stack >= stack.low && registers->stack <= stack.high;
}

/* Where the running thread is; vm_registers are its registers. */
static void note_place(struct place *place, const struct vm_operation *operation)
{
    unsigned t = (unsigned)vm_self();
    place->known = operation != NULL && is_noted(&vm_registers);
    if (!place->known) {
        return;
    }
    place->operation = *operation;
    place->call = vm_registers.call;
    place->size = vm_state_size(t);
    if (place->room < place->size) {
        place->room = place->size + 1024;
        place->state = grow(place->state, place->room);
    }
    vm_state(t, place->state);
    vm_state_clear(t, place->state, place->size, place->call);
}

static bool same_place(const struct place *a, const struct place *b)
{
    return a->known && b->known && same_operation(&a->operation, &b->operation) &&
           a->call == b->call && a->size == b->size &&
           memcmp(a->state, b->state, a->size) == 0;
}

/* --- the rehearsal ------------------------------------------------------------------ */

static void begin_rehearsal(struct place *arrival)
{
    rehearsal.arrival = arrival;
    rehearsal.steps = 0;
    vm_rehearsing = true;
    vm_failed_spuriously = false;
    vm_registers.stack = NULL;
}

static _Noreturn void end_rehearsal(void)
{
    vm_rehearsing = false;
    vm_threads[vm_self()] = rehearsal.thread;
    vm_moment_return(&rehearsal.begin);
}

_Noreturn void spins_arrive(const struct vm_operation *operation)
{
    note_place(rehearsal.arrival, operation);
    end_rehearsal();
}

void spins_fail(void)
{
    rehearsal.turn = rehearsal.again ? rehearsal.last : 0;
    if (!rehearsal.of_try || rehearsal.fails) {
        spins_arrive(NULL);
    }
    rehearsal.fails = true;
}

bool spins_again(uint64_t *value)
{
    unsigned t = (unsigned)vm_self();
    bool of_try = rehearsal.of_try && rehearsal.fails;
    if ((!of_try && !rehearsal.of_turn) || rehearsal.again ||
        !loops_is_place_of(t, rehearsal.last)) {
        return false;
    }
    rehearsal.again = true;
    *value = of_try ? *value : last_event()->read;
    return true;
}

_Noreturn void spins_arrive_fence(enum vm_fence fence, enum vm_order order)
{
    spins_arrive(&(struct vm_operation){.kind = (enum vm_kind)(FENCE + (int)fence),
                                        .order = order});
}

/* The byte of a moment's copy, or NULL. */
static const unsigned char *byte_then(const struct vm_moment *moment,
                                      const unsigned char *address)
{
    return address < moment->stack_pointer ||
                   address >= moment->stack_pointer + moment->size
               ? NULL
               : moment->bytes + (address - moment->stack_pointer);
}

/* Whether others have run since the first read and have changed what the thread reads
   now: it would find the new values, and not those of its copy. */
static bool is_outdated(const unsigned char *address, size_t size)
{
    const struct first *first = rehearsal.first;
    for (size_t i = 0; first->entered != vm_entered && i < size; i++) {
        const unsigned char *old = byte_then(&first->moment, address + i);
        const unsigned char *new = byte_then(&rehearsal.begin, address + i);
        if (old != NULL && new != NULL &&*old != *new &&address[i] == *old) {
            return true;
        }
    }
    return false;
}

/* Whether a try may read memory that is not its thread's stack, as far as can be said. */
static bool may_be_read(unsigned char *address, size_t size)
{
    struct vm_heap_block block;
    return is_plainly_right(address, size, vm_stack_owner(address)) ||
           (vm_block_of(address, &block) == VM_ALLOCATED &&
            address + size <= block.start + block.used);
}

/* Notes an access in a try. Returns false if it is not known what comes of it: a thread
   library may change more than the stack. */
static bool note_access(unsigned char *address, size_t size, bool write, bool own,
                        const void *site)
{
    bool of_library = rehearsal.second.operation.name != NULL;
    bool is_read = !write && !of_library && may_be_read(address, size);
    bool is_atomic = write && (run.graph->lines & graph_lines(address, size)) != 0;
    if ((!own && !is_read) || is_atomic || rehearsal.accesses == MOST_ACCESSES) {
        return false;
    }
    accesses_of_try[rehearsal.accesses++] =
        (struct spin_access){address, size, write, site};
    rehearsal.of_others = rehearsal.of_others || !own;
    return true;
}

void spins_plain(unsigned char *address, size_t size, bool write, bool own,
                 const void *site)
{
    if (rehearsal.of_try || rehearsal.of_turn) {
        if (!note_access(address, size, write, own, site)) {
            spins_arrive(NULL);
        }
        return;
    }
    if (!own || ++rehearsal.steps > REHEARSAL_BOUND ||
        (!write && rehearsal.arrival == &rehearsal.instead &&
         is_outdated(address, size))) {
        spins_arrive(NULL);
    }
}

/* --- a try of a wait ---------------------------------------------------------------- */

enum spin_try spins_try(const struct vm_operation *operation,
                        const struct vm_registers *registers)
{
    if (!is_noted(registers)) {
        return TRY_GOES_ON;
    }
    vm_registers = *registers;
    note_place(&rehearsal.second, operation);
    rehearsal.after.known = false;
    rehearsal.thread = vm_threads[vm_self()];
    rehearsal.of_try = true;
    rehearsal.fails = rehearsal.of_others = false;
    rehearsal.accesses = 0;
    rehearsal.turn = 0;
    rehearsal.again = false;
    rehearsal.last = run.model.done[vm_self()];
    if (!vm_moment_take(&rehearsal.begin)) {
        begin_rehearsal(&rehearsal.after);
        return TRY_REHEARSED;
    }
    rehearsal.of_try = false;
    vm_registers.stack = NULL;
    bool is_back =
        !rehearsal.of_others && same_place(&rehearsal.after, &rehearsal.second);
    rehearsal.turn = is_back ? rehearsal.last : rehearsal.turn;
    return rehearsal.fails || is_back ? TRY_FAILS : TRY_GOES_ON;
}

uint32_t spins_turn(void)
{
    rehearsal.thread = vm_threads[vm_self()];
    rehearsal.second.operation.name = NULL;
    rehearsal.of_turn = true;
    rehearsal.accesses = 0;
    rehearsal.turn = 0;
    rehearsal.again = false;
    rehearsal.last = run.model.done[vm_self()] - 1;
    if (!vm_moment_take(&rehearsal.begin)) {
        begin_rehearsal(&rehearsal.after);
        return TURN_REHEARSED;
    }
    rehearsal.of_turn = false;
    return rehearsal.turn;
}

uint32_t spins_turn_of_try(void)
{
    return rehearsal.turn;
}

const struct spin_access *spins_accesses(unsigned *count)
{
    *count = rehearsal.accesses;
    return accesses_of_try;
}

/* --- two reads ---------------------------------------------------------------------- */

static bool acquires(const struct event *event)
{
    return event->order == VM_ACQUIRE || event->order == VM_ACQ_REL ||
           event->order == VM_SEQ_CST;
}

static bool is_between(const struct event *event, uint32_t from, uint32_t to)
{
    return (event->stamp > from && event->stamp < to) ||
           (event->written > from && event->written < to);
}

/* Whether all that was added between two reads is what the first one's source depends on,
   or is it. */
static bool is_close(const struct event *first, const struct event *second)
{
    const clock_value *prefix =
        is_initial(first->source) ? NULL : model_prefix(&run.model, first->source);
    for (unsigned t = 0; t < run.graph->threads; t++) {
        const struct thread *thread = &run.graph->thread[t];
        for (uint32_t i = prefix == NULL ? 0 : prefix[t]; i < thread->events; i++) {
            if (is_between(&thread->event[i], first->stamp, second->stamp)) {
                return false;
            }
        }
    }
    return true;
}

static bool are_two(const struct event *first, const struct event *second)
{
    return reads(second) && first->location == second->location &&
           !same_event(first->source, second->source) && !first->spurious &&
           !second->spurious && !second->distinct;
}

/* Whether the first read may be taken to have found what the second one has: it then
   synchronises with nothing that the second does not. */
static bool may_find(const struct event *first, const struct event *second,
                     const struct vm_operation *operation)
{
    uint64_t value;
    return (!acquires(first) || acquires(second)) &&
           (first->order != VM_SEQ_CST || second->order == VM_SEQ_CST) &&
           !vm_writes(operation, second->read, &value);
}

/* The thread's place after the rehearsals of both reads is compared. If they are not of
   one instruction, it has to be that of the second: a loop is what this is about. */
static bool is_same_after(const struct first *first, const struct event *event,
                          const struct event *second)
{
    const struct vm_operation *operation = &rehearsal.second.operation;
    uint64_t value;
    return (first->call == rehearsal.second.call ||
            rehearsal.after.call == rehearsal.second.call) &&
           same_place(&rehearsal.instead, &rehearsal.after) &&
           (same_operation(&first->operation, operation) ||
            (!vm_writes(operation, second->read, &value) &&
             may_find(event, second, &first->operation)));
}

enum spin spins_look(event_id id, const struct vm_operation *operation,
                     const struct vm_registers *registers)
{
    const struct first *first = &firsts[id.thread];
    struct event *second = event_of(run.graph, id);
    const struct event *event = second - 1;
    if (!first->known || first->index + 1 != id.index || !is_noted(registers) ||
        !are_two(event, second) || !is_close(event, second) ||
        try_is_suspected(first->index, false) != 0) {
        return SPIN_NEW;
    }
    vm_registers = *registers;
    note_place(&rehearsal.second, operation);
    rehearsal.instead.known = rehearsal.after.known = false;
    rehearsal.first = first;
    rehearsal.value = second->read;
    rehearsal.thread = vm_threads[id.thread];
    static unsigned stage;
    stage = 0;
    (void)vm_moment_take(&rehearsal.begin);
    switch (stage++) {
    case 0:
        begin_rehearsal(&rehearsal.instead);
        vm_moment_return(&first->moment);
    case 1:
        if (first->call == registers->call &&
            may_find(event, second, &first->operation) &&
            same_place(&rehearsal.instead, &rehearsal.second)) {
            return SPIN_KNOWN;
        }
        if (!rehearsal.instead.known) {
            break;
        }
        begin_rehearsal(&rehearsal.after);
        return SPIN_REHEARSED;
    default:
        if (is_same_after(first, event, second)) {
            return SPIN_KNOWN;
        }
        break;
    }
    second->distinct = true;
    return SPIN_NEW;
}

/* Whether the thread's next event may be the second of two: the graph has it already, or
   it is to come, and may read a newer write. */
static bool may_be_first(event_id id)
{
    const struct event *event = event_of(run.graph, id);
    const struct thread *thread = &run.graph->thread[id.thread];
    if (run.trace != NULL || event->kind != EVENT_READ || event->progress != DONE ||
        event->spurious) {
        return false;
    }
    if (id.index + 1U < thread->events) {
        return are_two(event, event + 1);
    }
    return graph_place(run.graph, event->source) + 1 <
           (long)run.graph->location[event->location].writes;
}

uint64_t spins_note(event_id id, const struct vm_operation *operation,
                    const struct vm_registers *registers)
{
    struct first *first = &firsts[id.thread];
    first->known = is_noted(registers) && may_be_first(id);
    if (first->known) {
        first->index = id.index;
        first->operation = *operation;
        first->call = registers->call;
        first->entered = vm_entered;
        if (vm_moment_take(&first->moment)) {
            return rehearsal.value;
        }
    }
    return event_of(run.graph, id)->read;
}
