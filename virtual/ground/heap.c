/* SPDX-License-Identifier: MIT */
/*
 * The heap: each processor takes from a range of addresses of its own, upward, so what it
 * gets depends on nothing but what it has asked for.
 *
 *     range of processor 0       range of processor 1               records of 0
 *     | block |gap| block |gap|…| block |gap|…                  …  |b0 b1 …|     …
 *
 * All ranges are one reservation, and the second half of it holds the records: a range's
 * blocks, in the order of their addresses. Freed memory is not used again before the next
 * execution, and between blocks there are gaps, so that most wrong addresses are found.
 */
#include "virtual/executions.h"
#include "virtual/ground/memory.h"
#include "virtual/ground/messages.h"
#include "virtual/ground/seen.h"
#include "virtual/ground/thread.h"
#include "virtual/instrument.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    ALIGNMENT = 16,
    SMALLEST_GAP =
        64, /* more than a record: the records need no more room than the blocks */
    LARGEST_GAP = 4096,
    KEEP = 1 << 20, /* of a range, bytes that a reset does not give back to the system */
    GARBAGE = 0xa5, /* what fresh memory is filled with */
    LARGEST_RANGE = 29, /* base-2 logarithms */
    SMALLEST_RANGE = 22,
};
_Static_assert((int)SMALLEST_GAP >= (int)sizeof(struct vm_heap_block),
               "room for records");

struct range {
    size_t used;  /* bytes from the beginning, gaps included */
    size_t held;  /* bytes that its processor has not freed */
    size_t count; /* of blocks */
};
static struct range ranges[VM_PROCESSORS + 1];

unsigned vm_most_processors = VM_PROCESSORS;
size_t vm_heap_limit = SIZE_MAX;
bool vm_heap_was_full;
bool vm_origins_mixed;

/* The range of what constructors allocate is the last one. */
static unsigned permanent(void)
{
    return vm_most_processors;
}

static unsigned range_count(void)
{
    return vm_most_processors + 1;
}

static unsigned highest; /* processor that has allocated, plus one */

static unsigned char *heap;
uintptr_t vm_heap, vm_heap_size;
static unsigned range_bits; /* a range has 2^range_bits bytes */

static size_t range_size(void)
{
    return (size_t)1 << range_bits;
}

static unsigned char *range_start(unsigned range)
{
    return heap + ((size_t)range << range_bits);
}

static struct vm_heap_block *records(unsigned range)
{
    return (struct vm_heap_block *)(void *)(range_start(range_count()) +
                                            ((size_t)range << range_bits));
}

static size_t heap_size(unsigned bits)
{
    return 2 * (size_t)range_count() << bits;
}

/* As much as the system lets us have; half of that, if it is not all that we want: others
   need something, too. */
static void reserve(void)
{
    for (range_bits = LARGEST_RANGE; range_bits >= SMALLEST_RANGE; range_bits--) {
        heap = vm_reserve(VM_HEAP, heap_size(range_bits), PROT_READ | PROT_WRITE);
        if (heap != NULL && range_bits < LARGEST_RANGE && range_bits > SMALLEST_RANGE) {
            (void)munmap(heap, heap_size(range_bits));
            range_bits--;
            heap = vm_reserve(VM_HEAP, heap_size(range_bits), PROT_READ | PROT_WRITE);
        }
        if (heap != NULL) {
            vm_heap = (uintptr_t)heap;
            vm_heap_size = (uintptr_t)range_count() << range_bits;
            return;
        }
    }
    complain("no address space for the heap: it needs %zu MiB at the least (ulimit -v)",
             heap_size(SMALLEST_RANGE) >> 20);
    vm_quit(3);
}

/* Wider after large blocks, whose elements may be large. */
static size_t gap_after(size_t size)
{
    size_t gap = SMALLEST_GAP + size / 4;
    return gap < LARGEST_GAP ? gap : LARGEST_GAP;
}

