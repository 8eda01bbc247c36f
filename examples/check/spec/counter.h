/* SPDX-License-Identifier: MIT */
/* A counter, as one thread alone sees it: adding returns what there was before; 0 at
   first. */
#ifndef LOCKSTEP_SPEC_COUNTER_H
#define LOCKSTEP_SPEC_COUNTER_H

#include "history.h"

enum { COUNTER_ADD, COUNTER_READ };

struct counter_state {
    long value;
};

static inline bool counter_step(void *state, const struct call *call)
{
    struct counter_state *counter = (struct counter_state *)state;
    long before = counter->value;
    counter->value += call->what == COUNTER_ADD ? call->argument : 0;
    return call->result == before;
}

static const char *const counter_names[] = {"add", "read"};
static const struct spec counter_spec = {counter_names, sizeof(struct counter_state),
                                         counter_step};

#endif
