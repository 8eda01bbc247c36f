/* SPDX-License-Identifier: MIT */
/*
 * What the tools that stand on the virtual multiprocessor have in common: getting a
 * program into this process, catching what it prints, and surviving what it does.
 */
#ifndef LOCKSTEP_VIRTUAL_TOOL_H
#define LOCKSTEP_VIRTUAL_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "virtual/virtual.h"

/* Whether the tool wants to be told of accesses that the compilers' instrumentation
   leaves out (of such as need no time of their own: for locksim each costs what it
   costs). */
extern bool vm_announces;

/* Whether what is loaded needs no main: the tool calls other functions of it. */
extern bool vm_without_main;

/* --- a program (load.c) ------------------------------------------------------------- */

/* Compiles the sources with the flags (each NULL at the end), by CC and CXX of the
   environment, links them with the library, and loads the result. Returns whether that
   went well; if not, a line on stderr has said why. */
bool vm_load_sources(const char *const *sources, const char *const *flags);

/* Where the user's sources name what is called in a source that the tool has written, by
   its name for the linker: "mylock.c:7", or NULL; likewise NULL if there is none such. */
extern const char *(*vm_place_of_symbol)(const char *symbol);

/* Loads the library's own catalog, with lockcheck's clients, likewise. */
bool vm_load_catalog(void);

/* Names of functions, files and libraries that are taken to touch no memory that threads
   share, NULL at the end; or NULL. */
extern const char *const *vm_trusted;

/* What the loaded program has whose accesses to memory nobody announces ("strtok_r and
   libbug.so"), or NULL if there is nothing (unseen.c). */
const char *vm_unseen(void);

/* --- what the program prints (output.c) --------------------------------------------- */

/* Before anything is printed. */
void vm_output_ours(void);

/* Whether somebody looks at them, and how wide standard output then is. */
extern struct vm_terminal {
    bool out, err;
    unsigned columns;
} vm_terminal;

/* Flushes vm_out. The first error is kept for the end: an errno value, or 0. */
void vm_output_flush(void);
extern int vm_output_error;

/* From now on, what is written to standard output is caught, and to standard error too if
   `errors`. */
void vm_output_catch(bool errors);

/* Throws away what was caught; or only what has not come that far. */
void vm_output_begin(void);
void vm_output_purge(void);

/* What was caught since; to be freed. */
char *vm_output_caught(size_t *size);

/* Standard output is ours again. */
void vm_output_release(void);

/* --- signals (guard.c) -------------------------------------------------------------- */

struct vm_guard {
    void (*interrupt)(void);          /* the user wants it to end */
    uint64_t (*steps)(void);          /* grows whenever the program does something … */
    void (*give_up)(const char *why); /* … and has not for long: it will not come back */
};

/* Crashes of the program become instrument_wrong; for the rest the guard is called, from
   a signal handler. Once a process. */
void vm_guard_begin(const struct vm_guard *guard);

#endif
