/* SPDX-License-Identifier: MIT */
/* The debugging information of this process, for the files here and state.c. */
#ifndef LOCKSTEP_VIRTUAL_SOURCE_H
#define LOCKSTEP_VIRTUAL_SOURCE_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>

/* The loaded object that `address` lies in, or NULL. It is read at the first use. */
Dwfl_Module *source_module(const void *address);

/* The function that contains the call before `site`. */
bool source_function(const void *site, Dwarf_Die *function, Dwarf_Addr *bias);

#endif
