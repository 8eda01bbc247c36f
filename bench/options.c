/* SPDX-License-Identifier: MIT */
#include "bench/options.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/in_turn.h"
#include "bench/own.h"
#include "bench/peers.h"
#include "common/memory.h"
#include "common/text.h"

static struct options options = {.repeat = 8,
                                 .launches = 1,
                                 .launch = 1,
                                 .outside_ns = 100,
                                 .table = 1,
                                 .bind = "cache",
                                 .format = TABLE};

static const char *const works[] = {
    [NO_WORK] = "none", [BANK] = "bank", [HASH] = "hash", [JACOBI] = "jacobi", NULL};

static struct option_row rows[] = {
    {"locks", 'l', OPTION_NAMES, &options.names[LOCKS], .argument = "NAMES",
     .help = "separated by commas, or all or none"},
    {"rwlocks", 'w', OPTION_NAMES, &options.names[RWLOCKS], .argument = "NAMES",
     .help = "the same of reader-writer locks"},
    {"barriers", 'b', OPTION_NAMES, &options.names[BARRIERS], .argument = "NAMES",
     .help = "the same of barriers; where one of the three is\n"
             "given, those that are not are left out"},
    {"threads", 't', OPTION_WHOLES, &options.threads, .argument = "LIST", .least = 1,
     .greatest = MAX_THREADS, .most = MAX_THREAD_COUNTS,
     .help = "numbers of threads, such as 1,2,4-8 or 2,4,...,64"},
    {"writes", 0, OPTION_REALS, &options.writes, .argument = "LIST", .greatest = 100,
     .most = MAX_WRITE_SHARES,
     .help = "how many in a hundred acquisitions of a\n"
             "reader-writer lock write (default 10; with --full\n"
             "0,1,10,50)"},
    {"duration", 'd', OPTION_REAL, &options.duration_ms, .argument = "MS", .least = 0.1,
     .greatest = 3.6e6,
     .help = "milliseconds of each run (default: so that all\n"
             "takes about a minute)"},
    {"repeat", 'r', OPTION_UNSIGNED, &options.repeat, .argument = "N", .least = 1,
     .greatest = 1000,
     .help = "runs of each kind, in turn with the competitors'\n"
             "(default 8)"},
    {"launches", 0, OPTION_UNSIGNED, &options.launches, .argument = "N", .least = 1,
     .greatest = 1000,
     .help = "do all of it so many times, each in a process that\n"
             "is started anew; medians are then of the launches\n"
             "(default 1)"},
    {"cs", 0, OPTION_REAL, &options.critical_ns, .argument = "NS", .greatest = 1e9,
     .help = "work inside the critical section, nanoseconds\n"
             "(default 0)"},
    {"ncs", 0, OPTION_REAL, &options.outside_ns, .argument = "NS", .greatest = 1e9,
     .help = "work between two critical sections (default 100),\n"
             "or a barrier's episodes (default 0)"},
    {"cs-lines", 0, OPTION_TEXT, &options.lines, .argument = "R,W",
     .help = "read and write so many cache lines more in the\n"
             "critical section (default 0,0)"},
    {"table", 0, OPTION_UNSIGNED, &options.table, .argument = "N", .least = 1,
     .greatest = 1 << 20,
     .help = "so many locks, each with data of its own, of which\n"
             "a thread takes one at random each time (default 1)"},
    {"zipf", 0, OPTION_REAL, &options.zipf, .argument = "THETA", .greatest = 10,
     .help = "take lock i of the table as often as 1 / i^THETA\n"
             "says (default 0: all as often)"},
    {"nested", 0, OPTION_FLAG, &options.nested,
     .help = "take two locks of the table at once, always in the\n"
             "order of their addresses"},
    {"trylock", 0, OPTION_FLAG, &options.trylock,
     .help = "take locks by trying until one has them"},
    {"work", 0, OPTION_WORD, &options.work, .argument = "WORK", .words = works,
     .help = "what is done inside and in between, and checked:\n"
             "bank: transfers with two locks; hash: a table with\n"
             "a lock a bucket; jacobi: sweeps of a grid between a\n"
             "barrier's episodes (default none)"},
    {"random", 0, OPTION_FLAG, &options.random,
     .help = "either takes from nothing to twice as long, at\n"
             "random"},
    {"rate", 0, OPTION_REAL, &options.rate, .argument = "R", .least = 1, .greatest = 1e9,
     .help = "so many arrivals a second, at random times, in\n"
             "place of --ncs; waiting counts from when an\n"
             "arrival was planned"},
    {"baseline", 0, OPTION_TEXT, &options.baseline, .argument = "NAME",
     .help = "say how much the others get done for each that\n"
             "this one does, in the same round"},
    {"bind", 0, OPTION_TEXT, &options.bind, .argument = "POLICY",
     .help = "where threads go: compact, scatter, cache, node,\n"
             "none, or a list of processors such as 0,2,4-7\n"
             "(default cache)"},
    {"format", 'f', OPTION_WORD, &options.format, .argument = "FORMAT",
     .words = format_names,
     .help = "table, csv or json, an object a line (default\n"
             "table)"},
    {"output", 'o', OPTION_TEXT, &options.output, .argument = "FILE",
     .help = "write there, not to standard output; %h in it is\n"
             "the name of this machine"},
    {"resume", 0, OPTION_TEXT, &options.resume, .argument = "FILE",
     .help = "keep each run there as soon as it is made; the same\n"
             "command goes on where it was interrupted"},
    {"full", 0, OPTION_FLAG, &options.full,
     .help = "everything there is, with wide tables, in about two\n"
             "minutes"},
    {"threshold", 0, OPTION_REAL, &options.threshold, .argument = "PERCENT",
     .greatest = 1000,
     .help = "of compare: a difference is only what is more than\n"
             "that (default 0)"},
    {"anyway", 0, OPTION_FLAG, &options.anyway,
     .help = "of compare: also what was measured under other\n"
             "conditions, or disturbed"},
    {"verbose", 'v', OPTION_FLAG, &options.verbose,
     .help = "say what is being run, also where standard error\n"
             "is no terminal"},
    {.name = NULL},
};

