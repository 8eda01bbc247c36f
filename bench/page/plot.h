/* SPDX-License-Identifier: MIT */
/* Drawing by gnuplot, which is run once for each figure and format. */
#ifndef LOCKBENCH_PAGE_PLOT_H
#define LOCKBENCH_PAGE_PLOT_H

#include <stdio.h>

#include "bench/page/figures.h"

enum plot_format { PLOT_PAGE, PLOT_SVG, PLOT_PDF };

/* What says how to draw: the commands behind those that choose the format. */
typedef void plot_script(FILE *script, const void *what);

/* Whether there is a gnuplot that can be run; if not, why, in words. */
const char *plot_missing(void);

struct picture {
    const char *id;         /* in names of files */
    unsigned width, height; /* pixels; WIDE is as wide as a page of paper */
    plot_script *script;
    const void *what; /* for it */
};

enum { WIDE = 720, NARROW = 520 };

struct picture picture_of(const struct figure *figure);

/* Returns the text of a file, to be freed; NULL: gnuplot has failed, and plot_complaint()
   is what it said. */
char *plot_draw(enum plot_format format, const struct picture *picture, size_t *size);
const char *plot_complaint(void);

/* A text as gnuplot takes it, in quotes: nothing in it means anything to gnuplot. */
void plot_text(FILE *script, const char *text);

/* Puts what gnuplot wrote into a page: colours become the page's, and names that only one
   picture of a page may have go. */
void plot_inline(FILE *page, const char *svg, const char *label);

/* What all those share; once a page, before the first. */
void plot_marks(FILE *page);

#endif
