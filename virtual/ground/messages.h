/* SPDX-License-Identifier: MIT */
/* What virtual/ itself says, and memory that does not run out unnoticed. */
#ifndef LOCKSTEP_VIRTUAL_MESSAGES_H
#define LOCKSTEP_VIRTUAL_MESSAGES_H

#include <stddef.h>

/* A line on stderr (vm_err), "lockcheck: …" for the tool of that name. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* realloc, malloc, strdup that do not fail: they end the process. */
void *sure_resize(void *memory, size_t size);
char *sure_copy(const char *text);

#endif
