/* SPDX-License-Identifier: MIT */
/*
 * The names of local variables: what lies on a stack is known only while the function
 * runs that it belongs to, so it is noted then.
 *
 * A function's frame begins where its return address was pushed, and each return address
 * is known (vm_calls). That holds for x86-64; elsewhere locals have no names.
 */
#include "virtual/ground/messages.h"
#include "virtual/names/names.h"
#include "virtual/names/source.h"
#include "virtual/program/program.h"
#include "virtual/virtual.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 128 };

/* --- what has been noted ------------------------------------------------------------ */

struct local {
    const void *address;
    bool pointer;
    char name[NAME]; /* empty: several in turn have been there */
};
static struct local *locals;
static size_t local_count;

static struct local *find(const void *address)
{
    for (size_t i = 0; i < local_count; i++) {
        if (locals[i].address == address) {
            return &locals[i];
        }
    }
    return NULL;
}

static void keep(const void *address, const char *name, bool pointer)
{
    struct local *local = find(address);
    if (local != NULL) {
        if (strcmp(local->name, name) != 0) {
            local->name[0] = '\0';
        }
        return;
    }
    locals = sure_resize(locals, (local_count + 1) * sizeof *locals);
    local = &locals[local_count++];
    local->address = address;
    local->pointer = pointer;
    snprintf(local->name, sizeof local->name, "%s", name);
}

void vm_forget_locals(void)
{
    local_count = 0;
}

const char *local_name(const void *address)
{
    const struct local *local = find(address);
    return local == NULL || local->name[0] == '\0' ? NULL : local->name;
}

bool local_is_pointer(const void *address)
{
    const struct local *local = find(address);
    return local != NULL && local->name[0] != '\0' && local->pointer;
}

#ifdef __x86_64__

/* --- frames ------------------------------------------------------------------------- */

/* The frame that an address lies in: where it begins, and an address in its function. */
struct frame {
    const unsigned char *start; /* the canonical frame address */
    const void *code;
};

/* Where a return address lies on the stack, below `high`; or NULL. */
static const unsigned char *find_return(const void *code, const unsigned char *low,
                                        const unsigned char *high)
{
    for (const unsigned char *at = high - sizeof code; at >= low; at -= sizeof code) {
        const void *word;
        memcpy((void *)&word, at, sizeof word);
        if (word == code) {
            return at;
        }
    }
    return NULL;
}

static bool find_frame(unsigned processor, const unsigned char *address, const void *site,
                       struct frame *frame)
{
    const struct vm_calls *calls = &vm_calls[processor];
    struct vm_stack stack = vm_stack(processor);
    const unsigned char *high = stack.high;
    if (calls->depth > VM_CALLS) {
        return false;
    }
    *frame = (struct frame){NULL, NULL};
    for (unsigned i = 0; i < calls->depth; i++) {
        const unsigned char *at = find_return(calls->sites[i], address, high);
        if (at == NULL) {
            break;
        }
        frame->start = at + sizeof(void *);
        frame->code = i + 1 < calls->depth ? calls->sites[i + 1] : site;
        high = at;
    }
    return frame->start != NULL && frame->code != NULL;
}

/* --- variables ---------------------------------------------------------------------- */

/* Where frame offsets are counted from, less the canonical frame address. */
static bool frame_base(Dwarf_Die *function, Dwarf_Sword *base)
{
    Dwarf_Attribute attribute;
    Dwarf_Op *operation;
    size_t count;
    if (dwarf_attr_integrate(function, DW_AT_frame_base, &attribute) == NULL ||
        dwarf_getlocation(&attribute, &operation, &count) != 0 || count != 1) {
        return false;
    }
    *base = operation->atom == DW_OP_reg6 ? -16 : 0; /* rbp, as clang has it */
    return operation->atom == DW_OP_reg6 || operation->atom == DW_OP_call_frame_cfa;
}

/* Whether the variable lies there; `offset` is counted from the frame base and becomes
   one into the variable. */
