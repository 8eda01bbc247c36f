/* SPDX-License-Identifier: MIT */
#include "virtual/ground/seen.h"

#include "virtual/virtual.h"

uint64_t vm_seen_turn = 1;
struct vm_seen_last vm_seen_last[2];
struct vm_volatile vm_volatile;
struct vm_seen_access vm_seen_loaded;

#if defined(__x86_64__)
/* Whether an access needs no announcement. Touches no register of vectors: this file is
   compiled so that none is used. */
__attribute__((used)) bool vm_seen_is_known(uintptr_t address, unsigned what)
{
    if (vm_running == VM_NOBODY) {
        return true;
    }
    bool write = (what & 1) != 0;
    size_t size = VM_SEEN_SIZE(what);
    uintptr_t below_top = (uintptr_t)vm_calls[vm_running].top - size - address;
    if ((what & VM_INDEXED) != 0 && below_top < VM_STACK_BYTES) {
        return true;
    }
    if ((what & VM_REMAINS) != 0 && vm_seen_loaded.turn == vm_seen_turn &&
        vm_seen_loaded.address == address && vm_seen_loaded.size == size) {
        vm_seen_loaded.turn = 0; /* once: the next one is the program's own */
        return true;
    }
    for (unsigned i = 0; i < VM_SEEN_LAST; i++) {
        const struct vm_seen_access *last = &vm_seen_last[write].access[i];
        if (last->turn == vm_seen_turn && address - last->address < last->size &&
            address - last->address + size <= last->size) {
            return true;
        }
    }
    return false;
}

/* Whether there is nothing to do before an access: when the volatile one has been made it
   is to be closed; a part of it is wrong (what writes a bit field reads the others). */
__attribute__((used)) bool vm_volatile_is_right(uintptr_t address, unsigned what)
{
    bool write = (what & 1) != 0;
    unsigned size = VM_SEEN_SIZE(what);
    if (vm_volatile.address == 0 || vm_volatile.met) {
        return vm_volatile.address == 0;
    }
    vm_volatile.met = address == vm_volatile.address && size == vm_volatile.size &&
                      write == vm_volatile.write;
    return vm_volatile.met || address >= vm_volatile.address + vm_volatile.size ||
           vm_volatile.address >= address + size;
}

__attribute__((used)) bool vm_volatile_is_none(void)
{
    return vm_volatile.address == 0;
}
#endif
