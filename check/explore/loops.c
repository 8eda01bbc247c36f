/* SPDX-License-Identifier: MIT */
#include "check/explore/loops.h"

#include <string.h>

#include "check/explore/graph.h"
#include "common/memory.h"
#include "virtual/state/state.h"
#include "virtual/virtual.h"

/* More than this many visits without an effect: the oldest is forgotten. */
enum { VISITS = 256 };

struct visit {
    const void *call;
    unsigned char *state; /* as vm_state copies it */
    size_t size, room;
};

static struct visit present;

static struct {
    unsigned count; /* since the last effect */
    struct visit visit[VISITS];
} visits[MAX_THREADS];

void loops_begin(void)
{
    for (unsigned t = 0; t < MAX_THREADS; t++) {
        visits[t].count = 0;
    }
}

void loops_effect(unsigned thread)
{
    visits[thread].count = 0;
}

/* Makes `present` the state in which a thread is about to read. */
static void look(unsigned thread)
{
    present.call = vm_registers.call;
    present.size = vm_state_size(thread);
    if (present.room < present.size) {
        present.room = present.size + 1024;
        present.state = grow(present.state, present.room);
    }
    vm_state(thread, present.state);
}

static bool same(const struct visit *visit)
{
    return visit->call == present.call && visit->size == present.size &&
           memcmp(visit->state, present.state, present.size) == 0;
}

bool loops_closed(unsigned thread)
{
    struct vm_stack stack = vm_stack(thread);
    if (vm_registers.stack < stack.low || vm_registers.stack > stack.high) {
        return false; /* not noted, or not by this thread */
    }
    look(thread);
    unsigned count = visits[thread].count;
    unsigned known = count < VISITS ? count : VISITS;
    for (unsigned i = 0; i < known; i++) {
        if (same(&visits[thread].visit[i])) {
            return true;
        }
    }
    struct visit *oldest = &visits[thread].visit[count % VISITS], forgotten = *oldest;
    *oldest = present;
    present = forgotten; /* its memory, for the next */
    visits[thread].count = count + 1;
    vm_registers.stack = NULL; /* they were noted for this operation alone */
    return false;
}
