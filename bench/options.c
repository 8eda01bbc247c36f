/* SPDX-License-Identifier: MIT */
#include "bench/options.h"

#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: lockbench [options]\n"
    "       lockbench list\n"
    "\n"
    "Compares locks, reader-writer locks and barriers on this machine: without\n"
    "options all of them, on 1, 2, 4 and so on threads up to the number of\n"
    "processors, and on twice that number, in about a minute.\n"
    "\n"
    "  -l, --locks LIST       names, separated by commas, or all or none\n"
    "  -w, --rwlocks LIST     the same of reader-writer locks\n"
    "  -b, --barriers LIST    the same of barriers; where one of the three is given,\n"
    "                         those that are not are left out\n"
    "  -t, --threads LIST     numbers of threads, such as 1,2,4-8\n"
    "      --writes LIST      how many in a hundred acquisitions of a reader-writer\n"
    "                         lock write (default 0,1,10,50)\n"
    "  -d, --duration MS      milliseconds of each run (default: so that all takes a\n"
    "                         minute)\n"
    "  -r, --repeat N         runs of each kind, in turn with the competitors'\n"
    "                         (default 5)\n"
    "      --cs NS            work inside the critical section, nanoseconds (default 0)\n"
    "      --ncs NS           work between two critical sections (default 100)\n"
    "      --bind POLICY      where threads go: compact, scatter, cache, node, none, or\n"
    "                         a list of processors such as 0,2,4-7 (default cache)\n"
    "  -f, --format FORMAT    table, csv or json (default table)\n"
    "  -o, --output FILE      write there, not to standard output\n"
    "  -h, --help             this text\n"
    "  -V, --version          the version\n"
    "\n"
    "Exit status: 0 measured, 1 something was broken, 2 bad usage, 130 interrupted.\n"
    "The manual, lockbench(1), says what is measured and how sure it is.\n";

static void refuse(const char *format, ...)
    __attribute__((format(printf, 1, 2), noreturn));

static void refuse(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)fputs("lockbench: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
    exit(2);
}

/* A number from least to greatest that is the whole text. */
static double read_number(const char *option, const char *text, double least,
                          double greatest)
{
    char *end;
    double number = strtod(text, &end);
    if (end == text || *end != '\0' || !(number >= least && number <= greatest)) {
        refuse("%s: '%s' is not a number from %.15g to %.15g", option, text, least,
               greatest);
    }
    return number;
}

static unsigned read_whole_number(const char *option, const char *text, unsigned greatest)
{
    if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0') {
        refuse("%s: '%s' is not a whole number from 1 to %u", option, text, greatest);
    }
    return (unsigned)read_number(option, text, 1, greatest);
}

/* Cuts the next item off a list separated by commas; NULL at its end. */
static char *next_item(const char *option, char **list)
{
    if (*list == NULL) {
        return NULL;
    }
    char *item = *list;
    char *comma = strchr(item, ',');
    if (comma != NULL) {
        *comma = '\0';
    }
    if (item[0] == '\0') {
        refuse("%s: there is nothing before, between or after the commas of the list",
               option);
    }
    *list = comma != NULL ? comma + 1 : NULL;
    return item;
}

/* Those of `all` that a list names, in its order. */
static struct competitors read_names(const char *option, char *list,
                                     const struct competitors *all)
{
    struct competitors chosen = {.count = 0};
    if (strcmp(list, "all") == 0) {
        return *all;
    }
    if (strcmp(list, "none") == 0) {
        return chosen;
    }
    for (char *name; (name = next_item(option, &list)) != NULL;) {
        unsigned i = 0;
        while (i < all->count && strcmp(all->items[i].name, name) != 0) {
            i++;
        }
        if (i == all->count) {
            refuse(
                "%s: nothing is called '%s'; `lockbench list` has the names (and all or "
                "none stands alone)",
                option, name);
        }
        for (unsigned j = 0; j < chosen.count; j++) {
            if (strcmp(chosen.items[j].name, name) == 0) {
                refuse("%s: '%s' is named twice", option, name);
            }
        }
        chosen.items[chosen.count++] = all->items[i];
    }
    return chosen;
}

/* Takes what --locks, --rwlocks and --barriers name (NULL: not given), or all there are
   if none of them is given. */
static void choose_competitors(struct options *options, char *names[FAMILIES])
{
    bool any_given = false;
    for (int family = 0; family < FAMILIES; family++) {
        any_given = any_given || names[family] != NULL;
    }
    unsigned count = 0;
    for (int family = 0; family < FAMILIES; family++) {
        struct competitors *chosen = &options->competitors[family];
        const struct competitors all = all_of((enum family)family);
        if (names[family] != NULL) {
            char option[32];
            (void)snprintf(option, sizeof option, "--%s", family_names[family]);
            *chosen = read_names(option, names[family], &all);
        } else if (!any_given) {
            *chosen = all;
        }
        count += chosen->count;
    }
    if (count == 0) {
        refuse("--locks, --rwlocks and --barriers: nothing is left to measure");
    }
}

