/* SPDX-License-Identifier: MIT */
#include "sim/options.h"

#include <string.h>

#include "common/memory.h"
#include "common/text.h"
#include "sim/machine/parameters.h"
#include "sim/machine/reading.h"
#include "sim/machine/topology.h"
#include "sim/workload.h"

static struct options all = {
    .scenario = STEADY, .writes = 10, .seed = 1, .format = TABLE};

/* What is only understood when all of the command line is known. */
static struct {
    int protocol, arbitration;
    const char *topology;
    struct texts settings, arguments, names[OWN_FAMILIES];
    struct numbers processors;
} given;

static const char *const protocol_words[] = {"mesi",    "msi",  "dragon",
                                             "firefly", "none", NULL};
static const char *const arbitration_words[] = {"fifo", "fixed", "random", NULL};
static const char *const scenarios[] = {"latency", "queue", "steady", NULL, "program"};
const char *const arrival_names[] = {"fixed", "varied", "random", NULL};

/* What each reader of JSON takes for a number. */
#define MOST_SEED 9007199254740992.0

enum { MOST_CYCLES = 1000000000, MOST_DATA = 65536 };

static struct option_row rows[] = {
    {"machine", 'm', OPTION_TEXT, &all.machine_name, .argument = "NAME|FILE",
     .help = "default smp"},
    {"protocol", 0, OPTION_WORD, &given.protocol, .argument = "NAME",
     .words = protocol_words, .worked_out = true,
     .help = "of the caches: mesi, msi, dragon, firefly, none"},
    {"arbitration", 0, OPTION_WORD, &given.arbitration, .argument = "NAME",
     .words = arbitration_words, .worked_out = true,
     .help = "of the bus: fifo, fixed, random"},
    {"set", 0, OPTION_TEXTS, &given.settings, .argument = "KEY=VALUE",
     .help = "change one thing of the machine; may be repeated"},
    {"topology", 0, OPTION_TEXT, &given.topology, .argument = "FILE.xml",
     .help = "nodes and distances of a real machine, from lstopo"},
    {"locks", 'l', OPTION_NAMES, &given.names[OWN_LOCK], .argument = "NAMES",
     .help = "separated by commas, or all (but NAME_sleep) or none"},
    {"rwlocks", 'w', OPTION_NAMES, &given.names[OWN_RWLOCK], .argument = "NAMES",
     .help = "the same of reader-writer locks"},
    {"barriers", 'b', OPTION_NAMES, &given.names[OWN_BARRIER], .argument = "NAMES",
     .help = "the same of barriers; where one of the three is\n"
             "given, those that are not are left out"},
    {"writes", 0, OPTION_REAL, &all.writes, .argument = "PERCENT", .greatest = 100,
     .help = "how many in a hundred acquisitions of a\n"
             "reader-writer lock write (default 10)"},
    {"processors", 'p', OPTION_WHOLES, &given.processors, .argument = "LIST", .least = 1,
     .greatest = VM_PROCESSORS, .most = MOST_SIZES,
     .help = "such as 8, 2-8, or 2,4,...,1024 (default\n"
             "1,2,4,...,64; with run, 64)"},
    {"scenario", 's', OPTION_WORD, &all.scenario, .argument = "NAME", .words = scenarios,
     .help = "latency: processors take turns at a free lock\n"
             "queue: each acquires once, and the first one leaves\n"
             "when all are queued; one episode of a barrier\n"
             "steady: the middle of a long run (default)"},
    {"acquisitions", 'n', OPTION_WHOLE, &all.passages, .argument = "N", .least = 1,
     .greatest = 1000000, .worked_out = true,
     .help = "of each processor, that are measured; episodes"},
    {"cs", 0, OPTION_WHOLE, &all.inside, .argument = "CYCLES", .greatest = MOST_CYCLES,
     .worked_out = true,
     .help = "work inside the critical section (default 100; in a\n"
             "queue long enough for all to settle)"},
    {"ncs", 0, OPTION_WHOLE, &all.outside, .argument = "CYCLES", .greatest = MOST_CYCLES,
     .worked_out = true,
     .help = "work between two of them (default 50 in the scenario\n"
             "steady), or between episodes (default 0)"},
    {"arrival", 0, OPTION_WORD, &all.arrival, .argument = "NAME", .words = arrival_names,
     .worked_out = true,
     .help = "work outside is fixed, varied by up to a quarter\n"
             "(default in the scenario steady), or random"},
    {"data", 0, OPTION_UNSIGNED, &all.data, .argument = "LINES", .greatest = MOST_DATA,
     .worked_out = true,
     .help = "of shared data that each critical section changes\n"
             "(default 2 in the scenario steady)"},
    {"seed", 0, OPTION_WHOLE, &all.seed, .argument = "N", .greatest = MOST_SEED,
     .help = "of all that is random (default 1)"},
    {"trace", 0, OPTION_TEXT, &all.trace, .argument = "FILE",
     .help = "a line for each access; -: to standard output"},
    {"timeline", 0, OPTION_TEXT, &all.timeline, .argument = "FILE.svg",
     .help = "draw the runs"},
    {"check", 0, OPTION_FLAG, &all.check,
     .help = "check the coherence protocol at each access"},
    {"poll", 0, OPTION_FLAG, &all.poll,
     .help = "simulate each try of a wait, rather than count those\n"
             "that find nothing new: the same results, later"},
    {"jobs", 'j', OPTION_UNSIGNED, &all.jobs, .argument = "N", .least = 1,
     .greatest = MOST_JOBS, .worked_out = true,
     .help = "runs of the library's at a time, in as many processes\n"
             "(default: as many as there are processors)"},
    {"argument", 'a', OPTION_TEXTS, &given.arguments, .argument = "VALUE",
     .help = "with run: of the program; may be repeated"},
    {"format", 'f', OPTION_WORD, &all.format, .argument = "FORMAT", .words = format_names,
     .help = "table, csv or json, an object a line (default\n"
             "table)"},
    {"output", 'o', OPTION_TEXT, &all.output, .argument = "FILE",
     .help = "write there, not to standard output"},
    {"verbose", 'v', OPTION_FLAG, &all.verbose,
     .help = "say what is being run, also where standard error\n"
             "is no terminal"},
    {.name = NULL},
};

