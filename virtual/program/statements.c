/* SPDX-License-Identifier: MIT */
#include "virtual/program/statements.h"
#include "common/text.h"
#include "virtual/ground/messages.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- words -------------------------------------------------------------------------- */

static bool is_name_part(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

static size_t name_length(const char *text)
{
    size_t length = 0;
    while (is_name_part(text[length])) {
        length++;
    }
    return length;
}

static size_t number_length(const char *text)
{
    return strspn(text, "0123456789");
}

size_t statement_label_length(const char *operand)
{
    size_t length = isdigit((unsigned char)*operand) ? 0 : name_length(operand);
    return operand[length] == '\0' && *operand != '$' ? length : 0;
}

bool statement_is_compilers(const char *line)
{
    size_t length = strlen(line);
    return starts(line, ".loc") || starts(line, ".globl") ||
           (starts(line, ".L") && line[length - 1] == ':');
}

/* --- what is being read ------------------------------------------------------------- */

struct reading {
    struct statement_list *list;
    char *unknown;
    bool good;
    const char *home;  /* the name of the section, and more */
    bool aside;        /* in another section */
    bool skipping;     /* what says nothing to the processor: .smp_locks, .ifndef */
    unsigned sections; /* that there have been */
    const struct assembly_machine *machine;
};

static void refuse(struct reading *reading, const char *text)
{
    if (reading->good) {
        (void)snprintf(reading->unknown, MOST_SHOWN, "%.*s", MOST_SHOWN - 1, text);
    }
    reading->good = false;
}

static void add(struct reading *reading, enum statement_kind kind, const char *text,
                size_t length)
{
    struct statement_list *list = reading->list;
    list->all = sure_resize(list->all, (list->count + 1) * sizeof *list->all);
    char *copy = sure_resize(NULL, length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    list->all[list->count++] = (struct statement_line){kind, copy};
}

/* --- sections ----------------------------------------------------------------------- */

/* What comes before the label and behind it: a jump to it, or the label itself. */
static void add_around(struct reading *reading, enum statement_kind kind,
                       const char *before, const char *behind)
{
    char text[64];
    int length = snprintf(text, sizeof text, "%s.Lvm_%u_over_%u%s", before,
                          reading->list->number, reading->sections, behind);
    add(reading, kind, text, (size_t)length);
}

static void leave_section(struct reading *reading)
{
    if (reading->aside) {
        add_around(reading, STATEMENT_LABEL, "", ":");
    }
    reading->aside = reading->skipping = false;
}

/* Code, wherever it stands; and the kernel's list of its locked instructions. */
static bool enter_section(struct reading *reading, const char *name)
{
    size_t length = name_length(name);
    if (strncmp(name, reading->home, length) == 0 &&
        !is_name_part(reading->home[length])) {
        /* clang leaves out .previous, and says where that is. Where nothing was left, it
           is a section that has the function's name by chance: not known. */
        bool back = reading->aside;
        leave_section(reading);
        return back;
    }
    if (starts(name, ".smp_locks")) {
        reading->skipping = true;
        return true;
    }
    if (!starts(name, ".text") || reading->aside) {
        return false;
    }
    reading->aside = true;
    reading->sections++;
    add_around(reading, STATEMENT_INSTRUCTION, reading->machine->jump, "");
    return true;
}

static void read_directive(struct reading *reading, const char *line)
{
    size_t length = name_length(line);
    const char *rest = line + length;
    rest += strspn(rest, " \t");
#define IS(name) (length == strlen(name) && starts(line, name))
    bool names_machine = IS(".arch") || IS(".arch_extension") || IS(".cpu");
    bool subsection = IS(".subsection") || IS(".text"); /* with a number, as clang says */
    if (IS(".loc") || IS(".globl") || names_machine) {
        add(reading, STATEMENT_DIRECTIVE, line, strlen(line));
    } else if (IS(".previous") || IS(".popsection") || (subsection && *rest == '0') ||
               (IS(".text") && *rest == '\0')) {
        leave_section(reading);
    } else if (IS(".section") || IS(".pushsection")) {
        if (!enter_section(reading, rest)) {
            refuse(reading, line);
        }
    } else if (subsection) {
        if (!enter_section(reading, ".text._")) {
            refuse(reading, line);
        }
    } else if (IS(".ifndef")) {
        reading->skipping = true; /* around the name of such a section */
    } else if (IS(".endif")) {
        reading->skipping = false;
    } else if (!IS(".align") && !IS(".balign") && !IS(".p2align") && !reading->skipping) {
        refuse(reading, line);
    }
#undef IS
}

/* --- lines -------------------------------------------------------------------------- */

/* One statement, or labels and then one. */
static void read_statement(struct reading *reading, char *text)
{
    for (;;) {
        text += strspn(text, " \t");
        size_t length = name_length(text);
        size_t colon = length + strspn(text + length, " \t");
        if (length == 0 || text[colon] != ':') {
            break;
        }
        if (!reading->skipping || starts(text, ".L")) {
            text[length] = ':';
            add(reading, STATEMENT_LABEL, text, length + 1);
        }
        text += colon + 1;
    }
    size_t length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1])) {
        text[--length] = '\0';
    }
    if (*text == '.') {
        read_directive(reading, text);
    } else if (*text != '\0' && !reading->skipping) {
        add(reading, STATEMENT_INSTRUCTION, text, length);
    }
}

