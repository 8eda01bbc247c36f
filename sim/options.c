/* SPDX-License-Identifier: MIT */
#include "sim/options.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "sim/machine/parameters.h"
#include "sim/machine/reading.h"
#include "sim/machine/topology.h"
#include "sim/workload.h"

static const char help[] =
    "usage: locksim [options]\n"
    "       locksim run FILE.c|FILE.cc ... [options] [-- compiler flags]\n"
    "       locksim machines [NAME]\n"
    "\n"
    "Runs the library's locks and barriers, or a program, on a simulated machine with\n"
    "shared memory; says what they cost there, and how the costs grow with processors.\n"
    "`locksim machines` lists the machines there are, and prints one's description.\n"
    "\n"
    "  -m, --machine NAME|FILE    default smp\n"
    "      --protocol NAME        of the caches: mesi, msi, dragon, firefly, none\n"
    "      --arbitration NAME     of the bus: fifo, fixed, random\n"
    "      --set KEY=VALUE        change one thing of the machine; may be repeated\n"
    "      --topology FILE.xml    nodes and distances of a real machine, from lstopo\n"
    "  -l, --locks[=NAMES]        locks, or those named, separated by commas\n"
    "  -b, --barriers[=NAMES]     the same; default: all locks and all barriers\n"
    "  -p, --processors LIST      such as 8, 2-8, or 2,4,...,1024 (default\n"
    "                             1,2,4,...,64; with run, 64)\n"
    "  -s, --scenario NAME        latency: processors take turns at a free lock\n"
    "                             queue: each acquires once, and the first one leaves\n"
    "                             when all are queued; one episode of a barrier\n"
    "                             steady: the middle of a long run (default)\n"
    "  -n, --acquisitions N       of each processor, that are measured; episodes\n"
    "  -i, --inside CYCLES        work in the critical section (default 100; in a queue\n"
    "                             long enough for all to settle)\n"
    "  -o, --outside CYCLES       work between two of them (default 50 in the scenario\n"
    "                             steady), or between episodes (default 0)\n"
    "      --arrival NAME         work outside is always the same: fixed (default), or\n"
    "                             random\n"
    "  -d, --data LINES           of shared data that each critical section changes\n"
    "      --seed N               of all that is random (default 1)\n"
    "  -f, --format NAME          table, csv or json (an object a line); default table\n"
    "      --trace FILE           a line for each access; -: to standard output\n"
    "  -t, --timeline FILE.svg    draw the runs\n"
    "      --check                check the coherence protocol at each access\n"
    "      --poll                 simulate each try of a wait, rather than count those "
    "that\n"
    "                             find nothing new: the same results, later\n"
    "  -a, --argument VALUE       with run: of the program; may be repeated\n"
    "  -h, --help                 this text\n"
    "  -V, --version              the version\n"
    "\n"
    "Exit status: 0 good, 1 the program failed, 3 could not run, 130 interrupted.\n"
    "The manual, locksim(1), says what is simulated and what the figures mean.\n";

/* What is only understood when all of the command line is known. */
static struct {
    const char *protocol, *arbitration, *topology;
    const char **settings, **arguments; /* NULL at the end */
    unsigned setting_count, argument_count;
    bool any_locks, any_barriers;
    char *locks, *barriers; /* their names; NULL: all, if any */
    char *processors;
    const char *for_catalog; /* an option that only the catalog's runs have */
    const char *any;
} given;

/* --- words and numbers -------------------------------------------------------------- */

static uint64_t read_number(const char *option, const char *text, uint64_t least,
                            uint64_t greatest)
{
    errno = 0;
    uint64_t number = strtoull(text, NULL, 10);
    if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0' || errno != 0 ||
        number < least || number > greatest) {
        refuse("%s: '%s' is not a whole number from %" PRIu64 " to %" PRIu64, option,
               text, least, greatest);
    }
    return number;
}

static cycles read_cycles(const char *option, const char *text)
{
    return read_number(option, text, 0, UINT64_C(1000000000));
}

