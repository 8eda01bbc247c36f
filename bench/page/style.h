/* SPDX-License-Identifier: MIT */
/*
 * Colour, mark and dash of each name: the same in all figures. Those of the library and
 * the platform depend on their place in the catalog alone. All others' depend on their
 * name; where a colour or mark is taken on the page, they get the next that is not.
 *
 * The colours are those of Okabe and Ito, told apart by those who see few colours, with
 * grey for the yellow, which white paper swallows. Marks and dashes are for those who
 * print in grey.
 */
#ifndef LOCKBENCH_PAGE_STYLE_H
#define LOCKBENCH_PAGE_STYLE_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/competitors.h"

enum { COLOURS = 8, MARKS = 11, DASHES = 5 };

struct style {
    unsigned colour, mark, dash;
};

/* Says that the page has the name: first those of the catalog, then the others in their
   order. */
void style_take(enum family family, const char *name);

struct style style_of(enum family family, const char *name);

/* As gnuplot takes them: 0xRRGGBB, the number of a point's type, and a list in brackets;
   0 is black, which becomes the text's colour. */
extern const unsigned style_colours[COLOURS], style_marks[MARKS];
extern const char *const style_dashes[DASHES];

/* A number that differs where texts do, nearly always. */
uint64_t hash_of(const char *text);

/* Whether the library or the platform has it. */
bool is_of_catalog(enum family family, const char *name);

#endif
