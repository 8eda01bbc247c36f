/* SPDX-License-Identifier: MIT */
/* Address space for what programs see the addresses of. */
#include "virtual/virtual.h"

#include <sys/mman.h>

/* Where nothing else is likely to be. Elsewhere, if something is: then addresses differ
   from one process to the next. */
static void *wish(enum vm_area area)
{
    enum { FIRST = 8, LARGEST = 41 /* base-2 logarithm */ };
    return (void *)((FIRST + (uintptr_t)area) << LARGEST);
}

void *vm_reserve(enum vm_area area, size_t size, int protection)
{
    void *got = mmap(wish(area), size, protection,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return got == MAP_FAILED ? NULL : got;
}
