/* SPDX-License-Identifier: MIT */
/* What lockcheck found, a row for each lock. */
#ifndef LOCKBENCH_PAGE_VERDICTS_H
#define LOCKBENCH_PAGE_VERDICTS_H

#include <stdio.h>

#include "bench/page/alike.h"

bool has_verdicts(const struct collection *results);

/* Tables of all groups, with the executions that are wrong folded. */
void put_verdicts(FILE *page, const struct collection *results,
                  const struct groups *groups);

/* The verdict of a lock in one word, of all its checks; NULL: it was not checked. */
const char *verdict_of(const struct collection *results, const char *name);

/* A cell with a verdict; NULL: there is none. */
void put_verdict(FILE *page, const char *verdict);

/* The rows, as CSV. */
void csv_verdicts(FILE *file, const struct collection *results);

#endif
