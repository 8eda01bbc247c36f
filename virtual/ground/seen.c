/* SPDX-License-Identifier: MIT */
#include "virtual/ground/seen.h"

#include "virtual/virtual.h"

/* The compiler announces an access just before it: the last ones are enough. */
enum { REMEMBERED = 4 };

uint64_t vm_seen_turn = 1;

static struct {
    uintptr_t address;
    size_t size;
    uint64_t turn;
} seen[2][REMEMBERED];
static unsigned newest[2];

void vm_seen_note(const void *address, size_t size, bool write)
{
    unsigned place = newest[write]++ % REMEMBERED;
    seen[write][place].address = (uintptr_t)address;
    seen[write][place].size = size;
    seen[write][place].turn = vm_seen_turn;
}

#if defined(__x86_64__)
/* Whether an access needs no announcement. Touches no register of vectors: this file is
   compiled so that none is used. */
__attribute__((used)) bool vm_seen_is_known(uintptr_t address, unsigned what)
{
    if (vm_running == VM_NOBODY) {
        return true;
    }
    bool write = (what & 1) != 0;
    size_t size = what >> 1;
    for (unsigned i = 0; i < REMEMBERED; i++) {
        if (seen[write][i].turn == vm_seen_turn &&
            address - seen[write][i].address < seen[write][i].size &&
            address - seen[write][i].address + size <= seen[write][i].size) {
            return true;
        }
    }
    return false;
}
#endif
