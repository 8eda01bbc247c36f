/* SPDX-License-Identifier: MIT */
/*
 * Results for programs: an object a measurement, as a line of JSON or of CSV. The fields
 * of both are the same; in CSV a field of an object has its names joined by a dot, and
 * the items of an array are separated by spaces.
 *
 * All objects that a run of a tool writes have the same fields; what is not known, or not
 * there, is null (in CSV: empty).
 */
#ifndef LOCKSTEP_COMMON_RECORD_H
#define LOCKSTEP_COMMON_RECORD_H

#include <jansson.h>
#include <stdio.h>

#include "common/options.h"

enum format { TABLE, CSV, JSON };
extern const char *const format_names[]; /* NULL at the end */

/* An object that says what was run, and by what: the beginning of each record. `library`
   are the flags that the library was compiled with. */
json_t *record_begin(const struct command_line *line, const char *library_flags);

/* What compiled the library and the tools, and how. */
extern const char build_compiler[], build_library_flags[], build_instrumented_flags[],
    build_tool_flags[];

/* Prints a record, with the names of CSV's columns before the first one; frees it. */
void record_write(FILE *file, enum format format, json_t *record);

#endif
