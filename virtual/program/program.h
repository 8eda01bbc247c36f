/* SPDX-License-Identifier: MIT */
/*
 * A program for the virtual multiprocessor: from its sources to a shared object in this
 * process, and from its machine code back to its source lines.
 */
#ifndef LOCKSTEP_VIRTUAL_PROGRAM_H
#define LOCKSTEP_VIRTUAL_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vm_build {
    const char *const *sources; /* .c, .cc, .cpp, .cxx, .C files; NULL at the end */
    const char *const *flags;   /* for the compiler; NULL at the end */
    const char *cc, *cxx;       /* the user's compilers */
    const char *archive;        /* instrumented library to link with, or NULL */
    bool announce; /* also the accesses that the compilers' instrumentation leaves out */
    const char *directory; /* for what is made: exists, writable, stays until exit */
};

/*
 * Compiles and links with instrumentation, so that all that this directory supplies
 * (symbols.list) is taken from the running executable. Looks for what cannot be checked:
 * inline assembly, unknown or forbidden functions; says so on stderr, a line each, with
 * file and line. Returns 0 with the shared object's path in `path`; or -1, the compiler's
 * or our own message having been printed.
 */
int vm_build(const struct vm_build *build, char *path, size_t size);

/* Whether volatile accesses are relaxed atomics: to be set before the build. (Its code is
   the same whether or not the compiler's announcements tell them apart.) */
extern bool vm_volatile_relaxed;

/* Whether the library's primitives are taken as proved (trusted_headers.c): to be set
   before the build. */
extern bool vm_library_trusted;

/* Those that the program calls: "lks_mutex and lks_cond", or "". */
const char *vm_library_used(void);

/* The flag by which the program is optimised, or may be; or NULL. */
extern const char *vm_optimised_by;

/* Whether plain accesses are, too, where they are of 1, 2, 4 or 8 bytes. */
extern bool vm_plain_relaxed;

/* Whether a volatile access was announced there, as a plain one. */
bool vm_is_volatile(const void *site);

/* Loads a shared object made by vm_build, and keeps its variables (vm_keep) once its
   constructors have run. Returns 0, or -1 with a line on stderr. */
int vm_load(const char *path);

/* Called before it is loaded, and before anything of it runs; or NULL. Until all
   constructors have run, it is loading. */
extern void (*vm_before_load)(void);
extern bool vm_is_loading;

/* Whether an address lies in the program. */
bool vm_is_program(const void *address);

/* The loaded program's function or object of that name, or NULL. */
void *vm_symbol(const char *name);

/* Calls the program's functions with __attribute__((destructor)). */
void vm_run_destructors(void);

/* The program's main has returned: ends the program as exit(status) does (exit.c). */
_Noreturn void vm_exit(int status, const void *site);

/* Where an address would be if the system loaded the program and this executable at the
   same places in each process. The other addresses that a program sees are settled. */
uintptr_t vm_settled_address(const void *address);

/* --- source lines (source.c) -------------------------------------------------------- */

struct vm_source {
    const char *file;     /* as short as it can be said: relative to here if below it */
    const char *function; /* as the source names it (C++: demangled) */
    int line, column;     /* column 0: not known */
};

/* Where the call before `site` stands in the source. Returns false when it is not
   known. */
bool vm_source_of(const void *site, struct vm_source *source);

/* Whether a place lies in a function of the C++ library that was compiled into the
   program. */
bool vm_is_library(const void *site);

/* Whether code is this executable's: one of our functions. */
static inline bool vm_is_ours(const void *code)
{
    extern const char __executable_start, etext; /* the linker's */
    return (const char *)code >= &__executable_start && (const char *)code < &etext;
}

/* The text of a line without its indentation, or NULL. The caller does not free it. */
const char *vm_source_text(const char *file, int line);

/* The name of the variable that holds `address`, with field or index where debugging
   information has it ("queue.tail", "flag[1]"), or "0x…" for anything else; for the heap,
   "block N (allocated at file:line) + offset". Into `text`. */
void vm_variable_name(const void *address, char *text, size_t size);

/* Whether what lies there was declared as a pointer; for the heap it is not known. */
bool vm_holds_pointer(const void *address);

/* Notes which local variable lies at an address on a stack, so that vm_variable_name
   knows it when its function has returned ("T1:node.next"). `site` is where the running
   processor is. */
void vm_note_local(const void *address, const void *site);
void vm_forget_locals(void);

#endif
