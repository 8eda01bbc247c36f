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
        atomic_uint edges;  /* before which bytes one has begun or ended */
        atomic_bool split;  /* there, into pieces */
    } all[MOST];
    atomic_bool split; /* one is */
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
    atomic_store(&whole->edges, 1U | 1U << size);
    atomic_store(&whole->address, (uintptr_t)address);
}

/* The search begins again, and the run ends here. */
static _Noreturn void begin_again(void)
{
    run.result->begin_again |= PARTS_FOUND;
    stop(STOPPED);
    abort(); /* not reached */
}

bool parts_are_split(void)
{
    return wholes != NULL && atomic_load_explicit(&wholes->split, memory_order_relaxed);
}

static unsigned edges_of(const struct whole *whole, const void *address, size_t size)
{
    uintptr_t start = (uintptr_t)address - atomic_load(&whole->address);
    return 1U << start | 1U << (start + size);
}

/* From a byte on, the largest piece that begins where a multiple of its size does and
   has no edge in it. */
static unsigned piece_at(unsigned edges, unsigned from)
{
    unsigned size = 8;
    while (from % size != 0 ||
           (edges & ((1U << (from + size)) - 1) & ~((2U << from) - 1)) != 0) {
        size /= 2;
    }
    return size;
}

/* More edges than there were: all begins again. */
static void add_edges(struct whole *whole, unsigned edges, const void *site)
{
    if ((atomic_fetch_or(&whole->edges, edges) & edges) == edges) {
        return;
    }
    if (parts_again) {
        instrument_refuse(site, "an access to a part, as there was none when this was "
                                "saved");
    }
    begin_again();
}

/* Accesses to it are done in pieces from now on. */
static _Noreturn void split(struct whole *whole, const void *site)
{
    if (parts_again) {
        instrument_refuse(site, "an access to a part that is done in pieces: saved "
                                "executions have none");
    }
    atomic_store(&whole->split, true);
    atomic_store(&wholes->split, true);
    begin_again();
}

/* Whether all accesses so far have some byte in common with this one; if not it is
   split. */
static void meet(struct whole *whole, const void *address, size_t size, const void *site)
{
    uintptr_t start = atomic_load(&whole->address);
    unsigned bytes = ((1U << size) - 1) << ((uintptr_t)address - start);
    atomic_fetch_or(&whole->edges, edges_of(whole, address, size));
    if ((atomic_fetch_and(&whole->common, bytes) & bytes) == 0) {
        split(whole, site);
    }
}

static void cut(const struct whole *whole, unsigned from, unsigned end,
                struct pieces *pieces)
{
    pieces->count = 0;
    while (from < end) {
        unsigned size = piece_at(atomic_load(&whole->edges), from);
        pieces->size[pieces->count++] = size;
        from += size;
    }
}

bool parts_pieces(const struct vm_operation *operation, struct pieces *pieces)
{
    if (!parts_are_split()) {
        return false;
    }
    struct whole *whole = find(operation->address, operation->size);
    if (whole == NULL || !atomic_load(&whole->split)) {
        return false;
    }
    add_edges(whole, edges_of(whole, operation->address, operation->size),
              operation->site);
    uintptr_t start = atomic_load(&whole->address);
    unsigned from = (unsigned)((uintptr_t)operation->address - start);
    cut(whole, from, from + operation->size, pieces);
    return pieces->count > 1;
}

void parts_pair(void *address, const void *site, struct pieces *pieces)
{
    enum { SIZE = 16 };
    struct whole *whole = find(address, SIZE);
    if (whole == NULL) {
        if (parts_again || atomic_load(&wholes->count) >= MOST) {
            instrument_refuse(site, "an atomic of 16 bytes%s",
                              parts_again ? ", as there was none when this was saved"
                                          : ": too many others overlap");
        }
        add(address, SIZE);
        whole = find(address, SIZE);
    }
    if (!atomic_load(&whole->split)) {
        split(whole, site);
    }
    cut(whole, 0, SIZE, pieces);
}

bool parts_of(const struct vm_operation *operation, struct vm_operation *as)
{
    if (atomic_load_explicit(&wholes->count, memory_order_relaxed) == 0) {
        return false;
    }
    struct whole *whole = find(operation->address, operation->size);
    if (whole == NULL || atomic_load(&whole->split)) {
        return false;
    }
    meet(whole, operation->address, operation->size, operation->site);
    if (whole->size == operation->size) {
        return false;
    }
    uintptr_t start = atomic_load(&whole->address);
    if (operation->kind == VM_STORE) {
        split(whole, operation->site);
    }
    *as = *operation;
    as->part = operation->size;
    as->shift = (unsigned)((uintptr_t)operation->address - start) * 8;
    as->address = (void *)start;
    as->size = whole->size;
    return true;
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
    begin_again();
}

void parts_plain(const void *address, size_t size, const void *site)
{
    struct whole *whole = find(address, size);
    if (whole != NULL && atomic_load(&whole->split)) {
        add_edges(whole, edges_of(whole, address, size), site);
    } else if (whole != NULL) {
        meet(whole, address, size, site);
    }
}
