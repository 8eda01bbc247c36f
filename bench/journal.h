/* SPDX-License-Identifier: MIT */
/*
 * --resume: a file with a line for each step of the schedule, written as soon as it has
 * been made. What is there already is taken from there when the same command begins
 * again, so that it goes on where it was cut short, and nothing is lost or made twice.
 */
#ifndef LOCKBENCH_JOURNAL_H
#define LOCKBENCH_JOURNAL_H

#include <time.h>

#include "bench/options.h"
#include "bench/runs.h"

/* One slot of the schedule: a competitor's run in a round, with all tries at it. */
struct step {
    struct run run; /* its setting, name, launch and round say which step it is */
    bool counts;    /* whether a run came of it; else the rest of `run` is not set */
    unsigned unsettled, disturbed; /* runs that were thrown away */
    bool broken;                   /* the competitor was found to be */
};

/* Opens the file, if there is to be one, or begins it, with this name of a session.
   Returns the name that is in the file. Ends the program if the file is another
   command's, or another machine's. */
const char *journal_open(const struct options *options, const char *machine,
                         const char *session);

/* When this launch began, and its clock: as the file has it if it has been begun before,
   else it is written. */
void journal_begin(const struct options *options, time_t *started,
                   struct clock_facts *clock);

/* Whether the step has been made before: then it is filled in. */
bool journal_take(struct step *step);

/* Adds a step that has been made. */
void journal_add(const struct step *step);

#endif
