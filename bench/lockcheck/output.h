/* SPDX-License-Identifier: MIT */
/* What the program prints: caught, and thrown away unless it is asked for. */
#ifndef LOCKCHECK_OUTPUT_H
#define LOCKCHECK_OUTPUT_H

#include <stddef.h>
#include <stdio.h>

/* Ours, from now on: standard output and standard error belong to the program. */
extern FILE *out, *err;

/* Before anything is printed. */
void output_ours(void);

/* From now on, what is written to standard output and error is caught. */
void output_catch(void);

/* Throws away what was caught: a new execution begins. */
void output_begin(void);

/* What was caught in this execution; to be freed. */
char *output_caught(size_t *size);

#endif
