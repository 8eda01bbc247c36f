/* SPDX-License-Identifier: MIT */
/* For the files that make up a machine: the texts that are compiled in, and refusing. */
#ifndef LOCKSIM_MACHINE_TEXTS_H
#define LOCKSIM_MACHINE_TEXTS_H

#include <stdbool.h>

struct machine_text {
    const char *name;
    const char *begin, *end;
};

/* All of texts/, in the order in which they are listed; no name at the end. */
extern const struct machine_text machine_texts[];

/* Prints "locksim: where: what" and returns false. */
bool machine_refuse(const char *where, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
