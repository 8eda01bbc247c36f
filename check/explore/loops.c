/* SPDX-License-Identifier: MIT */
#include "check/explore/loops.h"

#include <string.h>

#include "check/explore/graph.h"
#include "check/memory.h"
#include "virtual/state/state.h"
#include "virtual/virtual.h"

/* More than this many visits without an effect: the oldest is forgotten. */
enum { VISITS = 256 };

struct visit {
    const void *call;
    unsigned char *state; /* as vm_state copies it */
    size_t size, room;
};

static struct visit now;

static struct {
    unsigned count; /* since the last effect */
    struct visit visit[VISITS];
} threads[MAX_THREADS];

void loops_begin(void)
{
    for (unsigned t = 0; t < MAX_THREADS; t++) {
        threads[t].count = 0;
    }
}

void loops_effect(unsigned thread)
{
    threads[thread].count = 0;
}

/* Makes `now` the state in which a thread is about to read. */
static void look(unsigned thread)
{
    now.call = vm_registers.call;
    now.size = vm_state_size(thread);
    if (now.room < now.size) {
        now.room = now.size + 1024;
        now.state = grow(now.state, now.room);
    }
    vm_state(thread, now.state);
}

static bool same(const struct visit *visit)
{
    return visit->call == now.call && visit->size == now.size &&
           memcmp(visit->state, now.state, now.size) == 0;
}

bool loops_closed(unsigned thread)
{
    struct vm_stack stack = vm_stack(thread);
    if (vm_registers.stack < stack.low || vm_registers.stack > stack.high) {
        return false; /* not noted, or not by this thread */
    }
    look(thread);
    unsigned count = threads[thread].count;
    unsigned known = count < VISITS ? count : VISITS;
    for (unsigned i = 0; i < known; i++) {
        if (same(&threads[thread].visit[i])) {
            return true;
        }
    }
    struct visit *oldest = &threads[thread].visit[count % VISITS], forgotten = *oldest;
    *oldest = now;
    now = forgotten; /* its memory, for the next */
    threads[thread].count = count + 1;
    vm_registers.stack = NULL; /* they were noted for this operation alone */
    return false;
}
