/* SPDX-License-Identifier: MIT */
#include "check/operations.h"

#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "check/explore/jobs.h"
#include "check/explore/sites.h"
#include "common/memory.h"

static struct operation *operations;
static size_t operation_count;

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

unsigned weaker_orders(int kind, int order, bool failure, int *weaker)
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

const struct check *find_failure(const struct explore_options *how,
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

void operation_use(const struct operation *operation, int order, int failure)
{
    for (size_t i = 0; i < operation->count; i++) {
        sites_use(operation->addresses[i], order, failure);
    }
}

struct operation *operations_of(const struct explore_options *how,
                                const struct check *checks, size_t count, size_t *number,
                                const struct check **check, struct explore_result *result,
                                double *seconds)
{
    sites_record(true);
    for (size_t i = 0; i < count; i++) {
        catalog_check = *check = &checks[i];
        check_loaded(how, result, seconds);
        if (result->verdict != VERIFIED) {
            return NULL;
        }
        note_sites(i, count);
    }
    qsort(operations, operation_count, sizeof *operations, by_place);
    *number = operation_count;
    return grow(operations, (operation_count + 1) * sizeof *operations);
}

const char *kind_name(int kind)
{
    return kind == SITE_FENCE + VM_LIGHT_FENCE   ? "light"
           : kind == SITE_FENCE + VM_HEAVY_FENCE ? "heavy"
           : kind == SITE_FENCE                  ? "fence"
           : kind == VM_LOAD                     ? "load"
           : kind == VM_STORE                    ? "store"
           : kind >= VM_CAS                      ? "cas"
                                                 : "rmw";
}
