/* SPDX-License-Identifier: MIT */
/* Commands that a tool runs: the user's compiler. */
#ifndef LOCKSTEP_COMMON_COMMAND_H
#define LOCKSTEP_COMMON_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

struct command {
    char **words; /* NULL at the end */
    size_t count, room;
};

void command_add(struct command *command, const char *word);
void command_add_all(struct command *command, const char *const *words);
void command_discard(struct command *command);

/* Runs a command, and forgets its words. What it writes goes to files; NULL: where ours
   goes. Returns whether it has ended well; one that cannot be run is refused. */
bool command_run(struct command *command, const char *output, const char *errors);

#endif
