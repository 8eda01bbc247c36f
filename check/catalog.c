/* SPDX-License-Identifier: MIT */
/* lockcheck --catalog: what the library has, with clients of our own. */
#include "check/catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check/check.h"
#include "check/clients.h"
#include "check/explore/jobs.h"
#include "check/own.h"
#include "check/show/record.h"
#include "common/memory.h"
#include "common/options.h"
#include "common/own_adapter.h"
#include "common/text.h"
#include "virtual/program/program.h"
#include "virtual/program/tool.h"

const struct check *catalog_check;

void catalog_program(void)
{
    const struct check *check = catalog_check;
    *(void **)vm_symbol("client_place") = check->place;
    *(size_t *)vm_symbol("client_place_size") = check->place_size;
    *(bool *)vm_symbol("client_zeroed") = check->zeroed;
    if (check->trusted) {
        *(struct trusted_functions *)vm_symbol("client_functions") = vm_trusted_functions;
    }
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
    check->order = starts(client->name, "fifo");
    (void)snprintf(check->name, sizeof check->name, "%s, %s, %u thread%s × %u", name,
                   client->name, size->threads, size->threads == 1 ? "" : "s",
                   size->rounds);
}

static bool fits(const struct client *client, const void *subject)
{
    return client->fits(subject) && (client->also == NULL || client->also(subject));
}

/* A program for primitives, and behind it the same one for their specifications. */
static void add_promise(const char *name, const void *subject,
                        const struct client *client, const struct client_size *size)
{
    static const char *const which[] = {"as it is", "as promised"};
    for (int i = 0; i < 2; i++) {
        add_check(name, subject, client, size);
        struct check *check = &checks[check_count - 1];
        check->promise = true;
        check->trusted = i == 1;
        (void)snprintf(check->name, sizeof check->name, "%s, %s, %s", name, client->name,
                       which[i]);
    }
}

static void add_subject(const char *name, const void *subject,
                        const struct client *client, bool full, bool promise)
{
    for (; client->name != NULL; client++) {
        for (const struct client_size *size = client->sizes; size->threads > 0; size++) {
            if (fits(client, subject) && (full || !size->full)) {
                (promise ? add_promise : add_check)(name, subject, client, size);
            }
        }
    }
}

static void load_catalog(const struct options *options)
{
    bool own = options->action == CHECK_OWN;
    if (!(own ? own_load(options) : vm_load_catalog())) {
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
        for (const void *subject = NULL; (subject = next_of(*kind, subject)) != NULL;) {
            const char *name = name_of(*kind, subject);
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
    return text_is_among(name, texts_of(wanted));
}

/* --- the user's --------------------------------------------------------------------- */

static const struct client_kind *kind_of(int family)
{
    return vm_symbol(kind_symbols[family]);
}

static void learn_own(int family, const struct own_entry *entry, bool zeroed,
                      void *context)
{
    (void)zeroed;
    (void)context;
    const char *name = kind_of(family)->name(entry->lock_class);
    texts_add(&known[family], name);
    texts_add(&known[ANY_KIND], name);
}

static int by_work(const void *a, const void *b)
{
    const struct client_size *one = a, *two = b;
    unsigned works[] = {one->threads * one->threads * one->rounds,
                        two->threads * two->threads * two->rounds};
    if (works[0] != works[1]) {
        return works[0] < works[1] ? -1 : 1;
    }
    return (one->threads > two->threads) - (one->threads < two->threads);
}

/* A client of the user's lock, from small sizes to large ones: how much the lock does is
   not known, and two threads that come once may be all that can be looked at. */
static void add_client(const char *name, const void *subject, const struct client *client,
                       bool full)
{
    enum { MOST = 16 };
    struct client_size sizes[MOST] = {{2, 1, false}, {3, 1, false}};
    size_t count = client->sizes[0].threads > 1 || client->sizes[1].threads > 0 ? 2 : 0;
    for (const struct client_size *size = client->sizes; size->threads > 0; size++) {
        if ((full || !size->full) && count < MOST) {
            sizes[count++] = *size;
        }
    }
    qsort(sizes, count, sizeof *sizes, by_work);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || by_work(&sizes[i - 1], &sizes[i]) != 0) {
            add_check(name, subject, client, &sizes[i]);
        }
    }
}

/* Beside the name of a check that has found something. */
static const char *what_is_done(int family, const struct check *check)
{
    static const char *const what_data_is[OWN_FAMILIES] = {
        [OWN_LOCK] = "section.data is what threads change while they hold it",
        [OWN_RWLOCK] = "section.data is what threads change, or read, while they hold it",
        [OWN_BARRIER] =
            "meeting.written is what threads write before it and read behind it",
    };
    return check->order
               ? "a thread that comes when another one waits must not be served before it"
               : what_data_is[family];
}

