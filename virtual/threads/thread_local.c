/* SPDX-License-Identifier: MIT */
/*
 * Thread-local variables. The program is compiled so that it asks for
 * the address of each (__tls_get_addr, the general-dynamic model), and a thread gets a
 * copy whose address depends only on its processor, made at its first use in an
 * execution.
 */
#include "virtual/executions.h"
#include "virtual/ground/memory.h"
#include "virtual/ground/messages.h"
#include "virtual/threads/libstdcxx.h"
#include "virtual/threads/threads.h"

#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { AREA = 1 << 20 }; /* room for a thread's copy */

struct tls_index { /* as the linker lays it out */
    size_t module;
    size_t offset;
};
void *__tls_get_addr(struct tls_index *index);

static struct {
    size_t id;
    const void *image; /* what the variables that are not zero begin as */
    size_t image_size, size;
} program;

static unsigned char *areas;

/* --- the program's module ----------------------------------------------------------- */

static bool contains(const struct dl_phdr_info *module, uintptr_t address)
{
    for (unsigned i = 0; i < module->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &module->dlpi_phdr[i];
        if (header->p_type == PT_LOAD &&
            address - module->dlpi_addr - header->p_vaddr < header->p_memsz) {
            return true;
        }
    }
    return false;
}

static int note_program(struct dl_phdr_info *module, size_t size, void *site)
{
    (void)size;
    if (!contains(module, (uintptr_t)site)) {
        return 0;
    }
    program.id = module->dlpi_tls_modid;
    for (unsigned i = 0; i < module->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &module->dlpi_phdr[i];
        if (header->p_type == PT_TLS) {
            program.image = (const void *)(module->dlpi_addr + header->p_vaddr);
            program.image_size = header->p_filesz;
            program.size = header->p_memsz;
        }
    }
    return 1;
}

/* Whether the variable is the program's own. `site` is a place in the program. */
static bool is_own(const struct tls_index *index, const void *site)
{
    static size_t other; /* a module that is known not to be the program */
    if (index->module == program.id) {
        return true;
    }
    if (index->module == other) {
        return false;
    }
    dl_iterate_phdr(note_program, (void *)(uintptr_t)site);
    if (index->module != program.id) {
        other = index->module;
    }
    return index->module == program.id;
}

/* --- copies ------------------------------------------------------------------------- */

static unsigned char *area(unsigned processor)
{
    if (areas == NULL) {
        areas = vm_reserve(VM_THREAD_LOCALS, (size_t)vm_most_processors * AREA,
                           PROT_READ | PROT_WRITE);
        if (areas == NULL) {
            complain("no address space for thread-local variables: they need %zu MiB "
                     "(ulimit -v)",
                     (size_t)vm_most_processors * AREA >> 20);
            vm_quit(3);
        }
    }
    return areas + (size_t)processor * AREA;
}

static void make_copy(struct vm_thread *self, unsigned char *copy, const void *site)
{
    if (program.size > AREA) {
        instrument_refuse(site, "more than %d bytes of thread-local variables", AREA);
    }
    memcpy(copy, program.image, program.image_size);
    memset(copy + program.image_size, 0, program.size - program.image_size);
    self->has_thread_locals = true;
    vm_note_change();
}

void *__wrap___tls_get_addr(struct tls_index *index)
{
    const void *site = __builtin_return_address(0);
    if (!is_own(index, site)) {
        return vm_cxx_thread_local(__tls_get_addr(index));
    }
    unsigned char *copy = area(vm_thread_number());
    struct vm_thread *self = vm_thread();
    if (self->task) {
        instrument_refuse(site, "a threadprivate or thread-local variable in a task: it "
                                "depends on the thread that runs the task");
    }
    if (!self->has_thread_locals) {
        make_copy(self, copy, site);
    }
    return copy + index->offset;
}

int vm_thread_local_owner(const void *address, size_t *place)
{
    size_t offset = (uintptr_t)address - (uintptr_t)areas;
    *place = offset % AREA;
    return areas == NULL || offset >= (size_t)vm_most_processors * AREA
               ? VM_NOBODY
               : (int)(offset / AREA);
}

/* The thread whose errno that is, or VM_NOBODY. */
static int error_of(const void *address, size_t size)
{
    size_t offset = (uintptr_t)address - (uintptr_t)vm_threads;
    size_t place = offset % sizeof *vm_threads - offsetof(struct vm_thread, error);
    bool is =
        offset < sizeof vm_threads && place < sizeof(int) && size <= sizeof(int) - place;
    return is ? (int)(offset / sizeof *vm_threads) : VM_NOBODY;
}

int vm_thread_local_of(const void *address, size_t size)
{
    int thread = error_of(address, size);
    if (thread != VM_NOBODY) {
        return thread;
    }
    size_t place;
    int owner = vm_thread_local_owner(address, &place);
    bool is = owner != VM_NOBODY && vm_threads[owner].has_thread_locals &&
              place < program.size && size <= program.size - place;
    return is ? owner : VM_NOBODY;
}

struct vm_stack vm_thread_locals(unsigned thread)
{
    if (!vm_threads[thread].has_thread_locals) {
        return (struct vm_stack){NULL, NULL};
    }
    return (struct vm_stack){area(thread), area(thread) + program.size};
}

void vm_settle_thread_locals(void)
{
    static bool kept;
    if (vm_threads[0].has_thread_locals && !kept) {
        vm_keep(area(0), program.size);
        kept = true;
    }
}

/* --- destructors -------------------------------------------------------------------- */

int __wrap___cxa_thread_atexit(void (*destructor)(void *), void *object, void *module)
{
    (void)module;
    struct vm_thread *self = vm_thread();
    if (self->destructors_count == VM_DESTRUCTORS) {
        instrument_refuse(__builtin_return_address(0),
                          "more than %d thread_local objects with destructors",
                          VM_DESTRUCTORS);
    }
    self->destructors[self->destructors_count++] =
        (struct vm_destructor){destructor, object};
    vm_note_change();
    return 0;
}

void vm_destroy_thread_locals(void)
{
    struct vm_thread *self = vm_thread();
    while (self->destructors_count > 0) {
        struct vm_destructor last = self->destructors[--self->destructors_count];
        last.function(last.object);
    }
}
