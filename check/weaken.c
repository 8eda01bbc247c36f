/* SPDX-License-Identifier: MIT */
/*
 * lockcheck --weaken: which memory orders are needed?
 *
 * The operations that a first exploration executes are listed; then each one that is
 * stronger than relaxed is weakened by one step, all else left as it is, and the programs
 * that execute it are explored again, until one fails. Nothing is compiled again: the
 * order is changed on the way from the program to the explorer.
 */
#include <stdlib.h>
#include <string.h>

#include "check/apply.h"
#include "check/catalog.h"
#include "check/check.h"
#include "check/explore/jobs.h"
#include "check/literals.h"
#include "check/operations.h"
#include "check/show/brief.h"
#include "check/show/record.h"
#include "common/json.h"
#include "common/memory.h"
#include "virtual/program/program.h"
#include "virtual/program/tool.h"

static struct check single; /* a program of the user's, not the catalog's */
static unsigned tried, needed;

static void put_row(const struct options *options, const struct operation *operation,
                    const char *what, int order, int weaker, const struct check *check,
                    const struct explore_result *result)
{
    bool wrong = check != NULL && result->verdict == WRONG;
    const char *outcome = wrong           ? result->failure.kind
                          : check != NULL ? "inconclusive"
                                          : "not needed by these clients";
    char place[300];
    (void)snprintf(place, sizeof place, "%s:%d:%d", operation->source.file,
                   operation->source.line, operation->source.column);
    tried++;
    needed += wrong;
    if (options->format != TABLE) {
        json_t *record = record_of_run(options, wrong ? check : NULL);
        set(record, "file", json_text(operation->source.file));
        set(record, "line", json_integer(operation->source.line));
        set(record, "column", json_integer(operation->source.column));
        set(record, "operation", json_text(what));
        set(record, "order", json_text(order_names[order]));
        set(record, "weaker_order", json_text(order_names[weaker]));
        set(record, "outcome", json_text(outcome));
        record_write(vm_out, (enum format)options->format, record);
    } else if (options->brief && check == NULL) {
        char text[128];
        (void)snprintf(text, sizeof text,
                       "%s: %s is not needed by these clients: %s does", what,
                       order_names[order], order_names[weaker]);
        brief_line(vm_out, operation->addresses[0], "warning", text);
    } else if (!options->brief) {
        (void)fprintf(vm_out, "%-44s %-8s %-8s %-8s %s%s%s\n", place, what,
                      order_names[order], order_names[weaker], outcome,
                      check != NULL && check->name[0] ? ": " : "",
                      check != NULL ? check->name : "");
    }
    (void)fflush(vm_out);
}

static void try_orders(const struct options *options, const struct explore_options *how,
                       const struct operation *operation, bool failure,
                       const struct check *checks, size_t count)
{
    int weaker[2];
    int order = failure ? operation->failure : operation->order;
    unsigned steps = weaker_orders(operation->kind, order, failure, weaker);
    for (unsigned i = 0; i < steps && !jobs_interrupted(); i++) {
        operation_use(operation, failure ? -1 : weaker[i], failure ? weaker[i] : -1);
        struct explore_result result = {.verdict = VERIFIED};
        const struct check *check = find_failure(how, operation, checks, count, &result);
        operation_use(operation, -1, -1);
        if (jobs_interrupted() && result.verdict != WRONG) {
            return; /* what has not been looked at may need it */
        }
        put_row(options, operation, failure ? "cas fail" : kind_name(operation->kind),
                order, weaker[i], check, &result);
    }
}

static int weaken(const struct options *options, const struct explore_options *how,
                  const struct check *checks, size_t count)
{
    struct explore_result result;
    double seconds;
    size_t number;
    const struct check *check;
    struct operation *operations =
        operations_of(how, checks, count, &number, &check, &result, &seconds);
    if (operations == NULL) {
        return tell(options, check->subject != NULL ? check : NULL, how, &result,
                    seconds); /* as it is */
    }
    if (options->apply != NOT_APPLIED) {
        return apply(options, how, operations, number, checks, count);
    }
    if (options->format == TABLE && !options->brief) {
        (void)fprintf(vm_out, "%-44s %-8s %-8s %-8s %s\n", "place", "what", "order",
                      "weaker", "outcome");
    }
    for (size_t i = 0; i < number && !jobs_interrupted(); i++) {
        try_orders(options, how, &operations[i], false, checks, count);
        if (operations[i].kind == VM_CAS || operations[i].kind == VM_CAS_WEAK) {
            try_orders(options, how, &operations[i], true, checks, count);
        }
    }
    if (options->format == TABLE) {
        (void)fprintf(
            vm_out, "lockcheck: %u of %u weaker orders fail%s%s\n", needed, tried,
            assumed(),
            jobs_interrupted()
                ? "; not all have been tried: the time is up, or it was interrupted"
                : "");
    }
    return jobs_interrupted() ? STATUS_NO_VERDICT : STATUS_GOOD;
}

int weaken_program(const struct options *options)
{
    if (load_program(options) != 0) {
        return 3;
    }
    struct explore_options how = explore_options_of(options);
    how.jobs = 1;
    return weaken(options, &how, &single, 1);
}

int weaken_catalog(const struct options *options)
{
    size_t count;
    const struct check *checks = catalog_checks(options, &count);
    struct explore_options how = explore_options_of(options);
    how.program = catalog_program;
    how.jobs = 1;
    return weaken(options, &how, checks, count);
}
