/* SPDX-License-Identifier: MIT */
#include "loops.h"

#include <string.h>

#include "graph.h"
#include "memory.h"
#include "virtual.h"

/* More than this many visits without an effect: the oldest is forgotten. */
enum { VISITS = 64 };

struct visit {
    const void *site;
    struct vm_registers registers;
    unsigned char *bytes; /* of the stack, from registers.stack to its top */
    size_t size, room;
};

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

static bool same(const struct visit *visit, const void *site, size_t size)
{
    return visit->site == site && visit->registers.stack == vm_registers.stack &&
           visit->size == size &&
           memcmp(&visit->registers, &vm_registers, sizeof vm_registers) == 0 &&
           memcmp(visit->bytes, vm_registers.stack, size) == 0;
}

static void note(struct visit *visit, const void *site, size_t size)
{
    visit->site = site;
    visit->registers = vm_registers;
    visit->size = size;
    if (visit->room < size) {
        visit->room = size + 1024;
        visit->bytes = grow(visit->bytes, visit->room);
    }
    memcpy(visit->bytes, vm_registers.stack, size);
}

bool loops_closed(unsigned thread, const void *site)
{
    if (vm_registers.stack == NULL) {
        return false;
    }
    size_t size = (size_t)(vm_stack(thread).high - vm_registers.stack);
    unsigned count = threads[thread].count;
    unsigned known = count < VISITS ? count : VISITS;
    for (unsigned i = 0; i < known; i++) {
        if (same(&threads[thread].visit[i], site, size)) {
            return true;
        }
    }
    note(&threads[thread].visit[count % VISITS], site, size);
    threads[thread].count = count + 1;
    return false;
}
