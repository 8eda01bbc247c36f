/* SPDX-License-Identifier: MIT */
/* What a program reads: files, and standard input; and files that it writes. */
#ifndef LOCKSTEP_VIRTUAL_INPUT_H
#define LOCKSTEP_VIRTUAL_INPUT_H

#include <stdbool.h>
#include <stdio.h>

/* Before anything else: standard input is the program's. */
void vm_input_ours(void);

/* The program has this symbol of a library's. */
void vm_input_note(const char *name);

/* The program has been loaded, and has not run: if it reads standard input, here that is
   read. */
void vm_input_read(void);

/* The running thread reads from a stream; how much may come, at the most. Does not return
   if that cannot be. */
size_t vm_input_use(FILE *file, const void *site);

/* A stream is written to, or asked. Returns whether it is none for input. */
bool vm_output_use(const FILE *file, const void *site);

/* The block of the program's heap that stands for a stream that was opened, or NULL. */
void *vm_input_block(const FILE *file);

/* stream_locks.c: whether the program has functions that take a stream's lock, or go
   round it. Output that takes it. */
extern bool vm_locks_streams;
void vm_output_locked(const FILE *file, const void *site);

/* A file is asked for, which the program must not have opened to write. */
void vm_not_written(const char *path, const void *site);

/* What fopen, fclose and fread do: for `mode` "r", "w" and "a". */
FILE *vm_input_open(const char *path, const char *mode, const void *site);
void vm_input_close(const FILE *file, const void *site);
size_t vm_input_get(FILE *file, void *to, size_t size, const void *site);

#endif
