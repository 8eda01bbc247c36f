/* SPDX-License-Identifier: MIT */
/* Memory that cannot run out unnoticed, and arrays that grow. */
#ifndef LOCKSTEP_COMMON_MEMORY_H
#define LOCKSTEP_COMMON_MEMORY_H

#include <stdlib.h>
#include <string.h>

#include "common/tool.h"

/* What malloc and its like have returned. */
static inline void *sure(void *memory)
{
    if (memory == NULL) {
        refuse("out of memory");
    }
    return memory;
}

static inline void *grow(void *memory, size_t size)
{
    return sure(realloc(memory, size));
}

/* Room for `count` objects of `size` bytes, all zero; at least one byte. */
static inline void *zeroed(size_t count, size_t size)
{
    return sure(calloc(count > 0 ? count : 1, size));
}

/* Room for one more in a structure with `items`, `count` and `room`, at whose end one
   stays free. Sets the items' new address. */
#define grow_for_one(array)                                                              \
    ((array)->count + 1 < (array)->room                                                  \
         ? (void)0                                                                       \
         : (void)((array)->room = 2 * (array)->room + 16,                                \
                  (array)->items =                                                       \
                      grow((array)->items, (array)->room * sizeof *(array)->items)))

#endif