const struct command_line command_line = {
    .usage = "usage: lockbench [options]\n"
             "       lockbench [options] FILE.c|FILE.cc|FILE.so ... [-- compiler flags]\n"
             "       lockbench compare [options] A B [-- options for two programs]\n"
             "       lockbench recommend [options] [FILE ...]\n"
             "       lockbench matrix\n"
             "       lockbench report RESULTS ... -o report.html\n"
             "       lockbench list\n",
    .purpose =
        "Compares locks, reader-writer locks and barriers on this machine: without\n"
        "options those that people choose among, with a thread for each processor and\n"
        "with two, in about a minute. With files also the locks of your own that are\n"
        "in them, marked as lockstep-own(7) says.\n"
        "`lockbench recommend` measures less, and says which one suits and why;\n"
        "`lockbench compare` says whether what two files of results have measured\n"
        "differs, `lockbench matrix` how long a cache line takes between processors;\n"
        "`lockbench list` prints the names there are.\n",
    .after =
        "Exit status: 0 measured, 1 something was broken, 3 could not run,\n"
        "130 interrupted; of compare: 0 nothing is worse in B, 1 something is, 2 too "
        "few\n"
        "launches to say, 3 they cannot be compared.\n"
        "The manual, lockbench(1), says what is measured and how sure it is; what csv\n"
        "and json write is in lockstep-results(5).\n",
    .rows = rows,
    .for_compiler = true,
};

static void list_names(struct texts *names, const struct competitors *all)
{
    for (unsigned i = 0; i < all->count; i++) {
        texts_add(names, all->items[i].name);
    }
}

/* Those of `all` that are named, in the order of the names. */
static struct competitors competitors_named(const struct texts *names,
                                            const struct competitors *all)
{
    struct competitors chosen = {.count = 0};
    for (size_t i = 0; i < names->count; i++) {
        for (unsigned k = 0; k < all->count; k++) {
            if (strcmp(all->items[k].name, names->items[i]) == 0) {
                chosen.items[chosen.count++] = all->items[k];
            }
        }
    }
    return chosen;
}

