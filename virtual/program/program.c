/* SPDX-License-Identifier: MIT */
/* The loaded program: its symbols, its variables, and where it lies. */
#include "virtual/program/program.h"
#include "virtual/ground/operations.h"
#include "virtual/ground/places.h"
#include "virtual/ground/thread.h"
#include "virtual/library/library.h"
#include "virtual/program/build.h"
#include "virtual/state/state.h"

#include <dlfcn.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- loading ------------------------------------------------------------------------ */

static void *program;                        /* as dlopen returned it */
static uintptr_t program_start, program_end; /* of its memory */

static void keep_from_to(uintptr_t from, uintptr_t to)
{
    if (from < to) {
        vm_keep((void *)from, to - from);
    }
}

/* Keeps the writable segments of an object. */
static void keep_segments(const struct dl_phdr_info *object)
{
    /* The linker's tables are read-only by now, in whole pages. */
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), fixed_from = 0, fixed_to = 0;
    for (unsigned i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type == PT_GNU_RELRO) {
            fixed_from = object->dlpi_addr + segment->p_vaddr;
            fixed_to = (fixed_from + segment->p_memsz) / page * page;
        }
    }
    for (unsigned i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W) == 0) {
            continue;
        }
        uintptr_t from = object->dlpi_addr + segment->p_vaddr;
        uintptr_t to = from + segment->p_memsz;
        if (fixed_from >= from && fixed_from < to) {
            keep_from_to(from, fixed_from);
            from = fixed_to > from ? fixed_to : from;
        }
        keep_from_to(from, to);
    }
}

/* Notes where the object lies that `context` names by its load address: the program. */
static int note_program(struct dl_phdr_info *object, size_t size, void *context)
{
    (void)size;
    if (object->dlpi_addr != *(const uintptr_t *)context) {
        return 0;
    }
    program_start = object->dlpi_addr;
    for (unsigned i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type == PT_GNU_STACK) {
            vm_stacks_run = (segment->p_flags & PF_X) != 0;
        } else if (segment->p_type == PT_LOAD) {
            program_end = object->dlpi_addr + segment->p_vaddr + segment->p_memsz;
        }
    }
    keep_segments(object);
    return 1;
}

/* The program's own copies of the C++ library's functions, made from headers. */
static uintptr_t library_start, library_size;

static void read_sections(const char *path, uintptr_t address)
{
    size_t size;
    char *bytes = file_read(path, &size);
    if (bytes == NULL) {
        return;
    }
    const ElfW(Ehdr) *header = (const void *)bytes;
    const ElfW(Shdr) *sections = (const void *)(bytes + header->e_shoff);
    const char *names = bytes + sections[header->e_shstrndx].sh_offset;
    for (unsigned i = 0; i < header->e_shnum; i++) {
        const ElfW(Shdr) *section = &sections[i];
        if (strcmp(names + section->sh_name, LIBRARY_SECTION) == 0) {
            library_start = address + section->sh_addr;
            library_size = section->sh_size;
        } else if (strcmp(names + section->sh_name, DEAD_SECTION) == 0) {
            dead_load(bytes + section->sh_offset, section->sh_size, address);
        }
    }
    free(bytes);
}

bool vm_is_library(const void *site)
{
    return (uintptr_t)site - library_start < library_size;
}

/* glibc says that a process without threads needs no atomic operations, and libstdc++
   goes by it; the program's threads are none that glibc knows of. */
static void expect_threads(void)
{
    char *single = dlsym(RTLD_DEFAULT, "__libc_single_threaded");
    if (single != NULL) {
        *single = 0;
    }
}

static void find_waiter_table(void)
{
    Dl_info info;
    const ElfW(Sym) * symbol;
    void *table = dlsym(program, "_ZZNSt8__detail18__waiter_pool_base6_S_forEPKvE3__w");
    if (table != NULL && dladdr1(table, &info, (void **)&symbol, RTLD_DL_SYMENT) != 0 &&
        symbol != NULL) {
        vm_waiter_table = (uintptr_t)table;
        vm_waiter_size = symbol->st_size;
    }
}

