/* SPDX-License-Identifier: MIT */
/*
 * What is to happen at which time. At the same time threads come first, by number, then
 * functions in the order in which they were asked for.
 */
#ifndef LOCKSIM_EVENTS_H
#define LOCKSIM_EVENTS_H

#include <stdint.h>

#include "sim/machine/machine.h"

struct event {
    cycles time;
    uint64_t order;           /* at that time: of a thread, its number */
    void (*function)(void *); /* NULL: a thread goes on */
    void *argument;
    uint32_t generation; /* of a thread: an event of an older one is void */
    struct event *next;  /* of the same cycle */
};

/* The first one; no time is later than that of an event that is not there. */
extern cycles due;
extern uint64_t due_order;

/* All are forgotten, and it is time 0. */
void events_begin(void);

void event_of_thread(cycles time, uint32_t thread, uint32_t generation);

/* Takes the first one, which is there until one is added; NULL: there is none. */
const struct event *event_next(void);

#endif
