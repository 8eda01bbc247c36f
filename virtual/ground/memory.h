/* SPDX-License-Identifier: MIT */
/*
 * Which memory is the program's, beside its heap and its stacks: what it may write. All
 * else is the libraries' and the tool's own: a program that writes there by mistake might
 * change what is said of it.
 */
#ifndef LOCKSTEP_VIRTUAL_MEMORY_H
#define LOCKSTEP_VIRTUAL_MEMORY_H

#include "virtual/virtual.h"

/* These bytes are the program's. */
void vm_memory_add(void *start, size_t size);

/* Those are a thread library's of ours, which it accesses for the program. */
void vm_memory_add_library(void *start, size_t size);

/* Most of them: the program's own variables. Loading it sets them (program.c). */
extern uintptr_t vm_variables;
extern size_t vm_variables_size;

/* For each 8 bytes of these a bit for each byte that lies in a gap between variables; and
   such a gap, none smaller than this. */
extern unsigned char *vm_variables_gaps;
enum { VM_GAP_BYTES = 32 };
#define VM_GAP "vm_gap" /* begins its symbol (program/announce.c) */
void vm_memory_add_gap(uintptr_t start, size_t size);

/* Whether they are variables; if false that is not known. */
static inline bool vm_is_variable(const void *address, size_t size)
{
    size_t offset = (uintptr_t)address - vm_variables;
    if (offset >= vm_variables_size || size > vm_variables_size - offset ||
        size > VM_GAP_BYTES) {
        return false;
    }
    unsigned first = vm_variables_gaps[offset / 8];
    unsigned last = vm_variables_gaps[(offset + size - 1) / 8];
    return (first | last) == 0 ||
           (offset % 8 + size <= 8 && (first >> offset % 8 & ((1U << size) - 1)) == 0);
}

/* Whether some of these bytes lie in a gap. */
bool vm_is_in_gap(const void *address, size_t size);

/* Whether the program may write there, or a thread library's operation for it; or read,
   which it may do where it is not the tool's own. Not for heap and stacks. */
bool vm_may_access(const void *address, size_t size, bool write, bool library);

/* Some library is not known: it may have given the program memory of its own. From now on
   what is not the tool's own is the program's. */
extern bool vm_memory_is_open;

/* Whether such a library may have allocated what lies there: neither on the heap nor on a
   stack. */
bool vm_may_be_handed_out(const void *address);

/* The thread whose thread-local variables (errno is one) those are, or VM_NOBODY; and
   where a thread has its own, or nothing (thread_local.c). */
int vm_thread_local_of(const void *address, size_t size);
struct vm_stack vm_thread_locals(unsigned thread);

/* For constructors of the program, which run outside of all processors: ends as wrong if
   the access is not to memory of the program (program.c). */
void vm_access_outside(const void *address, size_t size, bool write, const void *site);

#endif