void *vm_allocate(size_t size, size_t alignment, bool zeroed, const void *site)
{
    if (vm_rehearsing) {
        instrument_effect();
    }
    if (heap == NULL) {
        reserve();
    }
    unsigned owner = vm_self() == VM_NOBODY ? permanent() : (unsigned)vm_self();
    struct range *range = &ranges[owner];
    if (alignment < ALIGNMENT) {
        alignment = ALIGNMENT;
    }
    if (size > PTRDIFF_MAX || alignment > range_size()) {
        vm_set_error(ENOMEM);
        return NULL;
    }
    if (size > vm_heap_limit || range->held > vm_heap_limit - size) {
        vm_heap_was_full = true;
        vm_set_error(ENOMEM);
        return NULL;
    }
    uintptr_t base = (uintptr_t)range_start(owner);
    size_t used = range->used == 0 ? SMALLEST_GAP : range->used;
    size_t start = ((base + used + alignment - 1) & ~(alignment - 1)) - base;
    if (size > range_size() || start + size + LARGEST_GAP > range_size()) {
        instrument_refuse(site,
                          "the thread's heap is full: it has %zu MiB of addresses, and "
                          "what is freed is not given out again in an execution",
                          range_size() >> 20);
    }
    range->held += size;
    range->used = start + size + gap_after(size);
    unsigned char *block = range_start(owner) + start;
    records(owner)[range->count++] = (struct vm_heap_block){
        .start = block, .size = size, .used = size, .allocated = site};
    memset(block, zeroed ? 0 : GARBAGE, size);
    if (owner == permanent()) {
        vm_unsettled = true;
    } else {
        highest = owner >= highest ? owner + 1 : highest;
        size_t own = range->count - 1;
        records(owner)[own].mark = instrument_allocate(block, size, site);
        vm_seen_forget();
    }
    return block;
}

