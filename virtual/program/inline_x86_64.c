/* SPDX-License-Identifier: MIT */
/* Inline assembly of x86-64 (inline_assembly.h): each access is a call of vm_assembly. */
#include "common/text.h"
#include "virtual/ground/seen.h"
#include "virtual/program/inline_assembly.h"
#include "virtual/program/statements.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- words -------------------------------------------------------------------------- */

/* The number of a register, as vm_assembly counts them, and its size, which is
   HIGH_BYTE if it is the second byte of one; false: it is none that can be taken (the
   stack pointer). */
enum { HIGH_BYTE = 256 };
static bool find_register(const char *text, unsigned *number, unsigned *size)
{
    static const char high[] = "adcb";
    static const unsigned whole[] = {15, 12, 13, 11};
    const char *letter = *text == '%' && text[1] != '\0' && strcmp(text + 2, "h") == 0
                             ? strchr(high, text[1])
                             : NULL;
    if (letter != NULL) {
        *number = whole[letter - high];
        *size = HIGH_BYTE;
        return true;
    }
    static const char *const names[VM_ASSEMBLY_REGISTERS][4] = {
        {"rbp", "ebp", "bp", "bpl"},
        {"r15", "r15d", "r15w", "r15b"},
        {"r14", "r14d", "r14w", "r14b"},
        {"r13", "r13d", "r13w", "r13b"},
        {"r12", "r12d", "r12w", "r12b"},
        {"r11", "r11d", "r11w", "r11b"},
        {"r10", "r10d", "r10w", "r10b"},
        {"r9", "r9d", "r9w", "r9b"},
        {"r8", "r8d", "r8w", "r8b"},
        {"rdi", "edi", "di", "dil"},
        {"rsi", "esi", "si", "sil"},
        {"rbx", "ebx", "bx", "bl"},
        {"rdx", "edx", "dx", "dl"},
        {"rcx", "ecx", "cx", "cl"},
        {"", "", "", ""},
        {"rax", "eax", "ax", "al"}};
    for (unsigned i = 0; *text == '%' && i < VM_ASSEMBLY_REGISTERS; i++) {
        for (unsigned part = 0; part < 4; part++) {
            if (names[i][0][0] != '\0' && strcmp(text + 1, names[i][part]) == 0) {
                *number = i;
                *size = 8U >> part;
                return true;
            }
        }
    }
    return false;
}

static bool find_immediate(const char *text, long *value)
{
    *value = 0;
    if (*text != '$') {
        return false;
    }
    char *end;
    errno = 0;
    *value = strtol(text + 1, &end, 0);
    return end != text + 1 && *end == '\0' && errno == 0 && *value >= INT32_MIN &&
           *value <= INT32_MAX;
}

/* Not a register, a number, or what another segment has. */
static bool is_place(const char *text)
{
    return *text != '%' && *text != '$' && *text != '*' && *text != '\0' &&
           strchr(text, ':') == NULL;
}

/* --- one statement ------------------------------------------------------------------ */

struct statement {
    char name[24];
    char operand[3][ASSEMBLY_TEXT];
    unsigned operands;
    bool locked, repeats;
};

struct call {
    struct vm_assembly does;
    long immediate;
    char place[ASSEMBLY_TEXT]; /* "": none */
};

/* "addl" is "add" of 4 bytes; without a letter it is the register that says how many. */
static bool is_called(const char *name, const char *base, unsigned *size)
{
    static const char letters[] = "bwlq";
    size_t length = strlen(base);
    if (!starts(name, base) || (name[length] != '\0' && name[length + 1] != '\0')) {
        return false;
    }
    if (name[length] == '\0') {
        *size = 0;
        return true;
    }
    const char *letter = strchr(letters, name[length]);
    *size = letter == NULL ? 0 : 1U << (letter - letters);
    return letter != NULL;
}

