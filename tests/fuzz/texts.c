/* SPDX-License-Identifier: MIT */
/*
 * Texts that come from elsewhere, changed at random, and read by what reads them:
 *
 *   texts DIRECTORY machine|topology|saved|keep COUNT SEED FILE…
 *
 * It is compiled with the sanitizers, together with the reader. Each of COUNT texts is
 * one of the files after a few mutations; the same seed makes the same texts. A process
 * of its own reads it, and must come to a good end: it takes the text and says nothing,
 * or refuses it with one line. A text with which it does not is kept in DIRECTORY. With
 * "keep" those that are taken are kept, too; what stands before a line "locations" is
 * left as it is.
 */
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/tool.h"
#include "tests/fuzz/takes.h"

enum { TEXT_ROOM = 1 << 16, MUTATIONS = 5, SECONDS = 20 };

struct text {
    size_t length;
    char bytes[TEXT_ROOM];
};

static uint64_t state;

/* splitmix64, and so many values of it. */
static size_t below(size_t count)
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (size_t)((z ^ z >> 31) % count);
}

/* --- mutations ---------------------------------------------------------------------- */

/* Puts `length` bytes in place of `old` ones, as far as there is room. */
static void replace(struct text *text, size_t at, size_t old, const char *bytes,
                    size_t length)
{
    if (at + old <= text->length && text->length - old + length < TEXT_ROOM) {
        memmove(text->bytes + at + length, text->bytes + at + old,
                text->length - at - old);
        memcpy(text->bytes + at, bytes, length);
        text->length += length - old;
    }
}

static void change_byte(struct text *text)
{
    static const char interesting[] = "\0\n =#.-\"<>/09a\x7f\x80\xff";
    char byte = below(2) == 0 ? interesting[below(sizeof interesting - 1)]
                              : (char)below(UCHAR_MAX + 1);
    replace(text, below(text->length), 1, &byte, 1);
}

static void change_number(struct text *text)
{
    static const char *const numbers[] = {
        "0",  "1",   "-1",    "2",     "3",          "63",         "64",
        "65", "255", "65535", "65536", "2147483648", "4294967295", "18446744073709551616",
        "",   "999"};
    size_t at = below(text->length), digits = 0;
    while (at < text->length && strchr("0123456789", text->bytes[at]) == NULL) {
        at++;
    }
    while (at + digits < text->length && text->bytes[at + digits] >= '0' &&
           text->bytes[at + digits] <= '9') {
        digits++;
    }
    const char *number = numbers[below(sizeof numbers / sizeof *numbers)];
    replace(text, at, digits, number, strlen(number));
}

/* From a line's beginning to its end. */
static size_t find_line(const struct text *text, size_t *begin)
{
    size_t at = below(text->length), end = at;
    while (at > 0 && text->bytes[at - 1] != '\n') {
        at--;
    }
    while (end < text->length && text->bytes[end++] != '\n') {
    }
    *begin = at;
    return end - at;
}

static void take_out(struct text *text)
{
    size_t begin, length = find_line(text, &begin);
    if (below(2) == 0) {
        begin = below(text->length);
        length = 1 + below(text->length - begin);
    }
    replace(text, begin, length, "", 0);
}

/* A piece of another text, or of itself, comes in. */
static void put_in(struct text *text, const struct text *other)
{
    static char piece[TEXT_ROOM];
    size_t begin, length = find_line(other, &begin);
    if (below(4) == 0) {
        begin = below(other->length);
        length = 1 + below(other->length - begin);
    }
    memcpy(piece, other->bytes + begin, length);
    size_t at, unused = find_line(text, &at);
    (void)unused;
    replace(text, at, 0, piece, length);
}

static void mutate(struct text *text, const struct text *texts, size_t count)
{
    for (size_t n = 1 + below(MUTATIONS); n > 0 && text->length > 0; n--) {
        const struct text *other = &texts[below(count)];
        switch (below(5)) {
        case 0:
            change_byte(text);
            break;
        case 1:
        case 2:
            change_number(text);
            break;
        case 3:
            take_out(text);
            break;
        default:
            if (other->length > 0) {
                put_in(text, other);
            }
        }
    }
}

