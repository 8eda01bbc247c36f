/* SPDX-License-Identifier: MIT */
/* All locks in one table: whether each is right, and what it costs. */
#ifndef LOCKBENCH_PAGE_GLANCE_H
#define LOCKBENCH_PAGE_GLANCE_H

#include "bench/page/page.h"

/* Nothing, where the results are of several machines or options: a lock would have
   several numbers of each kind. */
void put_glance(FILE *file, const struct page *page);

#endif
