/* SPDX-License-Identifier: MIT */
#include "check/options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/tool.h"
#include "virtual/program/tool.h"

static const char help[] =
    "usage: lockcheck [options] FILE.c|FILE.cc ... [-- compiler flags]\n"
    "       lockcheck --catalog[=NAME,...] [--full] [options]\n"
    "       lockcheck --replay FILE\n"
    "\n"
    "Runs a multithreaded program through every execution that the C11 memory model\n"
    "allows (RC11), each once; says how many there are, or shows one that is wrong.\n"
    "\n"
    "  -m, --model MODEL      rc11, or sc (every order as seq_cst); default rc11\n"
    "      --spurious[=N]     weak compare-and-swaps may fail without cause, N times in\n"
    "                         each thread (default 1; without the option, never)\n"
    "      --release-sequences RULE\n"
    "                         c++20, or same-thread (C11 to C++17); default c++20\n"
    "      --no-membarrier    the system has no membarrier(2)\n"
    "      --early-returns N  waits on conditions and futexes return for no reason, one "
    "in\n"
    "                         an execution: some (the default: 10000 runs, or twice as\n"
    "                         many as without), all, or none\n"
    "      --trust NAME       a function, file or -lLIBRARY touches nothing that "
    "threads\n"
    "                         share: that it is not seen does not count; may be "
    "repeated\n"
    "      --interrupts       sem_wait may fail with EINTR, likewise\n"
    "  -b, --bound N          atomic events of each thread, at most (default 1000)\n"
    "      --memory N         MiB that each thread may have of malloc (default 256)\n"
    "  -j, --jobs N           processes (default 1)\n"
    "  -t, --time SECONDS     end the search then, with what was covered: inconclusive\n"
    "  -d, --dot FILE         write a wrong execution as a Graphviz file too\n"
    "  -s, --save FILE        write a wrong execution down, for --replay\n"
    "  -r, --replay FILE      run the one execution that was saved, and show it\n"
    "  -c, --catalog[=NAMES]  check the library's locks and barriers, or those named\n"
    "      --full             with --catalog: larger clients too (minutes)\n"
    "  -w, --weaken           which memory orders are needed? Weakens each, one at a\n"
    "                         time, and checks again\n"
    "  -l, --list             print each complete execution, a line each\n"
    "  -J, --json             print one object\n"
    "  -v, --verbose          show what the program prints in each execution, and all "
    "rows\n"
    "                         of one that is wrong\n"
    "  -h, --help             this text\n"
    "  -V, --version          the version\n"
    "\n"
    "Exit status: 0 verified, 1 wrong, 2 inconclusive, 3 could not run, 130 interrupted\n"
    "by Ctrl-C.\n"
    "The manual, lockcheck(1), says what is checked, and what cannot be.\n";

static unsigned read_number(const char *option, const char *text, unsigned long greatest)
{
    unsigned long number = 0;
    if (text[0] != '\0' && text[strspn(text, "0123456789")] == '\0' &&
        strlen(text) < 10) {
        number = strtoul(text, NULL, 10);
    }
    if (number < 1 || number > greatest) {
        refuse("%s: '%s' is not a whole number from 1 to %lu", option, text, greatest);
    }
    return (unsigned)number;
}

/* Which of two words it is: false for the first. */
static bool read_choice(const char *option, const char *text, const char *first,
                        const char *second)
{
    if (strcmp(text, first) != 0 && strcmp(text, second) != 0) {
        refuse("%s: '%s' is neither %s nor %s", option, text, first, second);
    }
    return strcmp(text, second) == 0;
}

static enum early_returns read_early_returns(const char *text)
{
    static const char *const words[] = {"some", "all", "none"};
    for (unsigned i = 0; i < 3; i++) {
        if (strcmp(text, words[i]) == 0) {
            return (enum early_returns)i;
        }
    }
    refuse("--early-returns: '%s' is none of some, all, none", text);
}

enum {
    SPURIOUS = 256,
    RELEASE_SEQUENCES,
    NO_MEMBARRIER,
    EARLY_RETURNS,
    INTERRUPTS,
    TRUST,
    MEMORY,
    FULL
};

