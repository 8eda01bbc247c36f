/* SPDX-License-Identifier: MIT */
/* What was measured, for people: all of it, or at a first look. */
#ifndef LOCKBENCH_TABLE_H
#define LOCKBENCH_TABLE_H

#include <stdio.h>

#include "bench/report.h"

void print_table(FILE *file, const struct report *report);
void print_look(FILE *file, const struct report *report);
void print_recommendation(FILE *file, const struct report *report);

enum { WIDTH = 100 }; /* of a terminal */

/* What is said before either, and after it. */
void print_conditions(FILE *file, const struct report *report);
void print_notes(FILE *file, const struct report *report);

/* "1.5 µs" */
const char *time_text(char *text, size_t size, double ns);

/* With at least three digits, but no more than four decimals; "-" for NaN. */
void print_number(FILE *file, unsigned width, double number);

#endif
