/* SPDX-License-Identifier: MIT */
/*
 * A table of what threads do, a column a thread. Where the screen is too narrow for that,
 * one column, with the thread in front.
 */
#ifndef LOCKCHECK_TABLE_H
#define LOCKCHECK_TABLE_H

#include <stdbool.h>
#include <stdio.h>

struct table_row {
    unsigned number; /* or 0: none */
    unsigned column;
    bool marked; /* what the table is shown for */
    const char *text;
    const char *place; /* "mcs.h:61", or "" */
};

struct table {
    const char *const *heads; /* of the columns */
    const char *const *names; /* shorter: for where there is one column */
    const char *places;       /* head of the last column */
    unsigned columns;
    const struct table_row *rows;
    unsigned count;
    unsigned width; /* of the screen */
    bool colour;
};

void table_print(FILE *out, const struct table *table);

/* Prints text in lines, each indented. */
void print_wrapped(FILE *out, const char *text, unsigned indent, unsigned width);

/* What a terminal is sent, if colour is wanted. */
enum colour { PLAIN_TEXT, BOLD, DIM, RED };
void set_colour(FILE *out, bool wanted, enum colour colour);

#endif
