/* SPDX-License-Identifier: MIT */
/* Inline assembly of aarch64 (inline_assembly.h): accesses are calls of vm_assembly. */
#include "common/text.h"
#include "virtual/ground/seen.h"
#include "virtual/program/inline_assembly.h"
#include "virtual/virtual.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- words -------------------------------------------------------------------------- */

enum { MOST_OPERANDS = 6 };

struct instruction {
    char name[16];
    char operand[MOST_OPERANDS][ASSEMBLY_TEXT];
    unsigned operands;
};

static bool is(const char *text, const char *word)
{
    return strcmp(text, word) == 0;
}

/* Whether a text is one of some words, separated by spaces. */
static bool is_among(const char *text, const char *words)
{
    size_t length = strlen(text);
    for (const char *word = words; *word != '\0'; word += strspn(word, " ")) {
        size_t end = strcspn(word, " ");
        if (end == length && strncmp(word, text, end) == 0) {
            return true;
        }
        word += end;
    }
    return false;
}

/* The operands, at the commas that are in no brackets. */
static bool read_instruction(struct instruction *instruction, const char *text)
{
    size_t length = strcspn(text, " \t");
    if (length >= sizeof instruction->name) {
        return false;
    }
    *instruction = (struct instruction){.operands = 0};
    for (size_t i = 0; i < length; i++) {
        instruction->name[i] = (char)tolower((unsigned char)text[i]);
    }
    text += length + strspn(text + length, " \t");
    return assembly_split(text, "[]", instruction->operand, MOST_OPERANDS,
                          &instruction->operands);
}

/* The number of a register, and whether it is of 8 bytes. Not the stack pointer. */
static bool find_register(const char *text, unsigned *number, bool *wide)
{
    char letter = (char)tolower((unsigned char)*text), *end;
    *wide = letter != 'w';
    if (is_among(text, "xzr wzr XZR WZR")) {
        *number = VM_AARCH64_ZERO;
        return true;
    }
    if (is_among(text, "lr LR")) {
        *number = 30;
        return true;
    }
    if ((letter != 'x' && letter != 'w') || !isdigit((unsigned char)text[1])) {
        return false;
    }
    *number = (unsigned)strtoul(text + 1, &end, 10);
    return *end == '\0' && *number < VM_AARCH64_REGISTERS;
}

static bool is_number(const char *text)
{
    char *end;
    text += *text == '#';
    (void)strtol(text, &end, 0);
    return end != text && *end == '\0';
}

/* --- instructions that stay --------------------------------------------------------- */

static const char conditions[] = "eq ne cs hs cc lo mi pl vs vc hi ls ge lt gt le al nv";

/* "b.ne", "bne", "cbz", … */
static bool is_jump(const char *name)
{
    bool conditional = *name == 'b' && is_among(name + 1 + (name[1] == '.'), conditions);
    return conditional || is_among(name, "b cbz cbnz tbz tbnz");
}

/* "lsl #3", "uxtw": what is done to the register before it. */
static bool is_shift(const char *text)
{
    char word[8] = "";
    int length = 0;
    (void)sscanf(text, "%7[a-z]%n", word, &length);
    const char *amount = text + length + strspn(text + length, " \t");
    bool known =
        is_among(word, "lsl lsr asr ror uxtb uxth uxtw uxtx sxtb sxth sxtw sxtx");
    return known && (*amount == '\0' || is_number(amount));
}

/* An instruction on registers and numbers alone, the last operand of a jump being a
   label. Who writes the stack pointer is not known here. */
static bool is_on_registers(const struct instruction *instruction)
{
    static const char names[] =
        "mov movz movn movk mvn neg negs ngc ngcs add adds sub subs adc adcs sbc sbcs "
        "and ands bic bics orr orn eor eon lsl lsr asr ror cmp cmn tst ccmp ccmn csel "
        "csinc csinv csneg cset csetm cinc cinv cneg mul madd msub mneg umull smull "
        "umulh smulh udiv sdiv clz cls rbit rev rev16 rev32 bfi bfxil bfm ubfm sbfm ubfx "
        "sbfx ubfiz sbfiz extr uxtb uxth uxtw sxtb sxth sxtw";
    unsigned number, operands = instruction->operands;
    bool wide, jump = is_jump(instruction->name);
    bool known = operands > 0 && (jump || is_among(instruction->name, names));
    if (jump && operands > 0) {
        const char *label = instruction->operand[--operands];
        known = isalpha((unsigned char)*label) || *label == '_' || *label == '.';
        known = known && label[strcspn(label, " \t:[+-")] == '\0';
    }
    for (unsigned i = 0; i < operands; i++) {
        const char *operand = instruction->operand[i];
        known =
            known && (find_register(operand, &number, &wide) || is_number(operand) ||
                      (i > 0 && (is_shift(operand) || is_among(operand, conditions))));
    }
    return known;
}

