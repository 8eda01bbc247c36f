/* SPDX-License-Identifier: MIT */
/* Locks and barriers of the user's own, to be checked by the catalog's clients. */
#ifndef LOCKCHECK_OWN_H
#define LOCKCHECK_OWN_H

#include "check/options.h"
#include "common/own.h"

struct own_entry;

/* Whether the sources have marks, of which the locks are to be checked: there is no main,
   or the options ask for locks by name. Then own_load may be called. A program with marks
   finds lockstep/own.h. */
bool own_found(struct options *options);

/* Builds and loads them, together with the library and the clients. */
bool own_load(const struct options *options);

/* Calls `each` with what is not checked of them: what they have not got, and what their
   marks claim. */
void own_each_unchecked(void (*each)(const char *name, const char *message,
                                     void *context),
                        void *context);

/* Calls `each` for what is in them; `family` is an enum own_family; `zeroed`: it is made
   with an init of the system's, which memory that is not zero may mislead. */
void own_each(void (*each)(int family, const struct own_entry *entry, bool zeroed,
                           void *context),
              void *context);

#endif