/* What all those are that people choose among: not one that is another one in disguise,
   with the same functions but another init, nor one of another library. */
static struct competitors chosen_from(const struct competitors *all)
{
    struct competitors chosen = {.count = 0};
    for (unsigned i = 0; i < all->count; i++) {
        bool is_left_out = all->items[i].library != NULL;
        for (unsigned k = 0; k < chosen.count; k++) {
            is_left_out = is_left_out || is_alike(&chosen.items[k], &all->items[i]);
        }
        if (!is_left_out) {
            chosen.items[chosen.count++] = all->items[i];
        }
    }
    return chosen;
}

/* Nobody is advised to take no lock. */
static void leave_out_null(struct competitors *all)
{
    unsigned count = 0;
    for (unsigned i = 0; i < all->count; i++) {
        if (!is_null(&all->items[i])) {
            all->items[count++] = all->items[i];
        }
    }
    all->count = count;
}

/* Names of libraries that were not there say what to install. */
static void refuse_missing(enum family family)
{
    const struct texts *names = &options.names[family];
    for (size_t i = 0; i < names->count; i++) {
        const struct peer_library *library = peer_library_of(names->items[i]);
        if (library != NULL && library->peers == NULL) {
            refuse("%s: '%s' is of %s, without which this lockbench was built: install "
                   "%s (`make deps-peers`), then `make`",
                   family_options[family], names->items[i], library->name,
                   library->package);
        }
    }
}

/* Whether it is among what is recommended where nothing is named: locks, and where it is
   said how often they write, reader-writer locks. */
static bool is_recommended(enum family family)
{
    return family == LOCKS || (family == RWLOCKS && options.writes.count > 0);
}

/* Takes what --locks, --rwlocks and --barriers name; if none of them is given those that
   people choose among, or with --full all; of those kinds that the user has own ones of,
   if there are any. */
static void choose_competitors(void)
{
    static struct texts known[FAMILIES];
    struct known_names kinds[FAMILIES];
    bool any_given = options_given(&command_line, "locks rwlocks barriers") != NULL;
    bool any_own = options.sources[0] != NULL;
    size_t count = 0;
    for (int family = 0; family < FAMILIES; family++) {
        const struct competitors there = all_of((enum family)family);
        list_names(&known[family], &there);
        kinds[family] = (struct known_names){family_options[family], known[family].items};
    }
    for (int family = 0; family < FAMILIES; family++) {
        const struct competitors there = all_of((enum family)family);
        struct texts chosen = {NULL, 0, 0};
        bool with_all = !any_given && (!any_own || has_own((enum family)family)) &&
                        (!options.recommend || is_recommended((enum family)family));
        if (with_all) {
            struct competitors some = options.full ? there : chosen_from(&there);
            if (options.recommend) {
                leave_out_null(&some);
            }
            list_names(&chosen, &some);
        } else {
            refuse_missing((enum family)family);
            names_choose(&chosen, &options.names[family], kinds, FAMILIES,
                         (size_t)family);
        }
        options.names[family] = chosen;
        options.competitors[family] = competitors_named(&chosen, &there);
        count += chosen.count;
    }
    if (count == 0) {
        refuse("--locks, --rwlocks and --barriers: nothing is left to measure");
    }
}

static bool can_be_tried(const struct competitor *one)
{
    return one->lock != NULL ? one->lock->trylock != NULL
           : one->rwlock != NULL
               ? one->rwlock->tryrdlock != NULL && one->rwlock->trywrlock != NULL
               : false;
}

/* Leaves out those that have no trylock, and says so. */
static void leave_those_to_try(void)
{
    unsigned count = 0;
    char others[2048] = "";
    for (int family = 0; family < FAMILIES; family++) {
        const struct competitors all = options.competitors[family];
        options.competitors[family].count = 0;
        options.names[family] = (struct texts){NULL, 0, 0};
        for (unsigned i = 0; i < all.count; i++) {
            if (can_be_tried(&all.items[i])) {
                struct competitors *left = &options.competitors[family];
                left->items[left->count++] = all.items[i];
                texts_add(&options.names[family], all.items[i].name);
                count++;
            } else {
                text_append(others, sizeof others, "%s%s", others[0] != '\0' ? ", " : "",
                            all.items[i].name);
            }
        }
    }
    if (count == 0) {
        refuse("--trylock: none of those that are to be measured has one");
    }
    if (others[0] != '\0') {
        (void)fprintf(stderr, "lockbench: no trylock, and so not measured: %s\n", others);
    }
}

