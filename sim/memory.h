/* SPDX-License-Identifier: MIT */
/* Memory, or the end of the process. */
#ifndef LOCKSIM_MEMORY_H
#define LOCKSIM_MEMORY_H

#include <stdio.h>
#include <stdlib.h>

/* What malloc and its like have returned. */
static inline void *sure(void *memory)
{
    if (memory == NULL) {
        (void)fputs("locksim: no memory\n", stderr);
        exit(3);
    }
    return memory;
}

#endif
