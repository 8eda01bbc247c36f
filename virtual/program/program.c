/* SPDX-License-Identifier: MIT */
/* The loaded program: its symbols, its variables, and where it lies. */
#include "virtual/program/program.h"
#include "common/text.h"
#include "virtual/ground/memory.h"
#include "virtual/ground/messages.h"
#include "virtual/ground/operations.h"
#include "virtual/ground/places.h"
#include "virtual/ground/thread.h"
#include "virtual/instrument.h"
#include "virtual/library/input.h"
#include "virtual/library/library.h"
#include "virtual/program/build.h"
#include "virtual/program/tool.h"
#include "virtual/state/state.h"

#include <dlfcn.h>
#include <link.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* --- loading ------------------------------------------------------------------------ */

static void *program;                        /* as dlopen returned it */
static uintptr_t program_start, program_end; /* of its memory */

/* Visits the variables of an object: its writable segments, but for tables. */
static void each_variable(const struct dl_phdr_info *object,
                          void (*visit)(void *start, size_t size))
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
            if (from < fixed_from) {
                visit((void *)from, fixed_from - from);
            }
            from = fixed_to > from ? fixed_to : from;
        }
        if (from < to) {
            visit((void *)from, to - from);
        }
    }
}

/* --- memory of the program's -------------------------------------------------------- */

/* What was in this process before the program: where each lies. */
static uintptr_t *older;
static size_t older_count;

static int note_older(struct dl_phdr_info *object, size_t size, void *context)
{
    (void)size;
    (void)context;
    older = sure_resize(older, (older_count + 1) * sizeof *older);
    older[older_count++] = object->dlpi_addr;
    return 0;
}

/* The variables of what has come with the program: its own, and those of libstdc++. */
static int add_newer(struct dl_phdr_info *object, size_t size, void *context)
{
    (void)size;
    (void)context;
    /* libstdc++ may have been asked for its functions' names (outside.c). */
    bool newer = strstr(object->dlpi_name, "/libstdc++.so") != NULL;
    size_t i = 0;
    while (i < older_count && older[i] != object->dlpi_addr) {
        i++;
    }
    if (newer || i == older_count) {
        each_variable(object, vm_memory_add);
    }
    return 0;
}

/* The C library's variables that a program may write to, and the times that it is given
   in parts and as a text. */
static void add_libc(void)
{
    static const char *const names[] = {"environ",
                                        "stdin",
                                        "stdout",
                                        "stderr",
                                        "optarg",
                                        "optind",
                                        "opterr",
                                        "optopt",
                                        "signgam",
                                        "daylight",
                                        "timezone",
                                        "tzname",
                                        "h_errno",
                                        "program_invocation_name",
                                        "program_invocation_short_name"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Dl_info info;
        const ElfW(Sym) *symbol = NULL;
        void *variable = dlsym(RTLD_DEFAULT, names[i]);
        if (variable != NULL &&
            dladdr1(variable, &info, (void **)&symbol, RTLD_DL_SYMENT) != 0 &&
            symbol != NULL && info.dli_saddr == variable) {
            vm_memory_add(variable, symbol->st_size);
        }
    }
    time_t beginning = 0;
    struct tm *parts = gmtime(&beginning);
    char *text = asctime(parts);
    vm_memory_add(parts, sizeof *parts);
    vm_memory_add(text, strlen(text) + 1);
    vm_memory_add(localeconv(), sizeof(struct lconv));
}

static void find_memory(void)
{
    static bool found;
    if (!found) {
        found = true;
        dl_iterate_phdr(add_newer, NULL);
        add_libc();
        vm_memory_is_open = vm_unseen() != NULL || (vm_trusted != NULL && *vm_trusted);
    }
}

bool vm_is_loading;
static const void *stack_of_load; /* it grows downward from there */

void vm_access_outside(const void *address, size_t size, bool write, const void *site)
{
    struct vm_heap_block block;
    if (!vm_is_loading) {
        return;
    }
    find_memory();
    enum vm_block found = vm_block_of(address, &block);
    if (found != VM_NOT_HEAP) {
        if (found != VM_ALLOCATED ||
            (const unsigned char *)address + size > block.start + block.used) {
            vm_tell_block(found, &block, write, site);
        }
        return;
    }
    bool own = address > __builtin_frame_address(0) && address < stack_of_load;
    if (!own && (uintptr_t)address >= 4096 &&
        !vm_may_access(address, size, write, false)) {
        vm_tell_no_memory(address, write, site);
    }
}

/* --- loading it --------------------------------------------------------------------- */

static void note_variables(void *start, size_t size)
{
    if (size > vm_variables_size) {
        vm_variables = (uintptr_t)start;
        vm_variables_size = size;
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
    each_variable(object, vm_keep);
    each_variable(object, note_variables);
    return 1;
}

/* The program's own copies of the C++ library's functions, made from headers. */
static uintptr_t library_start, library_size;

/* The gaps between the program's variables (announce.c). */
static void read_gaps(const char *bytes, const ElfW(Shdr) * symbols, const char *names,
                      uintptr_t address)
{
    static const char gap[] = VM_GAP ".";
    const ElfW(Sym) *symbol = (const void *)(bytes + symbols->sh_offset);
    for (size_t i = symbols->sh_size / sizeof *symbol; i > 0; i--, symbol++) {
        if (symbol->st_shndx != SHN_UNDEF && symbol->st_size > 0 &&
            starts(names + symbol->st_name, gap)) {
            vm_memory_add_gap(address + symbol->st_value, symbol->st_size);
        }
    }
}

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
        } else if (section->sh_type == SHT_SYMTAB) {
            read_gaps(bytes, section, bytes + sections[section->sh_link].sh_offset,
                      address);
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
            each_variable(object, vm_keep);
            return 1;
        }
    }
    return 0;
}

static void find_streams(void)
{
    void *stream = dlsym(program, "_ZSt4cout");
    if (stream != NULL) {
        const char *unseen[] = {vm_announce_streams(), vm_announce_input(),
                                vm_announce_kinds()};
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
    dl_iterate_phdr(note_older, NULL);
    loading = path;
    stack_of_load = __builtin_frame_address(0);
    vm_is_loading = true;
    program = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    vm_is_loading = false;
    struct link_map *map;
    if (program == NULL || dlinfo(program, RTLD_DI_LINKMAP, &map) != 0) {
        complain("cannot load the program: %s", dlerror());
        return -1;
    }
    uintptr_t address = map->l_addr;
    dl_iterate_phdr(note_program, &address);
    vm_variables_gaps = sure_resize(NULL, vm_variables_size / 8 + 1);
    memset(vm_variables_gaps, 0, vm_variables_size / 8 + 1);
    read_sections(path, address);
    find_memory();
    find_waiter_table();
    find_destructors(map);
    find_streams();
    vm_unsettled = true; /* by its constructors */
    vm_input_read();
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
