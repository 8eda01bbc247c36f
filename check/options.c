/* SPDX-License-Identifier: MIT */
#include "check/options.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/memory.h"

static struct options options = {
    .events = 1000, .memory = 256, .jobs = 1, .format = TABLE};

static const char *const models[] = {"rc11", "sc", "tso", NULL};
static const char *const sequences[] = {"c++20", "same-thread", NULL};

static const char *const applied[] = {"none", "strongest", "x86", "arm64", "power", NULL};
static const char *const volatiles[] = {"race", "relaxed", NULL};
static const char *const early_returns[] = {"some", "all", "none", NULL};

static struct option_row rows[] = {
    {"locks", 'l', OPTION_NAMES, &options.locks, .argument = "NAMES",
     .help = "check the library's locks of these names, separated\n"
             "by commas, or all or none"},
    {"rwlocks", 'w', OPTION_NAMES, &options.rwlocks, .argument = "NAMES",
     .help = "the same of reader-writer locks"},
    {"barriers", 'b', OPTION_NAMES, &options.barriers, .argument = "NAMES",
     .help = "the same of barriers"},
    {"catalog", 0, OPTION_NAMES, &options.catalog, .argument = "[=NAMES]",
     .implied = "all", .help = "the same of all that the library has"},
    {"full", 0, OPTION_FLAG, &options.full,
     .help = "of these: larger clients too (minutes)"},
    {"weaken", 0, OPTION_FLAG, &options.weaken,
     .help = "which memory orders are needed? Weakens each, one at\n"
             "a time, and checks again"},
    {"apply", 0, OPTION_WORD, &options.apply, .argument = "[=FIRST]", .words = applied,
     .implied = "strongest",
     .help = "with --weaken: a patch with the weakest orders; first\n"
             "weakens what is strongest, or what costs most on x86,\n"
             "arm64 or power"},
    {"argument", 'a', OPTION_TEXTS, &options.arguments, .argument = "VALUE",
     .help = "of the program; may be repeated"},
    {"model", 0, OPTION_WORD, &options.model, .argument = "MODEL", .words = models,
     .help = "rc11, sc (every order as seq_cst), or tso (what x86\n"
             "processors do); default rc11"},
    {"spurious", 0, OPTION_UNSIGNED, &options.spurious, .argument = "[=N]", .least = 1,
     .greatest = 1000, .implied = "1",
     .help = "weak compare-and-swaps may fail without cause, N\n"
             "times in each thread (default 1; without the\n"
             "option, never)"},
    {"release-sequences", 0, OPTION_WORD, &options.same_thread, .argument = "RULE",
     .words = sequences, .help = "c++20, or same-thread (C11 to C++17); default c++20"},
    {"volatile", 0, OPTION_WORD, &options.relaxed, .argument = "AS", .words = volatiles,
     .help = "what volatile accesses are: plain ones, which may\n"
             "race, or relaxed atomics: race or relaxed; default\n"
             "race"},
    {"plain", 0, OPTION_WORD, &options.plain_relaxed, .argument = "AS",
     .words = volatiles,
     .help = "the same of all others, too, but for those of whole\n"
             "structures; default race"},
    {"no-membarrier", 0, OPTION_FLAG, &options.no_membarrier,
     .help = "the system has no membarrier(2)"},
    {"early-returns", 0, OPTION_WORD, &options.early_returns, .argument = "N",
     .words = early_returns,
     .help = "waits on conditions and futexes return for no\n"
             "reason, one in an execution: some (the default:\n"
             "10000 runs, or half as many as without), all, or\n"
             "none"},
    {"interrupts", 0, OPTION_FLAG, &options.interrupts,
     .help = "sem_wait may fail with EINTR, likewise"},
    {"trust", 0, OPTION_TEXTS, &options.trust, .argument = "NAME",
     .help = "a function, file or -lLIBRARY touches nothing that\n"
             "threads share: that it is not seen does not count;\n"
             "may be repeated"},
    {"trust-library", 0, OPTION_FLAG, &options.trust_library,
     .help = "lks_mutex, lks_cond, lks_once, lks_sem and\n"
             "lks_rwmutex are what their headers promise: how\n"
             "they do it is not explored"},
    {"memory", 0, OPTION_UNSIGNED, &options.memory, .argument = "N", .least = 1,
     .greatest = 512, .help = "MiB that each thread may have of malloc (default 256)"},
    {"bound", 0, OPTION_UNSIGNED, &options.events, .argument = "N", .least = 1,
     .greatest = 60000, .help = "atomic events of each thread, at most (default 1000)"},
    {"no-symmetry", 0, OPTION_FLAG, &options.no_symmetry,
     .help = "explore also what differs only in which of several\n"
             "threads that are alike did what"},
    {"deviations", 0, OPTION_UNSIGNED, &options.deviations, .argument = "[=N]",
     .least = 1, .greatest = 1000000, .implied = "1000000",
     .help = "first the execution in which the threads run one\n"
             "after the other, then those with one deviation from\n"
             "that, and so on, up to N: inconclusive, but faults\n"
             "are found soon"},
    {"jobs", 'j', OPTION_UNSIGNED, &options.jobs, .argument = "N", .least = 1,
     .greatest = 1024, .help = "processes (default 1)"},
    {"time", 0, OPTION_UNSIGNED, &options.time, .argument = "SECONDS", .least = 1,
     .greatest = 100000000,
     .help = "end the search then, with what was covered:\n"
             "inconclusive"},
    {"dot", 0, OPTION_TEXT, &options.dot, .argument = "FILE",
     .help = "write a wrong execution as a Graphviz file too"},
    {"save", 0, OPTION_TEXT, &options.save, .argument = "FILE",
     .help = "write a wrong execution down, for --replay"},
    {"replay", 0, OPTION_TEXT, &options.replay, .argument = "FILE",
     .help = "run the one execution that was saved, and show it"},
    {"executions", 0, OPTION_FLAG, &options.executions,
     .help = "print each complete execution, a line each"},
    {"format", 'f', OPTION_WORD, &options.format, .argument = "FORMAT",
     .words = format_names,
     .help = "table (for people), csv or json (an object a line);\n"
             "default table"},
    {"output", 'o', OPTION_TEXT, &options.output, .argument = "FILE",
     .help = "write there, not to standard output"},
    {"brief", 0, OPTION_FLAG, &options.brief,
     .help = "what is found in a line each, as compilers print it:\n"
             "FILE:LINE:COLUMN: error: …"},
    {"verbose", 'v', OPTION_FLAG, &options.verbose,
     .help = "show what the program prints in each execution, and\n"
             "all rows of one that is wrong"},
    {.name = NULL},
};

