/* SPDX-License-Identifier: MIT */
#include "bench/fields.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/memory.h"

json_t *field(const json_t *record, const char *path)
{
    json_t *at = NULL;
    while (*path != '\0') {
        char name[64];
        size_t length = strcspn(path, ".");
        (void)snprintf(name, sizeof name, "%.*s", (int)length, path);
        at = json_object_get(at == NULL ? record : at, name);
        if (at == NULL) {
            return NULL;
        }
        path += length + (path[length] == '.');
    }
    return at;
}

double number_in(const json_t *record, const char *path)
{
    const json_t *value = field(record, path);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

const char *text_in(const json_t *record, const char *path)
{
    return json_string_value(field(record, path));
}

const char *text_or_empty(const json_t *record, const char *path)
{
    const char *text = text_in(record, path);
    return text != NULL ? text : "";
}

bool truth_in(const json_t *record, const char *path)
{
    return json_is_true(field(record, path));
}

char *text_of(const json_t *value)
{
    if (value == NULL || json_is_null(value)) {
        return sure(strdup("none"));
    }
    char number[32];
    if (json_is_real(value)) {
        (void)snprintf(number, sizeof number, "%.10g", json_real_value(value));
        return sure(strdup(number));
    }
    return json_is_string(value)
               ? sure(strdup(json_string_value(value)))
               : sure(json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(10)));
}

/* A word as a shell takes it. */
static void put_word(FILE *stream, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_-./=,:+@%";
    if (*word != '\0' && word[strspn(word, plain)] == '\0') {
        (void)fputs(word, stream);
        return;
    }
    (void)fputc('\'', stream);
    for (; *word != '\0'; word++) {
        if (*word == '\'') {
            (void)fputs("'\\''", stream);
        } else {
            (void)fputc(*word, stream);
        }
    }
    (void)fputc('\'', stream);
}

char *command_of(const json_t *words)
{
    char *text = NULL;
    size_t size, i;
    const json_t *word;
    FILE *stream = sure(open_memstream(&text, &size));
    json_array_foreach(words, i, word)
    {
        (void)fputs(i > 0 ? " " : "", stream);
        put_word(stream, json_is_string(word) ? json_string_value(word) : "?");
    }
    (void)fclose(stream);
    return sure(text);
}
