/* SPDX-License-Identifier: MIT */
/* What vm_build is made of: for the files that build, and for no one else. */
#ifndef LOCKSTEP_VIRTUAL_BUILD_H
#define LOCKSTEP_VIRTUAL_BUILD_H

#include <stdbool.h>
#include <stddef.h>

#include "virtual/ground/files.h"
#include "virtual/ground/messages.h"

enum { PLACE_SIZE = 512 }; /* room for "file:line: " */

/* --- assembly.c: what the compiler made of a source --------------------------------- */

/* Looks in an assembly listing for what cannot be checked: a line each on stderr. Returns
   how many there were, or -1 when the listing cannot be read. */
int assembly_check(const char *listing);

/* Moves the functions of the C++ library, which each program makes anew from headers, to
   a section LIBRARY_SECTION. False when that cannot be written, said on stderr. */
#define LIBRARY_SECTION "library_code"
bool assembly_mark_library(const char *listing);

/* Whether one of the sources and headers that the code is from may have pragmas of
   OpenMP's: by a macro, say, or only in a comment. */
bool assembly_may_have_openmp(const char *listing);

/* Finds where the source uses the symbol `name`: "file:line: " into `place`. */
bool assembly_find(const char *listing, const char *name, char place[PLACE_SIZE]);

/* --- state/table.c: what a thread's state is at each call --------------------------- */

/* Adds a table to a listing of code that was not optimised: of what is dead (state.h).
   False when that cannot be written, said on stderr. */
bool liveness_mark(const char *listing);

/* --- openmp_atomics.c: what gcc makes of `#pragma omp atomic` ----------------------- */

/* Turns its compare-and-swaps in a listing into calls; `printed`: the file that gcc has
   printed with -fdump-tree-optimized, if there is one. False when that cannot be written,
   said on stderr. */
bool openmp_mark(const char *listing, const char *printed, bool optimised);

/* --- announce.c: accesses that the compiler does not announce ----------------------- */

/* Puts a call before each of them into a listing (which is then read no more for what the
   program has). False when that cannot be written, said on stderr. */
bool announce_mark(const char *listing);

/* --- inline_assembly.c: what is known of it ----------------------------------------- */

/* Puts calls into a listing in place of asm statements. False when that cannot be
   written, said on stderr. */
bool inline_assembly_mark(const char *listing);

/* --- trusted_headers.c: the library taken as proved --------------------------------- */

/* Makes the directory, which is for -I, before all others. False when that cannot be
   written, said on stderr. */
bool trusted_headers_write(const char *directory);

/* The program calls the function of that name, perhaps one of theirs. */
void trusted_headers_note(const char *name);

/* --- outside.c: the functions that a program calls and does not contain ------------- */

/* Judges each one: 0 when all may be called (perhaps without being seen), else -1, said
   on stderr. `listings`: of the program's sources, NULL at the end. Of those that must
   not be called, if `refusals` is not NULL, it gets a source: functions by their names,
   which say so; and 1 is returned. */
int outside_check(const char *object, char *const *listings, const char *refusals);

/* --- unseen.c: what the program has that nobody announces --------------------------- */

/* Notes it, and warns of it: a function or a file; `place` is "file:line: " or "". */
void unseen_add(const char *place, const char *what);

/* Whether the user takes it to touch nothing that threads share. */
bool unseen_is_trusted(const char *what);

#endif
