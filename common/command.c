/* SPDX-License-Identifier: MIT */
#include "common/command.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/memory.h"

extern char **environ;

void command_add(struct command *command, const char *word)
{
    if (command->count + 2 > command->room) {
        command->room = 2 * command->room + 32;
        command->words = grow(command->words, command->room * sizeof *command->words);
    }
    command->words[command->count++] = sure(strdup(word));
    command->words[command->count] = NULL;
}

void command_add_all(struct command *command, const char *const *words)
{
    while (*words != NULL) {
        command_add(command, *words++);
    }
}

void command_discard(struct command *command)
{
    for (size_t i = 0; i < command->count; i++) {
        free(command->words[i]);
    }
    free(command->words);
    *command = (struct command){NULL, 0, 0};
}

bool command_run(struct command *command, const char *output, const char *errors)
{
    enum { FLAGS = O_WRONLY | O_CREAT | O_TRUNC, MODE = 0600 };
    posix_spawn_file_actions_t files;
    (void)posix_spawn_file_actions_init(&files);
    if (output != NULL) {
        (void)posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output, FLAGS,
                                               MODE);
    }
    if (errors != NULL) {
        (void)posix_spawn_file_actions_addopen(&files, STDERR_FILENO, errors, FLAGS,
                                               MODE);
    }
    pid_t process;
    int error =
        posix_spawnp(&process, command->words[0], &files, NULL, command->words, environ);
    (void)posix_spawn_file_actions_destroy(&files);
    if (error != 0) {
        refuse("cannot run the compiler %s: %s (CC and CXX name another one)",
               command->words[0], strerror(error));
    }
    command_discard(command);
    int status;
    while (waitpid(process, &status, 0) < 0) {
        if (errno != EINTR) {
            return false;
        }
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
