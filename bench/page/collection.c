/* SPDX-License-Identifier: MIT */
#include "bench/page/collection.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bench/fields.h"
#include "bench/page/profile.h"
#include "bench/page/style.h"
#include "common/input.h"
#include "common/memory.h"
#include "common/text.h"

enum { SCHEMA = 1 }; /* that this code knows */

void leave_out(struct collection *results, bool aloud, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *line = text_made_of(format, arguments);
    va_end(arguments);
    texts_add(&results->left_out, line);
    if (aloud) {
        (void)fprintf(stderr, "lockbench: %s\n", line);
        results->unread = true;
    }
}

/* --- which record it is ------------------------------------------------------------- */

static enum family family_of(const json_t *record)
{
    const char *kind = text_in(record, "kind");
    return kind != NULL && strstr(kind, "barrier") != NULL ? BARRIERS
           : kind != NULL && (strstr(kind, "rw") != NULL || strstr(kind, "read") != NULL)
               ? RWLOCKS
               : LOCKS;
}

/* Of a program: its files. */
static const char *name_of(const json_t *record)
{
    const char *name = text_in(record, "name");
    if (name != NULL || !json_is_array(field(record, "sources"))) {
        return name;
    }
    return command_of(field(record, "sources"));
}

/* Fills in what the record is of. Returns why it cannot be told; NULL: it has been. */
static const char *recognise(struct result *result)
{
    const json_t *record = result->record;
    const char *tool_name = text_in(record, "tool");
    tool_name = tool_name != NULL ? tool_name : "";
    if (strcmp(tool_name, "lockbench") != 0 && strcmp(tool_name, "lockcheck") != 0 &&
        strcmp(tool_name, "locksim") != 0 && strcmp(tool_name, "lockstep-run") != 0) {
        return "no result of lockbench, lockcheck, locksim or lockstep-run";
    }
    if (!(number_in(record, "schema") == SCHEMA)) {
        return "of another schema than 1, the one that this lockbench knows";
    }
    if (strcmp(tool_name, "lockstep-run") == 0) {
        result->origin = OF_PROFILE;
        return profile_trouble(record);
    }
    result->kind = text_in(record, "kind");
    result->name = name_of(record);
    result->family = family_of(record);
    bool bench = strcmp(tool_name, "lockbench") == 0;
    bool check = strcmp(tool_name, "lockcheck") == 0;
    if (bench && json_is_integer(field(record, "first")) &&
        json_is_integer(field(record, "second"))) {
        result->origin = OF_MATRIX;
        return NULL;
    }
    if (bench && text_in(record, "verdict") != NULL) {
        return "of lockbench compare, which the report does not show";
    }
    result->origin = bench                                ? OF_BENCH
                     : !check                             ? OF_SIM
                     : text_in(record, "outcome") != NULL ? OF_WEAKEN
                                                          : OF_CHECK;
    bool whole = result->origin == OF_WEAKEN  ? text_in(record, "file") != NULL
                 : result->origin == OF_CHECK ? text_in(record, "verdict") != NULL
                                              : result->kind != NULL;
    return whole && (result->name != NULL || result->origin == OF_WEAKEN)
               ? NULL
               : "a result without its name, kind or verdict";
}

/* --- reading ------------------------------------------------------------------------ */

/* What is deterministic is the same again, whatever file it was written to. */
static json_t *what_counts(const struct result *result)
{
    json_t *copy = json_deep_copy(result->record);
    if (result->origin == OF_SIM || result->origin == OF_CHECK ||
        result->origin == OF_WEAKEN) {
        (void)json_object_del(copy, "command_line");
        (void)json_object_del(json_object_get(copy, "options"), "output");
        (void)json_object_del(json_object_get(copy, "options"), "verbose");
    }
    return copy;
}

static bool is_there(const struct collection *results, struct result *result)
{
    json_t *counts = what_counts(result);
    char *text = sure(json_dumps(counts, JSON_SORT_KEYS | JSON_COMPACT));
    result->hash = hash_of(text);
    free(text);
    bool found = false;
    for (size_t i = 0; i < results->count && !found; i++) {
        if (results->items[i].hash == result->hash) {
            json_t *same = what_counts(&results->items[i]);
            found = json_equal(same, counts);
            json_decref(same);
        }
    }
    json_decref(counts);
    return found;
}

/* Of a file: how many lines of each fate, and the first that is wrong. */
struct reading {
    const char *path;
    size_t lines, read, twice, wrong, first_wrong;
    char why[256];
};

static void note_wrong(struct reading *reading, const char *why)
{
    if (reading->wrong++ == 0) {
        reading->first_wrong = reading->lines;
        (void)snprintf(reading->why, sizeof reading->why, "%s", why);
    }
}

/* Records of a profile are for one section alone, and stay apart from the others. */
static void add_profile(struct collection *results, struct reading *reading,
                        json_t *record)
{
    if (results->profiles == NULL) {
        results->profiles = json_array();
        results->profiles_seen = json_object();
    }
    char *text = sure(json_dumps(record, JSON_SORT_KEYS | JSON_COMPACT));
    if (json_object_get(results->profiles_seen, text) != NULL) {
        reading->twice++;
        json_decref(record);
    } else {
        (void)json_object_set_new(results->profiles_seen, text, json_true());
        if (reading->read++ == 0) {
            texts_add(&results->profile_files, reading->path);
        }
        (void)json_array_append_new(results->profiles, record);
    }
    free(text);
}