const struct command_line command_line = {
    .usage = "usage: lockcheck [options] FILE.c|FILE.cc ... [-- compiler flags]\n"
             "       lockcheck [options] MYLOCK.c ... [-- compiler flags]\n"
             "       lockcheck --catalog[=NAMES] [--full] [options]\n"
             "       lockcheck --replay FILE\n"
             "       lockcheck list\n",
    .purpose =
        "Runs a multithreaded program through every execution that the C11 memory model\n"
        "allows (RC11), each once; says how many there are, or shows one that is wrong.\n"
        "Of locks of your own, marked as lockstep-own(7) says, no program is needed: "
        "the\n"
        "library's clients run on them. `lockcheck list` prints what the library has.\n",
    .after = "Exit status: 0 verified, 1 wrong, 2 inconclusive, 3 could not run,\n"
             "130 interrupted.\n"
             "The manual is lockcheck(1); lockcheck-programs(7) says what cannot be "
             "checked,\n"
             "lockstep-results(5) what csv and json write.\n",
    .rows = rows,
    .for_compiler = true,
};

/* The words that are no options: files, or what else is to be done. */
static void read_words(const struct rest *rest)
{
    const char **sources = zeroed((size_t)rest->count + 1, sizeof *sources);
    const char *of_catalog =
        options_given(&command_line, "locks rwlocks barriers catalog");
    for (int i = 0; i < rest->count; i++) {
        sources[i] = rest->words[i];
    }
    options.sources = sources;
    options.flags = rest->flags;
    bool lists = rest->count > 0 && strcmp(rest->words[0], "list") == 0;
    options.by_name = of_catalog != NULL;
    options.action = options.replay != NULL ? REPLAY_SAVED
                     : lists                ? LIST_NAMES
                     : rest->count > 0      ? CHECK_PROGRAM
                     : of_catalog != NULL   ? CHECK_CATALOG
                                            : CHECK_PROGRAM;
    if (lists && rest->count > 1) {
        refuse("unexpected argument '%s'", rest->words[1]);
    }
    if (options.replay != NULL && of_catalog != NULL) {
        refuse("--replay and --%s are two things", of_catalog);
    }
    if (options.action == CHECK_PROGRAM && rest->count == 0) {
        refuse("nothing to check: give a source file, or --catalog "
               "(`lockcheck --help` says more)");
    }
    if (options.replay != NULL && rest->count > 0) {
        refuse("%s: --replay takes no source files", rest->words[0]);
    }
}

