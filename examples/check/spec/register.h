/* SPDX-License-Identifier: MIT */
/* A register, as one thread alone sees it: a read returns what was written last; 0 at
   first. */
#ifndef LOCKSTEP_SPEC_REGISTER_H
#define LOCKSTEP_SPEC_REGISTER_H

#include "history.h"

enum { REGISTER_WRITE, REGISTER_READ };

struct register_state {
    long value;
};

static inline bool register_step(void *state, const struct call *call)
{
    struct register_state *word = (struct register_state *)state;
    if (call->what == REGISTER_WRITE) {
        word->value = call->argument;
        return true;
    }
    return call->result == word->value;
}

static const char *const register_names[] = {"write", "read"};
static const struct spec register_spec = {register_names, sizeof(struct register_state),
                                          register_step};

#endif
