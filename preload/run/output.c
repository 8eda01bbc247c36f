/* SPDX-License-Identifier: MIT */
#include "preload/run/output.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "common/memory.h"

/* FNV-1a. */
static const uint64_t HASH_BEGIN = 0xcbf29ce484222325;
static uint64_t hash_add(uint64_t hash, int character)
{
    return (hash ^ (uint64_t)character) * 0x100000001b3;
}

/* A line under way. */
struct line {
    uint64_t hash;
    uint64_t letters;
    bool in_gap; /* the last characters were of a number, or blanks around it */
};

static const struct line line_begin = {HASH_BEGIN, HASH_BEGIN, false};

/* Numbers, the signs in them, and blanks, by which columns are filled up, are as one. */
static void line_add(struct line *line, int character)
{
    bool gap = isdigit(character) || strchr(" \t.,:%+-", character) != NULL;
    line->hash = hash_add(line->hash, character);
    if (!gap) {
        line->letters = hash_add(line->letters, character);
    } else if (!line->in_gap) {
        line->letters = hash_add(line->letters, ' ');
    }
    line->in_gap = gap;
}

static void output_add_line(struct output *output, struct line *line)
{
    output->lines += line->hash;
    output->letters += line->letters;
    *line = line_begin;
}

struct output output_read(const char *path)
{
    struct output output = {HASH_BEGIN, 0, 0};
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        refuse("cannot read %s: %s", path, strerror(errno));
    }
    struct line line = line_begin;
    for (int character; (character = getc_unlocked(file)) != EOF;) {
        output.whole = hash_add(output.whole, character);
        line_add(&line, character);
        if (character == '\n') {
            output_add_line(&output, &line);
        }
    }
    output_add_line(&output, &line);
    if (ferror(file)) {
        refuse("cannot read %s: %s", path, strerror(errno));
    }
    (void)fclose(file);
    return output;
}

enum likeness output_compare(const struct output *one, const struct output *other)
{
    return one->whole == other->whole       ? SAME
           : one->lines == other->lines     ? OTHER_ORDER
           : one->letters == other->letters ? OTHER_NUMBERS
                                            : OTHER_TEXT;
}
