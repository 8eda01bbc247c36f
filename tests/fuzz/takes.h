/* SPDX-License-Identifier: MIT */
#ifndef LOCKSTEP_TESTS_FUZZ_TAKES_H
#define LOCKSTEP_TESTS_FUZZ_TAKES_H

#include <stdbool.h>

/* Whether the reader of that kind takes the text. */
bool takes(const char *kind, const char *path);

#endif
