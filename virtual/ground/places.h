/* SPDX-License-Identifier: MIT */
/*
 * Objects of ours that a program's accesses reach: a thread's errno, the sets of those
 * that sleep. Each is on pages of its own, and a simulated machine sees it where it
 * stands in this list, wherever the linker has put it (vm_settled_address,
 * program/program.c).
 */
#ifndef LOCKSTEP_VIRTUAL_PLACES_H
#define LOCKSTEP_VIRTUAL_PLACES_H

#include <stddef.h>

enum vm_placed {
    VM_PLACED_THREADS,
    VM_PLACED_FUTEXES,
    VM_PLACED_MEMBARRIER,
    VM_PLACED_ENVIRONMENT,
    VM_PLACED_LOCALE,
    VM_PLACED_DRAND48,
    VM_PLACED_STRTOK,
    VM_PLACED_SECTION,
    VM_PLACED_STREAMS,
    VM_PLACED
};

extern struct vm_place {
    const void *start;
    size_t size;
} vm_places[VM_PLACED];

/* Before the object's name where it is defined, and behind its definition. */
#define VM_ALONE _Alignas(4096)
#define VM_PLACE(number, object)                                                         \
    __attribute__((constructor)) static void place_##object(void)                        \
    {                                                                                    \
        vm_places[number] = (struct vm_place){&(object), sizeof(object)};                \
    }

#endif
