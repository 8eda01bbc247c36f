/* SPDX-License-Identifier: MIT */
/* A queue, as one thread alone sees it: first in, first out. */
#ifndef LOCKSTEP_SPEC_QUEUE_H
#define LOCKSTEP_SPEC_QUEUE_H

#include "history.h"

enum { QUEUE_PUT, QUEUE_GET, QUEUE_SIZE = 16, QUEUE_EMPTY = -1 };

struct queue_state {
    long items[QUEUE_SIZE];
    unsigned first, end;
};

static inline bool queue_step(void *state, const struct call *call)
{
    struct queue_state *queue = (struct queue_state *)state;
    if (call->what == QUEUE_PUT) {
        queue->items[queue->end++] = call->argument;
        return true;
    }
    return call->result ==
           (queue->first == queue->end ? QUEUE_EMPTY : queue->items[queue->first++]);
}

static const char *const queue_names[] = {"put", "get"};
static const struct spec queue_spec = {queue_names, sizeof(struct queue_state),
                                       queue_step};

#endif