/* What has no operands and is called: fences, clocks. */
static bool stands_alone(const char *name, struct vm_assembly *does)
{
    static const struct {
        const char *name;
        enum vm_assembly_kind kind;
    } known[] = {{"mfence", VM_MFENCE}, {"lfence", VM_LFENCE}, {"sfence", VM_SFENCE},
                 {"rdtsc", VM_RDTSC},   {"rdtscp", VM_RDTSCP}, {"cpuid", VM_CPUID}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(name, known[i].name) == 0) {
            *does = (struct vm_assembly){.kind = known[i].kind};
            return true;
        }
    }
    return false;
}

/* What changes nothing, on the thread's own stack or beyond what it has there: done for
   its `lock`. */
static bool is_fence(const struct statement *statement)
{
    static const char *const names[] = {"add", "or", "sub", "xor"};
    unsigned size;
    bool known = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        known = known || is_called(statement->name, names[i], &size);
    }
    return known && statement->locked && statement->operands == 2 &&
           strcmp(statement->operand[0], "$0") == 0 &&
           strstr(statement->operand[1], "(%rsp)") != NULL;
}

/* The number of a condition as the processor has it, of `sete` and its like. */
static bool find_condition(const char *name, unsigned *number)
{
    static const char *const names[16][3] = {
        {"o"},        {"no"},       {"b", "c", "nae"}, {"ae", "nc", "nb"},
        {"e", "z"},   {"ne", "nz"}, {"be", "na"},      {"a", "nbe"},
        {"s"},        {"ns"},       {"p", "pe"},       {"np", "po"},
        {"l", "nge"}, {"ge", "nl"}, {"le", "ng"},      {"g", "nle"}};
    for (unsigned i = 0; i < 16; i++) {
        for (unsigned n = 0; n < 3; n++) {
            if (names[i][n] != NULL && strcmp(name, names[i][n]) == 0) {
                *number = i;
                return true;
            }
        }
    }
    return false;
}

/* What only asks for memory to be near. */
static bool is_hint(const char *name)
{
    return strcmp(name, "pause") == 0 || starts(name, "nop") ||
           starts(name, "prefetch") || starts(name, "clflush") ||
           strcmp(name, "clwb") == 0;
}

/* Of bytes at rdi and rsi, whether that is said or not: plain accesses, which are
   announced. */
static bool is_string(const struct statement *statement)
{
    static const char *const operands[] = {"(%rsi)", "%es:(%rdi)", "%al",
                                           "%ax",    "%eax",       "%rax"};
    unsigned size;
    bool known = is_called(statement->name, "movs", &size) ||
                 is_called(statement->name, "stos", &size) ||
                 (strcmp(statement->name, "cld") == 0 && statement->operands == 0);
    for (unsigned i = 0; i < statement->operands; i++) {
        bool one = false;
        for (size_t n = 0; n < sizeof operands / sizeof *operands; n++) {
            one = one || strcmp(statement->operand[i], operands[n]) == 0;
        }
        known = known && one;
    }
    return known;
}

/* `movzbl (%rax), %edx` and its like: from so many bytes to so many. */
static bool is_extension(const char *name, unsigned *from, unsigned *to, bool *sign)
{
    static const char letters[] = "bwlq";
    size_t length = strlen(name);
    if (length != 6 || (!starts(name, "movz") && !starts(name, "movs"))) {
        return false;
    }
    const char *first = strchr(letters, name[4]), *second = strchr(letters, name[5]);
    if (first == NULL || second == NULL || second <= first) {
        return false;
    }
    *from = 1U << (first - letters);
    *to = 1U << (second - letters);
    *sign = name[3] == 's';
    return true;
}