const struct command_line command_line = {
    .usage = "usage: locksim [options]\n"
             "       locksim [options] MYLOCK.c ... [-- compiler flags]\n"
             "       locksim run FILE.c|FILE.cc ... [options] [-- compiler flags]\n"
             "       locksim machines [NAME]\n"
             "       locksim list\n",
    .purpose =
        "Runs the library's locks and barriers, or a program, on a simulated machine "
        "with\n"
        "shared memory; says what they cost there, and how the costs grow with "
        "processors.\n"
        "`locksim machines` lists the machines there are, and prints one's description;\n"
        "`locksim list` the names of locks and barriers.\n",
    .after =
        "Exit status: 0 good, 1 the program failed, 3 could not run, 4 --check found a\n"
        "mistake of locksim's own, 130 interrupted.\n"
        "The manual is locksim(1); locksim-model(7) says what is simulated,\n"
        "lockstep-results(5) what csv and json write.\n",
    .rows = rows,
    .for_compiler = true,
};

/* --- --processors ------------------------------------------------------------------- */

static void read_sizes(struct options *options)
{
    for (size_t i = 0; i < given.processors.count; i++) {
        unsigned size = (unsigned)given.processors.items[i];
        if (size > options->machine.most) {
            refuse("--processors: %u are too many: %s has %u", size,
                   options->machine_name, options->machine.most);
        }
        options->sizes[options->size_count++] = size;
    }
}

/* Enough of them to see what grows; a program has its own number of threads. */
static void default_sizes(struct options *options)
{
    enum { ENOUGH = 64 };
    unsigned last = options->machine.most < ENOUGH ? options->machine.most : ENOUGH;
    for (unsigned size = 1; size < last && options->action == RUN_CATALOG; size *= 2) {
        numbers_add(&given.processors, size);
    }
    numbers_add(&given.processors, last);
}

/* --- --locks, --barriers ------------------------------------------------------------ */

/* Waiters that sleep wait as others do here: "all" is without them. */
static void leave_out_sleeping(struct texts *chosen, const struct texts *asked_for)
{
    if (chosen->count == 0 || asked_for->count != 1 ||
        strcmp(asked_for->items[0], "all") != 0) {
        return;
    }
    size_t kept = 0;
    for (size_t i = 0; i < chosen->count; i++) {
        if (!workload_sleeps(chosen->items[i])) {
            chosen->items[kept++] = chosen->items[i];
        }
    }
    chosen->count = kept;
    chosen->items[kept] = NULL;
}

