/* SPDX-License-Identifier: MIT */
#include "check/explore/loops.h"

#include <string.h>

#include "common/memory.h"
#include "virtual/state/state.h"
#include "virtual/virtual.h"

/* More than this many visits without an effect: the oldest is forgotten. */
enum { VISITS = 256 };

struct visit {
    const void *call;
    struct vm_operation operation;
    unsigned char *state; /* as vm_state copies it … */
    size_t size, room;
    bool cleared;     /* … without what is dead */
    unsigned changes; /* by the thread, before it */
    uint32_t event;   /* of the thread, that it is in front of */
    uint32_t shared_reads, wrote;
};

static struct visit present;

static struct {
    unsigned count;   /* since the last effect, but for … */
    unsigned changes; /* … so many read-modify-writes */
    bool turned, looks;
    uint32_t first; /* the event that the turn begins with */
    struct visit visit[VISITS];
} visits[MAX_THREADS];

uint32_t loops_shared_reads[MAX_THREADS], loops_wrote[MAX_THREADS];
uint32_t loops_closed_from;

void loops_begin(unsigned threads)
{
    for (unsigned t = 0; t < threads; t++) {
        loops_effect(t);
        visits[t].turned = false;
    }
}

void loops_effect(unsigned thread)
{
    visits[thread].count = visits[thread].changes = 0;
}

void loops_pass(unsigned thread)
{
    struct visit *visit = visits[thread].visit, first = visit[0];
    struct visit *last = &visit[(visits[thread].count - 1) % VISITS];
    visit[0] = *last;
    *last = first; /* its memory is used again */
    visits[thread].count = 1;
}

void loops_update(unsigned thread)
{
    if (visits[thread].count >= VISITS) {
        loops_pass(thread);
    }
    visits[thread].changes++;
}

void loops_give_back(unsigned thread)
{
    loops_update(thread);
}

uint32_t loops_oldest(unsigned thread)
{
    return visits[thread].count == 0 ? vm_events[thread] : visits[thread].visit[0].event;
}

bool same_operation(const struct vm_operation *a, const struct vm_operation *b)
{
    return a->kind == b->kind && a->order == b->order && a->failure == b->failure &&
           a->size == b->size && a->part == b->part && a->shift == b->shift &&
           a->address == b->address && a->operand == b->operand &&
           a->expected == b->expected;
}

/* Makes `present` the state in which a thread is about to read. */
static void look(unsigned thread, const struct vm_operation *operation)
{
    present.call = vm_registers.call;
    present.operation = operation != NULL ? *operation : (struct vm_operation){0};
    present.size = vm_state_size(thread);
    if (present.room < present.size) {
        present.room = present.size + 1024;
        present.state = grow(present.state, present.room);
    }
    vm_state(thread, present.state);
    present.cleared = false;
    present.changes = visits[thread].changes;
    present.event = vm_events[thread];
    present.shared_reads = loops_shared_reads[thread];
    present.wrote = loops_wrote[thread];
}

static void clear(unsigned thread, struct visit *visit)
{
    if (!visit->cleared) {
        vm_state_clear(thread, visit->state, visit->size, visit->call);
        visit->cleared = true;
    }
}

/* Most places in the code are visited once, so what is dead is found out only here. */
static bool same(unsigned thread, struct visit *visit)
{
    if (visit->call != present.call || visit->size != present.size ||
        !same_operation(&visit->operation, &present.operation)) {
        return false;
    }
    clear(thread, visit);
    clear(thread, &present);
    return memcmp(visit->state, present.state, present.size) == 0;
}

bool loops_closed(unsigned thread, const struct vm_operation *operation)
{
    struct vm_stack stack = vm_stack(thread);
    visits[thread].turned = false;
    if (vm_registers.stack < stack.low || vm_registers.stack > stack.high) {
        return false; /* not noted, or not by this thread */
    }
    look(thread, operation);
    unsigned count = visits[thread].count;
    unsigned known = count < VISITS ? count : VISITS;
    for (unsigned i = 0; i < known; i++) {
        struct visit *visit = &visits[thread].visit[i];
        if (same(thread, visit)) {
            if (visit->changes == present.changes) {
                loops_closed_from = visit->event;
                return true;
            }
            visits[thread].turned = visit->wrote == present.wrote;
            visits[thread].looks = visit->shared_reads != present.shared_reads;
            visits[thread].first = visit->event;
        }
    }
    struct visit *oldest = &visits[thread].visit[count % VISITS], forgotten = *oldest;
    *oldest = present;
    present = forgotten; /* its memory, for the next */
    visits[thread].count = count + 1;
    vm_registers.stack = NULL; /* they were noted for this operation alone */
    return false;
}

bool loops_is_place_of(unsigned thread, uint32_t event)
{
    struct vm_stack stack = vm_stack(thread);
    bool noted = vm_registers.stack >= stack.low && vm_registers.stack <= stack.high;
    unsigned count = visits[thread].count;
    for (unsigned i = 0; noted && i < count && i < VISITS; i++) {
        const struct visit *visit = &visits[thread].visit[i];
        if (visit->event == event) {
            return visit->call == vm_registers.call &&
                   visit->size == vm_state_size(thread);
        }
    }
    return false;
}

bool loops_turned(unsigned thread, uint32_t *first, bool *looks)
{
    *looks = visits[thread].looks;
    *first = visits[thread].first;
    return visits[thread].turned;
}
