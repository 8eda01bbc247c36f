/* SPDX-License-Identifier: MIT */
/*
 * The naive explorer: every execution of a small program, found with as little thought as
 * possible. It is the specification that lockcheck's explorer is held against.
 *
 * It starts from the empty graph and adds, to every partial graph that it has met, the
 * next operation of each thread in every way there is: each write of the location for a
 * read to read from, each place in the modification order for a write. What fails the
 * model's axioms is dropped (every prefix of a consistent graph is consistent, so nothing
 * is lost by that).
 */
#ifndef LOCKSTEP_NAIVE_H
#define LOCKSTEP_NAIVE_H

#include "tests/check/naive/program.h"

#include <stddef.h>

enum { HANGS = 1, MAY_HANG = 2, MEETS = 4 };

/*
 * Calls graph(text, context) once for each consistent graph in which every thread has run
 * to its end. An await or a lock is one event there, its successful try.
 *
 * The text has one word for each event, by thread and index in the thread (skips do not
 * count), then the modification order of each location that was written:
 *
 *      0.0:W0 0.1:R1=init 1.0:W1 1.1:R0=0.0;0:0.0;1:1.0
 *
 * W and location: a write; R, location and where it reads from: a read, or a
 * compare-and-swap that failed; A and E: the same of an await and of a watch; S: of a try
 * of a spin, C of one that counts, and D if that succeeds after another; U: the same of a
 * read-modify-write; F: a fence; L and H: a light one and a heavy one; G and B: a
 * read-modify-write of a borrow, which gets or gives back.
 *
 * *hangs has the bit HANGS if there is a consistent graph in which every thread has ended
 * or stands at an await or a lock, at least one does stand, and the newest write in
 * modification order of each one's location is not what it waits for. (An older write may
 * be: nothing makes a thread read that.) If one of these stands at a borrow of the
 * location of another one, it has MAY_HANG instead, unless there is one to whose location
 * no other comes any more. MEETS: two threads stand, in some graph, at borrows of one
 * location; they may do so for ever, or not.
 *
 * The model is RC11; with NAIVE_SAME_THREAD a release sequence goes on with later writes
 * of the same thread (C11, C++11), else with read-modify-writes alone (C++20). Or it is
 * x86-TSO; it takes long if there are more than two pairs of a heavy fence and another
 * thread.
 *
 * *races tells whether there is a consistent graph with two accesses to a plain variable
 * that no happens-before orders, one of them a write. Here a watch has failed once, too,
 * before it succeeds.
 *
 * Returns false, without a call of graph, when there are more than `limit` partial graphs
 * (a kilobyte each).
 */
enum naive_model { NAIVE_RC11, NAIVE_SAME_THREAD, NAIVE_TSO };
bool naive_explore(const struct program *program, enum naive_model model, size_t limit,
                   void (*graph)(const char *text, void *context), void *context,
                   int *hangs, bool *races);

#endif
