/* SPDX-License-Identifier: MIT */
/* From an address in memory to what the source calls it. */
#include "common/text.h"
#include "virtual/ground/messages.h"
#include "virtual/ground/thread.h"
#include "virtual/names/names.h"
#include "virtual/names/source.h"
#include "virtual/program/program.h"
#include "virtual/virtual.h"

#include <dlfcn.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the variables of an object ----------------------------------------------------- */

struct variable {
    Dwarf_Addr address, size; /* as the object was linked */
    const char *name;
    Dwarf_Die type;
};

struct variables {
    struct variable *all;
    size_t count;
};

/* The fixed address of a variable that has one. */
static bool address_of(Dwarf_Die *die, Dwarf_Addr *address)
{
    Dwarf_Attribute attribute, operand;
    Dwarf_Op *operations;
    size_t count;
    if (dwarf_attr_integrate(die, DW_AT_location, &attribute) == NULL ||
        dwarf_getlocation(&attribute, &operations, &count) != 0 || count != 1) {
        return false;
    }
    if (operations[0].atom == DW_OP_addr) {
        *address = operations[0].number;
        return true;
    }
    return operations[0].atom == DW_OP_addrx &&
           dwarf_getlocation_attr(&attribute, operations, &operand) == 0 &&
           dwarf_formaddr(&operand, address) == 0;
}

static void add_variable(struct variables *variables, Dwarf_Die *die)
{
    struct variable variable = {.name = dwarf_diename(die)};
    if (variable.name == NULL || !address_of(die, &variable.address) ||
        !type_of(die, &variable.type) ||
        dwarf_aggregate_size(&variable.type, &variable.size) != 0) {
        return;
    }
    size_t size = (variables->count + 1) * sizeof *variables->all;
    variables->all = sure_resize(variables->all, size);
    variables->all[variables->count++] = variable;
}

/* Adds the variables below a DIE, those inside of functions too. */
static void add_variables(struct variables *variables, Dwarf_Die *parent)
{
    Dwarf_Die die;
    if (dwarf_child(parent, &die) != 0) {
        return;
    }
    do {
        switch (dwarf_tag(&die)) {
        case DW_TAG_variable:
            add_variable(variables, &die);
            break;
        case DW_TAG_namespace:
        case DW_TAG_subprogram:
        case DW_TAG_lexical_block:
            add_variables(variables, &die);
            break;
        default:
            break;
        }
    } while (dwarf_siblingof(&die, &die) == 0);
}

/* The variables of a module, which keeps them. */
static struct variables *variables_of(Dwfl_Module *module)
{
    void **kept;
    dwfl_module_info(module, &kept, NULL, NULL, NULL, NULL, NULL, NULL);
    if (*kept == NULL) {
        struct variables *variables = sure_resize(NULL, sizeof *variables);
        *variables = (struct variables){0};
        Dwarf_Die *unit = NULL;
        Dwarf_Addr bias;
        while ((unit = dwfl_module_nextcu(module, unit, &bias)) != NULL) {
            add_variables(variables, unit);
        }
        *kept = variables;
    }
    return *kept;
}

static bool append_variable(struct text *text, const void *address, bool *pointer)
{
    Dwfl_Module *module = source_module(address);
    Dwarf_Addr bias = 0;
    if (module == NULL || dwfl_module_getdwarf(module, &bias) == NULL) {
        return false;
    }
    Dwarf_Addr linked = (Dwarf_Addr)(uintptr_t)address - bias;
    struct variables *variables = variables_of(module);
    for (size_t i = 0; i < variables->count; i++) {
        struct variable *variable = &variables->all[i];
        if (linked < variable->address || linked - variable->address >= variable->size) {
            continue;
        }
        name_append(text, "%s", variable->name);
        *pointer = name_append_part(text, variable->type, linked - variable->address);
        return true;
    }
    return false;
}

