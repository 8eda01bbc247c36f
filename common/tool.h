/* SPDX-License-Identifier: MIT */
/* The running tool: its name, where its messages go, and how it ends. */
#ifndef LOCKSTEP_COMMON_TOOL_H
#define LOCKSTEP_COMMON_TOOL_H

#include <stdbool.h>
#include <stdio.h>

/* Set by main, before anything else. */
extern struct tool {
    const char *name;
    const char *version;
    const char *listing; /* the word that lists names; NULL: "list" */
    FILE *err;           /* NULL: standard error */
    void (*quit)(int);   /* ends the process; NULL: exit */
    bool is_watched;     /* standard error is a terminal */
    bool verbose;        /* progress is also for those who read it later */
    bool is_again;       /* another process has said what there is to say of own locks */
} tool;

/* What the exit statuses of all tools mean. */
enum {
    STATUS_GOOD,
    STATUS_WRONG,
    STATUS_NO_VERDICT,
    STATUS_CANNOT,
    STATUS_MISTAKE, /* of the tool itself */
    STATUS_INTERRUPTED = 130
};

/* Ends the process with status 3, after one line that begins with the tool's name. */
_Noreturn void refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A line that the next one replaces, on a terminal; with --verbose a line of its own. */
void progress_show(const char *format, ...) __attribute__((format(printf, 1, 2)));
void progress_clear(void);

/* The file that --output names (NULL: standard output), opened, or checked to be one that
   can be written while what is in it stays. Refuses where that fails. */
FILE *output_open(const char *path);
void output_check(const char *path);

/* Flushes and closes it; refuses where something could not be written. */
void output_close(FILE *file, const char *path);

#endif
