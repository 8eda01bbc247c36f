/* SPDX-License-Identifier: MIT */
/* Asm statements in a listing, replaced by what they become (inline_assembly.h). */
#include "virtual/program/inline_assembly.h"
#include "common/text.h"
#include "virtual/program/build.h"
#include "virtual/program/statements.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool assembly_split(const char *text, const char brackets[2],
                    char (*operands)[ASSEMBLY_TEXT], unsigned most, unsigned *count)
{
    for (*count = 0; *text != '\0'; ++*count) {
        size_t length = 0;
        for (int depth = 0; text[length] != '\0' && (depth > 0 || text[length] != ',');
             length++) {
            depth += (text[length] == brackets[0]) - (text[length] == brackets[1]);
        }
        if (*count == most || length >= ASSEMBLY_TEXT) {
            return false;
        }
        char *operand = operands[*count];
        memcpy(operand, text, length);
        operand[length] = '\0';
        memmove(operand, assembly_trim(operand), strlen(assembly_trim(operand)) + 1);
        text += length + (text[length] == ',');
        text += strspn(text, " \t");
    }
    return true;
}

char *assembly_trim(char *text)
{
    text += strspn(text, " \t");
    size_t length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1])) {
        text[--length] = '\0';
    }
    return text;
}

/* An asm statement, and how it is replaced. */
struct replacing {
    const struct assembly_machine *machine;
    FILE *to;
    const char *home; /* the section */
    bool changes;     /* a statement is not as it was */
};

static enum assembly_outcome put_one(struct replacing *replacing,
                                     const struct statement_line *line,
                                     struct assembly_statement *statement)
{
    char copy[256];
    if (line->kind != STATEMENT_INSTRUCTION) {
        (void)fprintf(replacing->to, "%s\n", line->text);
        return ASSEMBLY_NOTHING;
    }
    replacing->changes = true;
    if ((size_t)snprintf(copy, sizeof copy, "%s", line->text) >= sizeof copy) {
        return ASSEMBLY_NOT_KNOWN;
    }
    enum assembly_outcome outcome =
        replacing->machine->put_instruction(replacing->to, copy, statement);
    if (outcome == ASSEMBLY_STAYS) {
        (void)fprintf(replacing->to, "\t%s\n", line->text);
    }
    return outcome;
}

/* The statements of lines from `text` on, as long as `length`; false: there is one that
   is not known, which is copied. What is written is then of no use. */
static bool put_statements(struct replacing *replacing, const char *text, size_t length,
                           char unknown[MOST_SHOWN])
{
    struct statement_list list;
    bool good = statements_read(&list, text, length, replacing->home, replacing->machine,
                                unknown);
    struct assembly_statement statement = {.number = list.number};
    for (size_t i = 0; good && i < list.count; i++) {
        good = put_one(replacing, &list.all[i], &statement) != ASSEMBLY_NOT_KNOWN;
        if (!good) {
            (void)snprintf(unknown, MOST_SHOWN, "%.*s", MOST_SHOWN - 1, list.all[i].text);
        }
    }
    statements_free(&list);
    return good && !statement.prefix;
}

/* Where the asm statement that begins at `text` ends, behind its last line; NULL: it does
   not. */
static const char *end_of(const char *text)
{
    for (const char *line = text; *line != '\0';) {
        const char *word = line + strspn(line, " \t");
        line += strcspn(line, "\n");
        line += *line == '\n';
        if (starts(word, "#NO_APP") || starts(word, "//NO_APP")) {
            return line;
        }
    }
    return NULL;
}

static void put_refusal(FILE *to, const char *unknown,
                        const struct assembly_machine *machine)
{
    (void)fprintf(to, "%s\t.string\t\"", machine->refuses);
    for (; *unknown != '\0'; unknown++) {
        (void)fprintf(to, *unknown == '"' || *unknown == '\\' ? "\\%c" : "%c",
                      *unknown == '\t' ? ' ' : *unknown);
    }
    (void)fputs("\"\n\t.balign\t4\n", to);
}