/* The number of blocks of a range that begin at or before the address. */
static size_t blocks_up_to(unsigned range, const unsigned char *address)
{
    const struct vm_heap_block *blocks = records(range);
    size_t low = 0, high = ranges[range].count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (blocks[middle].start <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct vm_heap_block *vm_latest_block;

/* The block at the address, or that which is nearest; NULL where there is none. */
static struct vm_heap_block *find(const unsigned char *address)
{
    unsigned range = (unsigned)((size_t)(address - heap) >> range_bits);
    struct vm_heap_block *blocks = records(range);
    size_t before = blocks_up_to(range, address);
    if (before == ranges[range].count || before == 0) {
        return before == 0 ? (ranges[range].count == 0 ? NULL : blocks)
                           : &blocks[before - 1];
    }
    const unsigned char *end = blocks[before - 1].start + blocks[before - 1].size;
    bool next_is_nearer =
        address >= end && blocks[before].start - address < address - end;
    return &blocks[next_is_nearer ? before : before - 1];
}

static bool in_heap(const void *address)
{
    return (uintptr_t)address - vm_heap < vm_heap_size;
}

int vm_heap_owner(const void *address, size_t *place)
{
    if (!in_heap(address)) {
        return VM_NOBODY;
    }
    size_t offset = (uintptr_t)address - (uintptr_t)heap;
    unsigned range = (unsigned)(offset >> range_bits);
    *place = offset & (range_size() - 1);
    return range == permanent() ? VM_NOBODY : (int)range;
}

enum vm_block vm_block_of(const void *address, struct vm_heap_block *block)
{
    if (!in_heap(address)) {
        return VM_NOT_HEAP;
    }
    const unsigned char *byte = address;
    const struct vm_heap_block *found = vm_latest_block; /* again and again, most often */
    if (found == NULL || byte < found->start || byte >= found->start + found->size) {
        found = vm_latest_block = find(byte);
    }
    if (found == NULL) {
        *block = (struct vm_heap_block){0};
        return VM_NO_BLOCK;
    }
    *block = *found;
    if (byte < found->start || byte >= found->start + found->size) {
        return VM_NO_BLOCK;
    }
    return found->freed == NULL ? VM_ALLOCATED : VM_FREED;
}

void vm_tell_block(enum vm_block found, const struct vm_heap_block *block, bool write,
                   const void *site)
{
    const char *what = write ? "a write" : "a read";
    if (found == VM_FREED) {
        instrument_wrong(VM_USE_AFTER_FREE, site,
                         "%s in a block of %zu bytes that was freed", what, block->size);
    }
    if (found == VM_NO_BLOCK) {
        instrument_wrong(VM_OUT_OF_BOUNDS, site,
                         "%s of heap memory that malloc did not give", what);
    }
    if (block->used < block->size) {
        instrument_wrong(
            VM_OUT_OF_BOUNDS, site,
            "%s of what is no element of a vector, in its block of %zu bytes, "
            "of which it uses %zu",
            what, block->size, block->used);
    }
    instrument_wrong(VM_OUT_OF_BOUNDS, site, "%s beyond the end of a block of %zu bytes",
                     what, block->size);
}

/* Ends as wrong where another function gave the block than such as the one that takes it
   back, or gave another size than is said. */
static void check_origin(const struct vm_heap_block *block, enum vm_origin origin,
                         size_t size, const void *site)
{
    static const struct {
        const char *gives, *takes;
    } names[] = {{"malloc", "free"}, {"new", "delete"}, {"new[]", "delete[]"}};
    if (vm_origins_mixed) {
        return;
    }
    if (block->origin != origin) {
        instrument_wrong(VM_DOUBLE_FREE, site, "%s of a block that is %s's",
                         names[origin].takes, names[block->origin].gives);
    }
    if (size != VM_ANY_SIZE && size != block->size) {
        instrument_wrong(VM_DOUBLE_FREE, site,
                         "%s of %zu bytes, of a block of %zu bytes: what is deleted has "
                         "another type than what was made",
                         names[origin].takes, size, block->size);
    }
}

/* The block that begins at the address and is not freed. */
static struct vm_heap_block *to_free(void *address, const void *site)
{
    struct vm_heap_block *block = in_heap(address) ? find(address) : NULL;
    if (block == NULL) {
        instrument_wrong(VM_DOUBLE_FREE, site, "free of what malloc did not give");
    }
    if (block->start != address) {
        instrument_wrong(VM_DOUBLE_FREE, site,
                         "free of what malloc did not give: %td bytes from the beginning "
                         "of a block of %zu bytes",
                         (unsigned char *)address - block->start, block->size);
    }
    if (block->freed != NULL) {
        instrument_wrong(VM_DOUBLE_FREE, site,
                         "free of a block of %zu bytes that is free", block->size);
    }
    return block;
}

void vm_use_block(const void *address, size_t size, size_t used)
{
    struct vm_heap_block *block = in_heap(address) ? find(address) : NULL;
    if (block != NULL && block->start == address && block->size == size) {
        block->used = used;
    }
}

void vm_set_origin(void *address, enum vm_origin origin)
{
    find(address)->origin = origin;
}

void vm_free(void *address, const void *site)
{
    vm_free_as(address, VM_OF_MALLOC, VM_ANY_SIZE, site);
}

void vm_free_as(void *address, enum vm_origin origin, size_t size, const void *site)
{
    if (address == NULL) {
        return;
    }
    if (vm_rehearsing) {
        instrument_effect();
    }
    if (!in_heap(address) && vm_stack_owner(address) == VM_NOBODY &&
        vm_may_be_handed_out(address)) {
        return; /* what is unseen is said in the verdict */
    }
    struct vm_heap_block *block = to_free(address, site);
    check_origin(block, origin, size, site);
    if (vm_self() != VM_NOBODY) {
        instrument_free(block->start, block->size, site);
        vm_seen_forget();
        block = to_free(address, site); /* others may have run */
    }
    block->freed = site;
    size_t range = (size_t)((unsigned char *)address - heap) >> range_bits;
    if ((int)range == vm_self()) { /* others free when it happens */
        ranges[range].held -= block->size;
    }
}

void vm_each_block(void (*visit)(const struct vm_heap_block *, void *), void *context)
{
    for (unsigned range = 0; range < highest; range++) {
        for (size_t i = 0; i < ranges[range].count; i++) {
            const struct vm_heap_block *block = &records(range)[i];
            if (block->freed == NULL) {
                visit(block, context);
            }
        }
    }
}

/* --- between executions ------------------------------------------------------------- */

static void give_back(void *start, size_t used)
{
    if (used > KEEP) {
        (void)madvise((unsigned char *)start + KEEP, used - KEEP, MADV_DONTNEED);
    }
}

void vm_reset_heap(void)
{
    for (unsigned range = 0; range < highest; range++) {
        give_back(range_start(range), ranges[range].used);
        give_back(records(range), ranges[range].count * sizeof(struct vm_heap_block));
        ranges[range] = (struct range){0};
    }
    highest = 0;
    vm_latest_block = NULL;
}

void vm_settle_heap(void)
{
    static struct range kept; /* by an earlier call */
    struct range *now = &ranges[permanent()];
    if (now->count > kept.count) {
        vm_keep(range_start(permanent()) + kept.used, now->used - kept.used);
        vm_keep(records(permanent()) + kept.count,
                (now->count - kept.count) * sizeof(struct vm_heap_block));
        kept = *now;
    }
}