struct wish {
    const struct options *options;
    const struct texts *names;
};

static void add_own(int family, const struct own_entry *entry, bool zeroed, void *context)
{
    const struct wish *wish = context;
    const char *name = kind_of(family)->name(entry->lock_class);
    if (!wish->options->by_name || is_wanted(wish->names, name)) {
        size_t first = check_count;
        for (const struct client *client = kind_of(family)->clients; client->name != NULL;
             client++) {
            if (fits(client, entry->lock_class)) {
                add_client(name, entry->lock_class, client, wish->options->full);
            }
        }
        for (size_t i = first; i < check_count; i++) {
            checks[i].data = what_is_done(family, &checks[i]);
            checks[i].place = entry->place != NULL ? entry->place() : NULL;
            checks[i].place_size = entry->place_size;
            checks[i].zeroed = zeroed;
        }
    }
}

struct check *catalog_checks(const struct options *options, size_t *count)
{
    prepare_program(options);
    load_catalog(options);
    own_each(learn_own, NULL);
    learn_names();
    const struct texts wanted = names_wanted(options);
    struct wish wish = {options, &wanted};
    own_each(add_own, &wish);
    const struct client_kind *const *kind = vm_symbol("client_kinds");
    for (; *kind != NULL; kind++) {
        bool promise = *kind == vm_symbol("promises_kind");
        if (promise && options->weaken) {
            continue; /* with weaker orders it may well see more */
        }
        for (const void *subject = NULL; (subject = next_of(*kind, subject)) != NULL;) {
            const char *name = name_of(*kind, subject);
            if (is_wanted(&wanted, name)) {
                add_subject(name, subject, (*kind)->clients, options->full, promise);
            }
        }
    }
    if (check_count == 0) {
        refuse("nothing is left to check");
    }
    *count = check_count;
    return checks;
}

const struct check *catalog_check_of(struct options *options)
{
    bool own = options->sources[0] != NULL;
    options->action = own ? CHECK_OWN : CHECK_CATALOG;
    options->full = options->by_name = true;
    texts_add(&options->catalog, "all");
    if (own) {
        (void)own_found(options);
    }
    size_t count;
    const struct check *all = catalog_checks(options, &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(all[i].name, options->check) == 0) {
            return &all[i];
        }
    }
    refuse("%s: there is no check '%s'", options->replay, options->check);
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
    load_catalog(options);
    learn_names();
    list_kind("locks", LOCK_KIND);
    list_kind("\nrwlocks", RWLOCK_KIND);
    list_kind("\nbarriers", BARRIER_KIND);
    list_kind("\nand, for --catalog", ANY_KIND);
    return STATUS_GOOD;
}

/* --- promises ----------------------------------------------------------------------- */

/* All that the executions of a program have seen: of the library, and as promised. */
static struct sights {
    int (*all)[CLIENT_SEEN];
    size_t count;
    bool whole; /* and not those until the time was over */
} sights[2];

static bool is_seen(const struct sights *by, const int *seen)
{
    for (size_t i = 0; i < by->count; i++) {
        if (memcmp(by->all[i], seen, sizeof *by->all) == 0) {
            return true;
        }
    }
    return false;
}

static void note_seen(const struct graph *graph, void *context)
{
    (void)graph;
    struct sights *to = context;
    const int *seen = vm_symbol("client_seen");
    if (!is_seen(to, seen)) {
        to->all = grow(to->all, (to->count + 1) * sizeof *to->all);
        memcpy(to->all[to->count++], seen, sizeof *to->all);
    }
}

/* Each execution counts, and its end is in this process. */
static struct explore_options compared(struct explore_options how,
                                       const struct check *check)
{
    if (check->promise) {
        how.symmetry = how.idle_turns = how.wakes = false;
        how.jobs = 1;
        how.execution = note_seen;
        how.context = &sights[check->trusted];
        sights[check->trusted].count = 0;
        sights[check->trusted].whole = false;
    }
    return how;
}

/* What one of the two has and the other one does not; or NULL. */
static const int *difference(const struct sights *one, const struct sights *other)
{
    for (size_t i = 0; i < one->count; i++) {
        if (!is_seen(other, one->all[i])) {
            return one->all[i];
        }
    }
    return NULL;
}