/* Which of some words, NULL at the end, it is. */
static int read_choice(const char *option, const char *text, const char *const *words)
{
    int choice = 0;
    char all[64] = "";
    while (words[choice] != NULL && strcmp(words[choice], text) != 0) {
        text_append(all, sizeof all, "%s%s", choice == 0 ? "" : ", ", words[choice]);
        choice++;
    }
    if (words[choice] == NULL) {
        refuse("%s: '%s' is none of %s", option, text, all);
    }
    return choice;
}

/* Cuts the next item off a list separated by commas; NULL at its end. */
static char *next_item(const char *option, char **list)
{
    char *item = *list;
    if (item == NULL) {
        return NULL;
    }
    char *comma = strchr(item, ',');
    if (comma != NULL) {
        *comma = '\0';
    }
    if (item[0] == '\0') {
        refuse("%s: something is missing before, between or after the commas", option);
    }
    *list = comma != NULL ? comma + 1 : NULL;
    return item;
}

/* --- --processors ------------------------------------------------------------------- */

static void add_size(struct options *options, unsigned size)
{
    for (unsigned i = 0; i < options->size_count; i++) {
        if (options->sizes[i] == size) {
            refuse("--processors: %u is there twice", size);
        }
    }
    if (options->size_count == MOST_SIZES) {
        refuse("--processors: more than %d numbers", MOST_SIZES);
    }
    options->sizes[options->size_count++] = size;
}

static unsigned read_size(const char *text)
{
    return (unsigned)read_number("--processors", text, 1, VM_PROCESSORS);
}

/* Whether a series that goes on from `from`, times `factor` and plus `step`, comes to
   `last`; with `options`, adds what comes after `from`. */
static bool go_on(struct options *options, unsigned from, unsigned factor, unsigned step,
                  unsigned last)
{
    unsigned size = from;
    while (size < last && (factor > 1 || step > 0)) {
        size = size * factor + step;
        if (options != NULL) {
            add_size(options, size);
        }
    }
    return size == last;
}

/* What "..." after two numbers, and before `last`, stands for: 2,4,...,16 multiplies, and
   10,20,...,50 adds, as the numbers are only then met. */
static void add_series(struct options *options, unsigned last)
{
    if (options->size_count < 2) {
        refuse("--processors: there must be two numbers before '...'");
    }
    unsigned one = options->sizes[options->size_count - 2];
    unsigned two = options->sizes[options->size_count - 1];
    unsigned step = two > one ? two - one : 0;
    unsigned factor = two % one == 0 ? two / one : 1;
    if (last > two && factor > 1 && go_on(NULL, two, factor, 0, last)) {
        (void)go_on(options, two, factor, 0, last);
    } else if (last > two && step > 0 && go_on(NULL, two, 1, step, last)) {
        (void)go_on(options, two, 1, step, last);
    } else {
        refuse("--processors: %u,%u,... does not come to %u, neither by adding nor by "
               "multiplying",
               one, two, last);
    }
}

static void add_range(struct options *options, char *item)
{
    char *dash = strchr(item, '-');
    if (dash != NULL) {
        *dash = '\0';
    }
    unsigned first = read_size(item);
    unsigned last = dash != NULL ? read_size(dash + 1) : first;
    if (last < first) {
        refuse("--processors: the range %u-%u is empty", first, last);
    }
    for (unsigned size = first; size <= last; size++) {
        add_size(options, size);
    }
}

static void read_sizes(struct options *options, char *list)
{
    bool series = false;
    for (char *item; (item = next_item("--processors", &list)) != NULL;) {
        if (strcmp(item, "...") == 0 || strcmp(item, "…") == 0) {
            if (series || list == NULL) {
                refuse("--processors: there must be a number after '...'");
            }
            series = true;
        } else if (series) {
            add_series(options, read_size(item));
            series = false;
        } else {
            add_range(options, item);
        }
    }
    for (unsigned i = 0; i < options->size_count; i++) {
        if (options->sizes[i] > options->machine.most) {
            refuse("--processors: %u are too many: %s has %u", options->sizes[i],
                   options->machine_name, options->machine.most);
        }
    }
}

