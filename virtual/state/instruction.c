/* SPDX-License-Identifier: MIT */
#include "virtual/state/instruction.h"
#include "common/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* --- operands ----------------------------------------------------------------------- */

static bool equal(const char *text, size_t length, const char *name)
{
    return strlen(name) == length && memcmp(text, name, length) == 0;
}

/* What stands between % and the next delimiter. */
static enum machine_register find_register(const char *text, size_t length,
                                           unsigned *width)
{
    static const char *const names[][5] = {
        {"rax", "eax", "ax", "al", "ah"}, {"rcx", "ecx", "cx", "cl", "ch"},
        {"rdx", "edx", "dx", "dl", "dh"}, {"rbx", "ebx", "bx", "bl", "bh"},
        {"rsp", "esp", "sp", "spl", ""},  {"rbp", "ebp", "bp", "bpl", ""},
        {"rsi", "esi", "si", "sil", ""},  {"rdi", "edi", "di", "dil", ""},
    };
    static const unsigned widths[] = {8, 4, 2, 1, 1};
    static const char *const endings[] = {"", "d", "w", "b"};
    for (unsigned number = RAX; number < R8; number++) {
        for (unsigned i = 0; i < 5; i++) {
            if (length > 0 && equal(text, length, names[number][i])) {
                *width = widths[i];
                return (enum machine_register)number;
            }
        }
    }
    bool numbered = length >= 2 && text[0] == 'r' && text[1] >= '0' && text[1] <= '9';
    for (unsigned number = R8; numbered && number <= R15; number++) {
        char name[8];
        for (unsigned i = 0; i < 4; i++) {
            snprintf(name, sizeof name, "r%u%s", number, endings[i]);
            if (equal(text, length, name)) {
                *width = widths[i];
                return (enum machine_register)number;
            }
        }
    }
    *width = 0;
    return OTHER_REGISTER;
}

/* A plain number that takes up all of the text; nothing at all is 0. */
static bool take_number(const char *text, size_t length, long *value)
{
    char digits[32], *end;
    *value = 0;
    if (length >= sizeof digits) {
        return false;
    }
    memcpy(digits, text, length);
    digits[length] = '\0';
    *value = strtol(digits, &end, 0);
    return *end == '\0';
}

/* `(base,index,scale)` */
static bool parse_address(struct operand *operand, const char *text, const char *end)
{
    enum machine_register *const part[] = {&operand->base, &operand->index};
    for (unsigned i = 0; i < 2 && text < end && *text != ')'; i++) {
        size_t length = 0;
        while (text + length < end && strchr(",)", text[length]) == NULL) {
            length++;
        }
        unsigned width;
        if (length > 0) {
            if (*text != '%') {
                return false;
            }
            *part[i] = find_register(text + 1, length - 1, &width);
            if (*part[i] != OTHER_REGISTER && width != 8) {
                return false;
            }
        }
        text += length;
        if (text < end && *text == ',') {
            text++;
        }
    }
    return true;
}

static bool parse_operand(struct operand *operand, const char *text, size_t length)
{
    *operand = (struct operand){.kind = MEMORY,
                                .text = text,
                                .length = length,
                                .base = NO_REGISTER,
                                .index = NO_REGISTER};
    const char *const end = text + length;
    if (length > 0 && *text == '*') {
        operand->indirect = true;
        text++;
    }
    if (text == end) {
        return false;
    }
    if (*text == '$') {
        operand->kind = IMMEDIATE;
        operand->constant =
            take_number(text + 1, (size_t)(end - text) - 1, &operand->value);
        return true;
    }
    if (*text == '%') {
        const char *colon = memchr(text, ':', (size_t)(end - text));
        if (colon == NULL) {
            operand->kind = REGISTER;
            operand->base =
                find_register(text + 1, (size_t)(end - text) - 1, &operand->width);
            return true;
        }
        operand->segment = true;
        text = colon + 1;
    }
    const char *open = memchr(text, '(', (size_t)(end - text));
    size_t distance = (size_t)((open != NULL ? open : end) - text);
    operand->constant = take_number(text, distance, &operand->value);
    return open == NULL || parse_address(operand, open + 1, end);
}

static bool parse_operands(struct instruction *instruction, const char *text,
                           const char *end)
{
    while (text < end) {
        while (text < end && (*text == ' ' || *text == '\t')) {
            text++;
        }
        const char *from = text;
        for (int depth = 0; text < end && (depth > 0 || *text != ','); text++) {
            depth += (*text == '(') - (*text == ')');
        }
        const char *to = text;
        while (to > from && (to[-1] == ' ' || to[-1] == '\t')) {
            to--;
        }
        if (instruction->operands == MOST_OPERANDS ||
            !parse_operand(&instruction->operand[instruction->operands++], from,
                           (size_t)(to - from))) {
            return false;
        }
        text += text < end;
    }
    return true;
}

/* --- what instructions do ----------------------------------------------------------- */

bool is_named(const struct instruction *instruction, const char *name)
{
    return strcmp(instruction->name, name) == 0;
}

bool is_one_of(const struct instruction *instruction, const char *const *names)
{
    while (*names != NULL) {
        if (is_named(instruction, *names++)) {
            return true;
        }
    }
    return false;
}

bool is_register(const struct operand *operand, enum machine_register which)
{
    return operand->kind == REGISTER && operand->base == which && operand->width == 8;
}

