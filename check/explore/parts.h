/* SPDX-License-Identifier: MIT */
/*
 * Atomic objects that are accessed by parts, too: a union of a word and its halves.
 *
 * The whole is the location, and an operation on a part one on the whole that leaves
 * the rest as it is. What the program has is that, as long as some byte belongs to all
 * accesses: the order of that byte's writes then orders all of them, as the
 * modification order of the whole does. A store to a part is none that leaves the rest
 * as it is, for release sequences. Where there is such a one, or no byte in common, an
 * access is done in pieces (pieces.h), cut where any access begins or ends.
 *
 * Which objects are such is found when one of another size comes: then all begins
 * again.
 */
#ifndef LOCKCHECK_PARTS_H
#define LOCKCHECK_PARTS_H

#include "check/explore/pieces.h"
#include "virtual/virtual.h"

/* Before any process is started. `again`: it is one execution that is known, perhaps from
   a file. */
void parts_begin(bool again);
extern bool parts_again;

/* Whether an operation is one on a part: *whole is then what it is on the whole. */
bool parts_of(const struct vm_operation *operation, struct vm_operation *whole);

/* Whether an operation is done in pieces. */
bool parts_pieces(const struct vm_operation *operation, struct pieces *pieces);

/* The same of 16 bytes, always. */
void parts_pair(void *address, const void *site, struct pieces *pieces);

/* Whether there are such. */
bool parts_are_split(void);

/* A graph that was read from a file has a location of so many bytes in its place. */
void parts_learn(const struct vm_operation *operation, unsigned size);

/* An operation overlaps a location of another size: the search begins again, and the run
   ends here. */
_Noreturn void parts_found(const struct vm_operation *operation);

/* A plain write to a part of an atomic location, which all others are ordered with. */
void parts_plain(const void *address, size_t size, const void *site);

/* The bytes that an operation accesses. */
static inline void *parts_address(const struct vm_operation *operation)
{
    return (unsigned char *)operation->address + operation->shift / 8;
}
static inline size_t parts_size(const struct vm_operation *operation)
{
    return operation->part == 0 ? operation->size : operation->part;
}

#endif
