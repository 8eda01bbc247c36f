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
                            .client = client,
                            .threads = size->threads,
                            .rounds = size->rounds};
    (void)snprintf(check->name, sizeof check->name, "%s, %s, %u threads × %u", name,
                   client->name, size->threads, size->rounds);
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

/* Whether `only`, names separated by commas, has this one; NULL has all. */
static bool is_wanted(const char *only, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = only; at != NULL; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, name, length) == 0 && (at[length] == '\0' || at[length] == ',')) {
            return true;
        }
    }
    return only == NULL;
}

static void refuse_unknown(const char *only)
{
    if (check_count == 0) {
        (void)fprintf(vm_err,
                      "lockcheck: --catalog: '%s' names nothing in the catalog "
                      "(`lockbench list` has the names; and mutex, cond, once, sem)\n",
                      only);
        vm_quit(3);
    }
}

static void load_catalog(void)
{
    if (!vm_load_catalog()) {
        vm_quit(3);
    }
}

struct check *catalog_checks(const struct options *options, size_t *count)
{
    prepare_program(options);
    load_catalog();
    const struct client_kind *const *kind = vm_symbol("client_kinds");
    for (; *kind != NULL; kind++) {
        for (const void *subject = NULL; (subject = (*kind)->next(subject)) != NULL;) {
            const char *name = (*kind)->name(subject);
            if (is_wanted(options->only, name)) {
                add_subject(name, subject, (*kind)->clients, options->full);
            }
        }
    }
    refuse_unknown(options->only);
    *count = check_count;
    return checks;
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

/* All that there were, up to the first that was not verified. */
static void tell_sum(const struct options *options, const struct explore_options *how,
                     const struct explore_result *sum, const struct check *failed,
                     double seconds)
{
    static const char *const verdicts[] = {"verified", "wrong", "inconclusive",
                                           "refused"};
    if (options->json) {
        (void)fprintf(vm_out,
                      "],\n\"verdict\": \"%s\", \"kind\": ", verdicts[sum->verdict]);
        (void)fprintf(vm_out, sum->verdict == WRONG ? "\"%s\"" : "null",
                      sum->failure.kind);
        (void)fprintf(vm_out,
                      ", \"executions\": %llu, \"blocked\": %llu, \"seconds\": %.6f, "
                      "\"failed\": \"%s\"}\n",
                      (unsigned long long)sum->executions,
                      (unsigned long long)sum->blocked, seconds,
                      failed != NULL ? failed->name : "");
    } else if (failed == NULL) {
        (void)fprintf(vm_out,
                      "lockcheck: verified: %zu checks, %llu executions (%llu blocked), "
                      "%.3g s; ",
                      check_count, (unsigned long long)sum->executions,
                      (unsigned long long)sum->blocked, seconds);
        tell_bounds(how);
    }
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
    const struct check *failed = NULL;
    for (size_t i = 0; i < count && failed == NULL; i++) {
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
        if (options->json) {
            (void)fputs(i == 0 ? "{\"checks\": [\n" : ",", vm_out);
        }
        if (options->json || result.verdict != VERIFIED) {
            if (!options->json) {
                (void)fprintf(vm_out, "%s:\n", all[i].name);
            }
            struct options telling = *options;
            telling.check = all[i].name;
            status = tell(&telling, &how, &result, seconds);
        } else {
            tell_verified(&all[i], &result, seconds);
        }
        if (result.verdict != VERIFIED) {
            failed = &all[i];
            sum.verdict = result.verdict;
            sum.failure = result.failure;
        }
    }
    tell_sum(options, &how, &sum, failed, total);
    return status;
}
