/* SPDX-License-Identifier: MIT */
/* A call of a thread library in words: several operations, one row. */
#ifndef LOCKCHECK_WHOLE_H
#define LOCKCHECK_WHOLE_H

#include "check/show/story.h"
#include "check/show/words.h"

/* Whether a step of such a call is the one that takes effect: the look of a futex wait,
   the first write of another call. */
bool whole_takes_effect(const struct story *story, const struct step *step);

/* The writes of others that a call reads, or INITIAL: the one that it looks at, the one
   that wakes it, and the one that gives it the mutex back. */
event_id whole_look(const struct story *story, const struct step *step);
event_id whole_waker(const struct story *story, const struct step *step);
event_id whole_mutex(const struct story *story, const struct step *step);

/* "futex wait  locked → 1, expects 1: woken by 9  (from 3)". */
void whole_text(struct words *words, const struct story *story, const struct step *step,
                bool sources);

#endif
