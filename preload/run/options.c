/* SPDX-License-Identifier: MIT */
#include "preload/run/options.h"

#include <stdio.h>

#include "common/memory.h"
#include "common/options.h"
#include "preload/settings.h"

static struct options options = {.repeat = 1, .profile_sample = 32};

static struct {
    const char *names[KINDS];
    struct texts each;
    bool list;
} given;

enum { MOST_SECONDS = 1000000, MOST_SAMPLE = 1000000 };

static const char *const kind_options[KINDS] = {"--lock", "--rwlock", "--barrier"};

static struct option_row rows[] = {
    {"lock", 'l', OPTION_TEXT, &given.names[LOCK], .argument = "NAME",
     .help = "mutexes and spin locks are this lock of the catalog"},
    {"rwlock", 'w', OPTION_TEXT, &given.names[RWLOCK], .argument = "NAME",
     .help = "reader-writer locks are this one"},
    {"barrier", 'b', OPTION_TEXT, &given.names[BARRIER], .argument = "NAME",
     .help = "barriers are this one"},
    {"threads-at-most", 't', OPTION_UNSIGNED, &options.threads_at_most, .argument = "N",
     .least = 1, .greatest = SETTINGS_MOST_THREADS,
     .help = "how many threads the program has at once, for what\n"
             "has a place for each"},
    {"each", 'e', OPTION_NAMES, &given.each, .argument = "NAMES",
     .help = "run the program once under each of these, and\n"
             "compare times and outputs; mcs+rw_ticket is two\n"
             "at once, pthread the system's own, all each lock\n"
             "(with --threads-at-most, which some need)"},
    {"repeat", 'r', OPTION_UNSIGNED, &options.repeat, .argument = "N", .least = 1,
     .greatest = 1000,
     .help = "with --each: do all of it so many times, in turn\n"
             "(default 1)"},
    {"profile", 'p', OPTION_TEXT, &options.profile, .argument = "[=FILE]", .implied = "",
     .help = "say who waits for whom, where and how long: a table\n"
             "on standard error at the end, and at each SIGUSR1;\n"
             "to FILE, for programs, as JSON"},
    {"profile-seconds", 0, OPTION_UNSIGNED, &options.profile_seconds, .argument = "N",
     .least = 1, .greatest = MOST_SECONDS,
     .help = "with --profile: the table each N seconds, too"},
    {"profile-sample", 0, OPTION_UNSIGNED, &options.profile_sample, .argument = "N",
     .least = 1, .greatest = MOST_SAMPLE,
     .help = "with --profile: time one holding in N (default 32),\n"
             "1: each; what waits is timed in any case"},
    {"list", 0, OPTION_FLAG, &given.list, .help = "list the names there are"},
    {.name = NULL},
};

const struct command_line command_line = {
    .usage = "usage: lockstep-run [options] [--] PROGRAM [its arguments]\n"
             "       lockstep-run --list\n",
    .purpose =
        "Runs a program, as it is, with locks, reader-writer locks and barriers of the\n"
        "library in place of those of the system's thread library. What is not chosen\n"
        "stays the system's own, which is also called pthread.\n",
    .after =
        "    lockstep-run --lock mcs --rwlock rw_ticket ./program 100\n"
        "    lockstep-run --each mutex,mcs,pthread --repeat 8 ./program 100\n"
        "Exit status: the program's; with --each 0, 1 if its runs did not all end with\n"
        "status 0; 3 if it cannot be run so. lockstep-run(1) says what is exchanged, "
        "and\n"
        "what is not.\n",
    .rows = rows,
    .for_program = true,
};

/* --- names -------------------------------------------------------------------------- */

static struct texts names[KINDS];

static void fill_names(void)
{
    for (const lks_lock_class_t *class = NULL;
         (class = lks_lock_class_next(class)) != NULL;) {
        texts_add(&names[LOCK], class->name);
    }
    for (const lks_rwlock_class_t *class = NULL;
         (class = lks_rwlock_class_next(class)) != NULL;) {
        texts_add(&names[RWLOCK], class->name);
    }
    for (const lks_barrier_class_t *class = NULL;
         (class = lks_barrier_class_next(class)) != NULL;) {
        texts_add(&names[BARRIER], class->name);
    }
    for (int kind = 0; kind < KINDS; kind++) {
        texts_add(&names[kind], SETTINGS_SYSTEM);
    }
}

/* Whether that one has a place for each thread. */
static bool needs_threads(enum kind kind, const char *name)
{
    const lks_lock_class_t *lock = lks_lock_class_find(name);
    return kind == LOCK && lock != NULL && settings_needs_threads(lock);
}

/* What a list says behind a name. */
static const char *remark_on(enum kind kind, const char *name)
{
    const lks_lock_class_t *lock = lks_lock_class_find(name);
    return strcmp(name, SETTINGS_SYSTEM) == 0      ? ": the system's own"
           : needs_threads(kind, name)             ? ": needs --threads-at-most"
           : lock != NULL && lock->trylock == NULL ? ": not for programs that try"
                                                   : "";
}

