/* SPDX-License-Identifier: MIT */
/* Text for people, in UTF-8. */
#ifndef LOCKSTEP_COMMON_TEXT_H
#define LOCKSTEP_COMMON_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static inline bool starts(const char *text, const char *beginning)
{
    return text[0] == beginning[0] && strncmp(text, beginning, strlen(beginning)) == 0;
}

/* Of a path, what is behind its last slash. */
static inline const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* A new string, to be freed. */
char *text_made(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *text_made_of(const char *format, va_list arguments);

/* Appends to a string in `size` bytes; what does not fit is left out. */
void text_append(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Prints it as lines of at most `width` columns, broken at spaces; all but the first are
   indented. */
void text_wrapped(FILE *file, unsigned width, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The columns that it takes on a terminal. */
unsigned text_width(const char *text);

/* Prints it in at least `width` columns, to the right or to the left. */
void text_right(FILE *file, unsigned width, const char *text);
void text_left(FILE *file, unsigned width, const char *text);

/* Whether it is one of some words, NULL at the end. */
bool text_is_among(const char *text, const char *const *words);

/* Of some words, NULL at the end, the one that somebody may have meant who wrote this; or
   NULL. */
const char *text_nearest(const char *written, const char *const *words);

#endif
