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

#include "check/catalog.h"
#include "check/check.h"
#include "check/explore/jobs.h"
#include "check/explore/sites.h"
#include "check/show/brief.h"
#include "check/show/record.h"
#include "common/json.h"
#include "common/memory.h"
#include "virtual/program/program.h"
#include "virtual/program/tool.h"

/* An operation in the source: all places in the machine code that come from it. */
struct operation {
    struct vm_source source;
    uint8_t kind, order, failure;
    const void **addresses;
    size_t count;
    bool *used_by; /* a check each */
};

static struct operation *operations;
static size_t operation_count;
static struct check single; /* a program of the user's, not the catalog's */

static const char *const order_names[] = {"relaxed", "consume", "acquire",
                                          "release", "acq_rel", "seq_cst"};

static struct operation *operation_of(const struct site *site, size_t checks)
{
    struct vm_source source;
    if (!vm_source_of(site->address, &source)) {
        source = (struct vm_source){.file = "?", .function = "?"};
    }
    for (size_t i = 0; i < operation_count; i++) {
        struct operation *known = &operations[i];
        if (known->source.line == source.line && known->source.column == source.column &&
            known->kind == site->kind && known->order == site->order &&
            strcmp(known->source.file, source.file) == 0) {
            return known;
        }
    }
    operations = grow(operations, (operation_count + 1) * sizeof *operations);
    struct operation *new = &operations[operation_count++];
    *new = (struct operation){.source = source,
                              .kind = site->kind,
                              .order = site->order,
                              .failure = site->failure};
    new->used_by = zeroed(checks, sizeof *new->used_by);
    return new;
}

static void add_address(struct operation *operation, const void *address)
{
    for (size_t i = 0; i < operation->count; i++) {
        if (operation->addresses[i] == address) {
            return;
        }
    }
    operation->addresses =
        grow(operation->addresses, (operation->count + 1) * sizeof *operation->addresses);
    operation->addresses[operation->count++] = address;
}

/* After the exploration of a check: which operations were executed? */
static void note_sites(size_t check, size_t checks)
{
    size_t count;
    const struct site *sites = sites_all(&count);
    for (size_t i = 0; i < count; i++) {
        if (sites[i].executed) {
            struct operation *operation = operation_of(&sites[i], checks);
            add_address(operation, sites[i].address);
            operation->used_by[check] = true;
        }
    }
    sites_forget();
}

static int by_place(const void *a, const void *b)
{
    const struct operation *first = a, *second = b;
    int files = strcmp(first->source.file, second->source.file);
    if (files != 0) {
        return files;
    }
    if (first->source.line != second->source.line) {
        return first->source.line < second->source.line ? -1 : 1;
    }
    return (first->source.column > second->source.column) -
           (first->source.column < second->source.column);
}

/* The next weaker orders of an operation: 0, 1 or 2 of them. */
static unsigned weaker_orders(int kind, int order, bool failure, int *weaker)
{
    bool can_acquire = kind != VM_STORE, can_release = kind != VM_LOAD && !failure;
    switch (order) {
    case VM_SEQ_CST:
        if (can_acquire && can_release) {
            weaker[0] = VM_ACQ_REL;
        } else {
            weaker[0] = can_acquire ? VM_ACQUIRE : VM_RELEASE;
        }
        return 1;
    case VM_ACQ_REL:
        weaker[0] = VM_ACQUIRE;
        weaker[1] = VM_RELEASE;
        return 2;
    case VM_ACQUIRE:
    case VM_RELEASE:
    case VM_CONSUME:
        weaker[0] = VM_RELAXED;
        return 1;
    default:
        return 0;
    }
}

/* Explores the checks that execute an operation until one is not verified. */
static const struct check *find_failure(const struct explore_options *how,
                                        const struct operation *operation,
                                        const struct check *checks, size_t count,
                                        struct explore_result *result)
{
    const struct check *unsure = NULL;
    for (size_t i = 0; i < count && !jobs_interrupted(); i++) {
        if (!operation->used_by[i]) {
            continue;
        }
        double seconds;
        catalog_check = &checks[i];
        check_loaded(how, result, &seconds);
        if (result->verdict == WRONG) {
            return &checks[i];
        }
        if (result->verdict != VERIFIED && unsure == NULL) {
            unsure = &checks[i];
        }
    }
    return unsure;
}

static unsigned tried, needed;

static void set(json_t *object, const char *name, json_t *value)
{
    (void)json_object_set_new(object, name, value);
}

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

static const char *kind_name(int kind)
{
    return kind == SITE_FENCE + VM_LIGHT_FENCE   ? "light"
           : kind == SITE_FENCE + VM_HEAVY_FENCE ? "heavy"
           : kind == SITE_FENCE                  ? "fence"
           : kind == VM_LOAD                     ? "load"
           : kind == VM_STORE                    ? "store"
           : kind >= VM_CAS                      ? "cas"
                                                 : "rmw";
}

static void try_orders(const struct options *options, const struct explore_options *how,
                       const struct operation *operation, bool failure,
                       const struct check *checks, size_t count)
{
    int weaker[2];
    int order = failure ? operation->failure : operation->order;
    unsigned steps = weaker_orders(operation->kind, order, failure, weaker);
    for (unsigned i = 0; i < steps && !jobs_interrupted(); i++) {
        for (size_t k = 0; k < operation->count; k++) {
            sites_use(operation->addresses[k], failure ? -1 : weaker[i],
                      failure ? weaker[i] : -1);
        }
        struct explore_result result = {.verdict = VERIFIED};
        const struct check *check = find_failure(how, operation, checks, count, &result);
        for (size_t k = 0; k < operation->count; k++) {
            sites_use(operation->addresses[k], -1, -1);
        }
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
    sites_record(true);
    for (size_t i = 0; i < count; i++) {
        struct explore_result result;
        double seconds;
        catalog_check = &checks[i];
        check_loaded(how, &result, &seconds);
        if (result.verdict != VERIFIED) {
            return tell(options, checks[i].subject != NULL ? &checks[i] : NULL, how,
                        &result, seconds); /* as it is */
        }
        note_sites(i, count);
    }
    qsort(operations, operation_count, sizeof *operations, by_place);
    if (options->format == TABLE && !options->brief) {
        (void)fprintf(vm_out, "%-44s %-8s %-8s %-8s %s\n", "place", "what", "order",
                      "weaker", "outcome");
    }
    for (size_t i = 0; i < operation_count && !jobs_interrupted(); i++) {
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
