/* SPDX-License-Identifier: MIT */
/* Bytes that each execution finds as they were before the first. */
#include "virtual/executions.h"
#include "virtual/ground/messages.h"

#include <string.h>

struct region {
    unsigned char *address, *saved;
    size_t size;
};
static struct region *regions;
static size_t region_count;

void vm_keep(void *address, size_t size)
{
    if (address == NULL || size == 0) {
        return;
    }
    regions = sure_resize(regions, (region_count + 1) * sizeof *regions);
    unsigned char *saved = memcpy(sure_resize(NULL, size), address, size);
    regions[region_count++] = (struct region){address, saved, size};
}

void vm_reset_kept(void)
{
    enum { SMALL = 1 << 14, PART = 1 << 12 };
    for (size_t i = 0; i < region_count; i++) {
        struct region *region = &regions[i];
        if (region->size <= SMALL) {
            memcpy(region->address, region->saved, region->size);
            continue;
        }
        /* Most of a large region has not changed, and reading is cheaper than writing. */
        for (size_t done = 0; done < region->size; done += PART) {
            size_t left = region->size - done, size = left < PART ? left : PART;
            if (memcmp(region->address + done, region->saved + done, size) != 0) {
                memcpy(region->address + done, region->saved + done, size);
            }
        }
    }
}
