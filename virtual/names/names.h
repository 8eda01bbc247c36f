/* SPDX-License-Identifier: MIT */
/* What names of variables are made of, for the files here only. */
#ifndef LOCKSTEP_VIRTUAL_NAMES_H
#define LOCKSTEP_VIRTUAL_NAMES_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>

/* Text that is cut where it becomes too long. */
struct text {
    char *start;
    size_t length, size;
};
void name_append(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* --- parts.c ------------------------------------------------------------------------ */

/* Adds the member or element of a type that lies `offset` bytes into it: ".next[2]".
   Returns whether it is a pointer. */
bool name_append_part(struct text *text, Dwarf_Die type, Dwarf_Word offset);

/* The type of a variable, a member or an element, without its other names. */
bool type_of(Dwarf_Die *die, Dwarf_Die *type);

/* --- local.c ------------------------------------------------------------------------ */

/* The name of a local variable that has been noted, or NULL. */
const char *local_name(const void *address);

/* Whether it is a pointer. */
bool local_is_pointer(const void *address);

#endif
