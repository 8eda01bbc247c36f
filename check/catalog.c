/* SPDX-License-Identifier: MIT */
/* lockcheck --catalog: what the library has, with clients of our own. */
#include "check/catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/check.h"
#include "check/clients.h"
#include "common/memory.h"
#include "common/options.h"
#include "virtual/program/program.h"
#include "virtual/program/tool.h"

const struct check *catalog_check;

void catalog_program(void)
{
    const struct check *check = catalog_check;
    check->client->run(check->subject, check->threads, check->rounds);
    vm_exit(0, NULL);
}

/* --- the list of checks ------------------------------------------------------------- */

static struct check *checks;
static size_t check_count;

static void add_check(const char *name, const void *subject, const struct client *client,
                      const struct client_size *size)
{
    checks = grow(checks, (check_count + 1) * sizeof *checks);
    struct check *check = &checks[check_count++];
    *check = (struct check){.subject = subject,
                            .subject_name = name,
                            .client = client,
                            .threads = size->threads,
                            .rounds = size->rounds};
    (void)snprintf(check->name, sizeof check->name, "%s, %s, %u thread%s × %u", name,
                   client->name, size->threads, size->threads == 1 ? "" : "s",
                   size->rounds);
}

static bool fits(const struct client *client, const void *subject)
{
    return client->fits(subject) && (client->also == NULL || client->also(subject));
}

static void add_subject(const char *name, const void *subject,
                        const struct client *client, bool full)
{
    for (; client->name != NULL; client++) {
        for (const struct client_size *size = client->sizes; size->threads > 0; size++) {
            if (fits(client, subject) && (full || !size->full)) {
                add_check(name, subject, client, size);
            }
        }
    }
}

static void load_catalog(void)
{
    if (!vm_load_catalog()) {
        vm_quit(3);
    }
}

/* The kinds that an option names; the last one stands for all of them. */
enum { LOCK_KIND, RWLOCK_KIND, BARRIER_KIND, ANY_KIND, NAMED_KINDS };

static struct texts known[NAMED_KINDS];
static const char *const kind_symbols[] = {"lock_kind", "rwlock_kind", "barrier_kind"};
static const char *const kind_options[] = {"--locks", "--rwlocks", "--barriers",
                                           "--catalog"};

static void learn_names(void)
{
    const struct client_kind *const *kind = vm_symbol("client_kinds");
    for (; *kind != NULL; kind++) {
        for (const void *subject = NULL; (subject = (*kind)->next(subject)) != NULL;) {
            const char *name = (*kind)->name(subject);
            for (int named = 0; named < ANY_KIND; named++) {
                if (vm_symbol(kind_symbols[named]) == *kind) {
                    texts_add(&known[named], name);
                }
            }
            texts_add(&known[ANY_KIND], name);
        }
    }
}

/* What all of --locks, --rwlocks, --barriers and --catalog name. */
static struct texts names_wanted(const struct options *options)
{
    const struct texts *const given[] = {&options->locks, &options->rwlocks,
                                         &options->barriers, &options->catalog};
    struct known_names kinds[NAMED_KINDS];
    struct texts wanted = {NULL, 0, 0};
    for (int i = 0; i < NAMED_KINDS; i++) {
        kinds[i] = (struct known_names){kind_options[i], known[i].items};
    }
    for (size_t i = 0; i < NAMED_KINDS; i++) {
        names_choose(&wanted, given[i], kinds, i == ANY_KIND ? NAMED_KINDS : ANY_KIND, i);
    }
    return wanted;
}

static bool is_wanted(const struct texts *wanted, const char *name)
{
    for (size_t i = 0; i < wanted->count; i++) {
        if (strcmp(wanted->items[i], name) == 0) {
            return true;
        }
    }
    return false;
}

struct check *catalog_checks(const struct options *options, size_t *count)
{
    prepare_program(options);
    load_catalog();
    learn_names();
    const struct texts wanted = names_wanted(options);
    const struct client_kind *const *kind = vm_symbol("client_kinds");
    for (; *kind != NULL; kind++) {
        for (const void *subject = NULL; (subject = (*kind)->next(subject)) != NULL;) {
            const char *name = (*kind)->name(subject);
            if (is_wanted(&wanted, name)) {
                add_subject(name, subject, (*kind)->clients, options->full);
            }
        }
    }
    if (check_count == 0) {
        refuse("nothing is left to check");
    }
    *count = check_count;
    return checks;
}

static void list_kind(const char *heading, int kind)
{
    (void)fprintf(vm_out, "%s:\n", heading);
    for (size_t i = 0; i < known[kind].count; i++) {
        if (kind != ANY_KIND ||
            !(is_wanted(&known[LOCK_KIND], known[kind].items[i]) ||
              is_wanted(&known[RWLOCK_KIND], known[kind].items[i]) ||
              is_wanted(&known[BARRIER_KIND], known[kind].items[i]))) {
            (void)fprintf(vm_out, "  %s\n", known[kind].items[i]);
        }
    }
}

int list_catalog(const struct options *options)
{
    prepare_program(options);
    load_catalog();
    learn_names();
    list_kind("locks", LOCK_KIND);
    list_kind("\nrwlocks", RWLOCK_KIND);
    list_kind("\nbarriers", BARRIER_KIND);
    list_kind("\nand, for --catalog", ANY_KIND);
    return STATUS_GOOD;
}

/* --- checking ----------------------------------------------------------------------- */

static void tell_verified(const struct check *check, const struct explore_result *result,
                          double seconds)
{
    (void)fprintf(vm_out, "%-36s %8llu execution%s (%llu blocked), %.2g s\n", check->name,
                  (unsigned long long)result->executions,
                  result->executions == 1 ? " " : "s",
                  (unsigned long long)result->blocked, seconds);
    (void)fflush(vm_out);
}

/* All that there were, each of them verified. */
static void tell_sum(const struct explore_options *how, const struct explore_result *sum,
                     double seconds)
{
    (void)fprintf(vm_out,
                  "lockcheck: verified: %zu checks, %llu executions (%llu blocked), "
                  "%.3g s; ",
                  check_count, (unsigned long long)sum->executions,
                  (unsigned long long)sum->blocked, seconds);
    tell_bounds(how);
}

int check_catalog(const struct options *options)
{
    size_t count;
    const struct check *all = catalog_checks(options, &count);
    struct explore_options how = explore_options_of(options);
    how.program = catalog_program;
    struct explore_result sum = {.verdict = VERIFIED};
    double total = 0;
    int status = 0;
    bool failed = false;
    for (size_t i = 0; i < count && !failed; i++) {
        struct explore_result result;
        double seconds;
        catalog_check = &all[i];
        check_loaded(&how, &result, &seconds);
        if (result.elsewhere) {
            return 1;
        }
        sum.executions += result.executions;
        sum.blocked += result.blocked;
        total += seconds;
        bool table = options->format == TABLE;
        if (table && result.verdict == VERIFIED) {
            tell_verified(&all[i], &result, seconds);
            continue;
        }
        if (table) {
            (void)fprintf(vm_out, "%s:\n", all[i].name);
        }
        status = tell(options, &all[i], &how, &result, seconds);
        failed = result.verdict != VERIFIED;
    }
    if (!failed && options->format == TABLE) {
        tell_sum(&how, &sum, total);
    }
    return status;
}