/* Behind both. */
static bool is_as_promised(const struct options *options, const struct check *check)
{
    const struct sights *library = &sights[0], *promised = &sights[1];
    const int *more = difference(library, promised);
    const int *seen = more != NULL ? more : difference(promised, library);
    if (seen == NULL) {
        return true;
    }
    char text[256];
    int length = snprintf(text, sizeof text, "the specification %s: a program sees",
                          more != NULL ? "does not allow what the library does"
                                       : "allows what the library never does");
    for (int i = 0; i < CLIENT_SEEN; i++) {
        length += snprintf(text + length, sizeof text - (size_t)length, " %d", seen[i]);
    }
    if (options->format != TABLE) {
        record_result(options, check, NULL, &(struct explore_result){.verdict = WRONG},
                      text);
    } else {
        (void)fprintf(vm_out, "lockcheck: wrong: %s, %s: %s\n", check->subject_name,
                      check->client->name, text);
    }
    return false;
}

/* --- checking ----------------------------------------------------------------------- */

/* In a column that has room for "rw_distributed, readers and writers, 2 threads × 1". */
static void tell_name(const struct check *check)
{
    text_left(vm_out, 49, check->name);
    (void)fputc(' ', vm_out);
}

static void tell_verified(const struct check *check, const struct explore_result *result,
                          double seconds)
{
    tell_name(check);
    tell_executions(result);
    if (check->promise) {
        (void)fprintf(vm_out, ", which see %zu things", sights[check->trusted].count);
    }
    (void)fprintf(vm_out, ", %.2g s\n", seconds);
    (void)fflush(vm_out);
}

void tell_heading(const struct options *options, const struct check *check)
{
    if (options->format == TABLE) {
        (void)fprintf(vm_out, check->data != NULL ? "%s: %s\n" : "%s:\n", check->name,
                      check->data);
    }
}

/* Whether a lock of the user's is not for so many threads: init has said so, and there
   was nothing to check. */
static bool is_left_out(const struct explore_result *result)
{
    return result->verdict == VERIFIED && *(const int *)vm_symbol("client_refused") != 0;
}

static void tell_left_out(const struct options *options, const struct check *check)
{
    static const char left_out[] =
        "left out: by its mark or its init not for so many threads";
    if (options->format == TABLE) {
        tell_name(check);
        (void)fprintf(vm_out, "%s\n", left_out);
    } else {
        record_unchecked(options, check, check->subject_name, left_out);
    }
}

static void record_left_out(const char *name, const char *message, void *context)
{
    record_unchecked(context, NULL, name, message);
}

/* Of the user's locks a check is cut after so much processor time, unless it is to be
   full. */
enum { MOST_SECONDS = 5 };

/* What has come out so far. */
static struct outcome {
    struct explore_result sum;
    double seconds;
    int status;
    size_t left_out, whole;
    const struct check *cut; /* the last check that took too long, or NULL */
    bool deep;               /* some check of the present subject with threads is whole */
    bool order;              /* … and one of which is served first … */
    bool orders;             /* … of any subject */
    const char *failed;      /* the last subject that is not verified, or NULL */
    struct texts unsure;     /* all of them */
} outcome;

/* Larger ones of the same client are not made, either. */
static void tell_cut(const struct options *options, const struct check *check,
                     const struct explore_result *result)
{
    if (options->format == TABLE) {
        tell_name(check);
        (void)fprintf(
            vm_out,
            "cut after %d s of processor time: nothing wrong in %llu executions "
            "(--full goes on)\n",
            MOST_SECONDS, (unsigned long long)result->executions);
    } else {
        record_result(options, check, NULL,
                      &(struct explore_result){.verdict = INCONCLUSIVE},
                      "cut: it took too long (--full goes on)");
    }
    (void)fflush(vm_out);
}

/* One check. Returns whether others are to follow. */
static bool check_one(const struct options *options, const struct explore_options *how,
                      const struct check *check)
{
    bool table = options->format == TABLE;
    struct explore_result result;
    double seconds;
    catalog_check = check;
    const struct explore_options here = compared(*how, check);
    check_loaded(&here, &result, &seconds);
    if (result.elsewhere) { /* the process that found it has told it */
        outcome.status = STATUS_WRONG;
        return false;
    }
    if (result.cut && result.verdict == INCONCLUSIVE) {
        outcome.cut = check;
        tell_cut(options, check, &result);
        return !jobs_interrupted();
    }
    if (is_left_out(&result)) {
        outcome.left_out++;
        tell_left_out(options, check);
        return true;
    }
    sights[check->trusted].whole = result.verdict == VERIFIED;
    if (check->trusted && sights[false].whole && sights[true].whole &&
        !is_as_promised(options, check)) {
        outcome.status = STATUS_WRONG;
        return false;
    }
    outcome.sum.executions += result.executions;
    outcome.sum.stand_for += result.stand_for;
    outcome.sum.inexact = outcome.sum.inexact || result.inexact;
    outcome.sum.blocked += result.blocked;
    outcome.seconds += seconds;
    outcome.whole += result.verdict == VERIFIED;
    outcome.deep = outcome.deep || (result.verdict == VERIFIED && check->threads > 1);
    outcome.order = outcome.order || (result.verdict == VERIFIED && check->order);
    outcome.orders = outcome.orders || outcome.order;
    if (table && result.verdict == VERIFIED) {
        tell_verified(check, &result, seconds);
        return true;
    }
    tell_heading(options, check);
    int status = tell(options, check, &here, &result, seconds);
    if (result.verdict == VERIFIED) {
        return true;
    }
    outcome.failed = check->subject_name;
    texts_add(&outcome.unsure, check->subject_name);
    if (outcome.status == STATUS_GOOD || status == STATUS_WRONG) {
        outcome.status = status;
    }
    /* Each lock of the user's has a verdict. */
    return options->action == CHECK_OWN && options->jobs == 1 &&
           status != STATUS_CANNOT && !jobs_interrupted();
}

