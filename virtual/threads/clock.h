/* SPDX-License-Identifier: MIT */
/*
 * Time, in nanoseconds. All clocks of a thread go together, each from a beginning of its
 * own: an instant of one is none of another. Here an instant is what CLOCK_REALTIME
 * shows. With an instrument that has time, it passes by the instrument's clock. Otherwise
 * clocks stand still but for a thread's own sleeping and running out of time: nothing
 * else depends on the thread alone. There, a wait with a limit is one try: that it
 * succeeds later is another execution in which the try comes later, and that it fails is
 * one in which the time is out. A thread that waits in a set can be woken until it has
 * taken itself out again.
 */
#ifndef LOCKSTEP_VIRTUAL_CLOCK_H
#define LOCKSTEP_VIRTUAL_CLOCK_H

#include <time.h>

#include "virtual/ground/operations.h"
#include "virtual/instrument.h"

uint64_t vm_now(void);
uint64_t vm_clock_now(clockid_t clock); /* what the clock shows */
uint64_t vm_instant(clockid_t clock, const struct timespec *shown);
uint64_t vm_nanoseconds(const struct timespec *duration);
/* The program's own, which are read; EINVAL for nanoseconds beyond a second, and for a
   negative duration. */
int vm_deadline(clockid_t clock, const struct timespec *shown, uint64_t *until,
                struct vm_call call);
int vm_duration(const struct timespec *time, uint64_t *nanoseconds, struct vm_call call);
void vm_sleep(uint64_t nanoseconds, struct vm_call call);
int vm_time_out(uint64_t limit); /* returns ETIMEDOUT */

/* Whether time passes for the caller: not in constructors of the program. */
static inline bool vm_in_time(void)
{
    return vm_self() != VM_NOBODY && instrument_has_time();
}

/* A try of a wait has failed. Returns whether another one may be made, later; false: the
   time is out, or one try stands for all. */
bool vm_await_failed_until(uint64_t limit, struct vm_call call);

#endif
