/* SPDX-License-Identifier: MIT */
#include "bench/page/alike.h"

#include <stdio.h>
#include <string.h>

#include "bench/fields.h"
#include "common/memory.h"

/* --- what makes a result what it is ------------------------------------------------- */

/* Options that choose what is done and not how, or how much of it. */
static const char *const choices[ORIGINS] = {
    [OF_BENCH] = " locks rwlocks barriers threads writes duration repeat baseline format "
                 "output full verbose launches ",
    [OF_SIM] =
        " locks rwlocks barriers writes processors acquisitions scenario cs ncs arrival "
        "data seed machine protocol arbitration trace timeline check format output "
        "verbose ",
    [OF_CHECK] = " locks rwlocks barriers catalog jobs time memory dot save replay "
                 "executions format output verbose ",
};

/* Fields of records, and what they are called on the page. */
struct fact {
    const char *path, *name;
};

static const struct fact of_bench[] = {{"host", "host"},
                                       {"machine.model", "processor"},
                                       {"machine.hardware_threads", "processors:"},
                                       {"machine.kernel", "kernel"},
                                       {"distance", "distance"},
                                       {"tries_before_yield", "tries before yield:"},
                                       {"quota_processors", "quota"},
                                       {"version", "version"},
                                       {"library_build.compiler", "compiler"},
                                       {"library_build.flags", "flags"},
                                       {NULL, NULL}};
static const struct fact of_sim[] = {{"machine", "machine"},
                                     {"structure", "structure"},
                                     {"protocol", "protocol"},
                                     {"arbitration", "arbitration"},
                                     {"scenario", "scenario"},
                                     {"seed", "--seed"},
                                     {"arrival", "--arrival"},
                                     {"data_lines", "--data"},
                                     {"cs_cycles", "--cs"},
                                     {"ncs_cycles", "--ncs"},
                                     {"version", "version"},
                                     {"library_build.compiler", "compiler"},
                                     {"library_build.flags", "flags"},
                                     {NULL, NULL}};
static const struct fact of_check[] = {{"version", "version"},
                                       {"library_build.compiler", "compiler"},
                                       {"library_build.flags", "flags"},
                                       {NULL, NULL}};
static const struct fact *const facts_of_origin[ORIGINS] = {of_bench, of_bench, of_sim,
                                                            of_check, of_check};

static void add_fact(json_t *facts, const char *name, const json_t *value)
{
    char *text = text_of(value);
    (void)json_object_set_new(facts, name, json_string(text));
    free(text);
}

static bool is_choice(enum origin origin, const char *option)
{
    char word[64];
    const char *all = choices[origin == OF_MATRIX   ? OF_BENCH
                              : origin == OF_WEAKEN ? OF_CHECK
                                                    : origin];
    (void)snprintf(word, sizeof word, " %s ", option);
    return strstr(all, word) != NULL;
}

static bool is_of_one_thread(const struct result *result)
{
    return result->origin == OF_BENCH && number_in(result->record, "threads") == 1;
}

/* Whether the option stands in the command line; without it, lockcheck has taken what
   goes with what it was to do. */
static bool is_given(const struct result *result, const char *name)
{
    size_t i;
    const json_t *word;
    json_array_foreach(field(result->record, "command_line"), i, word)
    {
        const char *text = json_is_string(word) ? json_string_value(word) : "";
        const size_t length = strcspn(text, "=");
        if (length > strlen("--e") && strncmp(text, name, length) == 0) {
            return true;
        }
    }
    return false;
}

/* Without the distance, where there was only one processor, and if it is not to count. */
static json_t *facts_of(const struct result *result, bool with_distance)
{
    json_t *facts = json_object();
    for (const struct fact *fact = facts_of_origin[result->origin]; fact->path != NULL;
         fact++) {
        if (strcmp(fact->name, "distance") != 0 ||
            (with_distance && !is_of_one_thread(result))) {
            add_fact(facts, fact->name, field(result->record, fact->path));
        }
    }
    const char *option;
    json_t *value;
    json_object_foreach(field(result->record, "options"), option, value)
    {
        if (!is_choice(result->origin, option)) {
            char name[64];
            (void)snprintf(name, sizeof name, "--%s", option);
            for (char *at = name; (at = strchr(at, '_')) != NULL;) {
                *at = '-';
            }
            if (strcmp(name, "--early-returns") != 0 || is_given(result, name)) {
                add_fact(facts, name, value);
            }
        }
    }
    return facts;
}

