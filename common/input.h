/* SPDX-License-Identifier: MIT */
/* Files that the user names to be read. */
#ifndef LOCKSTEP_COMMON_INPUT_H
#define LOCKSTEP_COMMON_INPUT_H

#include <stdio.h>

/* fopen, but for what has no lines to come to an end: a directory (EISDIR), or a device
   that is no terminal, such as /dev/zero (EINVAL). */
FILE *input_open(const char *path, const char *mode);

#endif
