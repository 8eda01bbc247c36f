/* SPDX-License-Identifier: MIT */
/*
 * The C library's functions that touch the caller's memory: each announces the bytes that
 * it reads and writes, and then does what it is called for. What no file here has is
 * either harmless (outside.c says so by name) or makes a verdict inconclusive.
 */
#ifndef LOCKSTEP_VIRTUAL_LIBRARY_H
#define LOCKSTEP_VIRTUAL_LIBRARY_H

#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <wchar.h>

#include "virtual/threads/cancellation.h"
#include "virtual/threads/threads.h"

#define SITE VM_SITE

static inline void reads(const void *bytes, size_t size, const void *site)
{
    vm_plain(bytes, size, false, site);
}

static inline void writes(const void *bytes, size_t size, const void *site)
{
    vm_plain(bytes, size, true, site);
}

/* Reads a string to its end; returns its length. */
static inline size_t read_string(const char *text, const void *site)
{
    size_t length = strlen(text);
    reads(text, length + 1, site);
    return length;
}

/* Reads a string to its end, or `most` characters of it; returns how many. */
static inline size_t read_part(const char *text, size_t most, const void *site)
{
    size_t length = strnlen(text, most);
    reads(text, length < most ? length + 1 : most, site);
    return length;
}

static inline size_t read_wide(const wchar_t *text, const void *site)
{
    size_t length = wcslen(text);
    reads(text, (length + 1) * sizeof *text, site);
    return length;
}

/* Refuses a file descriptor that is not standard output or standard error. */
static inline void only_output(int descriptor, const void *site)
{
    if (descriptor != 1 && descriptor != 2) {
        instrument_refuse(site,
                          "output to file descriptor %d: a program has standard output "
                          "(1) and standard error (2)",
                          descriptor);
    }
}

/* The environment is one variable, which getenv reads and setenv writes. */
void vm_environment(bool write, const void *site);

/* Puts the environment back to its beginning. */
void vm_reset_variables(void);

/* locale.c: what follows depends on the locale, or changes it. */
void reads_locale(const void *site);
void writes_locale(const void *site);

/* A function or variable of the loaded libstdc++, or NULL; a function as one of another
   type (cxx_library.c). */
void *vm_native(const char *name);
#define NATIVE(type, name) ((type)(uintptr_t)vm_native(name))

/* Puts a function in the place of another one in a table of virtual functions of the
   loaded libstdc++, both by their symbols. False if it is not there. */
bool vm_replace_slot(const char *table_name, const char *name, void *instead);

/* How a std::ios_base begins. */
struct vm_stream {
    void *functions;
    long precision, width;
    int flags, exceptions, state;
};

/* cxx_input.c: what streams are read into is announced from now on. Returns what cannot
   be, or NULL. */
const char *vm_announce_input(void);

/* cxx_streams.c: what std::cout and its like are given to print is announced from now
   on. The program has been loaded. Returns what cannot be announced, or NULL. */
const char *vm_announce_streams(void);

/* cxx_locale.c: what std::ctype reads and writes is announced from now on. Returns what
   cannot be, or NULL. */
const char *vm_announce_kinds(void);

/* printf.c: what a formatted output reads, and writes by %n; without the format
   itself. */
void vm_announce_arguments(const char *format, va_list arguments, const void *site);

/* The same with the format. */
void vm_announce_format(const char *format, va_list arguments, const void *site);

#endif
