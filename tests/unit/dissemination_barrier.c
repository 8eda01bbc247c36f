/* SPDX-License-Identifier: MIT */
/* The dissemination barrier by itself. */
#define TYPE                            lks_dissemination_barrier_t
#define FLAG                            lks_dissemination_barrier_flag_t
#define CALL(what)                      lks_dissemination_barrier_##what
#define IS_SET(thread, round, nthreads) true
#include "../rounds_barrier.h"
