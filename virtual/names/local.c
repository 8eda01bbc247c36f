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

bool vm_blocks_known;
struct vm_used_right vm_used_right[VM_USED_RIGHT];

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

/* An address in function `i`, counted from the outermost: it has called the next one, or
   is in `site`. When it has called one of ours, which has called the program (a parallel
   region, a thread's once), its own return address lies just below its frame, if that is
   known; else NULL. */
static const void *code_of(const struct vm_calls *calls, unsigned i, const void *site)
{
    const void *code = i + 1 < calls->depth ? calls->sites[i + 1] : site;
    if (vm_is_ours(code) && calls->frames[i] != NULL) {
        memcpy((void *)&code, calls->frames[i] - sizeof code, sizeof code);
    }
    return vm_is_ours(code) ? NULL : code;
}

static bool find_frame(int processor, const unsigned char *address, const void *site,
                       struct frame *frame)
{
    const struct vm_calls *calls = &vm_calls[processor];
    struct vm_stack stack = vm_stack((unsigned)processor);
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
        frame->code = code_of(calls, i, site);
        high = at;
    }
    return frame->start != NULL && frame->code != NULL;
}

/* --- variables ---------------------------------------------------------------------- */

/* Where the offsets of a function's variables are counted from; or NULL. */
static const unsigned char *frame_base(Dwarf_Die *function, const struct frame *frame)
{
    Dwarf_Attribute attribute;
    Dwarf_Op *operation;
    size_t count;
    if (dwarf_attr_integrate(function, DW_AT_frame_base, &attribute) == NULL ||
        dwarf_getlocation(&attribute, &operation, &count) != 0 || count != 1) {
        return NULL;
    }
    bool by_rbp = operation->atom == DW_OP_reg6; /* as clang has it */
    return by_rbp                                    ? frame->start - 16
           : operation->atom == DW_OP_call_frame_cfa ? frame->start
                                                     : NULL;
}

/* Where a variable is: in the frame, or in another one (a part of the structure with what
   threads share, of which OpenMP gives each a pointer). NULL: elsewhere. */
static const unsigned char *place_of(Dwarf_Die *variable, const unsigned char *base)
{
    Dwarf_Attribute attribute;
    Dwarf_Op *operation;
    size_t count;
    if (dwarf_attr_integrate(variable, DW_AT_location, &attribute) == NULL ||
        dwarf_getlocation(&attribute, &operation, &count) != 0 || count == 0 ||
        operation->atom != DW_OP_fbreg) {
        return NULL;
    }
    const unsigned char *place = base + (Dwarf_Sword)operation->number;
    for (size_t i = 1; i < count; i++) {
        if (operation[i].atom == DW_OP_plus_uconst) {
            place += operation[i].number;
        } else if (operation[i].atom == DW_OP_deref &&
                   vm_stack_owner(place) != VM_NOBODY) {
            memcpy((void *)&place, place, sizeof place);
        } else {
            return NULL;
        }
    }
    return place;
}

/* Whether the variable lies there, how far into it, and what type it has. */
static bool lies_at(Dwarf_Die *variable, const unsigned char *base,
                    const unsigned char *address, Dwarf_Word *inside, Dwarf_Die *type)
{
    const unsigned char *place = place_of(variable, base);
    Dwarf_Attribute attribute;
    Dwarf_Die named;
    Dwarf_Word size;
    if (place == NULL ||
        dwarf_formref_die(dwarf_attr_integrate(variable, DW_AT_type, &attribute),
                          &named) == NULL ||
        dwarf_peel_type(&named, type) != 0 || dwarf_aggregate_size(type, &size) != 0) {
        return false;
    }
    *inside = (Dwarf_Word)(address - place);
    return *inside < size;
}

/* The name of what lies there in a function, or a block: first in the blocks within it
   that the code is in. */
static bool name_in(Dwarf_Die *scope, Dwarf_Addr code, const unsigned char *base,
                    const unsigned char *address, struct text *name, bool *pointer)
{
    Dwarf_Die first, die, type;
    if (dwarf_child(scope, &first) != 0) {
        return false;
    }
    die = first;
    do {
        if (dwarf_tag(&die) != DW_TAG_subprogram && dwarf_haspc(&die, code) == 1 &&
            name_in(&die, code, base, address, name, pointer)) {
            return true;
        }
    } while (dwarf_siblingof(&die, &die) == 0);
    die = first;
    do {
        int tag = dwarf_tag(&die);
        Dwarf_Word inside;
        if ((tag == DW_TAG_variable || tag == DW_TAG_formal_parameter) &&
            dwarf_diename(&die) != NULL && lies_at(&die, base, address, &inside, &type)) {
            name_append(name, "%s", dwarf_diename(&die));
            *pointer = name_append_part(name, type, inside);
            return true;
        }
    } while (dwarf_siblingof(&die, &die) == 0);
    return false;
}

static bool name_by(const struct frame *frame, const unsigned char *address,
                    struct text *name, bool *pointer)
{
    Dwarf_Die function;
    Dwarf_Addr bias;
    if (!source_function(frame->code, &function, &bias)) {
        return false;
    }
    Dwarf_Addr code = (Dwarf_Addr)(uintptr_t)frame->code - 1 - bias;
    const unsigned char *base = frame_base(&function, frame);
    return base != NULL && name_in(&function, code, base, address, name, pointer);
}

