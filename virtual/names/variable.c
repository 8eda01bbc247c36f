/* SPDX-License-Identifier: MIT */
/* From an address in memory to what the source calls it. */
#include "virtual/names/source.h"
#include "virtual/program/build.h"
#include "virtual/program/program.h"
#include "virtual/virtual.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Text that is cut where it becomes too long. */
struct text {
    char *start;
    size_t length, size;
};

static void append(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void append(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text->start + text->length, text->size - text->length, format,
                           arguments);
    va_end(arguments);
    if (length > 0) {
        text->length += (size_t)length;
    }
    if (text->length >= text->size) {
        text->length = text->size - 1;
    }
}

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

static bool type_of(Dwarf_Die *die, Dwarf_Die *type)
{
    Dwarf_Attribute attribute;
    Dwarf_Die named;
    return dwarf_formref_die(dwarf_attr_integrate(die, DW_AT_type, &attribute), &named) !=
               NULL &&
           dwarf_peel_type(&named, type) == 0;
}

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

/* --- parts of a variable ------------------------------------------------------------ */

static Dwarf_Word number_of(Dwarf_Die *die, unsigned name, Dwarf_Word otherwise)
{
    Dwarf_Attribute attribute;
    Dwarf_Word number;
    if (dwarf_formudata(dwarf_attr_integrate(die, name, &attribute), &number) != 0) {
        return otherwise;
    }
    return number;
}

/* Where a member lies in its structure. */
static Dwarf_Word member_offset(Dwarf_Die *member)
{
    Dwarf_Word bits = number_of(member, DW_AT_data_bit_offset, 0);
    return number_of(member, DW_AT_data_member_location, bits / 8);
}

/* Goes into the member or the base class that holds `*offset`. Returns false when there
   is none to name: padding, or what a library keeps to itself (`_M_i`, `__lock`). */
static bool enter_member(struct text *text, Dwarf_Die *type, Dwarf_Word *offset)
{
    Dwarf_Die member, inner;
    if (dwarf_child(type, &member) != 0) {
        return false;
    }
    do {
        int tag = dwarf_tag(&member);
        Dwarf_Word size, start;
        if ((tag != DW_TAG_member && tag != DW_TAG_inheritance) ||
            dwarf_hasattr(&member, DW_AT_external) || !type_of(&member, &inner) ||
            dwarf_aggregate_size(&inner, &size) != 0) {
            continue;
        }
        start = member_offset(&member);
        if (*offset < start || *offset - start >= size) {
            continue;
        }
        const char *name = dwarf_diename(&member);
        if (name != NULL && name[0] == '_') {
            return false;
        }
        if (name != NULL && tag == DW_TAG_member) {
            append(text, ".%s", name);
        }
        *type = inner;
        *offset -= start;
        return true;
    } while (dwarf_siblingof(&member, &member) == 0);
    return false;
}

/* Goes into the element of an array, of however many dimensions, that holds `*offset`. */
static bool enter_element(struct text *text, Dwarf_Die *type, Dwarf_Word *offset)
{
    enum { MOST = 8 };
    Dwarf_Word counts[MOST], stride;
    Dwarf_Die element, range;
    size_t dimensions = 0;
    if (!type_of(type, &element) || dwarf_aggregate_size(&element, &stride) != 0 ||
        stride == 0 || dwarf_child(type, &range) != 0) {
        return false;
    }
    do {
        if (dwarf_tag(&range) == DW_TAG_subrange_type && dimensions < MOST) {
            counts[dimensions++] = number_of(&range, DW_AT_count,
                                             number_of(&range, DW_AT_upper_bound, 0) + 1);
        }
    } while (dwarf_siblingof(&range, &range) == 0);

    Dwarf_Word index = *offset / stride;
    for (size_t i = 0; i < dimensions; i++) {
        Dwarf_Word inner = 1; /* elements for one step of this index */
        for (size_t j = i + 1; j < dimensions; j++) {
            inner *= counts[j];
        }
        append(text, "[%llu]", (unsigned long long)(index / inner));
        index %= inner;
    }
    *offset %= stride;
    *type = element;
    return true;
}

static void append_part(struct text *text, Dwarf_Die type, Dwarf_Word offset)
{
    for (bool inside = true; inside;) {
        switch (dwarf_tag(&type)) {
        case DW_TAG_structure_type:
        case DW_TAG_class_type:
        case DW_TAG_union_type:
            inside = enter_member(text, &type, &offset);
            break;
        case DW_TAG_array_type:
            inside = enter_element(text, &type, &offset);
            break;
        default:
            if (offset != 0) {
                append(text, "+%llu", (unsigned long long)offset);
            }
            return;
        }
    }
}

void variable_part(char *text, size_t size, Dwarf_Die type, Dwarf_Word offset)
{
    append_part(&(struct text){.start = text, .size = size}, type, offset);
}

static bool append_variable(struct text *text, const void *address)
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
        append(text, "%s", variable->name);
        append_part(text, variable->type, linked - variable->address);
        return true;
    }
    return false;
}

/* --- the heap and the stacks -------------------------------------------------------- */

/* Tells blocks apart that the same line has allocated. */
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
    append(text, "%smalloc", kind == VM_FREED ? "freed " : "");
    if (vm_source_of(block.allocated, &source)) {
        const char *slash = strrchr(source.file, '/');
        append(text, "@%s:%d", slash != NULL ? slash + 1 : source.file, source.line);
    }
    struct number number = {.block = &block};
    vm_each_block(count_block, &number);
    if (kind == VM_ALLOCATED && number.all > 1) {
        append(text, "#%u", number.below + 1);
    }
    ptrdiff_t offset = (const unsigned char *)address - block.start;
    if (offset != 0) {
        append(text, "+%td", offset);
    }
    return true;
}

static bool append_stack(struct text *text, const void *address)
{
    const unsigned char *byte = address;
    for (unsigned processor = 0; processor < VM_PROCESSORS; processor++) {
        struct vm_stack stack = vm_stack(processor);
        if (byte < stack.low || byte >= stack.high) {
            continue;
        }
        const char *local = local_name(address);
        if (local != NULL) {
            append(text, "%s", local);
        } else {
            append(text, "stack of T%u-0x%tx", processor, stack.high - byte);
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
    if (!append_variable(&name, address) && !append_block(&name, address) &&
        !append_stack(&name, address)) {
        append(&name, "0x%" PRIxPTR, vm_settled_address(address));
    }
}
