/* SPDX-License-Identifier: MIT */
/*
 * Accesses of more than one size to the same bytes, where parts.h has no whole for
 * them: each is done in pieces, which are locations of their own, the lowest first. A
 * load reads each piece, a store writes it, a read-modify-write does so in each; of an
 * addition the carry goes on to the next one. A compare-and-swap reads all pieces, as
 * the load that it is when it fails; if all are as expected it changes each, from the
 * same writes.
 *
 * That has all executions of an access that is one, and more. Of these are left out
 * those that no object has that is read and written in one step:
 *
 *   - an access that reads a piece of another one reads no older write in another
 *     piece that this one has written;
 *   - two accesses that write the same two pieces are in the same order in both;
 *   - a compare-and-swap that has begun to change something does so in each piece;
 *   - an access of which a piece happens before a piece of another one comes before that
 *     in all.
 *
 * A read-modify-write that acquires and releases has acquired from all pieces before it
 * writes the first; for races each piece is where its access begins.
 *
 * They are no executions, so nothing is wrong in them: they are given up as those are
 * that __VERIFIER_assume leaves. That an access may see a write of its own thread
 * before others do, and beside it older bytes of theirs, stays possible.
 *
 * While a thread is within an access, and others may be between its pieces, it goes
 * first.
 */
#ifndef LOCKCHECK_PIECES_H
#define LOCKCHECK_PIECES_H

#include <stdbool.h>

#include "virtual/virtual.h"

/* Where an access is to be cut: the sizes of its pieces. */
enum { MOST_PIECES = 16 };
struct pieces {
    unsigned count;
    unsigned size[MOST_PIECES];
};

/* Does an operation in pieces, each by `atomic`. */
uint64_t pieces_atomic(const struct vm_operation *operation, const struct pieces *pieces,
                       uint64_t (*atomic)(const struct vm_operation *));

/* The same of a compare-and-swap of two words. */
bool pieces_swap_pair(struct vm_pair *pair, const struct pieces *pieces,
                      uint64_t (*atomic)(const struct vm_operation *));

/* Whether the execution so far is none of accesses that are one. */
bool pieces_torn(void);

/* Something is wrong: waits until no other thread is within an access; and gives up the
   thread if the execution is torn. */
void pieces_found_wrong(bool crash, const void *site);

#endif
