/* SPDX-License-Identifier: MIT */
/*
 * lockbench report: one page from results of all three tools.
 *
 *   command.c   the command line; what is done in which order
 *   collection.c   reading files; what is left out and why
 *   alike.c     which results may stand in one figure
 *   figures.c   which figures there are, and their points; machines.c: the machine and
 *               its matrix; verdicts.c: what lockcheck found;
 *               glance.c: all of it in a table; profile.c: what lockstep-run saw
 *   style.c     colour, mark and dash of each name
 *   plot.c      gnuplot; inline.c: what it draws, made a part of the page
 *   page.c      the page; html.c: its pieces; save.c: files beside it
 */
#ifndef LOCKBENCH_PAGE_PAGE_H
#define LOCKBENCH_PAGE_PAGE_H

#include "bench/page/figures.h"
#include "bench/page/machines.h"

struct page {
    const char *title;
    const char *svg, *pdf, *csv; /* directories, or NULL */
    struct collection *results;
    struct groups groups;
    struct figures figures;
    struct machines machines;
    struct matrices matrices;
    const char *no_gnuplot; /* why there is none; NULL: there is one */
};

/* Writes it. */
void put_page(FILE *file, const struct page *page);

/* `lockbench report …`, without the first word. Returns the program's status. */
int report_command(int argc, char **argv);

#endif