/* --- groups ------------------------------------------------------------------------- */

/* Only such groups are held against each other. */
static bool is_like(const struct group *group, enum origin origin, const char *kind)
{
    return group->origin == origin && (group->kind == NULL) == (kind == NULL) &&
           (kind == NULL || strcmp(group->kind, kind) == 0);
}

static struct group *find_group(struct groups *groups, const struct result *result,
                                json_t *facts, const char *file)
{
    const char *kind = result->origin == OF_SIM ? result->kind : NULL;
    for (size_t i = 0; i < groups->count; i++) {
        struct group *group = groups->items[i];
        if (is_like(group, result->origin, kind) && json_equal(group->facts, facts) &&
            (file == NULL) == (group->file == NULL) &&
            (file == NULL || strcmp(file, group->file) == 0)) {
            return group;
        }
    }
    /* Of pointers: NOLINTNEXTLINE(bugprone-sizeof-expression) */
    grow_for_one(groups);
    struct group *group = zeroed(1, sizeof *group);
    *group = (struct group){.origin = result->origin,
                            .kind = kind,
                            .facts = json_incref(facts),
                            .file = file,
                            .label = ""};
    groups->items[groups->count++] = group;
    return group;
}

static bool same_field(const struct result *one, const struct result *other,
                       const char *path)
{
    const json_t *value = field(one->record, path), *others = field(other->record, path);
    return value == others ||
           (value != NULL && others != NULL && json_equal(value, others));
}

/* Whether they say something of the same thing. */
static bool are_about_the_same(const struct result *one, const struct result *other)
{
    static const char *const paths[] = {
        "threads",       "writes_percent", "processors", "client", "client_threads",
        "client_rounds", "first",          "second",     "file",   "line",
        "column",        "weaker_order",   "kind"};
    bool same = (one->name == NULL) == (other->name == NULL) &&
                (one->name == NULL || strcmp(one->name, other->name) == 0);
    for (size_t i = 0; i < sizeof paths / sizeof *paths && same; i++) {
        same = same_field(one, other, paths[i]);
    }
    return same;
}

/* Groups in which two files say something of the same thing are taken apart by file. */
static bool is_contradicted(const struct collection *results, const struct group *group)
{
    for (size_t i = 0; i < results->count; i++) {
        const struct result *one = &results->items[i];
        for (size_t k = 0; one->group == group && k < i; k++) {
            const struct result *other = &results->items[k];
            if (other->group == group && one->file != other->file &&
                same_field(one, other, "distance") && are_about_the_same(one, other)) {
                return true;
            }
        }
    }
    return false;
}

static bool same_fact(const struct group *one, const struct group *other,
                      const char *name)
{
    const json_t *value = json_object_get(one->facts, name);
    const json_t *others = json_object_get(other->facts, name);
    if ((value == NULL || others == NULL) && strcmp(name, "distance") == 0) {
        return true; /* of one thread */
    }
    return value == others ||
           (value != NULL && others != NULL && json_equal(value, others));
}

bool is_part_of(const struct group *part, const struct group *whole)
{
    if (part == whole || part->origin != OF_BENCH || whole->origin != OF_BENCH ||
        field(part->facts, "distance") != NULL || part->split != whole->split ||
        (part->split && strcmp(part->file, whole->file) != 0)) {
        return part == whole;
    }
    json_t *others = json_copy(whole->facts);
    (void)json_object_del(others, "distance");
    bool same = json_equal(part->facts, others) != 0;
    json_decref(others);
    return same;
}

/* Whether the page has groups like this one that differ in it; with `on_one_host`, also
   where the host is the same. */