/* Orders nothing, and asks for nothing. wfe may return at any time. (A barrier of
   instructions orders loads behind a branch; that is left out.) */
static bool is_nothing(const struct instruction *instruction)
{
    return is_among(instruction->name, "nop yield wfe sev sevl isb prfm prfum") ||
           (is(instruction->name, "hint") && instruction->operands == 1 &&
            is_among(instruction->operand[0] + (instruction->operand[0][0] == '#'),
                     "0 1 2 4 5"));
}

/* --- instructions that call --------------------------------------------------------- */

/* The place of an access: a base, and what is added before it, or behind it. */
struct place {
    char base[8];
    char added[ASSEMBLY_TEXT]; /* operands of an addition, or "" */
    bool before, behind;       /* the base keeps it, from then on */
};

struct call {
    struct vm_aarch64 does;
    struct place place; /* base "": none */
};

/* "[x0]", "[sp, #8]", "[x0, w1, sxtw 2]", "[x0, 8]!"; "[x0]" and then "8". */
static bool find_place(const struct instruction *instruction, unsigned at,
                       struct place *place)
{
    char text[ASSEMBLY_TEXT];
    unsigned number;
    bool wide;
    if (at >= instruction->operands || instruction->operands > at + 2 ||
        *instruction->operand[at] != '[') {
        return false;
    }
    memcpy(text, instruction->operand[at] + 1, sizeof text - 1);
    char *end = strchr(text, ']');
    place->before = end != NULL && is(end + 1, "!");
    place->behind = instruction->operands == at + 2;
    if (end == NULL || (end[1] != '\0' && (!place->before || place->behind))) {
        return false;
    }
    *end = '\0';
    size_t length = strcspn(text, ",");
    const char *added = "";
    if (text[length] == ',') {
        text[length] = '\0';
        added = assembly_trim(text + length + 1);
    }
    char *base = assembly_trim(text);
    bool stack = is(base, "sp"); /* whose pointer is the compiler's to move */
    if (strlen(base) >= sizeof place->base ||
        (!stack &&
         (!find_register(base, &number, &wide) || !wide || number == VM_AARCH64_ZERO)) ||
        (stack && (place->before || place->behind))) {
        return false;
    }
    (void)snprintf(place->base, sizeof place->base, "%s", base);
    if (place->behind) {
        if (*added != '\0' || !is_number(instruction->operand[at + 1])) {
            return false;
        }
        added = instruction->operand[at + 1];
    }
    bool index = strncmp(added, "x16", 3) == 0 || strncmp(added, "w16", 3) == 0;
    (void)snprintf(place->added, sizeof place->added, "%s", added);
    long offset = strtol(added + (*added == '#'), NULL, 0); /* if it is one */
    return !(stack && index) && labs(offset) < 4096;
}

/* Takes a beginning off a name, or an ending that stands for something. */
static bool take(const char **name, const char *beginning)
{
    bool there = starts(*name, beginning);
    *name += there ? strlen(beginning) : 0;
    return there;
}

/* The order of an instruction of LSE, by what stands behind its name. */
static enum vm_order take_order(const char **name)
{
    bool acquires = take(name, "a"), releases = take(name, "l");
    return acquires && releases ? VM_SEQ_CST
           : acquires           ? VM_ACQUIRE
           : releases           ? VM_RELEASE
                                : VM_RELAXED;
}

/* Reads so many registers, all of one width but for the first, if that is a status. */
static bool find_registers(const struct instruction *instruction, unsigned count,
                           bool status, unsigned numbers[3], bool *wide)
{
    for (unsigned i = 0; i < count; i++) {
        bool is_wide;
        if (!find_register(instruction->operand[i], &numbers[i], &is_wide) ||
            (i == 0 && status && is_wide) ||
            (i > (status ? 1U : 0U) && is_wide != *wide)) {
            return false;
        }
        *wide = is_wide;
    }
    return true;
}

