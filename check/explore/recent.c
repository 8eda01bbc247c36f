/* SPDX-License-Identifier: MIT */
#include "check/explore/recent.h"

#include "virtual/program/program.h"
#include "virtual/virtual.h"

enum { MOST = 256 };

static struct recent last[MOST];
static size_t count; /* of all that were noted */
static int whose = VM_NOBODY;

void recent_note(const struct recent *access)
{
    if (whose != vm_self()) {
        whose = vm_self();
        count = 0;
    }
    struct recent *to = &last[count++ % MOST];
    *to = *access;
    bool number = to->size == 1 || to->size == 2 || to->size == 4 || to->size == 8;
    to->value = number ? vm_look(to->address, (unsigned)to->size) : 0;
    if (to->own) {
        vm_note_local(to->address, to->site); /* its name, while it can be had */
    }
}

size_t recent_count(unsigned thread)
{
    size_t left = count < MOST ? count : MOST;
    return whose == (int)thread ? left : 0;
}

const struct recent *recent_at(size_t index)
{
    return &last[(count < MOST ? index : count + index) % MOST];
}
