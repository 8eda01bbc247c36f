/* SPDX-License-Identifier: MIT */
/* Whether the running thread may access memory as it is about to. If not the run ends. */
#ifndef LOCKCHECK_ADDRESSES_H
#define LOCKCHECK_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check/explore/races.h"

/* The running thread, where it is. */
struct actor running_actor(void);

/* What a block of the heap is marked with that a thread allocates in front of its event
   `epoch`, counted from 1. */
uint64_t allocation_mark(unsigned thread, uint32_t epoch);

/* It must be memory of the program that is still there. */
void check_address(void *address, size_t size, bool write, const void *site);

/* And no access to it that is not ordered with this one may conflict. */
void check_race(void *address, size_t size, bool write, bool atomic, const void *site);

#endif
