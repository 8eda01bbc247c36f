/* SPDX-License-Identifier: MIT */
/* The thread state, as state.h says: the table read, and the state copied, and cleared of
   what is dead. */
#include "virtual/state/state.h"
#include "virtual/ground/messages.h"
#include "virtual/names/source.h"
#include "virtual/virtual.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>
#include <string.h>

/* --- the table ---------------------------------------------------------------------- */

struct range {
    uint16_t from, to; /* counted down from rbp */
};

struct function {
    unsigned char saved[SAVED_REGISTERS];
    unsigned escapes, calls;
    const char *escape_bytes; /* of the section */
    struct call *call;        /* the first */
};

struct call {
    uintptr_t site;
    struct function *function;
    struct range *ranges;
    unsigned count;
    uint8_t registers;
};

static struct call *calls; /* in the order of their sites */
static size_t call_count;

/* What is left of a section. */
struct input {
    const char *next;
    size_t left;
};

/* Takes a number off; 0 where the section ends too soon. */
static uint64_t take(struct input *input, size_t size)
{
    uint64_t number = 0;
    if (input->left < size) {
        input->left = 0;
        return 0;
    }
    memcpy(&number, input->next, size);
    input->next += size;
    input->left -= size;
    return number;
}

static void read_call(struct input *input, struct call *call, uintptr_t address)
{
    call->site = address + (uintptr_t)take(input, 8);
    call->registers = (uint8_t)take(input, 1);
    call->count = (unsigned)take(input, 2);
    call->ranges = sure_resize(NULL, call->count * sizeof *call->ranges);
    for (unsigned i = 0; i < call->count; i++) {
        call->ranges[i].from = (uint16_t)take(input, 2);
        call->ranges[i].to = (uint16_t)take(input, 2);
    }
}

static void read_function(struct input *input, uintptr_t address)
{
    struct function *function = sure_resize(NULL, sizeof *function);
    *function = (struct function){.calls = (unsigned)take(input, 2)};
    function->escapes = (unsigned)take(input, 2);
    for (unsigned r = 0; r < SAVED_REGISTERS; r++) {
        function->saved[r] = (unsigned char)take(input, 1);
    }
    function->escape_bytes = input->next;
    for (unsigned i = 0; i < function->escapes; i++) {
        take(input, 4);
    }
    calls = sure_resize(calls, (call_count + function->calls) * sizeof *calls);
    for (unsigned i = 0; i < function->calls; i++) {
        calls[call_count].function = function;
        read_call(input, &calls[call_count++], address);
    }
}

static int by_site(const void *a, const void *b)
{
    const struct call *left = a, *right = b;
    return (left->site > right->site) - (left->site < right->site);
}

/* --- what escapes ------------------------------------------------------------------- */

/* A variable in the frame: offset from rbp. */
struct variable {
    long offset, size;
};

/* A frame's bytes, counted down from rbp: the byte right below it is 0. */
struct frame {
    bool named[MOST_FRAME];  /* part of a variable that the debugging information knows */
    bool parted[MOST_FRAME]; /* of one that is an array or has members */
    bool escaped[MOST_FRAME]; /* may be reached by an address */
    struct variable *variables;
    size_t variable_count;
    long base; /* of the debugging information's offsets, from rbp */
};

static void set_bytes(bool *bytes, long offset, long size)
{
    for (long at = offset < -MOST_FRAME ? -MOST_FRAME : offset;
         at < offset + size && at < 0; at++) {
        bytes[-at - 1] = true;
    }
}

/* The single operation of a DIE's location. True with `operation` NULL: it has none, or
   is described by more than one. False: it depends on the place in the code, as in code
   that has been optimised. */
static bool operation_of(Dwarf_Die *die, unsigned name, Dwarf_Op **operation)
{
    Dwarf_Attribute attribute;
    size_t count;
    *operation = NULL;
    if (dwarf_attr(die, name, &attribute) == NULL) {
        return true;
    }
    if (dwarf_whatform(&attribute) != DW_FORM_exprloc ||
        dwarf_getlocation(&attribute, operation, &count) != 0) {
        return false;
    }
    if (count != 1) {
        *operation = NULL;
    }
    return true;
}

static bool has_parts(Dwarf_Die *type)
{
    Dwarf_Die plain;
    if (dwarf_peel_type(type, &plain) != 0) {
        return true;
    }
    switch (dwarf_tag(&plain)) {
    case DW_TAG_base_type:
    case DW_TAG_enumeration_type:
    case DW_TAG_pointer_type:
    case DW_TAG_reference_type:
    case DW_TAG_rvalue_reference_type:
        return false;
    default:
        return true;
    }
}

