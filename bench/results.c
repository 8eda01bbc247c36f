/* SPDX-License-Identifier: MIT */
#include "bench/results.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bench/fields.h"
#include "common/input.h"
#include "common/memory.h"
#include "common/text.h"
#include "common/tool.h"

/* --- is it one? --------------------------------------------------------------------- */

static _Noreturn void refuse_line(const struct results *results, size_t line,
                                  const char *why)
{
    refuse("%s, line %zu: %s", results->path, line, why);
}

static void check(const struct results *results, size_t line, const json_t *record)
{
    const char *tool_name = text_or_empty(record, "tool");
    char text[256];
    if (strcmp(tool_name, "lockbench") != 0) {
        (void)snprintf(text, sizeof text, "%s%s, not a result of lockbench",
                       tool_name[0] != '\0' ? "a result of " : "JSON of something else",
                       tool_name);
        refuse_line(results, line, text);
    }
    if (json_integer_value(json_object_get(record, "schema")) != 1) {
        refuse_line(results, line, "written by a lockbench of another version");
    }
    if (text_or_empty(record, "kind")[0] == '\0' ||
        json_object_get(record, "verdict") != NULL) {
        refuse_line(results, line,
                    "a result of lockbench matrix or compare, not of locks or barriers");
    }
    if (text_or_empty(record, "session")[0] == '\0' ||
        !json_is_integer(json_object_get(record, "launch"))) {
        refuse_line(results, line,
                    "it does not say which launch measured it, as an older lockbench did "
                    "not");
    }
}

/* --- what is it of? ----------------------------------------------------------------- */

/* Fields that name a row, beside those of the options. */
static const char *const row_fields[] = {"kind", "threads", "writes_percent", "name",
                                         "library"};

static const char *row_of(const json_t *record)
{
    char text[1024] = "";
    for (size_t i = 0; i < sizeof row_fields / sizeof *row_fields; i++) {
        char *value = json_dumps(json_object_get(record, row_fields[i]), JSON_ENCODE_ANY);
        text_append(text, sizeof text, "%s ", value != NULL ? value : "-");
        free(value);
    }
    return sure(strdup(text));
}

static const char *launch_of(const json_t *record)
{
    char text[256];
    (void)snprintf(text, sizeof text, "%s %lld", text_or_empty(record, "session"),
                   (long long)json_integer_value(json_object_get(record, "launch")));
    return sure(strdup(text));
}

/* Options that change what is measured, or how it is written, but no figure. */
static bool is_harmless(const char *option)
{
    static const char *const harmless[] = {"locks",     "rwlocks", "barriers", "threads",
                                           "writes",    "full",    "baseline", "format",
                                           "launches",  "output",  "verbose",  "anyway",
                                           "threshold", "resume",  NULL};
    return text_is_among(option, harmless);
}

json_t *conditions_of(const json_t *record)
{
    json_t *conditions = json_object();
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(record, "options"), name, value)
    {
        if (!is_harmless(name)) {
            char text[128];
            (void)snprintf(text, sizeof text, "--%s", name);
            (void)json_object_set(conditions, text, value);
        }
    }
    json_object_foreach(json_object_get(record, "machine"), name, value)
    {
        if (strcmp(name, "kernel") != 0) {
            (void)json_object_set(conditions, name, value);
        }
    }
    (void)json_object_set(conditions, "quota_processors",
                          json_object_get(record, "quota_processors"));
    (void)json_object_set(conditions, "tries_before_yield",
                          json_object_get(record, "tries_before_yield"));
    return conditions;
}

/* --- reading ------------------------------------------------------------------------ */

static void add(struct results *results, size_t line, json_t *record)
{
    grow_for_one(results);
    results->items[results->count++] = (struct result){.record = record,
                                                       .row = row_of(record),
                                                       .launch = launch_of(record),
                                                       .line = line};
}

static void count_launches(struct results *results)
{
    for (size_t i = 0; i < results->count; i++) {
        bool is_new = true;
        for (size_t k = 0; k < i && is_new; k++) {
            is_new = strcmp(results->items[i].launch, results->items[k].launch) != 0;
        }
        results->launches += is_new;
    }
}

/* The same record twice is as if there were more launches than there are. */
static void refuse_twice(const struct results *results)
{
    for (size_t i = 0; i < results->count; i++) {
        const struct result *one = &results->items[i];
        for (size_t k = 0; k < i; k++) {
            const struct result *other = &results->items[k];
            if (strcmp(one->launch, other->launch) == 0 &&
                strcmp(one->row, other->row) == 0 &&
                json_equal(json_object_get(one->record, "distance"),
                           json_object_get(other->record, "distance"))) {
                refuse("%s: lines %zu and %zu are the same measurement", results->path,
                       other->line, one->line);
            }
        }
    }
}

void results_add(struct results *results, const char *path)
{
    FILE *file = input_open(path, "r");
    if (file == NULL) {
        refuse("cannot read '%s': %s", path, strerror(errno));
    }
    char *text = NULL;
    size_t size = 0;
    size_t line = 0;
    const size_t before = results->count;
    ssize_t length;
    while ((length = getline(&text, &size, file)) > 0) {
        json_error_t error;
        json_t *record = json_loadb(text, (size_t)length, 0, &error);
        line++;
        if (strspn(text, " \t\r\n") == (size_t)length) {
            continue;
        }
        if (!json_is_object(record)) {
            refuse_line(results, line,
                        "no object of JSON, which lockbench writes with --format json");
        }
        check(results, line, record);
        add(results, line, record);
    }
    if (ferror(file) != 0) {
        refuse("cannot read '%s': %s", path, strerror(errno));
    }
    if (results->count == before) {
        refuse("%s: empty", results->path);
    }
    free(text);
    (void)fclose(file);
}

void results_end(struct results *results)
{
    count_launches(results);
    refuse_twice(results);
}