static void add_thread_count(struct options *options, unsigned threads)
{
    for (unsigned i = 0; i < options->thread_count; i++) {
        if (options->threads[i] == threads) {
            refuse("--threads: %u is there twice", threads);
        }
    }
    if (options->thread_count == MAX_THREAD_COUNTS) {
        refuse("--threads: more than %d numbers", MAX_THREAD_COUNTS);
    }
    options->threads[options->thread_count++] = threads;
}

static void read_threads(struct options *options, char *list)
{
    options->thread_count = 0;
    for (char *item; (item = next_item("--threads", &list)) != NULL;) {
        char *dash = strchr(item, '-');
        if (dash != NULL) {
            *dash = '\0';
        }
        unsigned first = read_whole_number("--threads", item, MAX_THREADS);
        unsigned last =
            dash != NULL ? read_whole_number("--threads", dash + 1, MAX_THREADS) : first;
        if (last < first) {
            refuse("--threads: the range %u-%u is empty", first, last);
        }
        for (unsigned threads = first; threads <= last; threads++) {
            add_thread_count(options, threads);
        }
    }
}

static void read_writes(struct options *options, char *list)
{
    options->write_count = 0;
    for (char *item; (item = next_item("--writes", &list)) != NULL;) {
        double share = read_number("--writes", item, 0, 100);
        for (unsigned i = 0; i < options->write_count; i++) {
            if (options->writes[i] == share) {
                refuse("--writes: %g is there twice", share);
            }
        }
        if (options->write_count == MAX_WRITE_SHARES) {
            refuse("--writes: more than %d shares", (int)MAX_WRITE_SHARES);
        }
        options->writes[options->write_count++] = share;
    }
}

static enum format read_format(const char *text)
{
    static const char *const names[] = {
        [TABLE] = "table", [CSV] = "csv", [JSON] = "json"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(text, names[i]) == 0) {
            return (enum format)i;
        }
    }
    refuse("--format: '%s' is none of table, csv, json", text);
}

static void print_and_exit(const char *text)
{
    (void)fputs(text, stdout);
    if (fflush(stdout) != 0) {
        (void)fputs("lockbench: cannot write standard output\n", stderr);
        exit(1);
    }
    exit(0);
}

struct options read_options(int argc, char **argv)
{
    enum { CS = 256, NCS, BIND, WRITE_SHARES };
    static const struct option long_options[] = {
        {"locks", required_argument, NULL, 'l'},
        {"rwlocks", required_argument, NULL, 'w'},
        {"barriers", required_argument, NULL, 'b'},
        {"threads", required_argument, NULL, 't'},
        {"writes", required_argument, NULL, WRITE_SHARES},
        {"duration", required_argument, NULL, 'd'},
        {"repeat", required_argument, NULL, 'r'},
        {"cs", required_argument, NULL, CS},
        {"ncs", required_argument, NULL, NCS},
        {"bind", required_argument, NULL, BIND},
        {"format", required_argument, NULL, 'f'},
        {"output", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        {NULL, 0, NULL, 0},
    };
    struct options options = {.repeat = 5,
                              .writes = {0, 1, 10, 50},
                              .write_count = 4,
                              .outside_ns = 100,
                              .bind = "cache"};
    char *names[FAMILIES] = {NULL};
    bool writes_given = false;
    for (int option; (option = getopt_long(argc, argv, ":l:w:b:t:d:r:f:o:hV",
                                           long_options, NULL)) != -1;) {
        switch (option) {
        case 'l':
            names[LOCKS] = optarg;
            break;
        case 'w':
            names[RWLOCKS] = optarg;
            break;
        case 'b':
            names[BARRIERS] = optarg;
            break;
        case 't':
            read_threads(&options, optarg);
            break;
        case WRITE_SHARES:
            writes_given = true;
            read_writes(&options, optarg);
            break;
        case 'd':
            options.duration_ms = read_number("--duration", optarg, 0.1, 3.6e6);
            break;
        case 'r':
            options.repeat = read_whole_number("--repeat", optarg, 1000);
            break;
        case CS:
            options.critical_ns = read_number("--cs", optarg, 0, 1e9);
            break;
        case NCS:
            options.outside_ns = read_number("--ncs", optarg, 0, 1e9);
            break;
        case BIND:
            options.bind = optarg;
            break;
        case 'f':
            options.format = read_format(optarg);
            break;
        case 'o':
            options.output = optarg;
            break;
        case 'h':
            print_and_exit(help);
            break;
        case 'V':
            print_and_exit("lockbench " LOCKSTEP_VERSION "\n");
            break;
        case ':':
            refuse("%s needs an argument; see lockbench --help", argv[optind - 1]);
        default:
            refuse("'%s' is no option of this program; see lockbench --help",
                   argv[optind - 1]);
        }
    }
    if (optind < argc && strcmp(argv[optind], "list") == 0) {
        options.list = true;
        optind++;
    }
    if (optind < argc) {
        refuse("unexpected argument '%s'; see lockbench --help", argv[optind]);
    }
    choose_competitors(&options, names);
    if (writes_given && options.competitors[RWLOCKS].count == 0) {
        refuse("--writes is for reader-writer locks, and none is measured");
    }
    return options;
}