/* With one operand in memory, which is the last one but of what only reads. */
static enum assembly_outcome find_access(const struct statement *statement,
                                         struct call *call)
{
    static const struct {
        const char *name;
        enum vm_assembly_kind kind;
        unsigned operands;
    } known[] = {
        {"mov", VM_MOVE, 2},  {"xchg", VM_XCHG, 2},       {"xadd", VM_XADD, 2},
        {"add", VM_ADDS, 2},  {"sub", VM_SUBTRACTS, 2},   {"and", VM_ANDS, 2},
        {"or", VM_ORS, 2},    {"xor", VM_XORS, 2},        {"inc", VM_INCREMENTS, 1},
        {"neg", VM_NEG, 1},   {"dec", VM_DECREMENTS, 1},  {"not", VM_NOT, 1},
        {"cmp", VM_TESTS, 2}, {"cmpxchg", VM_CMPXCHG, 2}, {"bts", VM_BTS, 2},
        {"btr", VM_BTR, 2},   {"btc", VM_BTC, 2},         {"test", VM_TESTS_BITS, 2},
        {"bt", VM_BT, 2}};
    struct vm_assembly *does = &call->does;
    const char *first = statement->operand[0];
    const char *last = statement->operand[statement->operands - 1];
    unsigned size = 0, from = 0, to = 0, number = 0, width = 0;
    bool sign = false;
    *call = (struct call){.does = {.locked = statement->locked}};
    if (is_extension(statement->name, &from, &to, &sign) && statement->operands == 2 &&
        is_place(first) && find_register(last, &number, &width) && width == to) {
        *does =
            (struct vm_assembly){VM_LOADS, from, to, number, false, sign, false, false};
        memcpy(call->place, first, sizeof call->place);
        return ASSEMBLY_CALLS;
    }
    bool words = strcmp(statement->name, "cmpxchg16b") == 0 && statement->locked;
    bool pair = strcmp(statement->name, "cmpxchg8b") == 0 || words;
    bool sets = starts(statement->name, "set") &&
                find_condition(statement->name + strlen("set"), &number);
    if ((pair || sets) && statement->operands == 1 && is_place(first)) {
        does->kind = pair ? VM_CMPXCHG_PAIR : VM_SETS;
        does->size = words ? 0 : pair ? 8 : 1; /* 0: 16, for which there is no room */
        does->number = number;
        memcpy(call->place, first, sizeof call->place);
        return ASSEMBLY_CALLS;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!is_called(statement->name, known[i].name, &size) ||
            statement->operands != known[i].operands) {
            continue;
        }
        does->kind = known[i].kind;
        bool reversed = statement->operands == 2 && is_place(first) && !is_place(last) &&
                        (does->kind == VM_MOVE || does->kind == VM_XCHG ||
                         does->kind == VM_TESTS_BITS);
        const char *place = reversed ? first : last, *other = reversed ? last : first;
        if (!is_place(place)) {
            return ASSEMBLY_NOT_KNOWN;
        }
        memcpy(call->place, place, sizeof call->place);
        if (statement->operands == 2) {
            does->constant = find_immediate(other, &call->immediate);
            if (!does->constant && !find_register(other, &number, &width)) {
                return ASSEMBLY_NOT_KNOWN;
            }
            does->high = width == HIGH_BYTE;
            width = does->high ? 1 : width;
            size = size == 0 ? width : size;
            if (width != 0 && width != size) {
                return ASSEMBLY_NOT_KNOWN;
            }
        }
        bool bits = does->kind >= VM_BTS && does->kind <= VM_BT;
        if (size == 0 || (bits && size == 1) ||
            (does->constant && (does->kind == VM_XCHG || does->kind == VM_XADD ||
                                does->kind == VM_CMPXCHG))) {
            return ASSEMBLY_NOT_KNOWN;
        }
        does->kind = does->kind != VM_MOVE ? does->kind : reversed ? VM_LOADS : VM_STORES;
        does->size = size;
        does->to = size;
        does->number = number;
        does->locked = does->locked || does->kind == VM_XCHG;
        return ASSEMBLY_CALLS;
    }
    return ASSEMBLY_NOT_KNOWN;
}

/* push and pop of a register or of the flags: a place that is the thread's own. */
static bool is_on_stack(const struct statement *statement)
{
    unsigned number, width;
    bool flags = starts(statement->name, "pushf") || starts(statement->name, "popf");
    bool one = is_called(statement->name, "push", &width) ||
               is_called(statement->name, "pop", &width);
    return statement->operands == 0
               ? flags
               : one && statement->operands == 1 &&
                     find_register(statement->operand[0], &number, &width);
}

