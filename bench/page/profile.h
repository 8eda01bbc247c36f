/* SPDX-License-Identifier: MIT */
/* Who waits for whom in a program, as lockstep-run saw it. */
#ifndef LOCKBENCH_PAGE_PROFILE_H
#define LOCKBENCH_PAGE_PROFILE_H

#include <jansson.h>
#include <stdio.h>

/* Why a record of lockstep-run is none of a profile; NULL: it is one. */
const char *profile_trouble(const json_t *record);

/* Sections for all programs that these records are of. */
void put_profiles(FILE *page, const json_t *records);

#endif
