/* SPDX-License-Identifier: MIT */
/*
 * What a thread's state consists of where it calls an atomic operation: its stack and its
 * registers, without what is dead there, that is, written before it is read again.
 *
 * liveness.c finds out what is dead, from the assembly (reading.c), and table.c leaves a
 * table in a section of the program's object; state.c reads it. x86-64 only, and code
 * that was compiled without optimisation; all else is live.
 *
 * The section is a row of records, one a function, each byte after byte:
 *
 *     2 bytes    calls
 *     2          escapes: places in the frame whose address goes somewhere else
 *     5          for each of rbx, r12, … r15 where the function saved it: in which 8
 *                bytes below rbp, counted from 1; 0: it is left alone; 255: not known
 *     4 each     the escapes: offsets from rbp
 *     the calls:
 *         8      where it returns to, as the object was linked
 *         1      dead registers, a bit each in that order
 *         2      dead ranges
 *         4 each the ranges: two numbers, from and to, both counted down from rbp
 */
#ifndef LOCKSTEP_VIRTUAL_STATE_H
#define LOCKSTEP_VIRTUAL_STATE_H

#include <stddef.h>
#include <stdint.h>

#define DEAD_SECTION "vm_dead"

enum {
    SAVED_REGISTERS = 5, /* rbx, r12, … r15 */
    SAVED_NOWHERE = 0,
    SAVED_UNKNOWN = 255,
    MOST_FRAME = 4096, /* bytes below rbp; what lies further down is live */
};

/* Takes over the section of an object that was loaded at `address`. */
void dead_load(const char *bytes, size_t size, uintptr_t address);

/*
 * Copies the state of `processor`, which has called an atomic operation (vm_registers).
 * What is dead is in the copy, until vm_state_clear makes zeros of it: `call` is that of
 * vm_registers then.
 */
size_t vm_state_size(unsigned processor);
void vm_state(unsigned processor, unsigned char *state);
void vm_state_clear(unsigned processor, unsigned char *state, size_t size,
                    const void *call);

#endif
