/* SPDX-License-Identifier: MIT */
/*
 * lockcheck --weaken --apply: a patch with a program's weakest orders.
 *
 * Again and again the order that comes first (the strongest, or the one that costs most)
 * is made one step weaker, with all that were made weaker before; it stays so if every
 * check is verified. In the end each further step fails. A weaker order only adds
 * executions, so what has failed once need not be tried again.
 *
 * Only orders are changed that are written where the operation is. Of the others it is
 * said that they were not looked at, and why.
 */
#include "check/apply.h"

#include <string.h>

#include "check/check.h"
#include "check/explore/jobs.h"
#include "check/explore/sites.h"
#include "check/literals.h"
#include "check/show/report.h"
#include "common/memory.h"
#include "common/text.h"
#include "virtual/program/tool.h"

/* An order that may be chosen: of an operation, or of a compare-and-swap's failure. */
struct choice {
    const struct operation *operation;
    bool failure;
    struct choice *other; /* the one of the same compare-and-swap, or NULL */
    struct literal literal;
    const char *why_not; /* it cannot be changed; or NULL */
    bool follows;        /* a failure's, from what is written for success */
    int first, order;    /* as it was, as it is now */
    bool settled;
};

static struct choice *choices;
static size_t choice_count;

/* --- which there are ---------------------------------------------------------------- */

/* Whether a file is the system's or Lockstep's: others need its orders, too. */
static bool is_others(const char *file)
{
    static const char *const begins[] = {"/usr/", "/opt/", "/lib/"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        if (starts(file, begins[i])) {
            return true;
        }
    }
    return strstr(file, "include/lockstep/") != NULL;
}

static void add_choice(const struct operation *operation, bool failure)
{
    struct choice *choice = &choices[choice_count++];
    int order = failure ? operation->failure : operation->order;
    *choice = (struct choice){
        .operation = operation, .failure = failure, .first = order, .order = order};
    if (is_others(operation->source.file)) {
        choice->why_not = "its file is the system's or Lockstep's";
    } else {
        choice->why_not = literal_find(&operation->source, operation->kind, failure,
                                       order, &choice->literal);
        choice->follows = failure && choice->why_not == NULL && choice->literal.both;
    }
}

static bool is_free(const struct choice *choice)
{
    return choice->why_not == NULL && !choice->follows;
}

static bool is_cas(const struct operation *operation)
{
    return operation->kind == VM_CAS || operation->kind == VM_CAS_WEAK;
}

static void list_choices(const struct operation *operations, size_t number)
{
    choices = zeroed(2 * number, sizeof *choices);
    for (size_t i = 0; i < number; i++) {
        if (is_cas(&operations[i])) {
            add_choice(&operations[i], true);
            choices[choice_count - 1].other = &choices[choice_count];
            choices[choice_count].other = NULL;
        }
        add_choice(&operations[i], false);
        if (is_cas(&operations[i])) {
            choices[choice_count - 1].other = &choices[choice_count - 2];
        }
    }
    for (size_t i = 0; i < choice_count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (is_free(&choices[i]) && is_free(&choices[k]) &&
                literal_same(&choices[i].literal, &choices[k].literal)) {
                choices[i].why_not = choices[k].why_not =
                    "several operations have their order there";
            }
        }
    }
}

/* --- which comes first -------------------------------------------------------------- */

static int strength(int order)
{
    static const int of[] = {0, 1, 1, 1, 2, 3};
    return of[order];
}

/* What an order costs on an architecture, by what compilers make of it: 1 an instruction
   that orders a little, up to 4 a full fence. Not measured: it says what is tried
   first. */
static int cost(int first, int kind, int order)
{
    enum { LOADS, STORES, UPDATES, FENCES };
    /* relaxed, consume, acquire, release, acq_rel, seq_cst */
    static const int costs[][FENCES + 1][6] = {
        [FOR_X86] = {[LOADS] = {0}, /* mov */
                     [STORES] = {0, 0, 0, 0, 0, 4},
                     [UPDATES] = {0}, /* locked */
                     [FENCES] = {0, 0, 0, 0, 0, 4}},
        [FOR_ARM64] = {[LOADS] = {0, 1, 1, 0, 0, 2},  /* ldapr, ldar */
                       [STORES] = {0, 0, 0, 2, 0, 2}, /* stlr */
                       [UPDATES] = {0, 1, 1, 1, 2, 2},
                       [FENCES] = {0, 3, 3, 4, 4, 4}}, /* dmb ishld, dmb ish */
        [FOR_POWER] = {[LOADS] = {0, 1, 1, 0, 0, 4},   /* isync, sync */
                       [STORES] = {0, 0, 0, 2, 0, 4},  /* lwsync, sync */
                       [UPDATES] = {0, 1, 1, 2, 3, 4},
                       [FENCES] = {0, 2, 2, 2, 2, 4}},
    };
    int row = kind == VM_LOAD      ? LOADS
              : kind == VM_STORE   ? STORES
              : kind >= SITE_FENCE ? FENCES
                                   : UPDATES;
    return costs[first][row][order];
}