static bool add_variable(struct frame *frame, Dwarf_Die *die)
{
    Dwarf_Op *operation;
    Dwarf_Attribute attribute;
    Dwarf_Die type;
    Dwarf_Word size;
    if (!operation_of(die, DW_AT_location, &operation)) {
        return false;
    }
    if (operation == NULL || operation->atom != DW_OP_fbreg) {
        return true;
    }
    if (dwarf_formref_die(dwarf_attr_integrate(die, DW_AT_type, &attribute), &type) ==
            NULL ||
        dwarf_aggregate_size(&type, &size) != 0 || size > INT32_MAX) {
        return false;
    }
    size_t bytes = (frame->variable_count + 1) * sizeof *frame->variables;
    frame->variables = sure_resize(frame->variables, bytes);
    struct variable *variable = &frame->variables[frame->variable_count++];
    *variable = (struct variable){frame->base + (long)operation->number, (long)size};
    set_bytes(frame->named, variable->offset, variable->size);
    if (has_parts(&type)) {
        set_bytes(frame->parted, variable->offset, variable->size);
    }
    return true;
}

/* Adds the variables below a DIE. False: the frame holds more than they say. */
static bool add_variables(struct frame *frame, Dwarf_Die *parent)
{
    Dwarf_Die die;
    if (dwarf_child(parent, &die) != 0) {
        return true;
    }
    bool good = true;
    do {
        switch (dwarf_tag(&die)) {
        case DW_TAG_variable:
        case DW_TAG_formal_parameter:
            good = add_variable(frame, &die);
            break;
        case DW_TAG_lexical_block:
        case DW_TAG_inlined_subroutine:
        case DW_TAG_try_block:
        case DW_TAG_catch_block:
            good = add_variables(frame, &die);
            break;
        case DW_TAG_subprogram:
            /* A function in a function (gcc's extension) reaches all variables. */
            good = !dwarf_hasattr(&die, DW_AT_low_pc);
            break;
        default:
            break;
        }
    } while (good && dwarf_siblingof(&die, &die) == 0);
    return good;
}

static bool read_frame(struct frame *frame, const void *site)
{
    enum { RBP = 6, SAVED_BYTES = 16 };
    Dwarf_Die function;
    Dwarf_Addr bias;
    Dwarf_Op *base;
    if (!source_function(site, &function, &bias) ||
        !operation_of(&function, DW_AT_frame_base, &base) || base == NULL) {
        return false;
    }
    if (base->atom == DW_OP_call_frame_cfa) {
        frame->base = SAVED_BYTES;
    } else if (base->atom != DW_OP_reg0 + RBP) {
        return false;
    }
    return add_variables(frame, &function);
}

/* Marks the variables that a byte belongs to; or if there are none, and it is part of
   what the compiler needs for itself, all up to the next variables. */
static void mark_around(struct frame *frame, long offset)
{
    if (offset >= 0 || offset < -MOST_FRAME) {
        return;
    }
    for (size_t i = 0; i < frame->variable_count; i++) {
        struct variable variable = frame->variables[i];
        if (offset >= variable.offset && offset < variable.offset + variable.size) {
            set_bytes(frame->escaped, variable.offset, variable.size);
        }
    }
    for (long at = -offset - 1; at >= 0 && !frame->named[at]; at--) {
        frame->escaped[at] = true;
    }
    for (long at = -offset - 1; at < MOST_FRAME && !frame->named[at]; at++) {
        frame->escaped[at] = true;
    }
}

/* Cuts the ranges of a call down to what does not escape. */
static void cut(struct call *call, const struct frame *frame)
{
    struct range *ranges = NULL;
    unsigned count = 0;
    for (unsigned i = 0; i < call->count; i++) {
        unsigned to = call->ranges[i].to;
        for (unsigned at = to; at <= call->ranges[i].from; at++) {
            if (at < call->ranges[i].from && !frame->escaped[at]) {
                continue;
            }
            if (to < at) {
                ranges = sure_resize(ranges, (count + 1) * sizeof *ranges);
                ranges[count++] = (struct range){(uint16_t)at, (uint16_t)to};
            }
            to = at + 1;
        }
    }
    free(call->ranges);
    call->ranges = ranges;
    call->count = count;
}

