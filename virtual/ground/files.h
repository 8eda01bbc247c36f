/* SPDX-License-Identifier: MIT */
/* Files and their names. */
#ifndef LOCKSTEP_VIRTUAL_FILES_H
#define LOCKSTEP_VIRTUAL_FILES_H

#include <stdbool.h>
#include <stddef.h>

/* A file's bytes, and a NUL after them, for the caller to free; NULL with errno. */
char *file_read(const char *path, size_t *size);

/* Writes a file, or says on stderr why not. */
bool file_write(const char *path, const char *text, size_t size);

/* A path without the current directory in front; part of `path`. */
const char *file_shortened(const char *path);

/* The same for any directory. */
const char *file_below(const char *path, const char *directory);

#endif
