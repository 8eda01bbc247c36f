/* SPDX-License-Identifier: MIT */
/*
 * Locks and barriers of the user's own, from files with marks (lockstep/own.h):
 *
 *   own_marks.c   finds the marks, by the compiler's preprocessor
 *   own_shapes.c  finds how each function is called, by compiling what may be
 *   own.c         writes a source for each file, which includes it, and has a table of
 *                 the catalog's classes (own_adapter.h): its tool compiles and loads it
 *
 * What is wrong in a file is refused with one line, in terms of that file.
 */
#ifndef LOCKSTEP_COMMON_OWN_H
#define LOCKSTEP_COMMON_OWN_H

#include <stdbool.h>
#include <stddef.h>

#include "common/command.h"

enum own_family { OWN_LOCK, OWN_RWLOCK, OWN_BARRIER, OWN_FAMILIES };
extern const char *const own_family_names[OWN_FAMILIES]; /* "lock" */

/* What a lock or a barrier of the user's own consists of. */
enum own_part {
    OWN_INIT,
    OWN_DESTROY,
    OWN_TAKE, /* lock, wrlock, wait: what each of a family must have */
    OWN_GIVE,
    OWN_TRY,
    OWN_READ,
    OWN_READ_GIVE,
    OWN_TRY_READ,
    OWN_DOWNGRADE,
    OWN_IS_LOCKED,
    OWN_PARTS
};

struct own_mark {
    const char *macro; /* "LKS_LOCK", as the file has it */
    enum own_family family;
    bool global;      /* one instance, in the file's variables */
    const char *name; /* what its functions begin with */
    const char *node; /* type of a thread's node, or NULL */
    bool fifo;        /* claimed */
    unsigned most;    /* threads that it is for; 0: any number */
    const char *file; /* where the mark stands */
    int line;

    const char *type;             /* of the object: "mine_t" */
    const char *calls[OWN_PARTS]; /* expressions; NULL: there is no such function */
    bool by_index;                /* some take the thread's index */
    bool is_class;                /* of C++, made by its constructor */
};

/* One of the user's files. */
struct own_file {
    const char *source; /* as it was given */
    const char *path;   /* from the root on */
    bool cxx;
    struct own_mark *items; /* its marks */
    size_t count, room;
    char *text; /* after the preprocessor */
};

struct own {
    /* To be set: */
    const char *const *sources; /* NULL at the end */
    const char *const *flags;   /* of the compiler; NULL at the end */
    const char *directory;      /* for what is made */
    bool loops;                 /* for lockbench: with loops, all inlined */
    bool may_be_none;           /* sources without any mark are not refused */

    const char *standard;   /* of C++, that its compiler is to be told; or NULL */
    struct own_file *files; /* for each source */
    const char **adapters; /* what to compile, NULL at the end: for a source without marks
                               it is the source */
};

/* Reads the sources, and what marks they have. Returns false if there is none. */
bool own_read_marks(struct own *own);

/* Then: finds out about the functions, and writes the adapters. */
void own_read_shapes(struct own *own);

/* Of marks that there are, the first. */
const struct own_mark *own_first(const struct own *own);

/* The user's flags, and `others` behind them; NULL at the end. */
const char *const *own_flags(const struct own *own, const char *const *others);

/* What may be there and is not: "trylock, is_locked", or ""; and says so on standard
   error: "not measured". */
const char *own_missing(const struct own_mark *mark);
void own_tell_missing(const struct own_mark *mark, const char *what);

/* What all of the user's sources are compiled with. */
const char *own_compiler(bool cxx);

/* --- for the files above ------------------------------------------------------------ */

/* The compiler with the user's flags. */
struct command own_command(const struct own *own, bool cxx);

void own_find_marks(const struct own *own, struct own_file *file);
void own_find_shapes(const struct own *own, struct own_file *file);

/* Refuses a mark, with the place where it stands. */
_Noreturn void own_refuse(const struct own_mark *mark, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The name in a file, or function's name, that is most like `name`, or NULL; where `name`
   is first: "mylock.c:7", or NULL. */
const char *own_nearest(const struct own_file *file, const char *name, bool function);
const char *own_place_of(const struct own_file *file, const char *name, bool function);

/* Where the sources name a function first, by its name for the linker: "mylock.c:7"; and
   its name there. NULL: nowhere. */
const char *own_place_of_symbol(const struct own *own, const char **symbol);

/* What is in a file that can be read, to be freed. */
char *own_text_of_file(const char *path);

#endif