/* Where a statement ends: at a semicolon that is in no string. A comment ends all. */
static size_t statement_length(char *text, const char *comment)
{
    bool string = false;
    size_t length = 0;
    for (; text[length] != '\0' && (string || text[length] != ';'); length++) {
        string = string != (text[length] == '"');
        if (!string && starts(text + length, comment)) {
            text[length] = '\0';
            break;
        }
    }
    return length;
}

static void blank_comments(char *text)
{
    for (char *from; (from = strstr(text, "/*")) != NULL;) {
        char *to = strstr(from + 2, "*/");
        to = to == NULL ? from + strlen(from) : to + 2;
        for (; from < to; from++) {
            *from = *from == '\n' ? '\n' : ' ';
        }
    }
}

static void read_lines(struct reading *reading, char *text)
{
    blank_comments(text);
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        for (bool comment = line[strspn(line, " \t")] == '#'; !comment;) {
            size_t length = statement_length(line, reading->machine->comment);
            bool last = line[length] == '\0';
            line[length] = '\0';
            read_statement(reading, line);
            if (last) {
                break;
            }
            line += length + 1;
        }
    }
    if (reading->aside) {
        refuse(reading, "another section, without its end");
    }
}

/* --- numbered labels ---------------------------------------------------------------- */

/* "2f", "2b": the length of the number; or 0. */
static size_t reference_length(const char *text)
{
    size_t length = number_length(text);
    bool is = length > 0 && (text[length] == 'f' || text[length] == 'b') &&
              !is_name_part(text[length + 1]);
    return is ? length : 0;
}

/* The label that an instruction refers to from its place; list->count: none. */
static size_t find_numbered(const struct statement_list *list, size_t at,
                            const char *reference, size_t length)
{
    size_t found = list->count;
    bool forward = reference[length] == 'f';
    for (size_t i = 0; i < list->count; i++) {
        const char *label = list->all[i].text;
        bool same = list->all[i].kind == STATEMENT_LABEL &&
                    strncmp(label, reference, length) == 0 && label[length] == ':';
        if (same && (forward ? i > at && found == list->count : i < at)) {
            found = i;
        }
    }
    return found;
}

/* Where an instruction's last operand begins. */
static size_t last_operand(const char *text)
{
    const char *comma = strrchr(text, ',');
    size_t before = comma == NULL ? strcspn(text, " \t") : (size_t)(comma - text) + 1;
    return before + strspn(text + before, " \t");
}

/* A jump to a numbered label names it; any other use of one is not known. */
static void name_target(struct reading *reading, size_t at)
{
    char *text = reading->list->all[at].text, label[48];
    size_t before = last_operand(text);
    size_t length = reading->machine->jumps(text) ? reference_length(text + before) : 0;
    if (length > 0) {
        size_t target = find_numbered(reading->list, at, text + before, length);
        if (target == reading->list->count) {
            refuse(reading, text);
            return;
        }
        size_t size = (size_t)snprintf(label, sizeof label, ".Lvm_%u_%zu",
                                       reading->list->number, target) +
                      1;
        text = sure_resize(text, before + size);
        memcpy(text + before, label, size);
        reading->list->all[at].text = text;
        return;
    }
    const char *operands = text + strcspn(text, " \t");
    for (const char *c = operands; *c != '\0'; c++) {
        if (!is_name_part(c[-1]) && reference_length(c) > 0) {
            refuse(reading, text);
        }
    }
}

/* Labels keep their numbers until all jumps have been named. */
static void name_labels(struct reading *reading)
{
    struct statement_list *list = reading->list;
    for (size_t i = 0; i < list->count; i++) {
        if (list->all[i].kind == STATEMENT_INSTRUCTION) {
            name_target(reading, i);
        }
    }
    for (size_t i = 0; i < list->count; i++) {
        char name[48], *text = list->all[i].text;
        if (list->all[i].kind == STATEMENT_LABEL && isdigit((unsigned char)*text)) {
            size_t size =
                (size_t)snprintf(name, sizeof name, ".Lvm_%u_%zu:", list->number, i);
            list->all[i].text = sure_resize(text, size + 1);
            memcpy(list->all[i].text, name, size + 1);
        }
    }
}

bool statements_read(struct statement_list *list, const char *text, size_t length,
                     const char *home, const struct assembly_machine *machine,
                     char unknown[MOST_SHOWN])
{
    static unsigned statements;
    *list = (struct statement_list){.number = ++statements};
    struct reading reading = {
        .list = list, .unknown = unknown, .good = true, .home = home, .machine = machine};
    char *copy = sure_resize(NULL, length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    read_lines(&reading, copy);
    free(copy);
    name_labels(&reading);
    return reading.good;
}

void statements_free(struct statement_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->all[i].text);
    }
    free(list->all);
    *list = (struct statement_list){0};
}
