/* SPDX-License-Identifier: MIT */
/* Text for people. */
#ifndef LOCKSIM_TEXT_H
#define LOCKSIM_TEXT_H

#include <stddef.h>

/* Appends to a string in `size` bytes; what does not fit is left out. */
void text_append(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The columns that it takes on a terminal. */
int text_width(const char *text);

#endif