/* An address of a variable may also be that of the end of an array below it. */
static void settle(struct function *function)
{
    struct frame *frame = sure_resize(NULL, sizeof *frame);
    memset(frame, 0, sizeof *frame);
    if (!read_frame(frame, (const void *)function->call->site)) {
        set_bytes(frame->escaped, -MOST_FRAME, MOST_FRAME);
    }
    for (unsigned i = 0; i < function->escapes; i++) {
        int32_t offset;
        memcpy(&offset, function->escape_bytes + i * sizeof offset, sizeof offset);
        mark_around(frame, offset);
        if (offset <= 0 && offset > -MOST_FRAME && frame->parted[-offset]) {
            mark_around(frame, (long)offset - 1);
        }
    }
    for (unsigned i = 0; i < function->calls; i++) {
        cut(&function->call[i], frame);
    }
    free(frame->variables);
    free(frame);
}

/* --- loading ------------------------------------------------------------------------ */

void dead_load(const char *bytes, size_t size, uintptr_t address)
{
    struct input input = {bytes, size};
    while (input.left > 0) {
        read_function(&input, address);
    }
    for (size_t i = 0; i < call_count; i += calls[i].function->calls) {
        calls[i].function->call = &calls[i];
        if (calls[i].function->escapes > 0) {
            settle(calls[i].function);
        }
    }
    if (call_count > 0) {
        qsort(calls, call_count, sizeof *calls, by_site);
    }
}

static const struct call *find_call(uintptr_t site)
{
    size_t from = 0, to = call_count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (calls[middle].site < site) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from < call_count && calls[from].site == site ? &calls[from] : NULL;
}

/* --- a thread's state --------------------------------------------------------------- */

/* Where in the copy a register's value is found: as an outer function had it. */
struct holders {
    unsigned char *at[SAVED_REGISTERS]; /* NULL: not known */
};

/* Clears what is dead in one frame, whose rbp points to the byte `frame` of the copy. */
static void clear(const struct call *call, unsigned char *frame, struct holders *holders)
{
    for (unsigned i = 0; i < call->count; i++) {
        memset(frame - call->ranges[i].from, 0,
               (size_t)(call->ranges[i].from - call->ranges[i].to));
    }
    for (unsigned r = 0; r < SAVED_REGISTERS; r++) {
        unsigned saved = call->function->saved[r];
        if ((call->registers >> r & 1) != 0 && holders->at[r] != NULL) {
            memset(holders->at[r], 0, sizeof(uintptr_t));
        }
        if (saved == SAVED_UNKNOWN) {
            holders->at[r] = NULL;
        } else if (saved != SAVED_NOWHERE) {
            holders->at[r] = frame - sizeof(uintptr_t) * saved;
        }
    }
}

size_t vm_state_size(unsigned processor)
{
    return sizeof vm_registers.saved +
           (size_t)(vm_stack(processor).high - vm_registers.stack);
}

void vm_state(unsigned processor, unsigned char *state)
{
    memcpy(state, vm_registers.saved, sizeof vm_registers.saved);
    memcpy(state + sizeof vm_registers.saved, vm_registers.stack,
           (size_t)(vm_stack(processor).high - vm_registers.stack));
}

/* Goes from frame to frame, as long as they are of functions in the table: those keep the
   outer rbp where theirs points to, and behind it where they return to. */
void vm_state_clear(unsigned processor, unsigned char *state, size_t size,
                    const void *call)
{
    enum { RBX, RBP, R12 }; /* in `saved` */
    const uintptr_t high = (uintptr_t)vm_stack(processor).high;
    const uintptr_t low = high - (size - sizeof vm_registers.saved);
    unsigned char *stack = state + sizeof vm_registers.saved;

    struct holders holders = {{state}};
    for (unsigned r = 1; r < SAVED_REGISTERS; r++) {
        holders.at[r] = state + (R12 - 1 + r) * sizeof(uintptr_t);
    }
    uintptr_t frame, outside = low;
    memcpy(&frame, state + RBP * sizeof frame, sizeof frame);
    const struct call *here = find_call((uintptr_t)call);
    while (here != NULL && frame >= outside && frame <= high - 2 * sizeof frame &&
           frame % sizeof frame == 0) {
        uintptr_t saved[2];
        memcpy(saved, stack + (frame - low), sizeof saved);
        clear(here, stack + (frame - low), &holders);
        here = find_call(saved[1]);
        outside = frame + 2 * sizeof frame;
        frame = saved[0];
    }
}
