/* SPDX-License-Identifier: MIT */
/* For --weaken: the program's own atomic operations, by their places in its code, and
   other orders for them. */
#ifndef LOCKCHECK_SITES_H
#define LOCKCHECK_SITES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "virtual/virtual.h"

struct site {
    const void *address;
    uint8_t kind; /* enum vm_kind, or SITE_FENCE plus enum vm_fence */
    uint8_t order, failure;
    int8_t use_order, use_failure; /* instead; -1: as they are */
    bool executed;                 /* since sites_forget */
};
enum { SITE_FENCE = 100 };

extern bool sites_recording;
void sites_record(bool on);

const struct site *sites_all(size_t *count);
void sites_forget(void);

/* From now on, other orders for a place (-1: as they are). */
void sites_use(const void *address, int order, int failure);

/* Notes an operation, and puts other orders in if that was asked for. */
void use_site(struct vm_operation *operation, int kind);

#endif