/* An option that is for locks alone, or for reader-writer locks too. */
static void check_family(const char *names, bool for_rwlocks)
{
    const char *name = options_given(&command_line, names);
    if (name != NULL && options.competitors[BARRIERS].count > 0) {
        refuse("--%s is for locks, and barriers are measured; name --locks%s", name,
               for_rwlocks ? " or --rwlocks" : "");
    }
    if (name != NULL && !for_rwlocks && options.competitors[RWLOCKS].count > 0) {
        refuse("--%s is for locks, and reader-writer locks are measured; name --locks",
               name);
    }
}

/* What the work needs. */
static void set_work(void)
{
    static const unsigned LOCKS_OF_WORK = 1024;
    const bool for_barriers = options.work == JACOBI;
    if (options.work == NO_WORK) {
        return;
    }
    if (for_barriers &&
        options.competitors[LOCKS].count + options.competitors[RWLOCKS].count > 0) {
        refuse("--work jacobi is for barriers, and locks are measured; name --barriers");
    }
    if (!for_barriers) {
        check_family("work", options.work == HASH);
        options.nested = options.nested || options.work == BANK;
        if (options_given(&command_line, "table") == NULL) {
            options.table = LOCKS_OF_WORK;
        }
    }
    if (options.work == HASH && options.nested) {
        refuse("--work hash takes one lock at a time: not with --nested");
    }
}

static void check_workload(void)
{
    set_work();
    check_family("rate table zipf trylock", true);
    check_family("nested", false);
    if (options.zipf > 0 && options.table == 1) {
        refuse("--zipf says how the locks of --table are taken, and there is one lock");
    }
    if (options.nested && options.table == 1) {
        refuse("--nested takes two locks of --table, and there is one lock");
    }
    if (options.trylock) {
        leave_those_to_try();
    }
}