/* Refuses now what could not be written after the search. A file that was not there is
   there only then; a pipe is opened once. */
static void check_writable(const char *option, const char *path)
{
    struct stat status;
    if (path == NULL || (stat(path, &status) == 0 && !S_ISREG(status.st_mode) &&
                         !S_ISDIR(status.st_mode))) {
        return;
    }
    bool is_new = lstat(path, &status) != 0;
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0) {
        refuse("--%s: cannot write '%s': %s", option, path, strerror(errno));
    }
    (void)close(file);
    if (is_new) {
        (void)unlink(path);
    }
}

/* What --save keeps is text, a line each. */
static void check_arguments(void)
{
    for (size_t i = 0; options.save != NULL && i < options.arguments.count; i++) {
        if (strchr(options.arguments.items[i], '\n') != NULL) {
            refuse("--save: an argument of two lines cannot be kept");
        }
    }
}

struct options *read_options(int argc, char **argv)
{
    struct rest rest = options_read(&command_line, argc, argv);
    read_words(&rest);
    if (options.action == CHECK_CATALOG &&
        (options.arguments.count > 0 || options.flags[0] != NULL)) {
        refuse("--catalog takes no program's arguments, and no compiler flags");
    }
    if (options.action == CHECK_CATALOG && options.trust_library) {
        refuse("--trust-library is for programs: --catalog proves what it trusts");
    }
    options.relaxed |= options.plain_relaxed;
    if (options.action == CHECK_CATALOG && options.relaxed != 0) {
        refuse("--%s is for programs: the library's orders are what --catalog checks",
               options.plain_relaxed != 0 ? "plain" : "volatile");
    }
#ifndef __x86_64__
    if (options.relaxed != 0) {
        refuse("--volatile=relaxed and --plain=relaxed: only on x86-64");
    }
#endif
    if (options.apply != NOT_APPLIED &&
        (!options.weaken || options.format != TABLE || options.brief ||
         options.action == CHECK_CATALOG)) {
        refuse("--apply goes with --weaken and the user's own files, and prints a patch");
    }
    if (options.weaken &&
        (options.dot != NULL || options.save != NULL || options.action == REPLAY_SAVED)) {
        refuse("--weaken shows no single execution: it takes neither --dot nor --save "
               "nor --replay");
    }
    if (options.deviations > 0 && (options.weaken || options.action == CHECK_CATALOG)) {
        refuse("--deviations says verified of nothing, and --%s needs that",
               options.weaken ? "weaken" : "catalog");
    }
    if (options_given(&command_line, "early-returns") == NULL &&
        ((options.weaken && options.apply == NOT_APPLIED) ||
         (options.action == CHECK_CATALOG && !options.full))) {
        options.early_returns = NO_EARLY_RETURNS;
    }
    const char *for_people = options_given(&command_line, "verbose executions brief");
    if (options.format != TABLE && for_people != NULL) {
        refuse("--%s is for people, and not for --format %s", for_people,
               format_names[options.format]);
    }
    if (options.brief && (options.verbose || options.executions)) {
        refuse("--brief and --%s are two things",
               options.verbose ? "verbose" : "executions");
    }
    check_arguments();
    check_writable("save", options.save);
    check_writable("dot", options.dot);
    return &options;
}
