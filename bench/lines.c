/* SPDX-License-Identifier: MIT */
#include "bench/lines.h"

#include <lockstep/atomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *allocate_lines(size_t bytes)
{
    size_t size = LKS_WHOLE_LINES(bytes);
    void *memory = aligned_alloc(LKS_CACHE_LINE, size);
    if (memory == NULL) {
        (void)fprintf(stderr, "lockbench: no memory\n");
        exit(1);
    }
    return memset(memory, 0, size);
}