/* How much of an execution says what program it is of. */
static size_t find_head(struct text *text)
{
    text->bytes[text->length] = '\0';
    const char *graph = strstr(text->bytes, "locations ");
    return graph == NULL ? 0 : (size_t)(graph - text->bytes);
}

/* --- reading ------------------------------------------------------------------------ */

static void read_file(const char *path, struct text *text)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    text->length = fread(text->bytes, 1, TEXT_ROOM - 1, file);
    (void)fclose(file);
}

static void write_file(const char *path, const struct text *text)
{
    FILE *file = fopen(path, "w");
    if (file == NULL || fwrite(text->bytes, 1, text->length, file) != text->length ||
        fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

/* How a process of its own comes to its end with the text. */
static int try(const char *kind, const char *path, const char *said)
{
    pid_t child = fork();
    if (child == 0) {
        const struct rlimit limit = {SECONDS, SECONDS};
        (void)setrlimit(RLIMIT_CPU, &limit);
        if (freopen(said, "w", stderr) == NULL) {
            _exit(1);
        }
        bool good = takes(kind, path);
        (void)fflush(stderr);
        _exit(good ? STATUS_GOOD : STATUS_CANNOT);
    }
    int status = -1;
    (void)waitpid(child, &status, 0);
    return status;
}

/* Whether it is the one line that a refusal has, or no line for a text that is good. */
static bool is_said(const char *said, bool good)
{
    static struct text text;
    read_file(said, &text);
    size_t lines = 0;
    for (size_t i = 0; i < text.length; i++) {
        lines += text.bytes[i] == '\n';
    }
    return good ? text.length == 0
                : lines == 1 && text.bytes[text.length - 1] == '\n' &&
                      strncmp(text.bytes, "lock", strlen("lock")) == 0;
}

int main(int argc, char **argv)
{
    if (argc < 6) {
        (void)fputs("texts DIRECTORY KIND COUNT SEED FILE...\n", stderr);
        return 1;
    }
    const char *directory = argv[1], *kind = argv[2];
    unsigned long tries = strtoul(argv[3], NULL, 10), good = 0, bad = 0;
    state = strtoul(argv[4], NULL, 10);
    bool keep = strcmp(kind, "keep") == 0;
    size_t count = (size_t)argc - 5;
    struct text *texts = calloc(count, sizeof *texts), text;
    for (size_t i = 0; i < count; i++) {
        read_file(argv[5 + i], &texts[i]);
    }
    char path[PATH_MAX], said[PATH_MAX];
    (void)snprintf(said, sizeof said, "%s/said", directory);
    for (unsigned long i = 0; i < tries; i++) {
        text = texts[below(count)];
        size_t head = keep ? find_head(&text) : 0;
        static struct text rest;
        rest.length = text.length - head;
        memcpy(rest.bytes, text.bytes + head, rest.length);
        mutate(&rest, texts, count);
        text.length = head;
        replace(&text, head, 0, rest.bytes, rest.length);
        (void)snprintf(path, sizeof path, "%s/%s-%lu.text", directory, kind, i);
        write_file(path, &text);
        int status = try(kind, path, said);
        int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        if ((code == STATUS_GOOD || code == STATUS_CANNOT) &&
            is_said(said, code == STATUS_GOOD)) {
            good += code == STATUS_GOOD;
            if (!keep || code != STATUS_GOOD) {
                (void)unlink(path);
            }
        } else {
            bad++;
            (void)printf("%s: status %#x\n", path, (unsigned)status);
        }
    }
    free(texts);
    (void)printf("%lu texts, %lu taken, %lu with a bad end\n", tries, good, bad);
    /* Texts of both kinds, or it shows nothing. */
    return bad > 0 || good == 0 || good == tries;
}