static bool lies_at(Dwarf_Die *variable, Dwarf_Sword *offset, Dwarf_Die *type)
{
    Dwarf_Attribute attribute;
    Dwarf_Op *operation;
    size_t count;
    Dwarf_Word size;
    Dwarf_Die named;
    if (dwarf_attr_integrate(variable, DW_AT_location, &attribute) == NULL ||
        dwarf_getlocation(&attribute, &operation, &count) != 0 || count != 1 ||
        operation->atom != DW_OP_fbreg ||
        dwarf_formref_die(dwarf_attr_integrate(variable, DW_AT_type, &attribute),
                          &named) == NULL ||
        dwarf_peel_type(&named, type) != 0 || dwarf_aggregate_size(type, &size) != 0) {
        return false;
    }
    Dwarf_Sword inside = *offset - (Dwarf_Sword)operation->number;
    if (inside < 0 || (Dwarf_Word)inside >= size) {
        return false;
    }
    *offset = inside;
    return true;
}

/* The name of what lies there in a scope, and in those around it up to the function. */
static bool name_in(Dwarf_Die *scopes, int count, Dwarf_Sword from_start, char *name,
                    size_t size, bool *pointer)
{
    Dwarf_Sword base = 0;
    int function = 0;
    while (function < count && dwarf_tag(&scopes[function]) != DW_TAG_subprogram) {
        function++;
    }
    if (function == count || !frame_base(&scopes[function], &base)) {
        return false;
    }
    for (int i = 0; i <= function; i++) {
        Dwarf_Die die, type;
        if (dwarf_child(&scopes[i], &die) != 0) {
            continue;
        }
        do {
            int tag = dwarf_tag(&die);
            Dwarf_Sword offset = from_start - base;
            if ((tag == DW_TAG_variable || tag == DW_TAG_formal_parameter) &&
                dwarf_diename(&die) != NULL && lies_at(&die, &offset, &type)) {
                int length = snprintf(name, size, "%s", dwarf_diename(&die));
                if (length > 0 && (size_t)length < size) {
                    struct text part = {.start = name + length,
                                        .size = size - (size_t)length};
                    *pointer = name_append_part(&part, type, (Dwarf_Word)offset);
                }
                return true;
            }
        } while (dwarf_siblingof(&die, &die) == 0);
    }
    return false;
}

static bool name_local(const struct frame *frame, const unsigned char *address,
                       char *name, size_t size, bool *pointer)
{
    const char *code = (const char *)frame->code - 1;
    Dwfl_Module *module = source_module(code);
    Dwarf_Addr bias;
    Dwarf_Die *unit =
        module == NULL ? NULL
                       : dwfl_module_addrdie(module, (Dwarf_Addr)(uintptr_t)code, &bias);
    if (unit == NULL) {
        return false;
    }
    Dwarf_Die *scopes = NULL;
    int count = dwarf_getscopes(unit, (Dwarf_Addr)(uintptr_t)code - bias, &scopes);
    bool found =
        count > 0 && name_in(scopes, count, address - frame->start, name, size, pointer);
    free(scopes);
    return found;
}

void vm_note_local(const void *address, const void *site)
{
    const unsigned char *byte = address;
    for (unsigned processor = 0; processor < vm_most_processors; processor++) {
        struct vm_stack stack = vm_stack(processor);
        if (byte < stack.low || byte >= stack.high) {
            continue;
        }
        struct frame frame;
        bool pointer = false;
        char name[NAME];
        int length = snprintf(name, sizeof name, "T%u:", processor);
        bool running = (int)processor == vm_self();
        if (find_frame(processor, byte, running ? site : NULL, &frame) &&
            name_local(&frame, byte, name + length, sizeof name - (size_t)length,
                       &pointer)) {
            keep(address, name, pointer);
        }
        return;
    }
}

#else

void vm_note_local(const void *address, const void *site)
{
    (void)address, (void)site;
    (void)keep;
}

#endif