static bool is_measured(const char *name)
{
    for (int family = 0; family < FAMILIES; family++) {
        const struct competitors *all = &options.competitors[family];
        for (unsigned i = 0; i < all->count; i++) {
            if (strcmp(all->items[i].name, name) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void default_writes(void)
{
    static const double shares[] = {10, 0, 1, 50};
    const unsigned all = sizeof shares / sizeof *shares;
    for (unsigned i = 0; i < (options.full ? all : 1); i++) {
        numbers_add(&options.writes, shares[i]);
    }
}

/* The name of a file, with that of the machine for %h. */
static const char *with_host(const char *path)
{
    const char *at = path != NULL ? strstr(path, "%h") : NULL;
    char host[256] = "";
    if (at == NULL || gethostname(host, sizeof host - 1) != 0) {
        return path;
    }
    size_t size = strlen(path) + strlen(host) + 1;
    char *whole = zeroed(size, 1);
    (void)snprintf(whole, size, "%.*s%s%s", (int)(at - path), path, host, at + 2);
    return whole;
}

/* The files of the user's own locks, which must be known before they can be named. */
static void read_sources(const struct rest *rest)
{
    const char **sources = zeroed((size_t)rest->count + 1, sizeof *sources);
    const int first = options.list || options.matrix || options.recommend;
    for (int i = first; i < rest->count; i++) {
        if (strchr(rest->words[i], '.') == NULL) {
            refuse("unexpected argument '%s': a file of locks of your own has a name "
                   "such as mylock.c; see lockbench --help",
                   rest->words[i]);
        }
        sources[i - first] = rest->words[i];
    }
    options.sources = sources;
    options.flags = rest->flags;
    if (sources[0] == NULL && options.flags[0] != NULL) {
        refuse("'%s': compiler flags go with a file of locks of your own",
               options.flags[0]);
    }
    load_own(sources, options.flags);
}

/* "R,W" of --cs-lines. */
static void read_lines_option(void)
{
    static const unsigned long MOST = 4096;
    const char *text = options.lines;
    char *end = NULL;
    unsigned long read = isdigit((unsigned char)*text) ? strtoul(text, &end, 10) : 0;
    bool well = end != NULL && *end == ',' && isdigit((unsigned char)end[1]);
    unsigned long written = well ? strtoul(end + 1, &end, 10) : 0;
    if (!well || *end != '\0' || read > MOST || written > MOST) {
        refuse(
            "--cs-lines: '%s' is not how many lines are read and how many written, each "
            "up to %lu, such as 4,1",
            text, MOST);
    }
    options.lines_read = (unsigned)read;
    options.lines_written = (unsigned)written;
}

/* Options that say what is measured; and those that say of whom, or of which results. */
#define CONDITIONS                                                                       \
    "writes duration repeat cs ncs cs-lines table zipf nested trylock work random rate " \
    "baseline resume bind full launches"
static const char measuring[] = "locks rwlocks barriers threads " CONDITIONS;

/* The words of `compare A B`, with which few of the options go. */
static void read_compared(const struct rest *rest)
{
    enum { LAUNCHES = 16 };
    if (rest->count != 3) {
        refuse(
            "compare: it takes two files of results, of --format json, or two programs");
    }
    options.compared[0] = rest->words[1];
    options.compared[1] = rest->words[2];
    options.flags = rest->flags;
    options.in_turn = is_program(rest->words[1]) && is_program(rest->words[2]);
    const char *other =
        options_given(&command_line, options.in_turn ? measuring : CONDITIONS);
    if (other != NULL && !(options.in_turn && strcmp(other, "launches") == 0)) {
        refuse("compare: --%s is for measuring%s", other,
               options.in_turn ? ", and goes behind --" : "");
    }
    if (!options.in_turn && rest->flags[0] != NULL) {
        refuse(
            "compare: '%s': what is behind -- is for two programs, and '%s' is none; a "
            "program is given with its path",
            rest->flags[0], options.compared[is_program(rest->words[1]) ? 1 : 0]);
    }
    if (options_given(&command_line, "launches") == NULL) {
        options.launches = LAUNCHES;
    }
}

struct options *read_options(int argc, char **argv)
{
    struct rest rest = options_read(&command_line, argc, argv);
    options.list = rest.count > 0 && strcmp(rest.words[0], "list") == 0;
    options.matrix = rest.count > 0 && strcmp(rest.words[0], "matrix") == 0;
    options.recommend = rest.count > 0 && strcmp(rest.words[0], "recommend") == 0;
    options.output = with_host(options.output);
    if (rest.count > 0 && strcmp(rest.words[0], "compare") == 0) {
        read_compared(&rest);
        return &options;
    }
    const char *comparing = options_given(&command_line, "threshold anyway");
    if (comparing != NULL) {
        refuse("--%s is for compare", comparing);
    }
    if (options.matrix && rest.count > 1) {
        refuse("matrix: unexpected argument '%s'", rest.words[1]);
    }
    const char *other = options_given(&command_line, measuring);
    if (options.matrix && other != NULL) {
        refuse("matrix: --%s is for locks and barriers", other);
    }
    if (options.lines != NULL) {
        read_lines_option();
    }
    if (options.recommend && options.format != TABLE) {
        refuse("recommend: it prints sentences; without it --format has the figures");
    }
    read_sources(&rest);
    choose_competitors();
    if (options.writes.count > 0 && options.competitors[RWLOCKS].count == 0) {
        refuse("--writes is for reader-writer locks, and none is measured");
    }
    if (options.rate > 0 && options_given(&command_line, "ncs") != NULL) {
        refuse("--rate and --ncs: threads arrive at a rate, or when they have done their "
               "work");
    }
    check_workload();
    if (options_given(&command_line, "ncs") != NULL) {
        options.between_ns = options.outside_ns;
    }
    if (options.baseline != NULL && !is_measured(options.baseline)) {
        refuse("--baseline: '%s' is not among those that are measured", options.baseline);
    }
    if (options.writes.count == 0) {
        default_writes();
    }
    return &options;
}