static const struct option long_options[] = {
    {"model", required_argument, NULL, 'm'},
    {"spurious", optional_argument, NULL, SPURIOUS},
    {"release-sequences", required_argument, NULL, RELEASE_SEQUENCES},
    {"no-membarrier", no_argument, NULL, NO_MEMBARRIER},
    {"early-returns", required_argument, NULL, EARLY_RETURNS},
    {"interrupts", no_argument, NULL, INTERRUPTS},
    {"trust", required_argument, NULL, TRUST},
    {"bound", required_argument, NULL, 'b'},
    {"memory", required_argument, NULL, MEMORY},
    {"jobs", required_argument, NULL, 'j'},
    {"time", required_argument, NULL, 't'},
    {"dot", required_argument, NULL, 'd'},
    {"save", required_argument, NULL, 's'},
    {"replay", required_argument, NULL, 'r'},
    {"catalog", optional_argument, NULL, 'c'},
    {"full", no_argument, NULL, FULL},
    {"weaken", no_argument, NULL, 'w'},
    {"list", no_argument, NULL, 'l'},
    {"json", no_argument, NULL, 'J'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static void trust(const char *name)
{
    static const char **names;
    static size_t count;
    const char **more = realloc(names, (count + 2) * sizeof *names);
    if (more == NULL) {
        refuse("no memory");
    }
    names = more;
    names[count++] = name;
    names[count] = NULL;
    vm_trusted = names;
}

static void read_option(struct options *options, int option)
{
    switch (option) {
    case 'm':
        options->sequential = read_choice("--model", optarg, "rc11", "sc");
        break;
    case SPURIOUS:
        options->spurious = optarg == NULL ? 1 : read_number("--spurious", optarg, 1000);
        break;
    case RELEASE_SEQUENCES:
        options->same_thread =
            read_choice("--release-sequences", optarg, "c++20", "same-thread");
        break;
    case NO_MEMBARRIER:
        options->no_membarrier = true;
        break;
    case EARLY_RETURNS:
        options->early_returns = read_early_returns(optarg);
        break;
    case INTERRUPTS:
        options->interrupts = true;
        break;
    case TRUST:
        trust(optarg);
        break;
    case MEMORY:
        options->memory = read_number("--memory", optarg, 512);
        break;
    case 'b':
        options->events = read_number("--bound", optarg, 60000);
        break;
    case 'j':
        options->jobs = read_number("--jobs", optarg, 1024);
        break;
    case 't':
        options->time = read_number("--time", optarg, 100000000);
        break;
    case 'd':
        options->dot = optarg;
        break;
    case 's':
        options->save = optarg;
        break;
    case 'r':
        options->replay = optarg;
        options->action = REPLAY_SAVED;
        break;
    case 'c':
        options->action = CHECK_CATALOG;
        options->only = optarg;
        break;
    case FULL:
        options->full = true;
        break;
    case 'w':
        options->weaken = true;
        break;
    case 'l':
        options->list = true;
        break;
    case 'J':
        options->json = true;
        break;
    case 'v':
        options->verbose = true;
        break;
    case 'h':
        (void)fputs(help, stdout);
        exit(0);
    case 'V':
        (void)puts("lockcheck " LOCKSTEP_VERSION);
        exit(0);
    default: /* getopt has said what */
        (void)fputs("lockcheck: `lockcheck --help` lists the options\n", stderr);
        exit(3);
    }
}

void read_options(struct options *options, int argc, char **argv)
{
    *options = (struct options){.events = 1000, .memory = 256, .jobs = 1};
    /* What follows "--" is the compiler's. */
    int own = 1;
    while (own < argc && strcmp(argv[own], "--") != 0) {
        own++;
    }
    for (int option; (option = getopt_long(own, argv, "m:b:j:t:d:s:r:c::wlJvhV",
                                           long_options, NULL)) != -1;) {
        read_option(options, option);
    }
    /* getopt has put the files last. */
    const char **sources = calloc((size_t)(own - optind) + 1, sizeof *sources);
    if (sources == NULL) {
        refuse("no memory");
    }
    for (int i = optind; i < own; i++) {
        sources[i - optind] = argv[i];
    }
    options->sources = sources;
    options->flags = (const char *const *)(argv + (own < argc ? own + 1 : own));
    bool files = own > optind;
    if (options->action == CHECK_PROGRAM && !files) {
        refuse("nothing to check: give a source file, or --catalog "
               "(`lockcheck --help` says more)");
    }
    if (options->action != CHECK_PROGRAM && files) {
        refuse("%s: --catalog and --replay take no source files", argv[optind]);
    }
    if (options->action == CHECK_PROGRAM && options->full) {
        refuse("--full goes with --catalog");
    }
    if (options->weaken && (options->dot != NULL || options->save != NULL ||
                            options->action == REPLAY_SAVED)) {
        refuse("--weaken shows no single execution: it takes neither --dot nor --save "
               "nor --replay");
    }
}