/* Whether it makes sense in the scenario. */
static bool is_run(enum own_family family, int scenario)
{
    return !(family == OWN_BARRIER && scenario == LATENCY);
}

static bool asks_for(enum own_family family)
{
    const struct texts *names = &given.names[family];
    return names->count > 0 && strcmp(names->items[0], "none") != 0;
}

static void check_scenario(const struct options *options)
{
    if (asks_for(OWN_BARRIER) && options->scenario == LATENCY) {
        refuse("--barriers: a barrier has no latency; --scenario steady or queue");
    }
}

static void read_names(struct options *options)
{
    static const char *const names[] = {"--locks", "--rwlocks", "--barriers"};
    static struct texts everything;
    struct known_names kinds[OWN_FAMILIES];
    struct primitive *chosen = NULL;
    size_t count = 0;
    bool any = options_given(&command_line, "locks rwlocks barriers") != NULL;
    check_scenario(options);
    workload_load(options); /* now that the rest is known to be right: it has the names */
    for (enum own_family family = 0; family < OWN_FAMILIES; family++) {
        kinds[family] = (struct known_names){names[family], workload_names(family)};
    }
    texts_add(&everything, "all");
    for (enum own_family family = 0; family < OWN_FAMILIES; family++) {
        struct texts of_family = {NULL, 0, 0};
        const struct texts *asked_for = any ? &given.names[family] : &everything;
        /* With files of the user's, all of the kinds that are in them. */
        bool own = options->sources != NULL && !any;
        if (is_run(family, options->scenario) && (!own || workload_has_own(family))) {
            names_choose(&of_family, asked_for, kinds, OWN_FAMILIES, family);
        }
        leave_out_sleeping(&of_family, asked_for);
        given.names[family] = of_family;
        chosen = grow(chosen, (count + of_family.count + 1) * sizeof *chosen);
        for (size_t i = 0; i < of_family.count; i++) {
            chosen[count++] = (struct primitive){family, of_family.items[i]};
        }
    }
    if (count == 0) {
        refuse("--locks, --rwlocks and --barriers: nothing is left to run in the "
               "scenario %s",
               scenario_name((enum scenario)options->scenario));
    }
    if (options_given(&command_line, "writes") != NULL &&
        given.names[OWN_RWLOCK].count == 0) {
        refuse("--writes is for reader-writer locks, and none is run");
    }
    chosen[count] = (struct primitive){OWN_LOCK, NULL};
    options->primitives = chosen;
}

/* --- the machine -------------------------------------------------------------------- */

static void set_named(struct options *options, const char *key, const char *value)
{
    char assignment[128];
    (void)snprintf(assignment, sizeof assignment, "%s=%s", key, value);
    if (!machine_set(&options->machine, assignment, "command line")) {
        exit(STATUS_CANNOT);
    }
}

/* What the machine's summary does not know. */
static void tell_changed(struct options *options)
{
    static char text[1024];
    if (given.topology != NULL) {
        text_append(text, sizeof text, "nodes of %s", given.topology);
    }
    for (size_t i = 0; i < given.settings.count; i++) {
        text_append(text, sizeof text, "%s%s", text[0] == '\0' ? "" : ", ",
                    given.settings.items[i]);
    }
    options->changed = text[0] == '\0' ? NULL : text;
}

static void read_machine(struct options *options)
{
    if (options->machine_name == NULL) {
        options->machine_name = given.topology == NULL ? "smp" : "numa";
    }
    if (!machine_read(&options->machine, options->machine_name)) {
        exit(STATUS_CANNOT);
    }
    if (given.topology != NULL) {
        if (options->machine.structure != NUMA) {
            refuse("--topology: the machine must have the structure numa, %s has %s",
                   options->machine_name, structure_names[options->machine.structure]);
        }
        if (!machine_read_topology(&options->machine, given.topology)) {
            exit(STATUS_CANNOT);
        }
    }
    if (options_given(&command_line, "protocol") != NULL) {
        set_named(options, "protocol", protocol_words[given.protocol]);
    }
    if (options_given(&command_line, "arbitration") != NULL) {
        set_named(options, "arbitration", arbitration_words[given.arbitration]);
    }
    for (size_t i = 0; i < given.settings.count; i++) {
        if (!machine_set(&options->machine, given.settings.items[i], "--set")) {
            exit(STATUS_CANNOT);
        }
    }
    if (!machine_check(&options->machine)) {
        exit(STATUS_CANNOT);
    }
    tell_changed(options);
}

