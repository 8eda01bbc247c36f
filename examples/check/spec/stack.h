/* SPDX-License-Identifier: MIT */
/* A stack, as one thread alone sees it: last in, first out. */
#ifndef LOCKSTEP_SPEC_STACK_H
#define LOCKSTEP_SPEC_STACK_H

#include "history.h"

enum { STACK_PUSH, STACK_POP, STACK_SIZE = 16, STACK_EMPTY = -1 };

struct stack_state {
    long items[STACK_SIZE];
    unsigned count;
};

static inline bool stack_step(void *state, const struct call *call)
{
    struct stack_state *stack = (struct stack_state *)state;
    if (call->what == STACK_PUSH) {
        stack->items[stack->count++] = call->argument;
        return true;
    }
    return call->result ==
           (stack->count == 0 ? STACK_EMPTY : stack->items[--stack->count]);
}

static const char *const stack_names[] = {"push", "pop"};
static const struct spec stack_spec = {stack_names, sizeof(struct stack_state),
                                       stack_step};

#endif
