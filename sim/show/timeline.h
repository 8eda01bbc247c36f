/* SPDX-License-Identifier: MIT */
/* --timeline: runs drawn as one SVG, a panel each. */
#ifndef LOCKSIM_TIMELINE_H
#define LOCKSIM_TIMELINE_H

#include "sim/simulate.h"

/* Opens the file; false with a line on stderr when that fails. */
bool timeline_open(const char *path);

/* A run begins: a panel with a title and a row a processor. */
void timeline_begin(const char *title, unsigned count);
void timeline_phase(unsigned processor, enum phase phase, cycles time);
void timeline_transfer(const struct line *line, int from, int to, cycles begin,
                       cycles end);
void timeline_end(cycles end); /* of this run */

/* Draws all runs into the file; false with a line on stderr when that fails. */
bool timeline_write(const char *heading);

#endif