/* cas, swp, ldadd and their like, with no result also as stadd. */
static bool find_atomic(const char *name, struct vm_aarch64 *does, unsigned *registers)
{
    static const struct {
        const char *name;
        enum vm_aarch64_kind kind;
    } known[] = {{"cas", VM_AARCH64_COMPARE}, {"swp", VM_AARCH64_SWAP},
                 {"add", VM_AARCH64_ADD},     {"clr", VM_AARCH64_CLEAR},
                 {"eor", VM_AARCH64_XOR},     {"set", VM_AARCH64_SET}};
    bool stores = starts(name, "st");
    bool made = stores || starts(name, "ld");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const char *rest = name + (made ? 2 : 0);
        if (made == (i >= 2) && take(&rest, known[i].name)) {
            does->kind = known[i].kind;
            does->order = take_order(&rest);
            *registers = stores ? 1 : 2;
            does->size = is(rest, "b") ? 1 : is(rest, "h") ? 2 : 0;
            return (*rest == '\0' || does->size != 0) &&
                   (!stores || does->order == VM_RELAXED || does->order == VM_RELEASE);
        }
    }
    return false;
}

/* All other accesses: the order that a name says, whether it is of two registers, and
   what may stand behind it. */
static bool find_move(const char *name, struct vm_aarch64 *does, unsigned *registers)
{
    static const struct {
        const char *name;
        enum vm_aarch64_kind kind;
        enum vm_order order;
        unsigned registers;
        const char *endings;
    } known[] = {{"ldaxr", VM_AARCH64_LOAD_EXCLUSIVE, VM_SEQ_CST, 1, "b h"},
                 {"ldapr", VM_AARCH64_LOAD, VM_ACQUIRE, 1, "b h"},
                 {"ldar", VM_AARCH64_LOAD, VM_SEQ_CST, 1, "b h"},
                 {"ldxr", VM_AARCH64_LOAD_EXCLUSIVE, VM_RELAXED, 1, "b h"},
                 {"ldur", VM_AARCH64_LOAD, VM_RELAXED, 1, "b h sb sh sw"},
                 {"ldp", VM_AARCH64_LOAD_PAIR, VM_RELAXED, 2, ""},
                 {"ldr", VM_AARCH64_LOAD, VM_RELAXED, 1, "b h sb sh sw"},
                 {"stlxr", VM_AARCH64_STORE_EXCLUSIVE, VM_SEQ_CST, 2, "b h"},
                 {"stlr", VM_AARCH64_STORE, VM_SEQ_CST, 1, "b h"},
                 {"stxr", VM_AARCH64_STORE_EXCLUSIVE, VM_RELAXED, 2, "b h"},
                 {"stur", VM_AARCH64_STORE, VM_RELAXED, 1, "b h"},
                 {"stp", VM_AARCH64_STORE_PAIR, VM_RELAXED, 2, ""},
                 {"str", VM_AARCH64_STORE, VM_RELAXED, 1, "b h"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const char *rest = name;
        if (take(&rest, known[i].name) &&
            (*rest == '\0' || is_among(rest, known[i].endings))) {
            does->kind = known[i].kind;
            does->order = known[i].order;
            *registers = known[i].registers;
            does->sign = take(&rest, "s");
            does->size = is(rest, "b") ? 1 : is(rest, "h") ? 2 : is(rest, "w") ? 4 : 0;
            return true;
        }
    }
    return false;
}

static bool find_access(const struct instruction *instruction, struct call *call)
{
    struct vm_aarch64 *does = &call->does;
    unsigned registers = 0, numbers[3] = {0, VM_AARCH64_ZERO, 0};
    bool atomic = find_atomic(instruction->name, does, &registers);
    if (!atomic && !find_move(instruction->name, does, &registers)) {
        return false;
    }
    bool status = does->kind == VM_AARCH64_STORE_EXCLUSIVE;
    if (!find_registers(instruction, registers, status, numbers, &does->wide) ||
        !find_place(instruction, registers, &call->place)) {
        return false;
    }
    bool plain = !atomic && does->order == VM_RELAXED && !status &&
                 does->kind != VM_AARCH64_LOAD_EXCLUSIVE;
    const char *added = call->place.added;
    if (!plain && *added != '\0' && !is_among(added, "0 #0")) {
        return false; /* the processor has none of these */
    }
    /* Bytes and halves come from and go to registers of 4 bytes; with the sign, also to
       those of 8, and then words do. */
    if (does->size != 0 && does->wide && !does->sign) {
        return false;
    }
    if (does->size == 0) {
        does->size = does->wide ? 8 : 4;
    }
    /* A result that nobody reads: the processor then has no acquire. */
    bool dropped =
        atomic && numbers[does->kind == VM_AARCH64_COMPARE ? 0 : 1] == VM_AARCH64_ZERO;
    if (dropped && does->order == VM_ACQUIRE) {
        does->order = VM_RELAXED;
    } else if (dropped && does->order == VM_SEQ_CST) {
        does->order = VM_RELEASE;
    }
    does->first = numbers[0];
    does->second = numbers[1];
    does->third = numbers[2];
    return true;
}

/* Fences (of stores alone: VM_RELEASE), the monitor's end, the clock. */
static bool find_alone(const struct instruction *instruction, struct call *call)
{
    struct vm_aarch64 *does = &call->does;
    const char *first = instruction->operand[0];
    unsigned number;
    bool wide;
    if (is_among(instruction->name, "dmb dsb") && instruction->operands == 1) {
        *does = (struct vm_aarch64){.kind = VM_AARCH64_FENCE, .order = VM_SEQ_CST};
        if (is_among(first, "ishld oshld ld")) {
            does->order = VM_ACQUIRE;
            return true;
        }
        does->order = is_among(first, "ishst oshst st") ? VM_RELEASE : VM_SEQ_CST;
        return is_among(first, "ish osh sy ishst oshst st");
    }
    if (is(instruction->name, "clrex") && instruction->operands == 0) {
        *does = (struct vm_aarch64){.kind = VM_AARCH64_CLEAR_EXCLUSIVE};
        return true;
    }
    if (is(instruction->name, "mrs") && instruction->operands == 2 &&
        is_among(instruction->operand[1], "cntvct_el0 CNTVCT_EL0") &&
        find_register(first, &number, &wide) && wide) {
        *does = (struct vm_aarch64){.kind = VM_AARCH64_CLOCK, .first = number};
        return true;
    }
    return false;
}

/* --- what becomes of it ------------------------------------------------------------- */

/* The place is made in x16; the other registers stay what they were. */
static void put_place(FILE *to, const struct place *place)
{
    const char *base = place->base;
    if (is(base, "sp")) {
        (void)fprintf(to, "\tadd\tx16, sp, #%d\n", VM_AARCH64_ROOM);
        base = "x16";
    }
    bool apart = place->added[0] != '\0' && !place->behind;
    const char *added = place->added + (apart && *place->added == '#');
    if (apart && *added == '-') {
        (void)fprintf(to, "\tsub\tx16, %s, #%s\n", base, added + 1);
    } else if (apart) {
        (void)fprintf(to, "\tadd\tx16, %s, %s\n", base, place->added);
    } else if (base == place->base) {
        (void)fprintf(to, "\tmov\tx16, %s\n", base);
    }
    (void)fprintf(to, "\tstr\tx16, [sp, #%d]\n", VM_AARCH64_PLACE_AT);
}

/* The base keeps what is added. */
static void put_addition(FILE *to, const struct place *place)
{
    const char *added = place->added + (*place->added == '#');
    bool less = *added == '-';
    (void)fprintf(to, "\t%s\t%s, %s, #%s\n", less ? "sub" : "add", place->base,
                  place->base, added + less);
}

/*
 * In room on the stack, for vm_assembly: what is done, of which statement, and the place.
 * All registers stay what they are, but as the instruction changes them. (The compiler
 * keeps nothing below the stack pointer.)
 */
static void put_call(FILE *to, const struct call *call, unsigned statement)
{
    const unsigned word = vm_aarch64_word(call->does);
    const struct place *place = &call->place;
    if (place->before) {
        put_addition(to, place);
    }
    (void)fprintf(to,
                  "\tsub\tsp, sp, #%d\n\tstr\tx16, [sp, #%d]\n\tstr\tx30, [sp, #%d]\n",
                  VM_AARCH64_ROOM, 16 * 8, 30 * 8);
    if (place->base[0] != '\0') {
        struct place where = *place;
        if (place->before) {
            where.added[0] = '\0';
        }
        put_place(to, &where);
    } else {
        (void)fprintf(to, "\tstr\txzr, [sp, #%d]\n", VM_AARCH64_PLACE_AT);
    }
    (void)fprintf(
        to,
        "\tmov\tx16, #%u\n\tmovk\tx16, #%u, lsl #16\n\tmovk\tx16, #%u, lsl #32\n"
        "\tmovk\tx16, #%u, lsl #48\n\tstr\tx16, [sp, #%d]\n"
        "\tadrp\tx16, :got:vm_assembly\n"
        "\tldr\tx16, [x16, :got_lo12:vm_assembly]\n\tblr\tx16\n"
        "\tldr\tx16, [sp, #%d]\n\tldr\tx30, [sp, #%d]\n\tadd\tsp, sp, #%d\n",
        word & 0xffff, word >> 16, statement & 0xffff, statement >> 16,
        VM_AARCH64_WORD_AT, 16 * 8, 30 * 8, VM_AARCH64_ROOM);
    if (place->behind) {
        put_addition(to, place);
    }
}

static enum assembly_outcome put_instruction(FILE *to, char *text,
                                             struct assembly_statement *statement)
{
    struct instruction instruction;
    struct call call = {.place.base = ""};
    if (!read_instruction(&instruction, assembly_trim(text))) {
        return ASSEMBLY_NOT_KNOWN;
    }
    if (is_nothing(&instruction)) {
        return ASSEMBLY_NOTHING;
    }
    if (is_on_registers(&instruction)) {
        return ASSEMBLY_STAYS;
    }
    if (!find_alone(&instruction, &call) && !find_access(&instruction, &call)) {
        return ASSEMBLY_NOT_KNOWN;
    }
    put_call(to, &call, statement->number);
    return ASSEMBLY_CALLS;
}

static bool put_alone(FILE *to, const char *line)
{
    char text[32] = "";
    struct instruction instruction;
    struct call call = {.place.base = ""};
    if (!isalpha((unsigned char)*line) || sscanf(line, "%31[^\n/]", text) != 1 ||
        !read_instruction(&instruction, assembly_trim(text))) {
        return false;
    }
    if (is_among(instruction.name, "wfe sev sevl")) {
        return true;
    }
    if (!is_among(instruction.name, "dmb dsb clrex mrs") ||
        !find_alone(&instruction, &call)) {
        return false;
    }
    put_call(to, &call, 0);
    return true;
}

/* Not one for the place of a thread-local variable, which leaves nearly all registers as
   they are: it stands behind a directive. */
static bool calls(const char *line)
{
    static const char directive[] = ".tlsdesccall";
    const char *before = line - 1; /* in the function: that is not the listing's first */
    while (*before != '\n') {
        before--;
    }
    while (before[-1] != '\n') {
        before--;
    }
    before += strspn(before, " \t");
    bool call = starts(line, "bl\t") || starts(line, "blr\t");
    return call && !starts(before, directive);
}

/*
 * What a call leaves in registers that it need not keep is of no use to the program, but
 * vm_assembly has to take them for a part of the thread's state: so they are made zero.
 * (Announcements return nothing; other functions may have a result.)
 */
static void put_after_call(FILE *to, const char *line)
{
    static const char *const announcing[] = {"__tsan_read", "__tsan_write", "__tsan_func",
                                             "__tsan_unaligned", "__tsan_volatile"};
    const char *name = line + strcspn(line, "\t\n");
    unsigned first = 2;
    for (size_t i = 0; i < sizeof announcing / sizeof *announcing; i++) {
        first = starts(name, "\t") && starts(name + 1, announcing[i]) ? 0 : first;
    }
    for (; first < 18; first++) {
        (void)fprintf(to, "\tmov\tx%u, xzr\n", first);
    }
    (void)fputs("\tcmp\txzr, xzr\n", to);
}

static bool jumps(const char *text)
{
    char name[8] = "";
    (void)sscanf(text, "%7[a-zA-Z.]", name);
    return is_jump(name);
}

static const char *const alone[] = {"dmb", "dsb", "clrex", "wfe", "sev", "cntvct", NULL};

const struct assembly_machine assembly_aarch64 = {
    .comment = "//",
    .jump = "b ",
    .first = "",
    .refuses = "\tadrp\tx16, :got:vm_assembly_refused\n"
               "\tldr\tx16, [x16, :got_lo12:vm_assembly_refused]\n\tblr\tx16\n",
    .alone = alone,
    .jumps = jumps,
    .put_instruction = put_instruction,
    .put_alone = put_alone,
    .calls = calls,
    .put_after_call = put_after_call,
};
