/* SPDX-License-Identifier: MIT */
#include "sim/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/measure.h"
#include "sim/simulate.h"
#include "virtual/program/program.h"
#include "virtual/program/tool.h"

enum { WRONG = 1, BAD_INPUT = 3, INTERRUPTED_STATUS = 130 };

static int (*program_main)(int, char **, char **);

/* --- the program's first thread ----------------------------------------------------- */

/* Strings of the program's own, at an address that is the same in each run. */
static char **copy_words(const char *first, const char *const *others, int *count)
{
    size_t others_count = 0;
    while (others[others_count] != NULL) {
        others_count++;
    }
    char **words = vm_allocate((others_count + 2) * sizeof *words, 1, true, NULL);
    for (size_t i = 0; i <= others_count; i++) {
        const char *word = i == 0 ? first : others[i - 1];
        words[i] = vm_allocate(strlen(word) + 1, 1, false, NULL);
        memcpy(words[i], word, strlen(word) + 1);
    }
    *count = (int)others_count + 1;
    return words;
}

static void run_main(void *argument)
{
    const struct options *options = argument;
    int count;
    char **words = copy_words(options->sources[0], options->arguments, &count);
    vm_exit(program_main(count, words, environ), NULL);
}

/* --- what it does natively ---------------------------------------------------------- */

/* What it prints is no part of a report that another program reads. */
static void hand_on(const struct options *options)
{
    size_t size;
    char *text = vm_output_caught(&size);
    FILE *to = options->format == TABLE ? vm_out : vm_err;
    (void)fwrite(text, 1, size, to);
    (void)fflush(to);
    free(text);
    vm_output_begin();
    vm_output_release();
}

int run_load(const struct options *options)
{
    vm_output_catch(false); /* constructors may print, too */
    bool loaded = vm_load_sources(options->sources, options->flags);
    hand_on(options);
    if (!loaded) {
        return BAD_INPUT;
    }
    *(void **)&program_main = vm_symbol("main");
    return 0;
}

/* --- a run -------------------------------------------------------------------------- */

static int conclude(const char *program, enum ending ending)
{
    struct vm_source source;
    switch (ending) {
    case ENDED:
        if (simulation.status != 0) {
            (void)fprintf(vm_err, "locksim: %s: the program ended with status %d\n",
                          program, simulation.status);
        }
        return simulation.status != 0 ? WRONG : 0;
    case INTERRUPTED:
        return INTERRUPTED_STATUS;
    case STOPPED: /* it has said that it is not interested in what would follow */
        return 0;
    default:
        if (simulation.site != NULL && vm_source_of(simulation.site, &source)) {
            (void)fprintf(vm_err, "locksim: %s:%d: %s\n", source.file, source.line,
                          simulation.message);
        } else {
            (void)fprintf(vm_err, "locksim: %s: %s\n", program, simulation.message);
        }
        return ending == REFUSED ? BAD_INPUT : WRONG;
    }
}

void run_program(const struct options *options, unsigned count, struct result *result,
                 int *status)
{
    *result = (struct result){.machine = &options->machine,
                              .primitive = options->sources[0],
                              .scenario = PROGRAM,
                              .processors = count,
                              .seed = options->seed};
    vm_pretended_processors = vm_openmp_threads = count;
    vm_output_catch(false);
    vm_reset();
    simulation_begin(&options->machine, count, options->seed);
    measure_begin_lock(0, 0, false); /* all of the run, and no acquisition in it */
    processor_start(0, run_main, (void *)(uintptr_t)options, 0);
    enum ending ending = simulation_run();
    hand_on(options);
    measure_end(result);
    *status = conclude(options->sources[0], ending);
}
