/* SPDX-License-Identifier: MIT */
/* Debugging information of this process: for source.c and variable.c only. */
#ifndef LOCKSTEP_VIRTUAL_SOURCE_H
#define LOCKSTEP_VIRTUAL_SOURCE_H

#include <elfutils/libdwfl.h>

/* The loaded object that `address` lies in, or NULL. It is read at the first use. */
Dwfl_Module *source_module(const void *address);

#endif
