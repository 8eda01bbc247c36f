/* SPDX-License-Identifier: MIT */
#include "bench/lines.h"

#include <lockstep/atomic.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

void *allocate_lines(size_t bytes)
{
    size_t size = LKS_WHOLE_LINES(bytes);
    return memset(sure(aligned_alloc(LKS_CACHE_LINE, size)), 0, size);
}
