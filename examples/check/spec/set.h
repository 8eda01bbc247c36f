/* SPDX-License-Identifier: MIT */
/* A set of numbers below 64, as one thread alone sees it. Adding and removing say whether
   that changed something. */
#ifndef LOCKSTEP_SPEC_SET_H
#define LOCKSTEP_SPEC_SET_H

#include "history.h"

enum { SET_ADD, SET_REMOVE, SET_HAS };

struct set_state {
    unsigned long long members;
};

static inline bool set_step(void *state, const struct call *call)
{
    struct set_state *set = (struct set_state *)state;
    unsigned long long bit = 1ULL << call->argument;
    bool has = (set->members & bit) != 0;
    if (call->what == SET_ADD) {
        set->members |= bit;
        return call->result == !has;
    }
    if (call->what == SET_REMOVE) {
        set->members &= ~bit;
    }
    return call->result == has;
}

static const char *const set_names[] = {"add", "remove", "has"};
static const struct spec set_spec = {set_names, sizeof(struct set_state), set_step};

#endif
