/* SPDX-License-Identifier: MIT */
/* Free locks taken and given back in loops, the catalog's algorithms inlined. */
#ifndef LOCKBENCH_INLINED_H
#define LOCKBENCH_INLINED_H

#include "bench/competitors.h"

/* Returns the loop of a lock (side WRITE) or of one side of a reader-writer lock; ends
   the program if there is none. NULL: one of the user's that is not inlined. */
lock_loop inlined_loop(const struct competitor *competitor, enum side side);

/* A loop of calls, for those. */
void calling_loop(const struct competitor *competitor, enum side side, void *lock,
                  void *node, uint64_t count);

/* The same loop with nothing in it. */
void empty_loop(void *lock, void *node, uint64_t count);

#endif
