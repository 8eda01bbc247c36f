/* SPDX-License-Identifier: MIT */
/*
 * A deque for work, as one thread alone sees it: push and take at the bottom, steal at
 * the top. A steal may come to nothing because somebody else was quicker: then nothing
 * has changed.
 */
#ifndef LOCKSTEP_SPEC_DEQUE_H
#define LOCKSTEP_SPEC_DEQUE_H

#include "history.h"

enum {
    DEQUE_PUSH,
    DEQUE_TAKE,
    DEQUE_STEAL,
    DEQUE_SIZE = 16,
    DEQUE_EMPTY = -1,
    DEQUE_LOST = -2 /* a steal that somebody else has won */
};

struct deque_state {
    long items[DEQUE_SIZE];
    unsigned top, bottom;
};

static inline bool deque_step(void *state, const struct call *call)
{
    struct deque_state *deque = (struct deque_state *)state;
    if (call->what == DEQUE_PUSH) {
        deque->items[deque->bottom++] = call->argument;
        return true;
    }
    if (call->what == DEQUE_STEAL && call->result == DEQUE_LOST) {
        return true;
    }
    if (deque->top == deque->bottom) {
        return call->result == DEQUE_EMPTY;
    }
    return call->result == (call->what == DEQUE_TAKE ? deque->items[--deque->bottom]
                                                     : deque->items[deque->top++]);
}

static const char *const deque_names[] = {"push", "take", "steal"};
static const struct spec deque_spec = {deque_names, sizeof(struct deque_state),
                                       deque_step};

#endif
