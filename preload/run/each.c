/* SPDX-License-Identifier: MIT */
#include "preload/run/each.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/memory.h"
#include "common/text.h"
#include "preload/run/table.h"

extern char **environ;

/* --- interrupts: they end the program, and then what we do -------------------------- */

static volatile sig_atomic_t interrupted;
static volatile sig_atomic_t running; /* the program; 0: none */

static void interrupt(int signal)
{
    interrupted = 1;
    if (running != 0) {
        (void)kill((pid_t)running, signal);
    }
}

static void catch_interrupts(void)
{
    struct sigaction action = {.sa_handler = interrupt};
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGHUP, &action, NULL);
}

/* --- a run -------------------------------------------------------------------------- */

struct run {
    int status; /* as wait says it */
    double wall, processor;
};

static double now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* A file is opened anew, and so read from its beginning by each run; what can be read
   only once is left. */
static int open_input(void)
{
    struct stat status;
    bool is_file = fstat(STDIN_FILENO, &status) == 0 && S_ISREG(status.st_mode);
    int input = open(is_file ? "/proc/self/fd/0" : "/dev/null", O_RDONLY | O_CLOEXEC);
    if (input < 0) {
        refuse("cannot read standard input anew: %s", strerror(errno));
    }
    return input;
}

static pid_t start(const char *program, char **words, const char *output,
                   const char *errors)
{
    enum { FLAGS = O_WRONLY | O_CREAT | O_TRUNC, MODE = 0600 };
    posix_spawn_file_actions_t files;
    int input = open_input();
    (void)posix_spawn_file_actions_init(&files);
    (void)posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    (void)posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output, FLAGS, MODE);
    (void)posix_spawn_file_actions_addopen(&files, STDERR_FILENO, errors, FLAGS, MODE);
    pid_t process;
    int error = posix_spawnp(&process, program, &files, NULL, words, environ);
    (void)posix_spawn_file_actions_destroy(&files);
    (void)close(input);
    if (error != 0) {
        refuse("cannot run %s: %s", program, strerror(error));
    }
    return process;
}

static struct run run_once(const char *program, char **words, const char *output,
                           const char *errors)
{
    struct run run;
    struct rusage used;
    double begin = now();
    pid_t process = start(program, words, output, errors);
    running = process;
    if (interrupted) { /* between the last look and here */
        (void)kill(process, SIGTERM);
    }
    while (wait4(process, &run.status, 0, &used) < 0) {
        if (errno != EINTR) {
            refuse("cannot wait for %s: %s", program, strerror(errno));
        }
    }
    running = 0;
    run.wall = now() - begin;
    run.processor = seconds(used.ru_utime) + seconds(used.ru_stime);
    return run;
}

/* --- all of them -------------------------------------------------------------------- */

/* Where the outputs go. */
struct place {
    char directory[PATH_MAX];
    bool worth_keeping;
};

static void make_place(struct place *place)
{
    const char *temporary = getenv("TMPDIR");
    (void)snprintf(place->directory, sizeof place->directory, "%s/lockstep-run-XXXXXX",
                   temporary != NULL && temporary[0] != '\0' ? temporary : "/tmp");
    if (mkdtemp(place->directory) == NULL) {
        refuse("cannot make a directory in %s: %s", place->directory, strerror(errno));
    }
}

static char *path_in(const struct place *place, const struct candidate *candidate,
                     unsigned run, const char *ending)
{
    return text_made("%s/%s.%u.%s", place->directory, candidate->text, run, ending);
}

static void values_add(struct values *values, double value)
{
    grow_for_one(values);
    values->items[values->count++] = value;
}

static void note_run(struct outcome *outcome, const struct run *run)
{
    outcome->runs++;
    if (run->status == 0) {
        values_add(&outcome->wall, run->wall);
        values_add(&outcome->processor, run->processor);
    } else if (outcome->failed++ == 0) {
        outcome->failure = run->status;
    }
}

/* `first` is the candidate's that all outputs are compared with. Its files stay for now:
   a later one may differ. */
static void note_output(struct place *place, const struct outcome *first,
                        struct outcome *outcome, const struct run *run,
                        const char *output, const char *errors)
{
    struct output read = output_read(output);
    bool is_first = first == outcome && outcome->runs == 1;
    if (is_first) {
        outcome->reference = read;
    }
    enum likeness likeness = output_compare(&first->reference, &read);
    outcome->likeness = likeness > outcome->likeness ? likeness : outcome->likeness;
    if (likeness == OTHER_TEXT || run->status != 0) {
        place->worth_keeping = true;
    } else if (!is_first) {
        (void)unlink(output);
        (void)unlink(errors);
    }
}

static void make_run(const struct options *options, const char *program,
                     const char *library, struct place *place, size_t which,
                     struct outcome *outcomes)
{
    const struct candidate *candidate = &options->each[which];
    struct outcome *outcome = &outcomes[which];
    char *output = path_in(place, candidate, outcome->runs + 1, "out");
    char *errors = path_in(place, candidate, outcome->runs + 1, "err");
    progress_show("run %u of %u under %s", outcome->runs + 1, options->repeat,
                  candidate->text);
    set_environment(options, &candidate->choice, library);
    const struct run run = run_once(program, options->program, output, errors);
    if (!interrupted) {
        note_run(outcome, &run);
        note_output(place, &outcomes[0], outcome, &run, output, errors);
    } else {
        (void)unlink(output);
        (void)unlink(errors);
    }
    free(output);
    free(errors);
}

/* Each round begins with another one, so that none is always the first. */
static void make_runs(const struct options *options, const char *program,
                      const char *library, struct place *place, struct outcome *outcomes)
{
    const size_t count = options->each_count;
    for (unsigned round = 0; round < options->repeat; round++) {
        for (size_t i = 0; i < count && !interrupted; i++) {
            make_run(options, program, library, place, (i + round) % count, outcomes);
        }
    }
    progress_clear();
}

static void remove_place(const struct place *place, const struct candidate *first)
{
    char *output = path_in(place, first, 1, "out"),
         *errors = path_in(place, first, 1, "err");
    (void)unlink(output);
    (void)unlink(errors);
    free(output);
    free(errors);
    (void)rmdir(place->directory);
}

int run_each(const struct options *options, const char *program, const char *library)
{
    struct outcome *outcomes = zeroed(options->each_count, sizeof *outcomes);
    struct place place = {.worth_keeping = false};
    make_place(&place);
    catch_interrupts();
    make_runs(options, program, library, &place, outcomes);
    print_outcomes(options, outcomes);
    if (place.worth_keeping) {
        (void)printf("outputs that differ are kept in %s, with the first run's\n",
                     place.directory);
    } else {
        remove_place(&place, &options->each[0]);
    }
    int status = STATUS_GOOD;
    for (size_t i = 0; i < options->each_count; i++) {
        status = outcomes[i].failed > 0 ? STATUS_WRONG : status;
        free(outcomes[i].wall.items);
        free(outcomes[i].processor.items);
    }
    free(outcomes);
    if (interrupted) {
        (void)fputs("lockstep-run: interrupted; these are the results so far\n", stderr);
        status = STATUS_INTERRUPTED;
    }
    output_close(stdout, NULL);
    return status;
}