/* All that there were, each of them verified. */
static void tell_sum(const struct explore_options *how)
{
    (void)fprintf(vm_out, "lockcheck: verified%s: %zu checks, ", assumed(),
                  outcome.whole);
    tell_executions(&outcome.sum);
    (void)fprintf(vm_out, ", %.3g s; ", outcome.seconds);
    if (outcome.cut != NULL) {
        (void)fputs("not those that were cut, nor larger ones; ", vm_out);
    }
    if (outcome.orders) {
        (void)fputs("first come, first served, of those that wait; ", vm_out);
    }
    tell_bounds(how);
}

/* Which of several locks of the user's the verdicts were about. */
static void tell_unsure(size_t subjects)
{
    (void)fprintf(vm_out, "\nlockcheck: %zu of %zu %s verified:", outcome.unsure.count,
                  subjects, outcome.unsure.count == 1 ? "is not" : "are not");
    for (size_t i = 0; i < outcome.unsure.count; i++) {
        (void)fprintf(vm_out, "%s %s", i > 0 ? "," : "", outcome.unsure.items[i]);
    }
    (void)fputc('\n', vm_out);
}

/* Whether a check is not worth making: its subject has failed, or a smaller one of its
   client has taken too long. */
static bool is_pointless(const struct check *check)
{
    return (outcome.failed != NULL && strcmp(outcome.failed, check->subject_name) == 0) ||
           (outcome.cut != NULL && outcome.cut->subject == check->subject &&
            outcome.cut->client == check->client);
}

/* What its mark says, and no check has come to its end that shows it. */
static void tell_no_order(const struct options *options, const char *name)
{
    char text[256];
    (void)snprintf(text, sizeof text,
                   "whether %s is first come, first served, as its mark says, is not "
                   "checked",
                   name);
    if (options->format == TABLE) {
        (void)fprintf(vm_out, "lockcheck: %s\n", text);
    } else {
        record_unchecked(options, NULL, name, text);
    }
}

/* Behind the last check of a subject: has there been one with threads? */
static void end_subject(const struct options *options, const struct check *check)
{
    bool failed =
        outcome.failed != NULL && strcmp(outcome.failed, check->subject_name) == 0;
    if (!outcome.deep && !failed) {
        if (options->format == TABLE) {
            (void)fprintf(vm_out,
                          "lockcheck: inconclusive: %s: no check with several threads "
                          "came to its end\n",
                          check->subject_name);
        }
        outcome.status =
            outcome.status == STATUS_GOOD ? STATUS_NO_VERDICT : outcome.status;
        texts_add(&outcome.unsure, check->subject_name);
    }
    if (check->order && !outcome.order && !failed) {
        tell_no_order(options, check->subject_name);
    }
    outcome.deep = outcome.order = false;
}

static bool is_last(const struct check *check)
{
    return check + 1 == checks + check_count || check[1].subject != check->subject;
}

int check_catalog(const struct options *options)
{
    size_t count, subjects = 0;
    const struct check *all = catalog_checks(options, &count);
    struct explore_options how = explore_options_of(options);
    how.program = catalog_program;
    bool own = options->action == CHECK_OWN;
    how.most_seconds = own && !options->full && options->jobs == 1 ? MOST_SECONDS : 0;
    bool more = true;
    if (own && options->format != TABLE) {
        own_each_unchecked(record_left_out, (void *)options);
    }
    for (size_t i = 0; i < count && more; i++) {
        if (!is_pointless(&all[i])) {
            more = check_one(options, &how, &all[i]);
        }
        if (own && more && is_last(&all[i])) {
            end_subject(options, &all[i]);
            subjects++;
        }
    }
    if (outcome.left_out == count) {
        refuse(
            "nothing was checked: by its mark or its init none is for so many threads");
    }
    if (outcome.status == STATUS_GOOD && options->format == TABLE) {
        tell_sum(&how);
    } else if (more && subjects > 1 && options->format == TABLE) {
        tell_unsure(subjects);
    }
    return outcome.status;
}
