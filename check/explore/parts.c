/* SPDX-License-Identifier: MIT */
#include "check/explore/parts.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "check/explore/run.h"
#include "virtual/ground/messages.h"
#include "virtual/instrument.h"
#include "virtual/program/program.h"

enum { MOST = 64 };

/* Known to all processes of a search (jobs.h). */
static struct wholes {
    atomic_uint count;
    struct whole {
        atomic_uintptr_t address; /* 0: not yet */
        unsigned size;
        atomic_uint common; /* bytes that all accesses have had, a bit each */
    } all[MOST];
} * wholes;

bool parts_again;

void parts_begin(bool again)
{
    parts_again = again;
    if (wholes == NULL) {
        wholes = mmap(NULL, sizeof *wholes, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    }
    if (wholes == MAP_FAILED) {
        complain("no memory");
        vm_quit(3);
    }
}

/* The largest that has these bytes, or NULL. */
static struct whole *find(const void *address, size_t size)
{
    struct whole *found = NULL;
    unsigned count = atomic_load(&wholes->count);
    for (unsigned i = 0; i < count && i < MOST; i++) {
        struct whole *whole = &wholes->all[i];
        uintptr_t start = atomic_load(&whole->address), at = (uintptr_t)address;
        if (start != 0 && at - start < whole->size && at - start + size <= whole->size &&
            (found == NULL || whole->size > found->size)) {
            found = whole;
        }
    }
    return found;
}

/* Whether all accesses so far have some byte in common with this one. */
static void meet(struct whole *whole, const void *address, size_t size, const void *site)
{
    uintptr_t start = atomic_load(&whole->address);
    unsigned bytes = ((1U << size) - 1) << ((uintptr_t)address - start);
    if ((atomic_fetch_and(&whole->common, bytes) & bytes) == 0) {
        char name[128];
        vm_variable_name((const void *)start, name, sizeof name);
        instrument_refuse(site,
                          "accesses to %s, an atomic of %u bytes, that have no byte in "
                          "common: mixed-size accesses cannot be checked then",
                          name, whole->size);
    }
}

bool parts_of(const struct vm_operation *operation, struct vm_operation *as)
{
    if (atomic_load_explicit(&wholes->count, memory_order_relaxed) == 0) {
        return false;
    }
    struct whole *whole = find(operation->address, operation->size);
    if (whole == NULL) {
        return false;
    }
    meet(whole, operation->address, operation->size, operation->site);
    if (whole->size == operation->size) {
        return false;
    }
    uintptr_t start = atomic_load(&whole->address);
    if (operation->kind == VM_STORE) {
        char name[128];
        vm_variable_name((const void *)start, name, sizeof name);
        instrument_refuse(operation->site,
                          "a store to %u of the %u bytes of %s: of mixed-size accesses, "
                          "those to parts may be reads and read-modify-writes",
                          operation->size, whole->size, name);
    }
    *as = *operation;
    as->part = operation->size;
    as->shift = (unsigned)((uintptr_t)operation->address - start) * 8;
    as->address = (void *)start;
    as->size = whole->size;
    return true;
}

/* Two processes may add the same one: either will do. */
static void add(void *address, unsigned size)
{
    unsigned place = atomic_fetch_add(&wholes->count, 1);
    if (place >= MOST) {
        return;
    }
    struct whole *whole = &wholes->all[place];
    whole->size = size;
    atomic_store(&whole->common, UINT32_MAX);
    atomic_store(&whole->address, (uintptr_t)address);
}

void parts_learn(const struct vm_operation *operation, unsigned size)
{
    if (find(operation->address, size) == NULL) {
        add((void *)((uintptr_t)operation->address / size * size), size);
    }
}

_Noreturn void parts_found(const struct vm_operation *operation)
{
    const unsigned char *first = operation->address;
    void *address = operation->address;
    unsigned size = operation->size;
    for (uint32_t i = 0; i < run.graph->locations; i++) {
        const struct location *at = &run.graph->location[i];
        if (first < at->address + at->size && at->address < first + operation->size &&
            at->size > size) {
            address = at->address;
            size = at->size;
        }
    }
    if (parts_again || atomic_load(&wholes->count) >= MOST) {
        instrument_refuse(operation->site,
                          "an atomic of %u bytes overlaps one of another "
                          "size, as %s",
                          operation->size,
                          parts_again ? "it did not when this was saved"
                                      : "too many others do");
    }
    add(address, size);
    run.result->begin_again |= PARTS_FOUND;
    stop(STOPPED);
    abort(); /* not reached */
}

void parts_plain(const void *address, size_t size, const void *site)
{
    struct whole *whole = find(address, size);
    if (whole != NULL) {
        meet(whole, address, size, site);
    }
}