static bool is_jump(const struct statement *statement)
{
    return (statement->name[0] == 'j' || starts(statement->name, "loop")) &&
           statement->operands == 1 && statement_label_length(statement->operand[0]) > 0;
}

/* An instruction on registers and numbers alone. */
static bool is_on_registers(const struct statement *statement)
{
    static const char *const names[] = {
        "mov", "add",  "sub",  "and",  "or",  "xor",   "inc", "dec", "neg",
        "not", "test", "cmp",  "lea",  "shl", "shr",   "sar", "sal", "bswap",
        "adc", "sbb",  "xchg", "xadd", "rol", "ror",   "bt",  "bts", "btr",
        "btc", "bsf",  "bsr",  "imul", "mul", "popcnt"};
    static const char *const without[] = {"cltq", "cqto", "cltd", "cwtl", "clc",
                                          "stc",  "cmc",  "cdq",  "cdqe"};
    unsigned number, width, from, to;
    long value;
    bool sign, known = starts(statement->name, "set") && statement->operands == 1;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        known = known || is_called(statement->name, names[i], &width);
    }
    for (size_t i = 0; statement->operands == 0 && i < sizeof without / sizeof *without;
         i++) {
        known = known || strcmp(statement->name, without[i]) == 0;
    }
    known = known || is_extension(statement->name, &from, &to, &sign) ||
            starts(statement->name, "cmov") || strcmp(statement->name, "movabsq") == 0;
    bool lea = starts(statement->name, "lea");
    for (unsigned i = 0; i < statement->operands; i++) {
        known = known && (find_register(statement->operand[i], &number, &width) ||
                          find_immediate(statement->operand[i], &value) ||
                          (lea && i == 0 && is_place(statement->operand[i])));
    }
    return known;
}

/* `text` is changed. A prefix that stands alone is for the next statement. */
static enum assembly_outcome judge(char *text, bool *locked, struct call *call)
{
    struct statement statement = {.locked = *locked};
    text = assembly_trim(text);
    if (*text == '\0') {
        return ASSEMBLY_NOTHING;
    }
    for (;;) {
        size_t length = strcspn(text, " \t");
        bool lock = length == 4 && starts(text, "lock");
        bool elides = (length == 8 && starts(text, "xacquire")) ||
                      (length == 8 && starts(text, "xrelease"));
        bool repeats =
            (length == 3 && starts(text, "rep")) || (length == 4 && starts(text, "repz"));
        if (!lock && !repeats && !elides) {
            break;
        }
        statement.repeats = statement.repeats || repeats;
        statement.locked = statement.locked || lock;
        text += length + strspn(text + length, " \t");
        if (*text == '\0') {
            *locked = statement.locked;
            return ASSEMBLY_NOTHING;
        }
    }
    *locked = false;
    size_t length = strcspn(text, " \t");
    if (length >= sizeof statement.name) {
        return ASSEMBLY_NOT_KNOWN;
    }
    memcpy(statement.name, text, length);
    text += length + strspn(text + length, " \t");
    if (!assembly_split(text, "()", statement.operand, 3, &statement.operands)) {
        return ASSEMBLY_NOT_KNOWN;
    }
    *call = (struct call){.place = ""};
    if (is_hint(statement.name)) {
        return ASSEMBLY_NOTHING;
    }
    if (statement.operands == 0 && stands_alone(statement.name, &call->does)) {
        return ASSEMBLY_CALLS;
    }
    if (is_fence(&statement)) {
        call->does = (struct vm_assembly){.kind = VM_MFENCE};
        return ASSEMBLY_CALLS;
    }
    bool stays = is_string(&statement);
    stays =
        stays || (!statement.repeats && (is_on_registers(&statement) ||
                                         is_on_stack(&statement) || is_jump(&statement)));
    if (!statement.locked && stays) {
        return ASSEMBLY_STAYS;
    }
    return statement.operands == 0 ? ASSEMBLY_NOT_KNOWN : find_access(&statement, call);
}

