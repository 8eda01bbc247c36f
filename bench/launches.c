/* SPDX-License-Identifier: MIT */
/* What the two processes have to tell each other is in a file without a name, which both
   have open: as they are the same program, as it lies in memory. */
#include "bench/launches.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/apart.h"
#include "common/memory.h"
#include "common/tool.h"

static const char VARIABLE[] = "LOCKBENCH_LAUNCH"; /* the file, and which launch it is */

/* The beginning of the file; the runs follow. */
struct told {
    struct {
        bool broken;
        unsigned refused;
    } marks[FAMILIES][MAX_COMPETITORS];
    struct launch launch;
    size_t run_count;
    bool measured;
};

/* A run, whose name lies elsewhere in another process. */
struct told_run {
    struct run run;
    unsigned competitor;
};

static FILE *file;

static struct competitors *family_of(const struct options *options, const struct run *run)
{
    return (struct competitors *)&options
        ->competitors[kind_facts[run->setting.kind].family];
}

static void take_marks(struct told *told, const struct options *options)
{
    for (int family = 0; family < FAMILIES; family++) {
        for (unsigned i = 0; i < options->competitors[family].count; i++) {
            const struct competitor *one = &options->competitors[family].items[i];
            told->marks[family][i].broken = one->broken;
            told->marks[family][i].refused = one->refused;
        }
    }
}

static void set_marks(struct options *options, const struct told *told)
{
    for (int family = 0; family < FAMILIES; family++) {
        for (unsigned i = 0; i < options->competitors[family].count; i++) {
            struct competitor *one = &options->competitors[family].items[i];
            one->broken = told->marks[family][i].broken;
            one->refused = told->marks[family][i].refused;
        }
    }
}

/* --- the process that is launched --------------------------------------------------- */

bool is_launched(void)
{
    return getenv(VARIABLE) != NULL;
}

bool launched(struct options *options)
{
    static struct told told;
    const char *text = getenv(VARIABLE);
    int descriptor;
    if (text == NULL) {
        return false;
    }
    if (sscanf(text, "%d,%u", &descriptor, &options->launch) != 2 ||
        (file = fdopen(descriptor, "r+")) == NULL ||
        fread(&told, sizeof told, 1, file) != 1) {
        refuse("%s is set, which is for processes that lockbench has started", VARIABLE);
    }
    (void)unsetenv(VARIABLE);
    set_marks(options, &told);
    return true;
}

static unsigned place_of(const struct competitors *all, const char *name)
{
    unsigned i = 0;
    while (strcmp(all->items[i].name, name) != 0) {
        i++;
    }
    return i;
}

void hand_over(const struct options *options, const struct launch *launch,
               const struct runs *runs)
{
    static struct told told;
    told.launch = *launch;
    told.run_count = runs->count;
    told.measured = true;
    take_marks(&told, options);
    rewind(file);
    bool written = fwrite(&told, sizeof told, 1, file) == 1;
    for (size_t i = 0; i < runs->count; i++) {
        struct told_run one = {.run = runs->items[i]};
        one.competitor = place_of(family_of(options, &one.run), one.run.name);
        written = written && fwrite(&one, sizeof one, 1, file) == 1;
    }
    if (fclose(file) != 0 || !written) {
        refuse("cannot hand over what was measured: %s", strerror(errno));
    }
}

/* --- the process that launches ------------------------------------------------------ */

/* Tells the launch which competitors are not to be measured; and at which end of the file
   it is to begin. */
static void prepare(const struct options *options)
{
    static struct told told;
    take_marks(&told, options);
    if (file == NULL && (file = tmpfile()) == NULL) {
        refuse("cannot make a temporary file: %s", strerror(errno));
    }
    rewind(file);
    if (fwrite(&told, sizeof told, 1, file) != 1 || fflush(file) != 0) {
        refuse("cannot write a temporary file: %s", strerror(errno));
    }
    rewind(file);
    int descriptor = fileno(file);
    char text[64];
    (void)snprintf(text, sizeof text, "%d,%u", descriptor, options->launch);
    (void)setenv(VARIABLE, text, 1);
}

static bool read_back(struct options *options, struct launch *launch, struct runs *runs)
{
    static struct told told;
    rewind(file);
    if (fread(&told, sizeof told, 1, file) != 1 || !told.measured) {
        return false;
    }
    set_marks(options, &told);
    *launch = told.launch;
    for (size_t i = 0; i < told.run_count; i++) {
        struct told_run one;
        if (fread(&one, sizeof one, 1, file) != 1) {
            return false;
        }
        one.run.name = family_of(options, &one.run)->items[one.competitor].name;
        one.run.launch = options->launch;
        add_run(runs, &one.run);
    }
    return true;
}

bool make_launch(struct options *options, char **argv, struct launch *launch,
                 struct runs *runs)
{
    pid_t process;
    prepare(options);
    (void)fflush(NULL);
    int error = start_process(&process, "/proc/self/exe", argv);
    (void)unsetenv(VARIABLE);
    if (error != 0) {
        refuse("--launches: cannot start lockbench anew: %s", strerror(error));
    }
    int status = await_process(process);
    if (read_back(options, launch, runs)) {
        return true;
    }
    if (WIFSIGNALED(status)) {
        (void)fprintf(stderr, "lockbench: launch %u: %s; nothing more is measured\n",
                      options->launch, strsignal(WTERMSIG(status)));
    }
    return false;
}
