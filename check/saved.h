/* SPDX-License-Identifier: MIT */
/*
 * One execution, kept in a file: what is needed to build the program and to run it again
 * in just that way.
 *
 * The file is text, a word and what belongs to it on each line; what follows a '#' and a
 * space after it is for the reader, and so are empty lines. The first line is
 *
 *     lockcheck execution 1
 *
 * and then, in this order, of which source, flag, argument, writes and event may come
 * more than once or not at all, and check, membarrier and memory not at all:
 *
 *     source FILE           a source; the rest of the line, as it stands
 *     flag FLAG             for the compiler, likewise
 *     argument TEXT         of the program, likewise
 *     check NAME            of the sources' locks, or of the library where there are no
 *                           sources; without it they are a program
 *     model rc11            or sc
 *     sequences c++20       release sequences; or same-thread
 *     spurious N            failures of weak compare-and-swaps, each thread
 *     membarrier no         the system has none
 *     memory N              MiB of each thread
 *     bound N               events of each thread
 *     locations N           sizes in bytes, in the order of their numbers from 0
 *     location SIZE
 *     event T.I KIND …      event I of thread T, in the order of T and then of I
 *     writes L T.I T.I …    the writes to location L in modification order
 *     end
 *
 * An event's line goes on with pairs of a word and a value, and single words:
 *
 *     order ORDER           relaxed, acquire, …
 *     location L
 *     from T.I | initial    the write it reads; of begin, what created the thread; of
 *     join,
 *                           the end that it waits for
 *     thread T              that create and join are about
 *     choice N of M
 *     stamp N written N     when it, and its write, were added to the graph
 *     plain silent fresh unwritten spurious early again
 *
 * Neither addresses nor values are kept, as the program may be loaded elsewhere: where a
 * location is shows when the first event that accesses it is run again.
 */
#ifndef LOCKCHECK_SAVED_H
#define LOCKCHECK_SAVED_H

#include "check/explore/graph.h"
#include "check/options.h"

/* Writes a file; `check` is a check's name, or NULL for a program. Returns 0, or -1 with
   a line on `err`. */
int saved_write(const char *path, const struct options *options, const char *check,
                const struct graph *graph);

/* Reads a file into `graph`, which is empty, and those options that it holds. Returns 0,
   or -1 with a line on `err` that says where and what is wrong. */
int saved_read(const char *path, struct options *options, struct graph *graph);

#endif
