/* SPDX-License-Identifier: MIT */
/* The steps of a story that are shown, numbered, and what is said of each. */
#ifndef LOCKCHECK_ROWS_H
#define LOCKCHECK_ROWS_H

#include "check/show/story.h"
#include "check/show/words.h"

/* Numbers the steps that are shown (step->row). Steps that only repeat what came just
   before share its row. Returns how many rows there are. What follows is about this
   story. */
unsigned rows_number(struct story *story);

/* The row of an event, or 0. */
unsigned rows_of(event_id id);

/* What the step does; with `sources`, also which row it reads and what is odd about
   it. */
void rows_text(struct words *words, const struct step *step, bool sources);

/* What a thread that hangs waits for, if that is not a read. */
void rows_wait(struct words *words, unsigned thread);

/* What is wrong, in a sentence, never empty. */
void rows_headline(struct words *words);

#endif
