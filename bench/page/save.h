/* SPDX-License-Identifier: MIT */
/* Files beside the page: each figure for a paper, and its numbers. */
#ifndef LOCKBENCH_PAGE_SAVE_H
#define LOCKBENCH_PAGE_SAVE_H

#include <jansson.h>
#include <stdio.h>

#include "bench/page/figures.h"
#include "bench/page/machines.h"

struct page;

/* Makes the directories that were asked for, and fills them. */
void save_all(const struct page *page);

/* Cells of CSV. All but the first of a row begin with a comma: csv_text does not. */
void csv_text(FILE *file, const char *text);
void csv_field(FILE *file, const json_t *record, const char *path);

/* The commands that made the data, in one paragraph; many are folded. */
void put_commands(FILE *page, const json_t *commands);

#endif
