/* SPDX-License-Identifier: MIT */
/* From addresses in a process, which may have ended, to functions, lines and variables:
   by the files that were loaded there, as they lie on the disk now. */
#ifndef LOCKSTEP_PRELOAD_PLACES_H
#define LOCKSTEP_PRELOAD_PLACES_H

#include <stdbool.h>
#include <stdint.h>

#include "preload/profile_file.h"

struct site {
    const char *function; /* NULL: not known */
    const char *file;     /* of the source; NULL: not known */
    int line;
    const char *module; /* file that the code is of; NULL: of none */
    uint64_t offset;    /* in it; without one, the address */
    const char *by;     /* the function of the library or the program that takes locks for
                           this one; NULL: it does that itself */
    const char *text;   /* all of it for people; equal for the same line and function */
};

/* Where the call is that returns there. */
struct site place_site(const struct profile_module *module, uint64_t offset,
                       uint64_t address);

/* Whether a function is one that takes locks for others, by its name or its library. */
bool place_takes_for_others(const struct site *site);

/* Of a call and those that it was called by, the innermost first: the first that is not
   in a function which takes locks for others; the innermost where all of them are. */
struct site place_choose(const struct site *const *frames, unsigned count);

/* The variable that lies at an address, with "+0x8" behind where it is within; NULL: none
   of the file that this module is a part of. `is_its` says whether the address belongs to
   the file, named or not. */
const char *place_variable(const struct profile_module *module, uint64_t address,
                           bool *is_its);

/* Why nothing is known of a module's lines; NULL: something is, or nobody has asked. */
const char *place_trouble(const struct profile_module *module);

#endif
