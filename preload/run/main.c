/* SPDX-License-Identifier: MIT */
/*
 * lockstep-run: a program as it is, with locks of the library.
 *
 *   options.c   the command line; here, what the program finds in its environment
 *   program.c   the program, and whether the library can be put into it
 *   each.c      several runs; output.c how alike outputs are; table.c the table
 *   ../show/    a profile, read and shown: show/profile.h
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "common/memory.h"
#include "common/text.h"
#include "preload/run/each.h"
#include "preload/run/options.h"
#include "preload/run/program.h"
#include "preload/show/session.h"

static void set_variable(const char *name, const char *value)
{
    int failed = value != NULL ? setenv(name, value, 1) : unsetenv(name);
    if (failed != 0) {
        refuse("cannot set %s: %s", name, strerror(errno));
    }
}

/* What is preloaded already stays, behind the library: functions that it has too are then
   the ones that the library calls as the system's. */
static void set_preload(const char *library)
{
    static const char *before;
    static bool is_known;
    if (!is_known) {
        before = getenv("LD_PRELOAD");
        before = before != NULL ? sure(strdup(before)) : "";
        is_known = true;
    }
    char *all = text_made("%s%s%s", library, before[0] != '\0' ? ":" : "", before);
    set_variable("LD_PRELOAD", all);
    free(all);
}

void set_environment(const struct options *options, const struct choice *choice,
                     const char *library)
{
    char threads[16] = "";
    text_append(threads, sizeof threads, "%u", options->threads_at_most);
    set_preload(library);
    set_variable("LOCKSTEP_LOCK", choice->names[LOCK]);
    set_variable("LOCKSTEP_RWLOCK", choice->names[RWLOCK]);
    set_variable("LOCKSTEP_BARRIER", choice->names[BARRIER]);
    set_variable("LOCKSTEP_THREADS_AT_MOST",
                 options->threads_at_most > 0 ? threads : NULL);
}

static int run_profiled(const struct options *options, const char *program)
{
    char sample[16] = "";
    text_append(sample, sizeof sample, "%u", options->profile_sample);
    set_variable("LOCKSTEP_PROFILE_EVERY", sample);
    struct session session = {.program = program,
                              .words = options->program,
                              .output =
                                  options->profile[0] != '\0' ? options->profile : NULL,
                              .seconds = options->profile_seconds,
                              .line = &command_line};
    session_begin();
    return session_run(&session);
}

int main(int argc, char **argv)
{
    tool = (struct tool){.name = "lockstep-run",
                         .version = LOCKSTEP_VERSION,
                         .listing = "--list",
                         .is_watched = isatty(STDERR_FILENO) == 1};
    const struct options *options = read_options(argc, argv);
    const char *library = find_library();
    const char *program = find_program(options->program[0], library);
    if (options->each_count > 0) {
        return run_each(options, program, library);
    }
    set_environment(options, &options->choice, library);
    if (options->profile != NULL) {
        return run_profiled(options, program);
    }
    (void)execvp(program, options->program);
    refuse("cannot run %s: %s", program, strerror(errno));
}
