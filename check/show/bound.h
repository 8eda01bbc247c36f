/* SPDX-License-Identifier: MIT */
/* A thread that has reached the bound, in words. */
#ifndef LOCKCHECK_BOUND_H
#define LOCKCHECK_BOUND_H

#include "check/explore/explore.h"

/* Which thread it is, where, in which loop, and what changes in each turn of that. The
   execution has just been made. */
void bound_text(char *text, size_t size, const struct graph *graph, unsigned thread,
                bool plain);

#endif