static bool differs(const struct groups *groups, const struct group *group,
                    const char *name, bool on_one_host)
{
    for (size_t i = 0; i < groups->count; i++) {
        const struct group *one = groups->items[i];
        for (size_t k = 0; k < i; k++) {
            const struct group *other = groups->items[k];
            if (is_like(one, group->origin, group->kind) &&
                is_like(other, group->origin, group->kind) &&
                !same_fact(one, other, name) &&
                (!on_one_host || same_fact(one, other, "host"))) {
                return true;
            }
        }
    }
    return false;
}

/* What a host's name stands for, unless there are two with the same name. */
static bool goes_with_host(const char *name)
{
    return strcmp(name, "processor") == 0 || strcmp(name, "processors:") == 0 ||
           strcmp(name, "kernel") == 0;
}

static void set_label(const struct groups *groups, struct group *group)
{
    char *text = NULL;
    size_t size;
    FILE *stream = sure(open_memstream(&text, &size));
    const char *name, *before = "";
    json_t *value;
    json_object_foreach(group->facts, name, value)
    {
        if (differs(groups, group, name, goes_with_host(name))) {
            (void)fprintf(stream, "%s%s %s", before, name, json_string_value(value));
            before = ", ";
        }
    }
    if (group->file != NULL) {
        (void)fprintf(stream, "%s%s", before, group->file);
    }
    (void)fclose(stream);
    group->label = sure(text);
}

/* --- too few runs ------------------------------------------------------------------- */

/* Whether it is of fewer than half of the runs that were asked for, and that launch has
   more at another distance, which are no worse. */
static bool is_left_over(const struct collection *results, const struct result *result)
{
    double runs = number_in(result->record, "runs");
    bool few = 2 * runs < number_in(result->record, "options.repeat");
    for (size_t i = 0; few && result->origin == OF_BENCH && i < results->count; i++) {
        const struct result *other = &results->items[i];
        if (other->file == result->file && other->origin == OF_BENCH &&
            same_field(other, result, "session") && same_field(other, result, "launch") &&
            !same_field(other, result, "distance") && are_about_the_same(other, result) &&
            number_in(other->record, "runs") > runs &&
            truth_in(other->record, "disturbed") <=
                truth_in(result->record, "disturbed")) {
            return true;
        }
    }
    return false;
}

static void leave_out_left_over(struct collection *results)
{
    struct collection kept = *results; /* in the same place, as it is no larger */
    bool *left_over = zeroed(results->count, sizeof *left_over);
    for (size_t i = 0; i < results->count; i++) {
        left_over[i] = is_left_over(results, &results->items[i]);
    }
    kept.count = 0;
    for (size_t i = 0; i < results->count; i++) {
        const json_t *record = results->items[i].record;
        if (!left_over[i]) {
            kept.items[kept.count++] = results->items[i];
            continue;
        }
        const char *distance = text_in(record, "distance");
        leave_out(
            &kept, false,
            "%s with %.10g threads at the distance %s: %.10g of %.10g runs, and more "
            "were at another one",
            results->items[i].name, number_in(record, "threads"),
            distance != NULL ? distance : "null", number_in(record, "runs"),
            number_in(record, "options.repeat"));
    }
    *results = kept;
    free(left_over);
}

struct groups groups_of(struct collection *results)
{
    leave_out_left_over(results);
    struct groups whole = {NULL, 0, 0}, apart = {NULL, 0, 0};
    for (size_t i = 0; i < results->count; i++) {
        json_t *facts = facts_of(&results->items[i], false);
        results->items[i].group = find_group(&whole, &results->items[i], facts, NULL);
        json_decref(facts);
    }
    for (size_t i = 0; i < whole.count; i++) {
        whole.items[i]->split = is_contradicted(results, whole.items[i]);
    }
    for (size_t i = 0; i < results->count; i++) {
        struct result *result = &results->items[i];
        const struct group *of = result->group;
        json_t *facts = facts_of(result, true);
        result->group =
            find_group(&apart, result, facts, of->split ? result->file : NULL);
        result->group->split = of->split;
        json_decref(facts);
    }
    for (size_t i = 0; i < whole.count; i++) {
        json_decref(whole.items[i]->facts);
        free(whole.items[i]);
    }
    free(whole.items);
    for (size_t i = 0; i < apart.count; i++) {
        set_label(&apart, apart.items[i]);
    }
    return apart;
}
