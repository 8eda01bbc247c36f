/* SPDX-License-Identifier: MIT */
/* What the system tells of a thread of ours, of its processors, and of limits. */
#ifndef LOCKBENCH_PRESENCE_H
#define LOCKBENCH_PRESENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of a thread, from presence_begin to presence_end, which it calls itself. */
struct presence {
    uint64_t wall_ns;
    uint64_t used_ns;   /* of a processor */
    uint64_t queued_ns; /* ready to run, but some other thread had the processor */
    bool queued_known;
    uint64_t voluntary, involuntary; /* switches to another thread */
    int first, last;                 /* processors */
};

void presence_begin(struct presence *presence);
void presence_end(struct presence *presence);

/* Of a processor, in nanoseconds since it began; in whole ticks of the system's clock. */
struct processor_times {
    uint64_t busy_ns;   /* with whatever */
    uint64_t stolen_ns; /* by the host of a virtual machine */
};

/* Fills in those of the processors 0 to count − 1; what is not known stays 0. */
void read_processor_times(struct processor_times *times, size_t count);

/* Nanoseconds of a tick: what is less has no meaning. */
uint64_t tick_ns(void);

/* The other hardware thread of a processor's core, the first one if there are several;
   −1: there is none, or it is not known. */
int sibling_of(unsigned processor);

/* How many processors' time the control group may use; NaN: as much as there is. */
double quota_processors(void);

/* For how long the group was held back by that, all processors together; 0: not known. */
uint64_t throttled_ns(void);

#endif