/* --- what goes together ------------------------------------------------------------- */

static const char every_option[] =
    "machine protocol arbitration set topology locks rwlocks barriers writes processors "
    "scenario acquisitions cs ncs arrival data seed trace timeline check poll argument "
    "jobs format "
    "verbose";
static const char catalog_options[] =
    "locks rwlocks barriers writes scenario acquisitions cs ncs arrival data jobs";

static void read_machines(struct options *options, char **words, int count)
{
    if (count > 1) {
        refuse("machines: one name at most, not also '%s'", words[1]);
    }
    options->action = count == 0 ? LIST_MACHINES : SHOW_MACHINE;
    options->machine_name = words[0];
}

static const char *const *sources_of(char **words, int count)
{
    const char **sources = zeroed((size_t)count + 1, sizeof *sources);
    for (int i = 0; i < count; i++) {
        sources[i] = words[i];
    }
    return sources;
}

/* The words that are no options: what is to be done. */
static void read_words(struct options *options, char **words, int count)
{
    bool lists =
        count > 0 && (strcmp(words[0], "machines") == 0 || strcmp(words[0], "list") == 0);
    if (lists && options_given(&command_line, every_option) != NULL) {
        refuse("%s: takes no options such as --%s", words[0],
               options_given(&command_line, every_option));
    }
    if (lists && words[0][0] == 'm') {
        read_machines(options, words + 1, count - 1);
    } else if (lists && count > 1) {
        refuse("list: unexpected argument '%s'", words[1]);
    } else if (lists) {
        options->action = LIST_NAMES;
    } else if (count > 0 && strcmp(words[0], "run") == 0) {
        options->action = RUN_PROGRAM;
        options->sources = sources_of(words + 1, count - 1);
        if (count == 1) {
            refuse("run: give a source file");
        }
    } else if (count > 0) {
        if (strchr(words[0], '.') == NULL) {
            refuse("'%s' is none of run, machines and list, nor a file (`locksim --help` "
                   "says more)",
                   words[0]);
        }
        options->sources = sources_of(words, count);
    }
}

static void check_catalog(const struct options *options)
{
    if (given.arguments.count > 0) {
        refuse("--argument goes with run");
    }
    if (options->flags[0] != NULL && options->sources == NULL) {
        refuse("'%s': compiler flags go with a file", options->flags[0]);
    }
    if (options->scenario == QUEUE && options->passages > 1) {
        refuse("--acquisitions: in the scenario queue each processor acquires once");
    }
    if (options->arrival != FIXED_ARRIVAL && options->scenario != STEADY) {
        refuse("--arrival: %s work outside is for the scenario steady",
               arrival_names[options->arrival]);
    }
    if (options->arrival == RANDOM_ARRIVAL && options->outside_given &&
        options->outside == 0) {
        refuse("--arrival: random work outside needs a mean: --ncs CYCLES");
    }
}

static void check_together(const struct options *options)
{
    const char *for_catalog = options_given(&command_line, catalog_options);
    if (options->action == RUN_CATALOG) {
        check_catalog(options);
    } else if (for_catalog != NULL) {
        refuse("--%s is for the library's locks and barriers, not for run", for_catalog);
    }
    if (options->trace != NULL && strcmp(options->trace, "-") == 0 &&
        options->format != TABLE) {
        refuse("--trace: standard output is for --format %s; name a file",
               format_names[options->format]);
    }
}

struct options *read_options(int argc, char **argv)
{
    struct options *options = &all;
    struct rest rest = options_read(&command_line, argc, argv);
    options->flags = rest.flags;
    options->inside_given = options_given(&command_line, "cs") != NULL;
    options->outside_given = options_given(&command_line, "ncs") != NULL;
    options->data_given = options_given(&command_line, "data") != NULL;
    if (options_given(&command_line, "arrival") == NULL && options->scenario == STEADY) {
        options->arrival = VARIED_ARRIVAL;
    }
    read_words(options, rest.words, rest.count);
    if (options->action != RUN_CATALOG && options->action != RUN_PROGRAM) {
        return options;
    }
    check_together(options);
    read_machine(options);
    if (given.processors.count == 0) {
        default_sizes(options);
    }
    read_sizes(options);
    options->arguments = texts_of(&given.arguments);
    if (options->action == RUN_CATALOG) {
        read_names(options);
    } else {
        options->scenario = PROGRAM;
    }
    return options;
}