/* Enough of them to see what grows; a program has its own number of threads. */
static void default_sizes(struct options *options)
{
    enum { ENOUGH = 64 };
    unsigned last = options->machine.most < ENOUGH ? options->machine.most : ENOUGH;
    for (unsigned size = 1; size < last && options->action == RUN_CATALOG; size *= 2) {
        add_size(options, size);
    }
    add_size(options, last);
}

/* --- --locks, --barriers ------------------------------------------------------------ */

static const char **names;
static unsigned name_count;

static void add_name(const char *option, const char *name)
{
    for (unsigned i = 0; i < name_count; i++) {
        if (strcmp(names[i], name) == 0) {
            refuse("%s: '%s' is named twice", option, name);
        }
    }
    names = sure(realloc(names, (name_count + 2) * sizeof *names));
    names[name_count++] = name;
    names[name_count] = NULL;
}

static void refuse_name(const char *option, const char *name, const char *const *known)
{
    char all[512] = "";
    for (unsigned i = 0; known[i] != NULL; i++) {
        text_append(all, sizeof all, "%s%s", i == 0 ? "" : ", ", known[i]);
    }
    refuse("%s: there is no '%s'; there are %s", option, name, all);
}

/* Adds those that a list names, or all of the locks or barriers. */
static void add_names(bool barriers, char *list)
{
    const char *option = barriers ? "--barriers" : "--locks";
    const char *const *known = workload_names(barriers);
    if (list == NULL || strcmp(list, "all") == 0) {
        for (unsigned i = 0; known[i] != NULL; i++) {
            add_name(option, known[i]);
        }
        return;
    }
    for (char *name; (name = next_item(option, &list)) != NULL;) {
        bool is_barrier;
        if (!workload_is(name, &is_barrier)) {
            refuse_name(option, name, known);
        }
        if (is_barrier != barriers) {
            refuse("%s: '%s' is a %s: --%s=%s", option, name,
                   is_barrier ? "barrier" : "lock", is_barrier ? "barriers" : "locks",
                   name);
        }
        add_name(option, name);
    }
}

static void read_names(struct options *options)
{
    if (!given.any_locks && !given.any_barriers) {
        given.any_locks = true;
        given.any_barriers = options->scenario != LATENCY;
    } else if (given.any_barriers && options->scenario == LATENCY) {
        refuse("--barriers: a barrier has no latency; --scenario steady or queue");
    }
    workload_load(); /* now that the rest is known to be right: it has the names */
    if (given.any_locks) {
        add_names(false, given.locks);
    }
    if (given.any_barriers) {
        add_names(true, given.barriers);
    }
    options->primitives = names;
}

/* --- the machine -------------------------------------------------------------------- */

static void set_named(struct options *options, const char *key, const char *value)
{
    char assignment[128];
    (void)snprintf(assignment, sizeof assignment, "%s=%s", key, value);
    if (!machine_set(&options->machine, assignment, "command line")) {
        exit(3);
    }
}

static void read_machine(struct options *options)
{
    if (options->machine_name == NULL) {
        options->machine_name = given.topology == NULL ? "smp" : "numa";
    }
    if (!machine_read(&options->machine, options->machine_name)) {
        exit(3);
    }
    if (given.topology != NULL) {
        if (options->machine.structure != NUMA) {
            refuse("--topology: the machine must have the structure numa, %s has %s",
                   options->machine_name, structure_names[options->machine.structure]);
        }
        if (!machine_read_topology(&options->machine, given.topology)) {
            exit(3);
        }
    }
    if (given.protocol != NULL) {
        set_named(options, "protocol", given.protocol);
    }
    if (given.arbitration != NULL) {
        set_named(options, "arbitration", given.arbitration);
    }
    for (unsigned i = 0; i < given.setting_count; i++) {
        if (!machine_set(&options->machine, given.settings[i], "--set")) {
            exit(3);
        }
    }
    if (!machine_check(&options->machine)) {
        exit(3);
    }
}

/* --- options ------------------------------------------------------------------------ */

enum { PROTOCOL = 256, ARBITRATION, SET, TOPOLOGY, ARRIVAL, SEED, TRACE, CHECK, POLL };

