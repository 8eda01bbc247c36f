/* SPDX-License-Identifier: MIT */
/* Whether the running thread may access memory as it is about to. If not the run ends. */
#ifndef LOCKCHECK_ADDRESSES_H
#define LOCKCHECK_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check/explore/races.h"
#include "check/explore/run.h"

/* The running thread, where it is. */
static inline struct actor running_actor(void)
{
    unsigned t = (unsigned)vm_self();
    const struct thread_view *present = &run.model.present[t];
    return (struct actor){.thread = t,
                          .done = run.model.done[t],
                          .happens = present->happens,
                          .loose = present->loose,
                          .alone = run.processors[t].alone};
}

/* What a block of the heap is marked with that a thread allocates in front of its event
   `epoch`, counted from 1. */
uint64_t allocation_mark(unsigned thread, uint32_t epoch);

/* It must be memory of the program that is still there. `owner`: vm_stack_owner of it. */
void check_address(void *address, size_t size, bool write, int owner, const void *site);

_Noreturn void found_race(void *address, size_t size, bool write, bool atomic,
                          const void *site, const struct race *race);

/* And no access to it that is not ordered with this one may conflict. */
static inline void check_race(void *address, size_t size, bool write, bool atomic,
                              const void *site)
{
    struct actor actor = running_actor();
    struct race race;
    if (races_access(&actor, address, size, write, atomic, site, &race)) {
        found_race(address, size, write, atomic, site, &race);
    }
}

#endif