static void list_names(void)
{
    static const char *const headings[KINDS] = {"locks", "\nreader-writer locks",
                                                "\nbarriers"};
    for (int kind = 0; kind < KINDS; kind++) {
        (void)printf("%s (%s):\n", headings[kind], kind_options[kind]);
        for (const char *const *name = names[kind].items; *name != NULL; name++) {
            (void)printf("  %s%s\n", *name, remark_on((enum kind)kind, *name));
        }
    }
}

static void check_threads(enum kind kind, const char *name)
{
    if (options.threads_at_most == 0 && needs_threads(kind, name)) {
        refuse("'%s' has a place for each thread: --threads-at-most N says how many the "
               "program has at once",
               name);
    }
}

/* --- candidates --------------------------------------------------------------------- */

/* The kind that has that name; refuses where none has. */
static enum kind kind_of(const char *name)
{
    struct texts all = {NULL, 0, 0};
    for (int kind = 0; kind < KINDS; kind++) {
        for (const char *const *known = names[kind].items; *known != NULL; known++) {
            if (strcmp(*known, name) == 0) {
                return (enum kind)kind;
            }
            texts_add(&all, *known);
        }
    }
    const struct known_names every = {"--each", all.items};
    names_check(name, &every, 1, 0);
    abort(); /* it is in none of them, and so has been refused */
}

/* "mcs+rw_ticket"; what it does not name is as without --each. */
static struct candidate read_candidate(const char *text)
{
    struct candidate candidate = {text, options.choice};
    if (strcmp(text, SETTINGS_SYSTEM) == 0) {
        for (int kind = 0; kind < KINDS; kind++) {
            candidate.choice.names[kind] = SETTINGS_SYSTEM;
        }
        return candidate;
    }
    bool named[KINDS] = {false};
    char *rest = sure(strdup(text)); /* kept: the names are in it */
    for (char *name; (name = strsep(&rest, "+")) != NULL;) {
        enum kind kind = kind_of(name);
        if (strcmp(name, SETTINGS_SYSTEM) == 0 || named[kind]) {
            refuse("--each: '%s': what is joined by '+' is a lock, a reader-writer lock "
                   "and a barrier, at most one of each",
                   text);
        }
        check_threads(kind, name);
        named[kind] = true;
        candidate.choice.names[kind] = name;
    }
    return candidate;
}

static void read_each(void)
{
    if (given.each.count == 1 && strcmp(given.each.items[0], "all") == 0) {
        given.each = names[LOCK];
    }
    options.each = zeroed(given.each.count, sizeof *options.each);
    for (size_t i = 0; i < given.each.count; i++) {
        const char *text = given.each.items[i];
        if (strcmp(text, "all") == 0) {
            refuse("--each: 'all' stands alone, without other names");
        }
        for (size_t k = 0; k < i; k++) {
            if (strcmp(given.each.items[k], text) == 0) {
                refuse("--each: '%s' is named twice", text);
            }
        }
        options.each[options.each_count++] = read_candidate(text);
    }
}

/* ------------------------------------------------------------------------------------ */

static void read_choice(void)
{
    struct known_names kinds[KINDS];
    for (int kind = 0; kind < KINDS; kind++) {
        kinds[kind] = (struct known_names){kind_options[kind], names[kind].items};
    }
    for (size_t kind = 0; kind < KINDS; kind++) {
        const char *name = given.names[kind];
        if (name != NULL) {
            names_check(name, kinds, KINDS, kind);
            check_threads((enum kind)kind, name);
        }
        options.choice.names[kind] = name != NULL ? name : SETTINGS_SYSTEM;
    }
}

const struct options *read_options(int argc, char **argv)
{
    struct rest rest = options_read(&command_line, argc, argv);
    fill_names();
    if (given.list) {
        list_names();
        output_close(stdout, NULL);
        exit(STATUS_GOOD);
    }
    read_choice();
    read_each();
    options.program = rest.words;
    if (rest.count == 0) {
        refuse("no program to run (`lockstep-run --help`)");
    }
    if (options.each_count == 0 && options_given(&command_line, "repeat") != NULL) {
        refuse("--repeat goes with --each");
    }
    if (options_given(&command_line, "lock rwlock barrier each profile") == NULL) {
        refuse("nothing to do with %s: --lock, --rwlock, --barrier, --each or --profile "
               "says what",
               rest.words[0]);
    }
    if (options.each_count > 0 && options.profile != NULL) {
        refuse("--profile is of one run, and does not go with --each");
    }
    const char *detail = options_given(&command_line, "profile-seconds profile-sample");
    if (options.profile == NULL && detail != NULL) {
        refuse("--%s goes with --profile", detail);
    }
    return &options;
}
