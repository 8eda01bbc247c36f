/* SPDX-License-Identifier: MIT */
/* Fields of records that are there, or not, or of another type than they should be. */
#ifndef LOCKBENCH_FIELDS_H
#define LOCKBENCH_FIELDS_H

#include <jansson.h>
#include <stdbool.h>

/* The field that has this path, such as "machine.cores"; NULL: there is none. */
json_t *field(const json_t *record, const char *path);

/* NaN for what is no number. */
double number_in(const json_t *record, const char *path);

/* NULL for what is no text; or "". */
const char *text_in(const json_t *record, const char *path);
const char *text_or_empty(const json_t *record, const char *path);

bool truth_in(const json_t *record, const char *path);

/* A value in words: a text as it is, "none" for null, all else as in JSON. To be
   freed. */
char *text_of(const json_t *value);

/* The words of an array as one would type them into a shell. To be freed. */
char *command_of(const json_t *words);

#endif
