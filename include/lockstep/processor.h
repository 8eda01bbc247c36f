/* SPDX-License-Identifier: MIT */
/* Where a thread runs: for what is near one processor and far from the others. */
#ifndef LOCKSTEP_PROCESSOR_H
#define LOCKSTEP_PROCESSOR_H

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Returns a number for the processor that the calling thread runs on, from 0 on: a hint
 * which memory is near, since the thread may be moved at any time. Where the system does
 * not say: a number of the thread.
 */
unsigned lks_processor(void);

#ifdef __cplusplus
}
#endif

#endif
