/* SPDX-License-Identifier: MIT */
/* Memory that cannot run out unnoticed. */
#ifndef LOCKCHECK_MEMORY_H
#define LOCKCHECK_MEMORY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "virtual/program/tool.h"

static inline void *grow(void *memory, size_t size)
{
    void *grown = realloc(memory, size);
    if (grown == NULL) {
        fputs("lockcheck: out of memory\n", vm_err != NULL ? vm_err : stderr);
        vm_quit(3);
    }
    return grown;
}

/* Room for `count` objects of `size` bytes, all zero. */
static inline void *zeroed(size_t count, size_t size)
{
    return memset(grow(NULL, count * size), 0, count * size);
}

#endif
