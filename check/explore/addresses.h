/* SPDX-License-Identifier: MIT */
/* Whether the running thread may access memory as it is about to. If not the run ends. */
#ifndef LOCKCHECK_ADDRESSES_H
#define LOCKCHECK_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check/explore/races.h"
#include "check/explore/run.h"
#include "virtual/ground/memory.h"

/* What a block of the heap is marked with that a thread allocates in front of its event
   `epoch`, counted from 1. */
uint64_t allocation_mark(unsigned thread, uint32_t epoch);

/* Whether the running thread knows that a block has been allocated, *by that thread:
   another thread may use it then. */
static inline bool is_allocated_before(const struct vm_heap_block *block, unsigned *by)
{
    unsigned t = (unsigned)vm_self();
    *by = (unsigned)(block->mark >> 32);
    return *by == t || run.model.present[t].happens[*by] >= (uint32_t)block->mark;
}

/* It must be memory of the program that is still there. `owner`: vm_stack_owner of it;
   `library`: a thread library accesses it for the program. */
void check_any_address(void *address, size_t size, bool write, bool library, int owner,
                       const void *site);

/* What is most often so: a variable of the program's, or in the block of the last one. */
static inline bool is_plainly_right(const void *address, size_t size, int owner)
{
    const struct vm_heap_block *block = vm_latest_block;
    if (owner != VM_NOBODY || (uintptr_t)address - vm_heap >= vm_heap_size) {
        return owner == VM_NOBODY && vm_is_variable(address, size);
    }
    if (block == NULL || block->freed != NULL) {
        return false;
    }
    size_t offset = (uintptr_t)address - (uintptr_t)block->start;
    unsigned by;
    return offset < block->used && size <= block->used - offset &&
           is_allocated_before(block, &by);
}

/* On the running thread's stack: not a variable of a block that its function has left. */
_Noreturn void found_left_block(void *address, size_t size, bool write, const void *site);
static inline void check_block(void *address, size_t size, bool write, const void *site)
{
    if (vm_blocks_known && !vm_is_used_right(address, site) &&
        vm_is_left_block((unsigned)vm_self(), address, site)) {
        found_left_block(address, size, write, site);
    }
}

static inline void check_address(void *address, size_t size, bool write, bool library,
                                 int owner, const void *site)
{
    if (!is_plainly_right(address, size, owner)) {
        check_any_address(address, size, write, library, owner, site);
    }
}

_Noreturn void found_race(void *address, size_t size, bool write, bool atomic,
                          const void *site, const struct race *race);

/* And no access to it that is not ordered with this one may conflict. */
static inline void check_race(void *address, size_t size, bool write, bool atomic,
                              const void *site)
{
    const struct race *race = races_access(address, size, write, atomic, site);
    if (race != NULL) {
        found_race(address, size, write, atomic, site, race);
    }
}

#endif
