/* SPDX-License-Identifier: MIT */
/*
 * x86-TSO: what programs do on x86 processors, if a compiler leaves their accesses as
 * they are. P. Sewell, S. Sarkar, S. Owens, F. Zappa Nardelli, M. O. Myreen: x86-TSO: A
 * Rigorous and Usable Programmer's Model for x86 Multiprocessors, CACM 53 (7), 2010; as
 * axioms: J. Alglave, L. Maranget, M. Tautschnig: Herding Cats, TOPLAS 36 (2), 2014.
 *
 * Each C11 operation is the instruction that compilers make of it:
 *
 *   load, of any order   mov
 *   store                mov; if seq_cst, xchg, which locks
 *   read-modify-write    a locked instruction, also a compare-and-swap that fails
 *   fence                mfence if seq_cst, else nothing
 *   membarrier           mfence here, and at some time in it in each other thread
 *   atomic_signal_fence  nothing
 *
 * An execution is one of x86 if coherence and atomicity hold as in RC11, and
 *
 *   po \ (W × R) ∪ through locked instructions and mfence ∪ rf between threads ∪ mo ∪ rb
 *
 * has no cycle: all but a load takes effect in program order, and a load before earlier
 * stores of its own thread.
 *
 * Happens-before is what C11 makes of these: every load is an acquire, every store a
 * release. x86 promises that, and whatever that orders cannot race.
 */
#ifndef LOCKCHECK_TSO_H
#define LOCKCHECK_TSO_H

#include "check/explore/model.h"

/* Whether the operation is a locked instruction. */
bool tso_locks(const struct vm_operation *operation);

/* The order that its instruction has. */
enum vm_order tso_order(const struct vm_operation *operation);

/* Gives the events of an execution the orders that their instructions have. */
void tso_orders(struct graph *graph);

/* Whether x86 has an execution with the executed events, which are coherent. */
bool tso_consistent(const struct model *model);

#endif
