/* SPDX-License-Identifier: MIT */
/* The tournament barrier by itself. */
#define TYPE       lks_tournament_barrier_t
#define FLAG       lks_tournament_barrier_flag_t
#define CALL(what) lks_tournament_barrier_##what
/* By the loser of the round, where there is one. */
#define IS_SET(thread, round, nthreads)                                                  \
    ((thread) % (2u << (round)) == 0 && (thread) + (1u << (round)) < (nthreads))
#include "../rounds_barrier.h"