/* A variable of a library's, by its symbol: `optind`, `_ZSt4cout`. */
static bool append_symbol(struct text *text, const void *address)
{
    Dl_info symbol;
    int start = 0;
    if (vm_is_program(address) || dladdr(address, &symbol) == 0 ||
        symbol.dli_sname == NULL) {
        return false;
    }
    (void)sscanf(symbol.dli_sname, "_ZSt%*d%n", &start);
    if (start == 0 && (symbol.dli_saddr != address || symbol.dli_sname[0] == '_')) {
        return false;
    }
    name_append(text, "%s%s", start == 0 ? "" : "std::", symbol.dli_sname + start);
    return true;
}

/* What we keep for a thread of the program. */
static bool append_kept(struct text *text, const void *address)
{
    size_t offset = (uintptr_t)address - (uintptr_t)vm_threads;
    size_t thread = offset / sizeof *vm_threads, within = offset % sizeof *vm_threads;
    if (offset >= sizeof vm_threads) {
        return false;
    }
    if (within - offsetof(struct vm_thread, error) < sizeof vm_threads->error) {
        name_append(text, "errno of T%zu", thread);
        return true;
    }
    within -= offsetof(struct vm_thread, keys);
    if (within < sizeof vm_threads->keys) {
        name_append(text, "key %zu of T%zu", within / sizeof *vm_threads->keys, thread);
        return true;
    }
    return false;
}

/* --- the heap and the stacks -------------------------------------------------------- */

/* To number the blocks that the same line has allocated. */
struct number {
    const struct vm_heap_block *block;
    unsigned all, below;
};

static void count_block(const struct vm_heap_block *block, void *context)
{
    struct number *number = context;
    if (block->allocated != number->block->allocated) {
        return;
    }
    number->all++;
    number->below += block->start < number->block->start;
}

static bool append_block(struct text *text, const void *address)
{
    struct vm_heap_block block;
    struct vm_source source;
    enum vm_block kind = vm_block_of(address, &block);
    if (kind != VM_ALLOCATED && kind != VM_FREED) {
        return false;
    }
    name_append(text, "%smalloc", kind == VM_FREED ? "freed " : "");
    if (vm_source_of(block.allocated, &source)) {
        name_append(text, "@%s:%d", last_part(source.file), source.line);
    }
    struct number number = {.block = &block};
    vm_each_block(count_block, &number);
    if (kind == VM_ALLOCATED && number.all > 1) {
        name_append(text, "#%u", number.below + 1);
    }
    ptrdiff_t offset = (const unsigned char *)address - block.start;
    if (offset != 0) {
        name_append(text, "+%td", offset);
    }
    return true;
}

static bool append_stack(struct text *text, const void *address)
{
    const unsigned char *byte = address;
    for (unsigned processor = 0; processor < vm_most_processors; processor++) {
        struct vm_stack stack = vm_stack(processor);
        if (byte < stack.low || byte >= stack.high) {
            continue;
        }
        const char *local = local_name(address);
        if (local != NULL) {
            name_append(text, "%s", local);
        } else {
            name_append(text, "stack of T%u-0x%tx", processor, stack.high - byte);
        }
        return true;
    }
    return false;
}

void vm_variable_name(const void *address, char *text, size_t size)
{
    if (size == 0) {
        return;
    }
    struct text name = {.start = text, .size = size};
    text[0] = '\0';
    bool pointer;
    const char *runtime = vm_runtime_name == NULL ? NULL : vm_runtime_name(address);
    if (runtime != NULL) {
        name_append(&name, "%s", runtime);
        return;
    }
    if (!append_kept(&name, address) && !append_variable(&name, address, &pointer) &&
        !append_block(&name, address) && !append_stack(&name, address) &&
        !append_symbol(&name, address)) {
        name_append(&name, "0x%" PRIxPTR, vm_settled_address(address));
    }
}

bool vm_holds_pointer(const void *address)
{
    char ignored[1];
    struct text name = {.start = ignored, .size = sizeof ignored};
    bool pointer = false;
    return append_variable(&name, address, &pointer) ? pointer
                                                     : local_is_pointer(address);
}