/* What is won if the order is made a step weaker. */
static int gain(int first, const struct choice *choice)
{
    int weaker[2], kind = choice->failure ? VM_LOAD : choice->operation->kind;
    if (weaker_orders(choice->operation->kind, choice->order, choice->failure, weaker) ==
        0) {
        return 0;
    }
    return first == STRONGEST_FIRST
               ? 0
               : cost(first, kind, choice->order) - cost(first, kind, weaker[0]);
}

static bool comes_before(int first, const struct choice *a, const struct choice *b)
{
    int more = gain(first, a) - gain(first, b);
    return more > 0 || (more == 0 && strength(a->order) > strength(b->order));
}

static struct choice *next_choice(int first)
{
    struct choice *next = NULL;
    for (size_t i = 0; i < choice_count; i++) {
        struct choice *choice = &choices[i];
        if (is_free(choice) && !choice->settled && choice->order != VM_RELAXED &&
            (next == NULL || comes_before(first, choice, next))) {
            next = choice;
        }
    }
    return next;
}

/* --- trying ------------------------------------------------------------------------- */

/* From now on the operation has this order. */
static void use(const struct choice *choice, int order)
{
    int other = choice->other == NULL    ? -1
                : choice->other->follows ? literal_of_failure(order)
                                         : choice->other->order;
    operation_use(choice->operation, choice->failure ? other : order,
                  choice->failure ? order : other);
}

/* Compilers, and C before C17, want the order of a failure no stronger than that of
   success. */
static bool is_allowed(const struct choice *choice, int order)
{
    return choice->failure || choice->other == NULL || choice->other->follows ||
           choice->other->order <= order;
}

struct weakening {
    const struct explore_options *how;
    const struct check *checks;
    size_t count;
};

/* Tries the next weaker orders. Returns whether one will do. */
static bool make_weaker(const struct weakening *weakening, struct choice *choice)
{
    int weaker[2];
    unsigned steps =
        weaker_orders(choice->operation->kind, choice->order, choice->failure, weaker);
    for (unsigned i = 0; i < steps; i++) {
        if (!is_allowed(choice, weaker[i])) {
            continue;
        }
        struct explore_result result = {.verdict = VERIFIED};
        use(choice, weaker[i]);
        bool good = find_failure(weakening->how, choice->operation, weakening->checks,
                                 weakening->count, &result) == NULL;
        if (good && !jobs_interrupted()) {
            choice->order = weaker[i];
            return true;
        }
        use(choice, choice->order);
    }
    return false;
}

static void make_all_weaker(const struct weakening *weakening, int first)
{
    struct choice *choice;
    while (!jobs_interrupted() && (choice = next_choice(first)) != NULL) {
        if (!make_weaker(weakening, choice)) {
            choice->settled = true;
        } else if (choice->other != NULL) {
            choice->other->settled = false; /* it may be what kept it from it */
        }
    }
}

/* --- saying ------------------------------------------------------------------------- */

static void say_place(const struct choice *choice, int order)
{
    const struct vm_source *source = &choice->operation->source;
    (void)fprintf(vm_out, "# %s:%d:%d: %s %s", source->file, source->line, source->column,
                  choice->failure ? "cas fail" : kind_name(choice->operation->kind),
                  order_names[order]);
}

static void say_changes(void)
{
    for (size_t i = 0; i < choice_count; i++) {
        if (choices[i].order != choices[i].first) {
            say_place(&choices[i], choices[i].first);
            (void)fprintf(vm_out, ": %s will do\n", order_names[choices[i].order]);
            literal_change(&choices[i].literal, choices[i].order);
        }
    }
}

