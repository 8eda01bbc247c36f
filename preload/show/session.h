/* SPDX-License-Identifier: MIT */
/* A program that runs with a profile, for lockstep-run. */
#ifndef LOCKSTEP_PRELOAD_SHOW_SESSION_H
#define LOCKSTEP_PRELOAD_SHOW_SESSION_H

#include "common/options.h"

struct session {
    const char *program; /* its file */
    char **words;        /* its name and arguments; NULL at the end */
    const char *output;  /* JSON Lines go there at the end; NULL: a table, to standard
                            error */
    unsigned seconds;    /* a table each so many; 0: none */
    const struct command_line *line;
};

/*
 * Makes a new directory for the files of a profile, in memory if that can be, and has
 * LOCKSTEP_PROFILE name it; refuses where there is none.
 */
void session_begin(void);

/*
 * Runs the program, with the environment as it is, and shows the profile: at the end, and
 * as a table at each SIGUSR1. Returns the program's exit status; if a signal ended it,
 * that signal ends this process, too.
 */
int session_run(const struct session *session);

#endif
