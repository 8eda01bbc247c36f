/* SPDX-License-Identifier: MIT */
#include "virtual/ground/memory.h"

#include "virtual/ground/messages.h"
#include "virtual/ground/places.h"
#include "virtual/ground/thread.h"

static struct range {
    uintptr_t start;
    size_t size;
    bool library;
} * ranges;
static size_t range_count;

uintptr_t vm_variables;
size_t vm_variables_size;
unsigned char *vm_variables_gaps;
bool vm_memory_is_open;

static struct range *gaps;
static size_t gap_count;

void vm_memory_add_gap(uintptr_t start, size_t size)
{
    gaps = sure_resize(gaps, (gap_count + 1) * sizeof *gaps);
    gaps[gap_count++] = (struct range){start, size, false};
    for (size_t i = start - vm_variables; i < vm_variables_size && size > 0;
         i++, size--) {
        vm_variables_gaps[i / 8] |= (unsigned char)(1U << i % 8);
    }
}

bool vm_is_in_gap(const void *address, size_t size)
{
    uintptr_t at = (uintptr_t)address;
    for (size_t i = 0; i < gap_count; i++) {
        if (at < gaps[i].start + gaps[i].size && at + size > gaps[i].start) {
            return true;
        }
    }
    return false;
}

static void add(void *start, size_t size, bool library)
{
    ranges = sure_resize(ranges, (range_count + 1) * sizeof *ranges);
    ranges[range_count++] = (struct range){(uintptr_t)start, size, library};
}

void vm_memory_add(void *start, size_t size)
{
    add(start, size, false);
}

void vm_memory_add_library(void *start, size_t size)
{
    add(start, size, true);
}

static bool lies_in(uintptr_t address, size_t size, const void *start, size_t room)
{
    size_t offset = address - (uintptr_t)start;
    return offset < room && size <= room - offset;
}

/* What we keep for the program: of a thread that is its errno, what libstdc++ passes to
   std::call_once, and its keys; the rest only a thread library writes. */
static bool is_place(uintptr_t address, size_t size, bool library)
{
    for (unsigned i = 0; i < VM_PLACED; i++) {
        if (i == VM_PLACED_THREADS && !library) {
            size_t within = (address - (uintptr_t)vm_threads) % sizeof *vm_threads;
            const struct vm_thread *thread = &vm_threads[0];
            if (address - (uintptr_t)vm_threads < sizeof vm_threads &&
                (lies_in((uintptr_t)thread + within, size, &thread->error,
                         sizeof thread->error) ||
                 lies_in((uintptr_t)thread + within, size, &thread->callable,
                         sizeof thread->callable) ||
                 lies_in((uintptr_t)thread + within, size, thread->keys,
                         sizeof thread->keys))) {
                return true;
            }
        } else if (lies_in(address, size, vm_places[i].start, vm_places[i].size)) {
            return true;
        }
    }
    return false;
}

/* Whether some of it is this executable's, or what the heap notes of its blocks. */
static bool is_tools(uintptr_t address, size_t size)
{
    extern const char __executable_start, _end; /* the linker's */
    uintptr_t start = (uintptr_t)&__executable_start, end = (uintptr_t)&_end;
    return (address < end && address + size > start) ||
           (address < vm_heap + 2 * vm_heap_size && address + size > vm_heap);
}

/* Whether it is a thread's, the program's, or what of the library is to be written. */
static bool is_known(uintptr_t address, size_t size, bool library)
{
    if (is_place(address, size, library)) {
        return true;
    }
    for (size_t i = 0; i < range_count; i++) {
        if (ranges[i].library <= library &&
            lies_in(address, size, (const void *)ranges[i].start, ranges[i].size)) {
            return true;
        }
    }
    return false;
}

bool vm_may_access(const void *address, size_t size, bool write, bool library)
{
    uintptr_t at = (uintptr_t)address;
    if (at + size < at) {
        return false;
    }
    if (is_known(at, size, library)) {
        return true;
    }
    if (!write || vm_memory_is_open) {
        return !is_tools(at, size);
    }
    return vm_thread_local_of(address, size) != VM_NOBODY;
}

bool vm_may_be_handed_out(const void *address)
{
    return vm_memory_is_open && !is_known((uintptr_t)address, 1, true) &&
           vm_may_access(address, 1, true, true) &&
           vm_thread_local_of(address, 1) == VM_NOBODY;
}
