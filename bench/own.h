/* SPDX-License-Identifier: MIT */
/* Locks and barriers of the user's own. */
#ifndef LOCKBENCH_OWN_H
#define LOCKBENCH_OWN_H

/* Compiles and loads the files, NULL at the end, and adds what is in them to the
   competitors. Ends the program, with a line, where something is wrong. */
void load_own(const char *const *sources, const char *const *flags);

/* A text that tells apart what has been loaded: sources with all that they include. */
const char *own_digest(void);

#endif