void vm_note_local(const void *address, const void *site)
{
    int owner = vm_stack_owner(address);
    if (owner == VM_NOBODY) {
        return;
    }
    char bytes[NAME];
    struct text name = {.start = bytes, .size = sizeof bytes};
    struct frame frame;
    bool pointer = false;
    name_append(&name, "T%d:", owner);
    /* By the function whose variable it is, or the one that accesses it. */
    int self = vm_self();
    if ((find_frame(owner, address, owner == self ? site : NULL, &frame) &&
         name_by(&frame, address, &name, &pointer)) ||
        (self != VM_NOBODY &&
         find_frame(self, __builtin_frame_address(0), site, &frame) &&
         name_by(&frame, address, &name, &pointer))) {
        keep(address, bytes, pointer);
    }
}

/* --- blocks that have been left ----------------------------------------------------- */

enum where { NOWHERE, IN_SCOPE, LEFT_BLOCK };

/* Not by way of a pointer, as variable-length arrays do. */
static bool lies_in_frame(Dwarf_Die *variable)
{
    Dwarf_Attribute attribute;
    Dwarf_Op *operation;
    size_t count;
    return dwarf_attr_integrate(variable, DW_AT_location, &attribute) != NULL &&
           dwarf_getlocation(&attribute, &operation, &count) == 0 && count == 1;
}

/* Where an address is that lies in a frame: in a variable that the code may use; or else
   in one of a block that the code is not in. `left`: nor is it in this scope. */
static enum where where_in(Dwarf_Die *scope, Dwarf_Addr code, bool left,
                           const unsigned char *base, const unsigned char *address)
{
    Dwarf_Die die, type;
    enum where found = NOWHERE;
    if (dwarf_child(scope, &die) != 0) {
        return NOWHERE;
    }
    do {
        int tag = dwarf_tag(&die);
        enum where here = NOWHERE;
        Dwarf_Word inside;
        if (tag == DW_TAG_lexical_block) {
            Dwarf_Addr low, start, end;
            bool known = dwarf_ranges(&die, 0, &low, &start, &end) > 0;
            here = where_in(&die, code, left || (known && dwarf_haspc(&die, code) == 0),
                            base, address);
        } else if (tag == DW_TAG_inlined_subroutine) {
            here = where_in(&die, code, false, base, address);
        } else if ((tag == DW_TAG_variable || tag == DW_TAG_formal_parameter) &&
                   (!left || lies_in_frame(&die)) &&
                   lies_at(&die, base, address, &inside, &type)) {
            here = left && dwarf_diename(&die) != NULL ? LEFT_BLOCK : IN_SCOPE;
        }
        if (here == IN_SCOPE) {
            return IN_SCOPE;
        }
        found = here == LEFT_BLOCK ? here : found;
    } while (dwarf_siblingof(&die, &die) == 0);
    return found;
}

static bool find_left_block(const void *code, const unsigned char *beginning,
                            const unsigned char *address)
{
    Dwarf_Die function;
    Dwarf_Addr bias;
    struct frame frame = {beginning, code};
    if (code == NULL || !source_function(code, &function, &bias)) {
        return false;
    }
    const unsigned char *base = frame_base(&function, &frame);
    return base != NULL && where_in(&function, (Dwarf_Addr)(uintptr_t)code - 1 - bias,
                                    false, base, address) == LEFT_BLOCK;
}

bool vm_is_left_block(unsigned processor, const void *address, const void *site)
{
    const unsigned char *byte = address;
    const struct vm_calls *calls = &vm_calls[processor];
    unsigned i = calls->depth;
    while (i > 0 && i <= VM_CALLS && calls->frames[i - 1] != NULL &&
           byte >= calls->beginnings[i - 1]) {
        i--;
    }
    if (!vm_frames_known || i == 0 || i > VM_CALLS || calls->frames[i - 1] == NULL ||
        byte < calls->frames[i - 1]) {
        return false;
    }
    const unsigned char *beginning = calls->beginnings[i - 1];
    const void *code = code_of(calls, i - 1, site);
    /* What has been answered: it depends on nothing else. */
    enum { ANSWERS = 4096 };
    static struct {
        struct vm_used_right of;
        bool left;
    } answers[ANSWERS];
    ptrdiff_t place = beginning - byte;
    size_t number = ((uintptr_t)code * 31 + (size_t)place) % ANSWERS;
    if (answers[number].of.code != code || answers[number].of.place != place) {
        answers[number].left = find_left_block(code, beginning, byte);
        answers[number].of = (struct vm_used_right){code, place};
    }
    if (!answers[number].left && code == (i < calls->depth ? calls->sites[i] : site)) {
        *vm_find_used(code, place) = answers[number].of;
    }
    return answers[number].left;
}

#else

bool vm_is_left_block(unsigned processor, const void *address, const void *site)
{
    (void)processor, (void)address, (void)site;
    return false;
}

void vm_note_local(const void *address, const void *site)
{
    (void)address, (void)site;
    (void)keep;
}

#endif
