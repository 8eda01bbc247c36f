/* SPDX-License-Identifier: MIT */
#include "bench/in_turn.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/apart.h"
#include "bench/team.h"
#include "common/command.h"
#include "common/tool.h"

extern char **environ;

bool is_program(const char *path)
{
    char begin[4] = "";
    FILE *file = fopen(path, "r");
    size_t size = file != NULL ? fread(begin, 1, sizeof begin, file) : 0;
    if (file != NULL) {
        (void)fclose(file);
    }
    return access(path, X_OK) == 0 && size == sizeof begin &&
           (memcmp(begin, "\177ELF", 4) == 0 || memcmp(begin, "#!", 2) == 0);
}

/* The exit status; 128 and the signal that it has died of. */
static int run(const char *program, const char *const *options, const char *output)
{
    struct command command = {NULL, 0, 0};
    pid_t process;
    command_add(&command, program);
    command_add_all(&command, options);
    command_add_all(&command,
                    (const char *[]){"--format", "json", "--output", output, NULL});
    int error = posix_spawn(&process, program, NULL, NULL, command.words, environ);
    if (error != 0) {
        refuse("cannot run '%s': %s", program, strerror(error));
    }
    command_discard(&command);
    int status = await_process(process);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Adds one launch. */
static void launch(struct results *results, const char *const *options,
                   const char *output)
{
    int status = run(results->path, options, output);
    if (status == STATUS_GOOD || status == STATUS_WRONG) { /* something is broken */
        results_add(results, output);
    }
    (void)unlink(output);
    if (status == STATUS_INTERRUPTED || is_interrupted()) {
        (void)fputs("lockbench: interrupted\n", stderr);
        exit(STATUS_INTERRUPTED);
    }
    if (status != STATUS_GOOD && status != STATUS_WRONG) {
        refuse("%s did not measure: it ended with status %d", results->path, status);
    }
}

void launch_in_turn(struct results results[2], const char *const *options,
                    unsigned launches)
{
    const char *folder = getenv("TMPDIR");
    char output[4096];
    (void)snprintf(output, sizeof output, "%s/lockbench-XXXXXX",
                   folder != NULL ? folder : "/tmp");
    int descriptor = mkstemp(output);
    if (descriptor < 0) {
        refuse("cannot make the file %s: %s", output, strerror(errno));
    }
    (void)close(descriptor);
    catch_interrupt();
    for (unsigned i = 0; i < launches; i++) {
        progress_show("launch %u of %u of each", i + 1, launches);
        const unsigned first = i % 2; /* A B, B A, …: neither is always the second one */
        launch(&results[first], options, output);
        launch(&results[1 - first], options, output);
    }
    progress_clear();
}