/* In the place of lines from `text` on: the refusal where the unknown statement is, and
   the compiler's directives, whose labels its tables of lines use. */
static void put_refused(FILE *to, const char *text, size_t length, const char *unknown,
                        const struct assembly_machine *machine)
{
    char *copy = strndup(text, length), *rest = NULL;
    bool refused = false;
    for (char *line = copy == NULL ? NULL : strtok_r(copy, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        line = assembly_trim(line);
        if (statement_is_compilers(line)) {
            (void)fprintf(to, "%s\n", line);
        } else if (!refused && strstr(line, unknown) != NULL) {
            put_refusal(to, unknown, machine);
            refused = true;
        }
    }
    if (!refused) {
        put_refusal(to, unknown, machine);
    }
    free(copy);
}

static void put_statement(struct replacing *replacing, const char *text, size_t length)
{
    char unknown[MOST_SHOWN] = "prefix", *known = NULL;
    size_t size = 0;
    const struct assembly_machine *machine = replacing->machine;
    FILE *to = replacing->to, *attempt = open_memstream(&known, &size);
    replacing->to = attempt;
    bool good = attempt != NULL && put_statements(replacing, text, length, unknown);
    good = attempt != NULL && fclose(attempt) == 0 && good;
    replacing->to = to;
    if (good) {
        if (strstr(known, "vm_assembly") != NULL) {
            (void)fputs(machine->first, to);
        }
        (void)fwrite(known, 1, size, to);
    } else {
        put_refused(to, text, length, unknown, machine);
        replacing->changes = true;
    }
    free(known);
}

bool inline_assembly_rewrite(FILE *to, const char *listing,
                             const struct assembly_machine *machine)
{
    bool function = false;
    struct replacing replacing = {.machine = machine, .to = to, .home = ".text"};
    for (const char *line = listing; *line != '\0';) {
        const char *word = line + strspn(line, " \t");
        const char *next = line + strcspn(line, "\n");
        next += *next == '\n';
        if (starts(word, ".section\t")) {
            replacing.home = word + strlen(".section\t");
        }
        function =
            (function || starts(word, ".cfi_startproc")) && !starts(word, ".cfi_endproc");
        bool begins = starts(word, "#APP") || starts(word, "//APP");
        const char *end = function && begins ? end_of(next) : NULL;
        if (end != NULL) {
            put_statement(&replacing, next, (size_t)(end - next));
            next = end;
        } else if (function && machine->put_alone(to, word)) {
            replacing.changes = true;
        } else {
            (void)fwrite(line, 1, (size_t)(next - line), to);
            if (function && machine->calls(word)) {
                machine->put_after_call(to, word);
            }
        }
        line = next;
    }
    return replacing.changes;
}

/* The machine that programs run on here; NULL: its assembly is not known. */
#if defined(__x86_64__)
static const struct assembly_machine *const here = &assembly_x86_64;
#elif defined(__aarch64__)
static const struct assembly_machine *const here = &assembly_aarch64;
#else
static const struct assembly_machine *const here;
#endif

static bool is_worth_it(const char *text, const struct assembly_machine *machine)
{
    bool worth = strstr(text, "#APP") != NULL || strstr(text, "//APP") != NULL;
    for (const char *const *word = machine->alone; *word != NULL; word++) {
        worth = worth || strstr(text, *word) != NULL;
    }
    return worth;
}

bool inline_assembly_mark(const char *listing)
{
    size_t size, written = 0;
    char *text = here == NULL ? NULL : file_read(listing, &size), *marked = NULL;
    if (text == NULL || !is_worth_it(text, here)) {
        free(text);
        return true;
    }
    FILE *to = open_memstream(&marked, &written);
    bool good = to != NULL;
    if (good) {
        bool found = inline_assembly_rewrite(to, text, here);
        good = fclose(to) == 0 && (!found || file_write(listing, marked, written));
    }
    free(marked);
    free(text);
    return good;
}
