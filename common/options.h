/* SPDX-License-Identifier: MIT */
/*
 * The command line of all tools: a table has an option's name, its kind, where its value
 * goes and what the help says. What stands there is all that there is: the reading, the
 * text of --help and the options in force, in results for programs, come from it.
 *
 * What is wrong is refused, with one line and status 3. An option that is given twice
 * adds, where it is a list; else it is refused.
 */
#ifndef LOCKSTEP_COMMON_OPTIONS_H
#define LOCKSTEP_COMMON_OPTIONS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* NULL at the end. */
struct texts {
    const char **items;
    size_t count, room;
};

struct numbers {
    double *items;
    size_t count, room;
};

enum option_kind {                  /* the type of its value */
                   OPTION_FLAG,     /* bool */
                   OPTION_UNSIGNED, /* unsigned */
                   OPTION_WHOLE,    /* uint64_t */
                   OPTION_REAL,     /* double */
                   OPTION_WORD,     /* int: which of `words` */
                   OPTION_TEXT,     /* const char * */
                   OPTION_TEXTS,    /* struct texts: one more each time */
                   OPTION_NAMES,    /* struct texts: separated by commas */
                   OPTION_WHOLES,   /* struct numbers: such as 1,2,4-8 or 2,4,...,64 */
                   OPTION_REALS,    /* struct numbers: separated by commas */
};

struct option_row {
    const char *name;
    char letter; /* or 0 */
    enum option_kind kind;
    void *value;
    const char
        *argument;    /* what --help calls it: "LIST"; of what may be left out "[=N]" */
    const char *help; /* lines */
    double least, greatest;   /* of numbers */
    size_t most;              /* of a list: so many items; 0: as many as there are */
    const char *const *words; /* NULL at the end */
    const char *implied;      /* the argument when it is left out */
    bool worked_out;          /* when it is not given: from other things, and later */
    bool given;
};

struct command_line {
    const char *usage, *purpose, *after; /* of --help: before and after the options */
    struct option_row *rows;             /* name NULL at the end */
    bool for_compiler;                   /* what follows "--" is the compiler's */
    bool for_program; /* what follows "--", or the first word that is no option, is a
                         program's */
};

/* What is no option. */
struct rest {
    char **words;
    int count;
    const char *const *flags; /* of the compiler; NULL at the end */
};

/* Reads it all. Ends the process for --help and --version. */
struct rest options_read(const struct command_line *line, int argc, char **argv);

/* Of several options that do not go with what is to be done, the first that was given;
   `names` are separated by spaces. */
const char *options_given(const struct command_line *line, const char *names);

/* The command line, and the options in force by name ("no_membarrier"). */
json_t *options_command(void);
json_t *options_in_force(const struct command_line *line);

/* The texts of a list, NULL at the end, also if it is empty. */
const char *const *texts_of(const struct texts *texts);

/* Adds to the end of a list. */
void texts_add(struct texts *texts, const char *text);
void numbers_add(struct numbers *numbers, double number);

/* The names that there are of one kind of thing. */
struct known_names {
    const char *option;       /* "--locks" */
    const char *const *names; /* NULL at the end */
};

/* Adds to `chosen` those of kinds[which] that `given` names, or all, or none. A name that
   is not there, or twice, is refused; with a name that is like it, or the kind that has
   it. */
void names_choose(struct texts *chosen, const struct texts *given,
                  const struct known_names *kinds, size_t kind_count, size_t which);

/* Refuses in the same way a name that is not of the kind. */
void names_check(const char *name, const struct known_names *kinds, size_t kind_count,
                 size_t which);

#endif
