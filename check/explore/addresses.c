/* SPDX-License-Identifier: MIT */
#include "check/explore/addresses.h"

#include "check/explore/run.h"
#include "virtual/instrument.h"

/* Which access is wrong, for what instrument_wrong is about to say. */
static void note_wrong(void *address, size_t size, bool write)
{
    struct failure *failure = &run.result->failure;
    failure->address = address;
    failure->size = size;
    failure->write = write;
    failure->other = VM_NOBODY;
    failure->other_site = NULL;
}

uint64_t allocation_mark(unsigned thread, uint32_t epoch)
{
    return (uint64_t)thread << 32 | epoch;
}

/* A block of the heap: the access must lie in one, and all of it. */
static void check_heap(void *address, size_t size, bool write, const void *site)
{
    struct vm_heap_block block;
    unsigned by;
    enum vm_block found = vm_block_of(address, &block);
    if (found != VM_ALLOCATED ||
        (const unsigned char *)address + size > block.start + block.used) {
        note_wrong(address, size, write);
        run.result->failure.other_site = found == VM_FREED ? block.freed : NULL;
        vm_tell_block(found, &block, write, site);
    }
    if (!is_allocated_before(&block, &by)) {
        note_wrong(address, size, write);
        run.result->failure.other = (int)by;
        run.result->failure.other_site = block.allocated;
        instrument_wrong(KIND_RACE, site,
                         "%s in a block that thread %u has allocated, which is not "
                         "ordered before it",
                         write ? "a write" : "a read", by);
    }
}

/* On another thread's stack: it must be a variable of a function that the thread is in,
   and has entered before. (The oldest call has the highest frame.) */
static void check_frame(unsigned owner, void *address, size_t size, bool write,
                        const void *site)
{
    const struct vm_calls *calls = &vm_calls[owner];
    unsigned i = 0;
    while (i < calls->depth && i < VM_CALLS && calls->frames[i] != NULL &&
           (unsigned char *)address < calls->frames[i]) {
        i++;
    }
    bool none = calls->depth == 0 && !run.program_over; /* main's has returned then */
    if (!vm_frames_known || i == VM_CALLS || none ||
        (i < calls->depth && calls->frames[i] == NULL)) {
        return;
    }
    const char *why =
        i == calls->depth
            ? "of a function that has returned"
            : "of a function that has returned, or whose call is not ordered before it";
    const clock_value *happens = run.model.present[vm_self()].happens;
    if (i == calls->depth || happens[owner] <= calls->began[i]) {
        note_wrong(address, size, write);
        instrument_wrong(VM_USE_AFTER_FREE, site, "%s in the stack of thread %u, %s",
                         write ? "a write" : "a read", owner, why);
    }
    const struct processor *its = &run.processors[owner];
    if (vm_blocks_known &&
        vm_is_left_block(owner, address, its->state == JOINING ? its->joins_at : NULL)) {
        found_left_block(address, size, write, site);
    }
}

/* Of a stack: its thread must not have ended, nor the function. */
static void check_stack(void *address, size_t size, bool write, int owner,
                        const void *site)
{
    run.processors[owner].stack_is_shared =
        run.processors[owner].stack_is_shared || owner != vm_self();
    if (is_ended((unsigned)owner)) {
        note_wrong(address, size, write);
        instrument_wrong(VM_USE_AFTER_FREE, site,
                         "%s in the stack of thread %d, which has ended",
                         write ? "a write" : "a read", owner);
    }
    if (owner != vm_self()) {
        check_frame((unsigned)owner, address, size, write, site);
    } else if ((unsigned char *)address + size > vm_calls[owner].top) {
        note_wrong(address, size, write);
        instrument_wrong(VM_CRASH, site,
                         "%s of the stack above the thread's first function, which is "
                         "no memory of the program's",
                         write ? "a write" : "a read");
    } else {
        check_block(address, size, write, site);
    }
}

void found_left_block(void *address, size_t size, bool write, const void *site)
{
    note_wrong(address, size, write);
    instrument_wrong(VM_USE_AFTER_FREE, site,
                     "%s of a variable of a block that its function has left",
                     write ? "a write" : "a read");
}

/* In no heap and on no stack: a variable of the program's, or what a library has given
   it. */
static void check_variable(void *address, size_t size, bool write, bool library,
                           const void *site)
{
    if (vm_is_in_gap(address, size)) {
        note_wrong(address, size, write);
        instrument_wrong(VM_OUT_OF_BOUNDS, site,
                         "%s of memory that lies between two variables",
                         write ? "a write" : "a read");
    }
    int thread = vm_thread_local_of(address, size);
    if (thread != VM_NOBODY && is_ended((unsigned)thread)) {
        note_wrong(address, size, write);
        instrument_wrong(VM_USE_AFTER_FREE, site,
                         "%s of a thread-local variable of thread %d, which has ended",
                         write ? "a write" : "a read", thread);
    }
    if (thread != VM_NOBODY && thread != vm_self()) {
        run.processors[thread].variables_are_shared = true;
    }
    if (!vm_may_access(address, size, write, library)) {
        note_wrong(address, size, write);
        vm_tell_no_memory(address, write, site);
    }
}

void check_any_address(void *address, size_t size, bool write, bool library, int owner,
                       const void *site)
{
    if ((uintptr_t)address < 4096) {
        note_wrong(address, size, write);
        instrument_wrong(VM_CRASH, site, "%s through a null pointer",
                         write ? "a write" : "a read");
    }
    if (owner != VM_NOBODY) {
        check_stack(address, size, write, owner, site);
    } else if ((uintptr_t)address - vm_heap < vm_heap_size) {
        check_heap(address, size, write, site);
    } else {
        check_variable(address, size, write, library, site);
    }
}

_Noreturn void found_race(void *address, size_t size, bool write, bool atomic,
                          const void *site, const struct race *race)
{
    note_wrong(address, size, write);
    struct failure *failure = &run.result->failure;
    failure->other = (int)race->thread;
    failure->other_site = race->site;
    instrument_wrong(KIND_RACE, site,
                     "%s%s, and %s%s of thread %u is not ordered with it",
                     atomic ? "an atomic " : "a plain ", write ? "write" : "read",
                     race->atomic ? "an atomic " : "a plain ",
                     race->write ? "write" : "read", race->thread);
}