static void read_line(struct collection *results, struct reading *reading,
                      const char *line, size_t length)
{
    json_error_t error;
    struct result result = {.file = reading->path};
    result.record = json_loadb(line, length, 0, &error);
    if (result.record == NULL) {
        char why[256];
        bool csv = reading->lines == 1 && strncmp(line, "schema,", 7) == 0;
        (void)snprintf(why, sizeof why, "no JSON (%s)", error.text);
        note_wrong(reading, csv ? "CSV" : why);
        return;
    }
    const char *why = recognise(&result);
    if (why == NULL && result.origin == OF_PROFILE) {
        add_profile(results, reading, result.record);
        return;
    }
    if (why == NULL && is_there(results, &result)) {
        reading->twice++;
        json_decref(result.record);
        return;
    }
    if (why != NULL) {
        note_wrong(reading, why);
        json_decref(result.record);
        return;
    }
    grow_for_one(results);
    results->items[results->count++] = result;
    reading->read++;
}

static void tell(struct collection *results, const struct reading *reading, int error)
{
    if (error != 0) {
        leave_out(results, true, "%s: cannot be read: %s", reading->path,
                  strerror(error));
    } else if (reading->lines == 0) {
        leave_out(results, true, "%s: is empty", reading->path);
    } else if (strcmp(reading->why, "CSV") == 0) {
        leave_out(results, true, "%s: is CSV; the report reads what --format json writes",
                  reading->path);
    } else if (reading->wrong == 1) {
        leave_out(results, true, "%s: line %zu is %s: left out", reading->path,
                  reading->first_wrong, reading->why);
    } else if (reading->wrong > 1) {
        leave_out(results, true, "%s: %zu of %zu lines are left out: line %zu is %s",
                  reading->path, reading->wrong, reading->lines, reading->first_wrong,
                  reading->why);
    }
    if (reading->twice > 0) {
        leave_out(results, false,
                  "%s: %zu result%s that %s there already, equal in all that counts",
                  reading->path, reading->twice, reading->twice == 1 ? "" : "s",
                  reading->twice == 1 ? "was" : "were");
    }
}

void collection_read(struct collection *results, const char *path)
{
    struct reading reading = {.path = path};
    FILE *file = input_open(path, "r");
    int error = file == NULL ? errno : 0;
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    errno = 0;
    while (file != NULL && (length = getline(&line, &room, file)) >= 0) {
        reading.lines++;
        if (strspn(line, " \t\r\n") < (size_t)length) {
            read_line(results, &reading, line, (size_t)length);
        }
        errno = 0;
    }
    error = error == 0 && file != NULL && ferror(file) ? errno : error;
    free(line);
    if (file != NULL) {
        (void)fclose(file);
    }
    tell(results, &reading, error);
}

/* --- names -------------------------------------------------------------------------- */

/* Whether it is the user's own, and not of the same file as the other one. */
static bool is_other_own(const struct result *one, const struct result *other)
{
    const json_t *mine = field(one->record, "sources");
    const json_t *others = field(other->record, "sources");
    return json_is_array(mine) && json_is_array(others) && !json_equal(mine, others);
}

/* A check does not say what it is a check of; the catalog, other results and the clients
   do. */
static enum family family_checked(const struct collection *results, const char *name)
{
    for (int family = 0; family < FAMILIES; family++) {
        if (is_of_catalog((enum family)family, name)) {
            return (enum family)family;
        }
    }
    for (size_t i = 0; i < results->count; i++) {
        const struct result *one = &results->items[i];
        const char *client = text_in(one->record, "client");
        if (one->name == NULL || strcmp(one->name, name) != 0) {
            continue;
        }
        if (one->kind != NULL) {
            return one->family;
        }
        if (client != NULL && strcmp(client, "episodes") == 0) {
            return BARRIERS;
        }
        if (client != NULL && strcmp(client, "readers and writers") == 0) {
            return RWLOCKS;
        }
    }
    return LOCKS;
}

void collection_name(struct collection *results)
{
    for (size_t i = 0; i < results->count; i++) {
        struct result *one = &results->items[i];
        if (one->origin == OF_CHECK && one->name != NULL) {
            one->family = family_checked(results, one->name);
        }
    }
    const char **names = zeroed(results->count, sizeof *names);
    for (size_t i = 0; i < results->count; i++) {
        struct result *one = &results->items[i];
        bool differs = false;
        for (size_t k = 0; one->name != NULL && k < results->count && !differs; k++) {
            const struct result *other = &results->items[k];
            differs = other->name != NULL && strcmp(one->name, other->name) == 0 &&
                      !is_of_catalog(one->family, one->name) && is_other_own(one, other);
        }
        if (differs) {
            char *files = command_of(field(one->record, "sources"));
            names[i] = text_made("%s (%s)", one->name, files);
            free(files);
        }
    }
    for (size_t i = 0; i < results->count; i++) {
        results->items[i].name = names[i] != NULL ? names[i] : results->items[i].name;
    }
    free(names);
}
