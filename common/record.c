/* SPDX-License-Identifier: MIT */
#include "common/record.h"

#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/tool.h"

enum { SCHEMA = 1 }; /* grows when a field is renamed, removed or changes its meaning */

const char *const format_names[] = {
    [TABLE] = "table", [CSV] = "csv", [JSON] = "json", NULL};

static json_t *build_of(const char *flags)
{
    json_t *object = json_object();
    set(object, "compiler", json_text(build_compiler));
    set(object, "flags", json_text(flags));
    return object;
}

json_t *record_begin(const struct command_line *line, const char *library_flags)
{
    json_t *record = json_object();
    set(record, "schema", json_integer(SCHEMA));
    set(record, "tool", json_text(tool.name));
    set(record, "version", json_text(tool.version));
    set(record, "command_line", options_command());
    set(record, "options", options_in_force(line));
    set(record, "library_build", build_of(library_flags));
    set(record, "tool_build", build_of(build_tool_flags));
    return record;
}

/* --- CSV ---------------------------------------------------------------------------- */

enum { DIGITS = 10 };

/* The value as text; a text without quotes. To be freed. */
static char *plain(const json_t *value)
{
    if (json_is_null(value)) {
        return strdup("");
    }
    return json_is_string(value)
               ? strdup(json_string_value(value))
               : json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(DIGITS));
}

static void print_piece(FILE *file, const json_t *value)
{
    char *text = plain(value);
    for (const char *at = text; at != NULL && *at != '\0'; at++) {
        (void)fputs(*at == '"' ? "\"" : "", file);
        (void)fputc(*at, file);
    }
    free(text);
}

static void print_field(FILE *file, const json_t *value)
{
    char *text = json_is_array(value) ? NULL : plain(value);
    bool quoted = text == NULL || text[strcspn(text, ",\"\r\n")] != '\0';
    (void)fputs(quoted ? "\"" : "", file);
    size_t i;
    const json_t *item;
    if (json_is_array(value)) {
        json_array_foreach(value, i, item)
        {
            (void)fputs(i > 0 ? " " : "", file);
            print_piece(file, item);
        }
    } else {
        print_piece(file, value);
    }
    (void)fputs(quoted ? "\"" : "", file);
    free(text);
}

/* The names of an object's fields, or their values; `before` is what the names begin
   with. */
static void print_row(FILE *file, json_t *object, bool names, const char *before,
                      bool *begun)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        char whole[256];
        (void)snprintf(whole, sizeof whole, "%s%s%s", before,
                       before[0] != '\0' ? "." : "", name);
        if (json_is_object(value)) {
            print_row(file, value, names, whole, begun);
            continue;
        }
        (void)fputs(*begun ? "," : "", file);
        *begun = true;
        if (names) {
            (void)fputs(whole, file);
        } else {
            print_field(file, value);
        }
    }
}

static void print_csv(FILE *file, json_t *record, bool names)
{
    bool begun = false;
    print_row(file, record, names, "", &begun);
    (void)fputc('\n', file);
}

void record_write(FILE *file, enum format format, json_t *record)
{
    static bool any;
    if (format == CSV && !any) {
        print_csv(file, record, true);
    }
    any = true;
    if (format == CSV) {
        print_csv(file, record, false);
    } else {
        (void)json_dumpf(record, file, JSON_REAL_PRECISION(DIGITS));
        (void)fputc('\n', file);
    }
    json_decref(record);
}
