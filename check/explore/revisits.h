/* SPDX-License-Identifier: MIT */
/* Reads that a new write could be the source of. */
#ifndef LOCKCHECK_REVISITS_H
#define LOCKCHECK_REVISITS_H

#include "check/explore/model.h"

/* Leaves items for the reads that a new write may revisit, one for each place that it
   could have in its location's order. Returns how many. `taken`: the write is an update's
   whose source another one has written behind, and the execution ends here. */
unsigned push_revisits(event_id by, bool taken);

/* The same of an update that is about to be added, `by`, and would find its source taken:
   it is added when the item is taken up. */
unsigned push_revisits_instead(event_id by);

/* Another update has written behind `source`: may an update that reads the same, and that
   depends on `prefix`, be added all the same, because its revisits drop the other one? */
bool can_free(uint32_t location, event_id source, const clock_value *prefix);

/* The same where the other one waits for a lock, and so does the one to be added: may it
   take the lock in the other one's place? */
bool can_take(event_id taker, const clock_value *prefix);

#endif