static uint32_t longest_thread(const struct graph *graph)
{
    uint32_t most = 1;
    for (unsigned t = 0; t < graph->threads; t++) {
        most = graph->thread[t].events > most ? graph->thread[t].events : most;
    }
    return most;
}

/* Finds, of the executions that fail in a check, one whose longest thread has the fewest
   events; `result` has one already. Returns how many. */
static uint32_t find_shortest(const struct weakening *weakening,
                              const struct check *check, struct explore_result *result)
{
    struct explore_options how = *weakening->how;
    double seconds;
    uint32_t least = 1, most = longest_thread(result->graph);
    catalog_check = check;
    while (least < most && !jobs_interrupted()) {
        how.events = least + (most - least) / 2;
        check_loaded(&how, result, &seconds);
        if (result->verdict == WRONG) {
            most = how.events;
        } else {
            least = how.events + 1;
        }
    }
    how.events = most;
    check_loaded(&how, result, &seconds);
    return most;
}

/* Prints an execution, each line as a remark. */
static void say_execution(const struct explore_options *how,
                          struct explore_result *result)
{
    enum { COLUMNS = 86 };
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream != NULL) {
        report_failure(stream, how, result, false, false, COLUMNS);
        (void)fclose(stream);
        for (char *rest = text; rest != NULL && *rest != '\0';) {
            const char *line = strsep(&rest, "\n");
            (void)fprintf(vm_out, "#%s%s\n", line[0] == '\0' ? "" : "   ", line);
        }
        free(text);
    }
    (void)fputs("#\n", vm_out);
}

static void say_why(const struct weakening *weakening, const struct choice *choice)
{
    int weaker[2];
    unsigned steps =
        weaker_orders(choice->operation->kind, choice->order, choice->failure, weaker);
    for (unsigned i = 0; i < steps && !jobs_interrupted(); i++) {
        say_place(choice, choice->order);
        if (!is_allowed(choice, weaker[i])) {
            (void)fprintf(vm_out, ": not %s: a failure's order may not be stronger\n#\n",
                          order_names[weaker[i]]);
            continue;
        }
        struct explore_result result = {.verdict = VERIFIED};
        use(choice, weaker[i]);
        const struct check *check =
            find_failure(weakening->how, choice->operation, weakening->checks,
                         weakening->count, &result);
        if (check != NULL && result.verdict == WRONG) {
            uint32_t events = find_shortest(weakening, check, &result);
            (void)fprintf(vm_out, ": with %s%s%s, in %u event%s a thread:\n",
                          order_names[weaker[i]], check->name[0] ? ", " : "", check->name,
                          events, events == 1 ? "" : "s");
            say_execution(weakening->how, &result);
        } else {
            (void)fprintf(vm_out, ": inconclusive with %s\n#\n", order_names[weaker[i]]);
        }
        use(choice, choice->order);
    }
}

static void say_reasons(const struct weakening *weakening)
{
    for (size_t i = 0; i < choice_count; i++) {
        if (is_free(&choices[i]) && choices[i].order != VM_RELAXED) {
            say_why(weakening, &choices[i]);
        }
    }
}

static void say_left(void)
{
    for (size_t i = 0; i < choice_count; i++) {
        if (choices[i].why_not != NULL && choices[i].order != VM_RELAXED) {
            say_place(&choices[i], choices[i].order);
            (void)fprintf(vm_out, ": left as it is: %s\n", choices[i].why_not);
        }
    }
}

int apply(const struct options *options, const struct explore_options *how,
          const struct operation *operations, size_t number, const struct check *checks,
          size_t count)
{
    const struct weakening weakening = {how, checks, count};
    list_choices(operations, number);
    make_all_weaker(&weakening, options->apply);
    bool complete = !jobs_interrupted();
    (void)fputs("# The weakest orders with which the program is verified: ", vm_out);
    tell_bounds(how);
    say_changes();
    (void)fputs(
        "#\n# What stays, and the shortest execution that is wrong without it:\n#\n",
        vm_out);
    say_reasons(&weakening);
    say_left();
    if (!complete || jobs_interrupted()) {
        (void)fputs("# Not all was tried: the time is up, or it was interrupted.\n",
                    vm_out);
    }
    if (!literals_diff(vm_out)) {
        (void)fputs("# Nothing is to be changed.\n", vm_out);
    }
    return complete && !jobs_interrupted() ? STATUS_GOOD : STATUS_NO_VERDICT;
}
