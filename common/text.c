/* SPDX-License-Identifier: MIT */
#include "common/text.h"

#include <stdlib.h>

#include "common/memory.h"

char *text_made_of(const char *format, va_list arguments)
{
    char *text = NULL;
    return vasprintf(&text, format, arguments) >= 0 ? sure(text) : sure(NULL);
}

char *text_made(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = text_made_of(format, arguments);
    va_end(arguments);
    return text;
}

void text_append(char *text, size_t size, const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
}

/* Continuation bytes of UTF-8 take none. */
unsigned text_width(const char *text)
{
    unsigned width = 0;
    for (; *text != '\0'; text++) {
        width += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return width;
}

void text_wrapped(FILE *file, unsigned width, const char *format, ...)
{
    unsigned used = 0;
    va_list arguments;
    va_start(arguments, format);
    char *text = text_made_of(format, arguments), *rest = NULL;
    va_end(arguments);
    for (char *word = strtok_r(text, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        unsigned more = text_width(word);
        bool breaks = used > 0 && used + 1 + more > width;
        (void)fprintf(file, "%s%s", breaks ? "\n  " : used > 0 ? " " : "", word);
        used = (breaks ? 2 : used > 0 ? used + 1 : 0) + more;
    }
    (void)fputc('\n', file);
    free(text);
}

static int missing(unsigned width, const char *text)
{
    unsigned taken = text_width(text);
    return taken < width ? (int)(width - taken) : 0;
}

void text_right(FILE *file, unsigned width, const char *text)
{
    (void)fprintf(file, "%*s%s", missing(width, text), "", text);
}

void text_left(FILE *file, unsigned width, const char *text)
{
    (void)fprintf(file, "%s%*s", text, missing(width, text), "");
}

enum { LONGEST = 63 };

static int least(int one, int other)
{
    return one < other ? one : other;
}

/* How many letters must be changed, added, left out or exchanged with their neighbour to
   make one word of the other. */
static int distance(const char *from, const char *to)
{
    size_t rows = strlen(from), columns = strlen(to);
    if (rows > LONGEST || columns > LONGEST) {
        return LONGEST;
    }
    int steps[LONGEST + 1][LONGEST + 1];
    for (size_t i = 0; i <= rows; i++) {
        for (size_t j = 0; j <= columns; j++) {
            if (i == 0 || j == 0) {
                steps[i][j] = (int)(i + j);
                continue;
            }
            bool same = from[i - 1] == to[j - 1];
            steps[i][j] = least(steps[i - 1][j - 1] + !same,
                                1 + least(steps[i - 1][j], steps[i][j - 1]));
            if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1]) {
                steps[i][j] = least(steps[i][j], steps[i - 2][j - 2] + 1);
            }
        }
    }
    return steps[rows][columns];
}

bool text_is_among(const char *text, const char *const *words)
{
    while (*words != NULL && strcmp(*words, text) != 0) {
        words++;
    }
    return *words != NULL;
}

const char *text_nearest(const char *written, const char *const *words)
{
    const char *nearest = NULL;
    int length = (int)strlen(written);
    int best = length < 3 ? 2 : 1 + (length + 2) / 3; /* that far is no slip any more */
    for (; *words != NULL; words++) {
        int steps = distance(written, *words);
        if (steps < best) {
            best = steps;
            nearest = *words;
        }
    }
    return nearest;
}
