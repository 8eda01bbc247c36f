/* SPDX-License-Identifier: MIT */
/* Whether the running thread may access memory as it is about to. If not the run ends. */
#ifndef LOCKCHECK_ADDRESSES_H
#define LOCKCHECK_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>

/* It must be memory of the program that is still there. */
void check_address(void *address, size_t size, bool write, const void *site);

/* And no access to it that is not ordered with this one may conflict. */
void check_race(void *address, size_t size, bool write, bool atomic, const void *site);

#endif