static const struct option long_options[] = {
    {"machine", required_argument, NULL, 'm'},
    {"protocol", required_argument, NULL, PROTOCOL},
    {"arbitration", required_argument, NULL, ARBITRATION},
    {"set", required_argument, NULL, SET},
    {"topology", required_argument, NULL, TOPOLOGY},
    {"locks", optional_argument, NULL, 'l'},
    {"barriers", optional_argument, NULL, 'b'},
    {"processors", required_argument, NULL, 'p'},
    {"scenario", required_argument, NULL, 's'},
    {"acquisitions", required_argument, NULL, 'n'},
    {"inside", required_argument, NULL, 'i'},
    {"outside", required_argument, NULL, 'o'},
    {"arrival", required_argument, NULL, ARRIVAL},
    {"data", required_argument, NULL, 'd'},
    {"seed", required_argument, NULL, SEED},
    {"format", required_argument, NULL, 'f'},
    {"trace", required_argument, NULL, TRACE},
    {"timeline", required_argument, NULL, 't'},
    {"check", no_argument, NULL, CHECK},
    {"poll", no_argument, NULL, POLL},
    {"argument", required_argument, NULL, 'a'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static void print_and_exit(const char *text)
{
    if (fputs(text, stdout) < 0 || fflush(stdout) != 0) {
        perror("locksim: standard output");
        exit(3);
    }
    exit(0);
}

/* Options of the machine, and of what there is to see. */
static bool read_common_option(struct options *options, int option)
{
    static const char *const formats[] = {"table", "csv", "json", NULL};
    switch (option) {
    case 'm':
        options->machine_name = optarg;
        return true;
    case PROTOCOL:
        given.protocol = optarg;
        return true;
    case ARBITRATION:
        given.arbitration = optarg;
        return true;
    case SET:
        given.settings[given.setting_count++] = optarg;
        return true;
    case TOPOLOGY:
        given.topology = optarg;
        return true;
    case 'p':
        given.processors = optarg;
        return true;
    case SEED:
        options->seed = read_number("--seed", optarg, 0, UINT64_MAX);
        return true;
    case 'f':
        options->format = (enum format)read_choice("--format", optarg, formats);
        return true;
    case TRACE:
        options->trace = optarg;
        return true;
    case 't':
        options->timeline = optarg;
        return true;
    case CHECK:
        options->check = true;
        return true;
    case POLL:
        options->poll = true;
        return true;
    case 'a':
        given.arguments[given.argument_count++] = optarg;
        return true;
    default:
        return false;
    }
}

/* Options of the catalog's runs. */
static bool read_catalog_option(struct options *options, int option)
{
    static const char *const scenarios[] = {"latency", "queue", "steady", NULL};
    static const char *const arrivals[] = {"fixed", "random", NULL};
    switch (option) {
    case 'l':
        given.any_locks = true;
        given.locks = optarg;
        return true;
    case 'b':
        given.any_barriers = true;
        given.barriers = optarg;
        return true;
    case 's':
        options->scenario = (enum scenario)read_choice("--scenario", optarg, scenarios);
        return true;
    case 'n':
        options->passages = read_number("--acquisitions", optarg, 1, 1000000);
        return true;
    case 'i':
        options->inside = read_cycles("--inside", optarg);
        options->inside_given = true;
        return true;
    case 'o':
        options->outside = read_cycles("--outside", optarg);
        options->outside_given = true;
        return true;
    case ARRIVAL:
        options->arrival = (enum arrival)read_choice("--arrival", optarg, arrivals);
        return true;
    case 'd':
        options->data = (unsigned)read_number("--data", optarg, 0, 65536);
        return true;
    default:
        return false;
    }
}

static const char *option_name(int option)
{
    const struct option *known = long_options;
    while (known->name != NULL && known->val != option) {
        known++;
    }
    return known->name;
}

static void read_option(struct options *options, int option, int own, char **argv)
{
    /* "--locks mcs" is meant as "--locks=mcs". */
    if ((option == 'l' || option == 'b') && optarg == NULL && optind < own &&
        argv[optind][0] != '-') {
        optarg = argv[optind++];
    }
    if (read_catalog_option(options, option)) {
        given.for_catalog = option_name(option);
    } else if (option == 'h') {
        print_and_exit(help);
    } else if (option == 'V') {
        print_and_exit("locksim " LOCKSTEP_VERSION "\n");
    } else if (!read_common_option(options, option)) { /* getopt has said what */
        (void)fputs("locksim: `locksim --help` lists the options\n", stderr);
        exit(3);
    }
    given.any = option_name(option);
}

/* --- what goes together ------------------------------------------------------------- */

static void read_machines(struct options *options, char **words, int count)
{
    if (given.any != NULL) {
        refuse("machines: takes no options such as --%s", given.any);
    }
    if (count > 1) {
        refuse("machines: one name at most, not also '%s'", words[1]);
    }
    options->action = count == 0 ? LIST_MACHINES : SHOW_MACHINE;
    options->machine_name = words[0];
}

/* The words that are no options: what is to be done. */
static void read_words(struct options *options, char **words, int count)
{
    if (count > 0 && strcmp(words[0], "machines") == 0) {
        read_machines(options, words + 1, count - 1);
    } else if (count > 0 && strcmp(words[0], "run") == 0) {
        options->action = RUN_PROGRAM;
        const char **sources = sure(calloc((size_t)count, sizeof *sources));
        memcpy(sources, words + 1, (size_t)(count - 1) * sizeof *sources);
        options->sources = sources;
        if (count == 1) {
            refuse("run: give a source file");
        }
    } else if (count > 0) {
        const char *dot = strrchr(words[0], '.');
        refuse(dot != NULL ? "'%s': a program is run by `locksim run FILE`"
                           : "'%s' is neither run nor machines (`locksim --help` says "
                             "more)",
               words[0]);
    }
}

static void check_catalog(const struct options *options)
{
    if (given.argument_count > 0) {
        refuse("--argument goes with run");
    }
    if (options->flags[0] != NULL) {
        refuse("'%s': compiler flags go with run", options->flags[0]);
    }
    if (options->scenario == QUEUE && options->passages > 1) {
        refuse("--acquisitions: in the scenario queue each processor acquires once");
    }
    if (options->arrival == RANDOM_ARRIVAL && options->scenario != STEADY) {
        refuse("--arrival: random work outside is for the scenario steady");
    }
    if (options->arrival == RANDOM_ARRIVAL && options->outside_given &&
        options->outside == 0) {
        refuse("--arrival: random work outside needs a mean: --outside CYCLES");
    }
}

static void check_together(const struct options *options)
{
    if (options->action == RUN_CATALOG) {
        check_catalog(options);
    } else if (given.for_catalog != NULL) {
        refuse("--%s is for the library's locks and barriers, not for run",
               given.for_catalog);
    }
    if (options->trace != NULL && strcmp(options->trace, "-") == 0 &&
        options->format != TABLE) {
        refuse("--trace: standard output is for --format %s; name a file",
               options->format == CSV ? "csv" : "json");
    }
}

void read_options(struct options *options, int argc, char **argv)
{
    *options = (struct options){.scenario = STEADY, .seed = 1};
    given.settings = sure(calloc((size_t)argc + 1, sizeof *given.settings));
    given.arguments = sure(calloc((size_t)argc + 1, sizeof *given.arguments));
    options->arguments = given.arguments;
    /* What follows "--" is the compiler's. */
    int own = 1;
    while (own < argc && strcmp(argv[own], "--") != 0) {
        own++;
    }
    options->flags = (const char *const *)(argv + (own < argc ? own + 1 : own));
    static char name[] = "locksim"; /* what getopt says begins with it */
    argv[0] = name;
    for (int option; (option = getopt_long(own, argv, "m:l::b::p:s:n:i:o:d:f:t:a:hV",
                                           long_options, NULL)) != -1;) {
        read_option(options, option, own, argv);
    }
    read_words(options, argv + optind, own - optind);
    if (options->action == LIST_MACHINES || options->action == SHOW_MACHINE) {
        return;
    }
    check_together(options);
    read_machine(options);
    if (given.processors != NULL) {
        read_sizes(options, given.processors);
    } else {
        default_sizes(options);
    }
    if (options->action == RUN_CATALOG) {
        read_names(options);
    } else {
        options->scenario = PROGRAM;
        options->primitives = given.arguments + given.argument_count; /* none */
    }
}
