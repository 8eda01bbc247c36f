/* SPDX-License-Identifier: MIT */
/* The texts of machines that are compiled in. */
#ifndef LOCKSIM_MACHINE_TEXTS_H
#define LOCKSIM_MACHINE_TEXTS_H

struct machine_text {
    const char *name;
    const char *begin, *end;
};

/* All of texts/, in the order in which they are listed; no name at the end. */
extern const struct machine_text machine_texts[];

#endif