static const struct meaning {
    const char *name;
    unsigned size;
    bool moves;
} meanings[] = {
    {"movabsq", 8, true},  {"movzbw", 1, true},  {"movzbl", 1, true},
    {"movzbq", 1, true},   {"movsbw", 1, true},  {"movsbl", 1, true},
    {"movsbq", 1, true},   {"movzwl", 2, true},  {"movzwq", 2, true},
    {"movswl", 2, true},   {"movswq", 2, true},  {"movslq", 4, true},
    {"movss", 4, true},    {"movsd", 8, true},   {"movd", 4, true},
    {"movaps", 16, true},  {"movups", 16, true}, {"movapd", 16, true},
    {"movupd", 16, true},  {"movdqa", 16, true}, {"movdqu", 16, true},
    {"leaq", 0, true},     {"leal", 0, true},    {"popq", 8, true},
    {"pushq", 8, false},   {"call", 8, false},   {"callq", 8, false},
    {"jmp", 8, false},     {"jmpq", 8, false},   {"ret", 0, false},
    {"retq", 0, false},    {"leave", 0, false},  {"nop", 0, false},
    {"endbr64", 0, false}, {"pause", 0, false},  {"ud2", 0, false},
    {"cltq", 0, false},    {"cqto", 0, false},   {"cltd", 0, false},
    {"cwtl", 0, false},    {"", 0, false},
};

/* Of these there is one for each size, by the last letter. */
static const struct meaning sized_meanings[] = {
    {"mov", 0, true},   {"add", 0, false},  {"sub", 0, false},  {"adc", 0, false},
    {"sbb", 0, false},  {"and", 0, false},  {"or", 0, false},   {"xor", 0, false},
    {"cmp", 0, false},  {"test", 0, false}, {"inc", 0, false},  {"dec", 0, false},
    {"neg", 0, false},  {"not", 0, false},  {"imul", 0, false}, {"mul", 0, false},
    {"idiv", 0, false}, {"div", 0, false},  {"shl", 0, false},  {"sal", 0, false},
    {"shr", 0, false},  {"sar", 0, false},  {"rol", 0, false},  {"ror", 0, false},
};

static const struct meaning *find_meaning(const struct meaning *all, size_t count,
                                          const char *name, size_t length)
{
    for (size_t i = 0; i < count; i++) {
        if (equal(name, length, all[i].name)) {
            return &all[i];
        }
    }
    return NULL;
}

static void look_up(struct instruction *instruction)
{
    const char *name = instruction->name;
    size_t length = strlen(name);
    instruction->size = MOST_BYTES;
    const struct meaning *meaning = find_meaning(meanings, COUNT(meanings), name, length);
    if (meaning != NULL) {
        instruction->size = meaning->size;
    } else if (length > 1 && strchr("bwlq", name[length - 1]) != NULL) {
        meaning = find_meaning(sized_meanings, COUNT(sized_meanings), name, length - 1);
        static const unsigned sizes[] = {1, 2, 4, 8};
        if (meaning != NULL) {
            instruction->size = sizes[strchr("bwlq", name[length - 1]) - "bwlq"];
        }
    }
    instruction->known = meaning != NULL;
    /* Without operands it is another one: `movsd` is a move from string to string. */
    instruction->moves = meaning != NULL && meaning->moves && instruction->operands > 0;
    if (strncmp(name, "set", 3) == 0 && instruction->operands == 1) {
        instruction->known = instruction->moves = true;
        instruction->size = 1;
    }
    if (name[0] == 'j' && meaning == NULL) {
        instruction->known = true;
    }
}

/* They move the stack pointer, or reach further than their operands say. */
static bool is_refused(const char *name)
{
    static const char *const beginnings[] = {
        "pushf", "popf",      "enter",      "loop",   "iret",   "lret",
        "bt",    "fx",        "xr",         "frstor", "fldenv", "fnsave",
        "xlat",  "cmpxchg8b", "cmpxchg16b", "cpuid",  "tile"};
    for (size_t i = 0; i < COUNT(beginnings); i++) {
        if (starts(name, beginnings[i])) {
            return true;
        }
    }
    return false;
}

/* --- lines -------------------------------------------------------------------------- */

static const char *skip(const char *text, const char *end, bool space)
{
    while (text < end && (*text == ' ' || *text == '\t') == space) {
        text++;
    }
    return text;
}

bool instruction_parse(struct instruction *instruction, const char *line, size_t length)
{
    static const char *const prefixes[] = {"data16", "rex64", "notrack", "bnd", NULL};
    *instruction = (struct instruction){0};
    if (memchr(line, ';', length) != NULL || memchr(line, '"', length) != NULL) {
        return false;
    }
    const char *comment = memchr(line, '#', length);
    const char *text = line, *end = comment != NULL ? comment : line + length;
    do {
        text = skip(text, end, true);
        const char *from = text;
        text = skip(text, end, false);
        size_t size = (size_t)(text - from);
        if (size >= sizeof instruction->name) {
            return false;
        }
        memcpy(instruction->name, from, size);
        instruction->name[size] = '\0';
    } while (is_one_of(instruction, prefixes));
    text = skip(text, end, true);
    if (is_refused(instruction->name)) {
        return false;
    }
    if (strncmp(instruction->name, "rep", 3) == 0) {
        /* All operands are in registers. `rep nop` is `pause`. */
        instruction->known = end - text >= 3 && strncmp(text, "nop", 3) == 0;
        return end - text >= 3 && strncmp(text, "ret", 3) != 0;
    }
    if (!parse_operands(instruction, text, end)) {
        return false;
    }
    look_up(instruction);
    return true;
}
