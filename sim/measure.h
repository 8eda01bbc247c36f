/* SPDX-License-Identifier: MIT */
/* Measuring a run: when threads asked, entered and left, and what was
   counted meanwhile. */
#ifndef LOCKSIM_MEASURE_H
#define LOCKSIM_MEASURE_H

#include "sim/result.h"
#include "sim/simulate.h"

/* A run begins. Of a lock: what lies between the releases number `warming` and `warming
   + measured` is measured, as then all is quiet if it ever is; when the last of them is
   made, the run is stopped (without warming: when all have ended). `whole`: processors
   take turns, and what is measured is whole acquisitions, from the first one's request to
   the return of the last one's unlock. */
void measure_begin_lock(uint64_t warming, uint64_t measured, bool whole);
void measure_request(unsigned processor, enum side side);
void measure_entry(unsigned processor);
void measure_release(unsigned processor, cycles worked); /* unlock is called … */
void measure_released(unsigned processor);               /* … and has returned */

/* Of a barrier: each processor's part begins with its arrival at episode `warming`. */
void measure_begin_barrier(uint64_t warming, uint64_t measured);
void measure_arrival(unsigned processor, uint64_t episode);
void measure_leaving(unsigned processor);

/* The run is over. */
void measure_end(struct result *result);

#endif
