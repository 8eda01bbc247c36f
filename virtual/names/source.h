/* SPDX-License-Identifier: MIT */
/* Debugging information of this process: for source.c, variable.c, local.c and state.c
   only. */
#ifndef LOCKSTEP_VIRTUAL_SOURCE_H
#define LOCKSTEP_VIRTUAL_SOURCE_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>

/* The loaded object that `address` lies in, or NULL. It is read at the first use. */
Dwfl_Module *source_module(const void *address);

/* Adds the member or element of a type that lies `offset` bytes into it: ".next[2]". */
void variable_part(char *text, size_t size, Dwarf_Die type, Dwarf_Word offset);

/* The name of a local variable that has been noted (local.c), or NULL. */
const char *local_name(const void *address);

/* The function that contains the call before `site`. */
bool source_function(const void *site, Dwarf_Die *function, Dwarf_Addr *bias);

#endif