/* --- what becomes of it ------------------------------------------------------------- */

/*
 * On the stack, for vm_assembly: what is done, room, a number, and the place. All
 * registers stay what they are, but as the instruction changes them. (The compiler keeps
 * nothing below the stack pointer: build.c.)
 */
static void put_call(FILE *to, const struct call *call)
{
    if (call->place[0] == '\0') {
        (void)fputs("\tpushq\t$0\n", to);
    } else {
        bool of_stack = strstr(call->place, "(%rsp") != NULL;
        (void)fprintf(to,
                      "\tpushq\t%%rax\n\tpushq\t%%rax\n\tleaq\t%s%s, %%rax\n"
                      "\tmovq\t%%rax, 8(%%rsp)\n\tpopq\t%%rax\n",
                      !of_stack               ? ""
                      : call->place[0] == '(' ? "16"
                                              : "16+",
                      call->place);
    }
    (void)fprintf(to,
                  "\tpushq\t$%ld\n\tpushq\t$0\n\tpushq\t$%u\n"
                  "\tcall\t*vm_assembly@GOTPCREL(%%rip)\n\tleaq\t32(%%rsp), %%rsp\n",
                  call->immediate, vm_assembly_word(call->does));
}

/*
 * What a call leaves in registers that it need not keep is of no use to the program, but
 * vm_assembly has to take them for a part of the thread's state: so they are made zero.
 * (Announcements return nothing; other functions may have a result.)
 */
static void put_after_call(FILE *to, const char *call)
{
    static const char *const announcing[] = {"__tsan_read", "__tsan_write", "__tsan_func",
                                             "__tsan_unaligned", "__tsan_volatile"};
    static const char *const kept[] = {"ecx",  "esi",  "edi", "r8d", "r9d",
                                       "r10d", "r11d", "eax", "edx"};
    const char *name = call + strcspn(call, " \t\n");
    name += strspn(name, " \t");
    size_t count = sizeof kept / sizeof *kept - 2;
    for (size_t i = 0; i < sizeof announcing / sizeof *announcing; i++) {
        count = starts(name, announcing[i]) ? sizeof kept / sizeof *kept : count;
    }
    for (size_t i = 0; i < count; i++) {
        (void)fprintf(to, "\txorl\t%%%s, %%%s\n", kept[i], kept[i]);
    }
}

static enum assembly_outcome put_instruction(FILE *to, char *text,
                                             struct assembly_statement *statement)
{
    struct call call = {.place = ""};
    enum assembly_outcome outcome = judge(text, &statement->prefix, &call);
    if (outcome == ASSEMBLY_CALLS) {
        put_call(to, &call);
    }
    return outcome;
}

static bool put_alone(FILE *to, const char *line)
{
    struct vm_assembly alone;
    char name[24] = "";
    (void)sscanf(line, "%23[a-z]", name);
    bool alone_there = stands_alone(name, &alone);
    if (alone_there) {
        put_call(to, &(struct call){.does = alone});
    }
    return alone_there;
}

static bool calls(const char *line)
{
    return starts(line, "call");
}

static bool jumps(const char *text)
{
    return *text == 'j' || starts(text, "loop");
}

static const char *const alone[] = {"fence", "rdtsc", "cpuid", NULL};

const struct assembly_machine assembly_x86_64 = {
    .comment = "#",
    .jump = "jmp ",
    /* The compilers take an asm statement to change the flags: what they are before is
       nothing. */
    .first = "\tcmpq\t%rsp, %rsp\n",
    .refuses = "\tcall\t*vm_assembly_refused@GOTPCREL(%rip)\n",
    .alone = alone,
    .jumps = jumps,
    .put_instruction = put_instruction,
    .put_alone = put_alone,
    .calls = calls,
    .put_after_call = put_after_call,
};