void (*vm_before_load)(void);
bool vm_is_loading;
static const char *loading;

bool vm_is_program(const void *address)
{
    if (!vm_is_loading) {
        return (uintptr_t)address >= program_start && (uintptr_t)address < program_end;
    }
    Dl_info object;
    return dladdr(address, &object) != 0 && strcmp(object.dli_fname, loading) == 0;
}

/* The functions with __attribute__((destructor)), in the order of their addresses. */
static void (**destructors)(void);
static size_t destructor_count;

static void find_destructors(const struct link_map *map)
{
    for (const ElfW(Dyn) *entry = map->l_ld; entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == DT_FINI_ARRAY) {
            destructors = (void (**)(void))(map->l_addr + entry->d_un.d_ptr);
        } else if (entry->d_tag == DT_FINI_ARRAYSZ) {
            destructor_count = entry->d_un.d_val / sizeof *destructors;
        }
    }
}

void vm_run_destructors(void)
{
    for (size_t i = destructor_count; i-- > 0;) {
        destructors[i]();
    }
}

/* The writable segment of the library that has std::cout. It begins each execution as it
   is now: what one of them sets (std::hex) the next one does not find. */
static int note_streams(struct dl_phdr_info *object, size_t size, void *stream)
{
    (void)size;
    for (unsigned i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        uintptr_t start = object->dlpi_addr + segment->p_vaddr;
        if (segment->p_type == PT_LOAD && (segment->p_flags & PF_W) != 0 &&
            (uintptr_t)stream - start < segment->p_memsz) {
            vm_streams = start;
            vm_streams_size = segment->p_memsz;
            keep_segments(object);
            return 1;
        }
    }
    return 0;
}

static void find_streams(void)
{
    void *stream = dlsym(program, "_ZSt4cout");
    if (stream != NULL) {
        const char *unseen[] = {vm_announce_streams(), vm_announce_input()};
        for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++) {
            if (unseen[i] != NULL) {
                unseen_add("", unseen[i]);
            }
        }
        dl_iterate_phdr(note_streams, stream);
    }
}

int vm_load(const char *path)
{
    expect_threads();
    if (vm_before_load != NULL) {
        vm_before_load();
    }
    loading = path;
    vm_is_loading = true;
    program = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    vm_is_loading = false;
    struct link_map *map;
    if (program == NULL || dlinfo(program, RTLD_DI_LINKMAP, &map) != 0) {
        complain("cannot load the program: %s", dlerror());
        return -1;
    }
    uintptr_t address = map->l_addr;
    read_sections(path, address);
    dl_iterate_phdr(note_program, &address);
    find_waiter_table();
    find_destructors(map);
    find_streams();
    vm_unsettled = true; /* by its constructors */
    return 0;
}

uintptr_t vm_settled_address(const void *address)
{
    extern const char __executable_start, _end; /* the linker's */
    const uintptr_t program_place = UINT64_C(1) << 32, own_place = UINT64_C(1) << 36;
    const uintptr_t most = UINT64_C(1) << 24; /* bytes of one, with its pages */
    uintptr_t start = (uintptr_t)&__executable_start, end = (uintptr_t)&_end;
    uintptr_t place = (uintptr_t)address;
    for (uintptr_t i = 0; i < VM_PLACED; i++) {
        uintptr_t offset = place - (uintptr_t)vm_places[i].start;
        if (offset < vm_places[i].size) {
            return own_place + i * most + offset;
        }
    }
    if (place >= program_start && place < program_end) {
        return place - program_start + program_place;
    }
    return place >= start && place < end ? place - start + 2 * own_place : place;
}

void *vm_symbol(const char *name)
{
    return dlsym(program, name);
}
