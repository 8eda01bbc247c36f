/* SPDX-License-Identifier: MIT */
/*
 * What the compilers' instrumentation leaves out: structs that are passed, returned and
 * assigned by value, wide vectors, streaming stores, functions whose attributes switch it
 * off. Each access to memory in a listing is announced anew by a call before it; those
 * that the compiler has just announced cost a comparison (ground/seen.c).
 *
 * clang (to version 20) leaves an atomic load in its place behind the call that announces
 * it: a plain instruction, whose result nobody wants. It is not announced again.
 *
 * Not announced are what belongs to the running function alone (its frame, but for
 * variables whose address it takes, and for indices that lead out of the program's part
 * of the stack), constants and tables of the linker's. An instruction that is not
 * understood is not seen, and said so.
 *
 * For x86-64.
 */
#include "common/text.h"
#include "virtual/ground/memory.h"
#include "virtual/ground/seen.h"
#include "virtual/program/build.h"
#include "virtual/program/program.h"
#include "virtual/virtual.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- one instruction ---------------------------------------------------------------- */

enum { MOST_OPERANDS = 5, MOST_NAME = 24 };

struct text {
    const char *start;
    size_t length;
};

struct instruction {
    char name[MOST_NAME];
    bool repeated; /* `rep` and its like */
    struct text operand[MOST_OPERANDS];
    unsigned operands;
    int memory; /* the operand in memory, or -1 */
};

/* What it does with its operand in memory. */
enum {
    READS = 1,
    WRITES = 2,
    STRING_MOVE = 4,
    STRING_FILL = 8,
    MASKED = 16,
    NOT_KNOWN = 32
};
struct effect {
    unsigned does;
    unsigned size;
};

static bool ends(const char *text, const char *end)
{
    size_t length = strlen(text), part = strlen(end);
    return length >= part && strcmp(text + length - part, end) == 0;
}

/* Not by memmem, which makes a table first: texts are short here. */
static bool has(struct text text, const char *part)
{
    size_t length = strlen(part);
    const char *at = text.start, *end = text.start + text.length;
    while ((at = memchr(at, part[0], (size_t)(end - at))) != NULL) {
        if ((size_t)(end - at) >= length && memcmp(at, part, length) == 0) {
            return true;
        }
        at++;
    }
    return false;
}

static bool is_memory(struct text operand)
{
    const char *start = operand.start;
    size_t length = operand.length;
    if (length > 0 && *start == '*') {
        start++;
        length--;
    }
    return length > 0 && *start != '$' &&
           (*start != '%' || memchr(start, ':', length) != NULL) && *start != '{';
}

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

static void take_operands(struct instruction *instruction, const char *text,
                          const char *end)
{
    instruction->memory = -1;
    while (text < end) {
        text = skip_blanks(text);
        const char *from = text;
        for (int depth = 0; text < end && (depth > 0 || *text != ','); text++) {
            depth += (*text == '(') - (*text == ')');
        }
        const char *to = text;
        while (to > from && isspace((unsigned char)to[-1])) {
            to--;
        }
        text += text < end;
        if (to == from || instruction->operands == MOST_OPERANDS) {
            continue;
        }
        struct text operand = {from, (size_t)(to - from)};
        if (is_memory(operand)) {
            instruction->memory = (int)instruction->operands;
        }
        instruction->operand[instruction->operands++] = operand;
    }
}

/* A line that is an instruction, up to its comment. */
static void parse(struct instruction *instruction, const char *line)
{
    static const char *const prefixes[] = {"rep",     "repz", "repnz",  "repe",  "repne",
                                           "notrack", "bnd",  "data16", "rex64", "lock"};
    *instruction = (struct instruction){.memory = -1};
    size_t length = strcspn(line, "#\n");
    const char *end = line + length;
    for (bool prefix = true; prefix;) {
        line = skip_blanks(line);
        size_t size = strcspn(line, " \t;\n#");
        size_t kept = size < MOST_NAME - 1 ? size : MOST_NAME - 1;
        memcpy(instruction->name, line, kept);
        instruction->name[kept] = '\0';
        line += size;
        prefix = false;
        for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
            if (strcmp(instruction->name, prefixes[i]) == 0) {
                prefix = true;
                instruction->repeated = instruction->repeated || i < 5;
            }
        }
        line += strspn(line, " \t;");
        prefix = prefix && line < end;
    }
    if (line < end) {
        take_operands(instruction, line, end);
    }
}

/* --- what instructions do ----------------------------------------------------------- */

static bool is_one_of(const char *name, const char *names)
{
    size_t length = strlen(name);
    for (const char *at = names; (at = strstr(at, name)) != NULL; at += length) {
        if ((at == names || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0')) {
            return true;
        }
    }
    return false;
}

/* The size that the register operands have: of vectors the largest, 0 without any. */
static unsigned vector_width(const struct instruction *instruction)
{
    unsigned width = 0;
    for (unsigned i = 0; i < instruction->operands; i++) {
        struct text operand = instruction->operand[i];
        if ((int)i == instruction->memory || operand.start[0] != '%') {
            continue;
        }
        unsigned own = starts(operand.start, "%zmm")   ? 64
                       : starts(operand.start, "%ymm") ? 32
                       : starts(operand.start, "%xmm") ? 16
                       : starts(operand.start, "%mm")  ? 8
                                                       : 0;
        width = own > width ? own : width;
    }
    return width;
}

static unsigned suffix_size(char letter)
{
    return letter == 'b'   ? 1
           : letter == 'w' ? 2
           : letter == 'l' ? 4
           : letter == 'q' ? 8
                           : 0;
}

/* Instructions on integers, whose names end with a letter for their size. */
static bool find_integer(const struct instruction *instruction, struct effect *effect)
{
    static const char moves[] = "mov movabs movnti movbe pop";
    static const char reads[] = "cmp test imul mul div idiv push bsf bsr tzcnt lzcnt "
                                "popcnt andn bextr pdep pext shlx sarx shrx rorx mulx "
                                "crc32 adcx adox bzhi blsr blsi blsmsk";
    static const char updates[] =
        "add sub adc sbb and or xor inc dec neg not shl shr sar "
        "sal rol ror rcl rcr shld shrd";
    static const char bits[] = "bt bts btr btc";
    char base[MOST_NAME];
    size_t length = strlen(instruction->name);
    if (length < 2) {
        return false;
    }
    bool last = instruction->memory == (int)instruction->operands - 1;
    memcpy(base, instruction->name, sizeof base);
    unsigned size = suffix_size(base[length - 1]);
    if (size == 0) {
        return false;
    }
    base[length - 1] = '\0';
    if (is_one_of(base, moves)) {
        *effect = (struct effect){last ? WRITES : READS, size};
    } else if (is_one_of(base, reads) || (starts(base, "cmov") && length > 5)) {
        *effect = (struct effect){READS, size};
    } else if (is_one_of(base, updates)) {
        *effect = (struct effect){last ? READS | WRITES : READS, size};
    } else if (is_one_of(base, bits) && instruction->operand[0].start[0] == '$') {
        *effect = (struct effect){base[2] == '\0' ? READS : READS | WRITES, size};
    } else {
        return false;
    }
    return true;
}

/* `cmovne (%rax), %rdx`: the size is the register's. */
static unsigned register_size(struct text operand)
{
    const char *name = operand.start + 1;
    size_t length = operand.length - 1;
    char last = '\0';
    if (length > 0) {
        last = name[length - 1];
    }
    if (name[0] == 'r') {
        bool numbered = isdigit((unsigned char)name[1]);
        return !numbered ? 8 : last == 'd' ? 4 : last == 'w' ? 2 : last == 'b' ? 1 : 8;
    }
    return name[0] == 'e' ? 4 : last == 'l' || last == 'h' ? 1 : 2;
}

static bool find_without_letter(const struct instruction *instruction,
                                struct effect *effect)
{
    static const struct {
        const char *names;
        struct effect effect;
    } fixed[] = {
        {"movzbw movzbl movzbq movsbw movsbl movsbq", {READS, 1}},
        {"movzwl movzwq movswl movswq", {READS, 2}},
        {"movslq", {READS, 4}},
        {"push call jmp callq jmpq", {READS, 8}},
        {"pop", {WRITES, 8}},
        {"fldcw", {READS, 2}},
        {"fnstcw fstcw fnstsw fstsw", {WRITES, 2}},
        {"flds fadds fmuls fsubs fdivs fsubrs fdivrs fcoms fcomps", {READS, 4}},
        {"fldl faddl fmull fsubl fdivl fsubrl fdivrl fcoml fcompl", {READS, 8}},
        {"fldt", {READS, 10}},
        {"filds fiadds fimuls fisubs fidivs fisubrs fidivrs ficoms ficomps", {READS, 2}},
        {"fildl fiaddl fimull fisubl fidivl fisubrl fidivrl ficoml ficompl", {READS, 4}},
        {"fildll fildq", {READS, 8}},
        {"fsts fstps", {WRITES, 4}},
        {"fstl fstpl", {WRITES, 8}},
        {"fstpt", {WRITES, 10}},
        {"fists fistps fisttps fistp fisttp", {WRITES, 2}},
        {"fistl fistpl fisttpl", {WRITES, 4}},
        {"fistpll fistpq fisttpll fisttpq", {WRITES, 8}},
        {"cvtsi2ss cvtsi2sd vcvtsi2ss vcvtsi2sd cvtsi2ssl cvtsi2sdl vcvtsi2ssl "
         "vcvtsi2sdl",
         {READS, 4}},
        {"cvtsi2ssq cvtsi2sdq vcvtsi2ssq vcvtsi2sdq", {READS, 8}},
    };
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        if (is_one_of(instruction->name, fixed[i].names)) {
            *effect = fixed[i].effect;
            return true;
        }
    }
    if (starts(instruction->name, "set") && instruction->operands == 1) {
        *effect = (struct effect){WRITES, 1};
        return true;
    }
    bool last = instruction->memory == (int)instruction->operands - 1;
    if (vector_width(instruction) == 0 && instruction->operands > 1) {
        /* Without a letter it is the register that says how large. */
        struct text other = instruction->operand[last ? 0 : instruction->operands - 1];
        if (other.start[0] == '%') {
            static const char letters[] = "?bw?l???q";
            struct instruction sized = *instruction;
            size_t length = strlen(sized.name);
            if (length + 1 < sizeof sized.name) {
                sized.name[length] = letters[register_size(other)];
                sized.name[length + 1] = '\0';
                return find_integer(&sized, effect);
            }
        }
    }
    return false;
}

/* The memory operand of a conversion or extension that has less than its result. */
static unsigned part_of(const char *name, unsigned width)
{
    static const struct {
        const char *names;
        unsigned part;
    } parts[] = {
        {"pmovsxbw pmovsxwd pmovsxdq pmovzxbw pmovzxwd pmovzxdq cvtps2pd cvtdq2pd", 2},
        {"pmovsxbd pmovsxwq pmovzxbd pmovzxwq", 4},
        {"pmovsxbq pmovzxbq", 8},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (is_one_of(name, parts[i].names)) {
            return width / parts[i].part;
        }
    }
    return 0;
}

/* Instructions on vectors, and on floating-point numbers in their registers. */
static bool find_vector(const struct instruction *instruction, struct effect *effect)
{
    static const struct {
        const char *names;
        unsigned size;
    } fixed[] = {
        {"movd pinsrd pextrd insertps extractps broadcastss pbroadcastd", 4},
        {"movq movlps movhps movlpd movhpd pinsrq pextrq broadcastsd pbroadcastq", 8},
        {"movddup", 8},
        {"pinsrw pextrw pbroadcastw", 2},
        {"pinsrb pextrb pbroadcastb", 1},
        {"insertf128 extractf128 inserti128 extracti128 broadcastf128 broadcasti128", 16},
    };
    static const char strange[] = "gather scatter maskmov compress expand";
    unsigned width = vector_width(instruction);
    const char *name = instruction->name + (instruction->name[0] == 'v');
    bool last = instruction->memory == (int)instruction->operands - 1;
    if (width == 0) {
        return false;
    }
    for (unsigned i = 0; i < instruction->operands; i++) {
        if (has(instruction->operand[i], "{%k")) {
            return false;
        }
    }
    for (const char *word = strange; *word != '\0';) {
        char part[16];
        size_t length = strcspn(word, " ");
        snprintf(part, sizeof part, "%.*s", (int)length, word);
        if (strstr(name, part) != NULL) {
            return false;
        }
        word += length + (word[length] == ' ');
    }
    effect->does = last && instruction->operands > 1 ? WRITES : READS;
    effect->size = 0;
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        if (is_one_of(name, fixed[i].names)) {
            effect->size = fixed[i].size;
            /* The low half of a register in memory: all of it is another instruction. */
            return !(is_one_of(name, "movddup") && width > 16);
        }
    }
    effect->size = part_of(name, width);
    if (effect->size != 0) {
        return true;
    }
    bool single = ends(name, "ss") || strstr(name, "ss2s") != NULL;
    bool twofold = ends(name, "sd") || strstr(name, "sd2s") != NULL;
    bool all = starts(name, "p") || ends(name, "ps") || ends(name, "pd") ||
               starts(name, "movdq") || starts(name, "movnt") || starts(name, "lddqu") ||
               starts(name, "cvt") || starts(name, "aes") || starts(name, "sha");
    effect->size = single ? 4 : twofold ? 8 : all ? width : 0;
    return effect->size != 0;
}

/* String instructions: their memory is where rsi and rdi point to. */
static bool find_string(const struct instruction *instruction, struct effect *effect)
{
    const char *name = instruction->name;
    size_t length = strlen(name);
    bool move = starts(name, "movs"), fill = starts(name, "stos");
    if ((!move && !fill) || length != 5 || suffix_size(name[4]) == 0 ||
        vector_width(instruction) != 0) {
        return false;
    }
    if (instruction->operands > 0 && instruction->memory < 0) {
        return false;
    }
    if (instruction->memory >= 0 &&
        !has(instruction->operand[instruction->memory], "%rdi") &&
        !has(instruction->operand[instruction->memory], "%rsi")) {
        return false;
    }
    *effect = (struct effect){move ? STRING_MOVE : STRING_FILL, suffix_size(name[4])};
    return true;
}

static struct effect effect_of(const struct instruction *instruction)
{
    static const char strings[] = "lodsb lodsw lodsl lodsq scasb scasw scasl scasq cmpsb "
                                  "cmpsw cmpsl cmpsq xlat xlatb movsb stosb";
    const char *name = instruction->name;
    struct effect effect = {0};
    if (starts(name, "lea") || starts(name, "nop") || starts(name, "prefetch") ||
        starts(name, "clflush") || starts(name, "clwb") || name[0] == '\0') {
        return effect;
    }
    if (find_string(instruction, &effect)) {
        return effect;
    }
    if (is_one_of(name, "maskmovdqu maskmovq")) {
        return (struct effect){MASKED, name[7] == 'd' ? 16 : 8};
    }
    if (instruction->memory < 0) {
        return (struct effect){is_one_of(name, strings) ? NOT_KNOWN : 0, 0};
    }
    struct text operand = instruction->operand[instruction->memory];
    if ((name[0] == 'j' || starts(name, "call")) && operand.start[0] != '*') {
        return effect; /* a place in the code */
    }
    if (find_vector(instruction, &effect) || find_without_letter(instruction, &effect) ||
        find_integer(instruction, &effect)) {
        return effect;
    }
    return (struct effect){NOT_KNOWN, 0};
}

/* --- a function --------------------------------------------------------------------- */

enum base { ELSEWHERE, FRAME_POINTER, STACK_POINTER, CONSTANT };

struct line {
    const char *start;
    size_t length;
    struct instruction instruction;
    struct effect effect;
    enum base base;
    long offset;    /* of a place in the frame */
    bool announced; /* a place in the frame that others may know */
    bool indexed;   /* from a place in the frame on: it may lead anywhere */
    bool remains;   /* maybe what clang leaves of an atomic load */
    bool ends;      /* a basic block */
};

struct lines {
    struct line *all;
    size_t count, room;
};

struct output {
    char *text;
    size_t length, room;
};

static void put(struct output *output, const char *text, size_t length)
{
    if (output->text == NULL || output->length + length + 1 > output->room) {
        output->room = 2 * (output->length + length + 1);
        output->text = sure_resize(output->text, output->room);
    }
    memcpy(output->text + output->length, text, length);
    output->length += length;
    output->text[output->length] = '\0';
}

static enum base base_of(struct text operand, bool framed, long *offset)
{
    *offset = strtol(operand.start + (operand.start[0] == '*'), NULL, 0);
    if (operand.start[0] == '%' || has(operand, "%fs:") || has(operand, "%gs:") ||
        has(operand, "@GOT") || has(operand, "@got") || has(operand, "@TLS")) {
        return CONSTANT;
    }
    if (has(operand, "(%rip)") &&
        starts(operand.start + (operand.start[0] == '*'), ".L")) {
        return CONSTANT;
    }
    if (has(operand, "(%rsp")) {
        return STACK_POINTER;
    }
    return has(operand, "(%rbp") && framed ? FRAME_POINTER : ELSEWHERE;
}

static void add_line(struct lines *lines, const char *start, size_t length, bool code)
{
    if (lines->count == lines->room) {
        lines->room = lines->room == 0 ? 256 : 2 * lines->room;
        lines->all = sure_resize(lines->all, lines->room * sizeof *lines->all);
    }
    struct line *line = &lines->all[lines->count++];
    *line = (struct line){.start = start, .length = length, .instruction.memory = -1};
    const char *text = skip_blanks(start);
    bool label = start[strcspn(start, ": \t\"\n")] == ':';
    if (code && isalpha((unsigned char)*text) && !label) {
        parse(&line->instruction, text);
        line->effect = effect_of(&line->instruction);
        line->ends = line->instruction.name[0] == 'j' ||
                     starts(line->instruction.name, "call") ||
                     starts(line->instruction.name, "ret");
    } else {
        line->ends = label;
    }
}

/* Whether the function has a frame pointer. */
static bool is_framed(const struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        const struct instruction *instruction = &lines->all[i].instruction;
        if (strcmp(instruction->name, "movq") == 0 && instruction->operands == 2 &&
            starts(instruction->operand[0].start, "%rsp") &&
            starts(instruction->operand[1].start, "%rbp")) {
            return true;
        }
    }
    return false;
}

/* A register by any of its names: `%rax` is also `%eax`, `%ax` and `%al`. */
static bool mentions(struct text operand, struct text whole)
{
    char name[8] = "";
    memcpy(name, whole.start, whole.length < 7 ? whole.length : 7);
    if (has(operand, name)) {
        return true;
    }
    if (isdigit((unsigned char)name[2])) {
        return false; /* its other names begin with it */
    }
    char part[4] = {'%', name[2], '\0', '\0'};
    const char wide[] = {'%', 'e', name[2], name[3], '\0'};
    if (has(operand, wide)) {
        return true;
    }
    if (name[3] != 'x') {
        part[2] = name[3];
        return has(operand, part); /* %si, and %sil */
    }
    for (const char *ending = "xlh"; *ending != '\0'; ending++) {
        part[2] = *ending;
        if (has(operand, part)) {
            return true;
        }
    }
    return false;
}

static bool equal(struct text one, struct text other)
{
    return one.length == other.length && memcmp(one.start, other.start, one.length) == 0;
}

/* Whether the address in a frame that a line computes goes anywhere: not if the register
   is only the base of accesses until it is overwritten. (gcc has many such, when it does
   not optimise.) */
static bool is_given_away(const struct lines *lines, size_t at)
{
    struct text target = lines->all[at].instruction.operand[1];
    for (size_t i = at + 1; i < lines->count; i++) {
        const struct instruction *instruction = &lines->all[i].instruction;
        if (lines->all[i].ends) {
            return true;
        }
        bool set = false;
        for (unsigned j = 0; j < instruction->operands; j++) {
            struct text operand = instruction->operand[j];
            bool move = strcmp(instruction->name, "movq") == 0 ||
                        strcmp(instruction->name, "leaq") == 0;
            if (move && j == 1 && equal(operand, target)) {
                set = true;
            } else if (mentions(operand, target) && ((int)j != instruction->memory ||
                                                     starts(instruction->name, "lea"))) {
                return true;
            }
        }
        if (set) {
            return false;
        }
    }
    return true;
}

/* The line of the same basic block that has set a register before another line; or that
   line itself when it is not known. */
static size_t definition(const struct lines *lines, size_t at, struct text target)
{
    for (size_t i = at; i-- > 0 && !lines->all[i].ends;) {
        const struct instruction *instruction = &lines->all[i].instruction;
        if (instruction->operands > 0 &&
            mentions(instruction->operand[instruction->operands - 1], target) &&
            instruction->memory != (int)instruction->operands - 1) {
            return i;
        }
    }
    return at;
}

/* An operand whose base has just been set to a place in the frame is such a place; but
   `pushq -8(%r10)` behind `leaq 8(%rsp), %r10` is how gcc, where a function aligns its
   stack, puts the return address on it again: that is no variable. */
static void resolve(struct lines *lines, size_t at, bool framed)
{
    struct line *line = &lines->all[at];
    struct text operand = line->instruction.operand[line->instruction.memory];
    const char *open = memchr(operand.start, '(', operand.length);
    if (line->base != ELSEWHERE || open == NULL || has(operand, ",") ||
        has(operand, "%rip")) {
        return;
    }
    struct text base = {open + 1, operand.length - (size_t)(open - operand.start) - 2};
    size_t set = definition(lines, at, base);
    const struct instruction *instruction = &lines->all[set].instruction;
    long offset;
    if (set == at || strcmp(instruction->name, "leaq") != 0 ||
        !equal(instruction->operand[1], base)) {
        return;
    }
    enum base found = base_of(instruction->operand[0], framed, &offset);
    if (found == FRAME_POINTER ||
        (found == STACK_POINTER && !has(instruction->operand[0], ","))) {
        bool is_return = found == STACK_POINTER && offset == 8 && line->offset == -8 &&
                         starts(line->instruction.name, "push");
        line->base = is_return ? CONSTANT : found;
        line->offset += offset;
        line->indexed = has(instruction->operand[0], ",");
    }
}

static bool is_call_of(const struct instruction *instruction, const char *name)
{
    return starts(instruction->name, "call") && instruction->operands > 0 &&
           has(instruction->operand[0], name);
}

/* By a name that gcc does not have for an instruction. */
static bool is_of_clang(const struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        if (strcmp(lines->all[i].instruction.name, "callq") == 0) {
            return true;
        }
    }
    return false;
}

/* Whether a store is of a constant: to the function's own variables gcc announces those
   that the program makes; the others fill what is not initialised. */
static bool is_filling(const struct lines *lines, size_t at)
{
    struct text source = lines->all[at].instruction.operand[0];
    if (source.start[0] == '$') {
        return true;
    }
    if (source.start[0] != '%') {
        return false;
    }
    size_t set = definition(lines, at, source);
    const struct line *line = &lines->all[set];
    return set != at && (line->instruction.operand[0].start[0] == '$' ||
                         starts(line->instruction.name, "pxor") ||
                         (line->instruction.memory == 0 && line->base == CONSTANT));
}

/* Whether a line takes the address of a place in the frame, and which. */
static bool lends(const struct lines *lines, size_t at, bool framed, enum base *base,
                  long *offset)
{
    const struct instruction *instruction = &lines->all[at].instruction;
    if (instruction->operands != 2) {
        return false;
    }
    struct text from = instruction->operand[0], to = instruction->operand[1];
    if (instruction->memory == 0 && starts(instruction->name, "lea")) {
        *base = base_of(from, framed, offset);
        return (*base == FRAME_POINTER || *base == STACK_POINTER) &&
               !starts(to.start, "%rsp") && is_given_away(lines, at);
    }
    *base = STACK_POINTER;
    *offset = 0;
    return strcmp(instruction->name, "movq") == 0 && starts(from.start, "%rsp") &&
           !starts(to.start, "%rbp");
}

/* Whether the function takes the address of that place in its frame. */
static bool is_lent(const struct lines *lines, enum base base, long offset, bool framed)
{
    for (size_t i = 0; i < lines->count; i++) {
        enum base found;
        long at;
        if (lends(lines, i, framed, &found, &at) && found == base && at == offset) {
            return true;
        }
    }
    return false;
}

static bool is_in_frame(const struct line *line)
{
    return (line->effect.does & (READS | WRITES)) != 0 &&
           (line->base == FRAME_POINTER || line->base == STACK_POINTER);
}

/*
 * A variable of the function's own is everybody's once its address is known. Of its parts
 * gcc announces all but copies of the whole: they begin at the place whose address is
 * taken, and go on from there without a gap.
 */
static void find_lent(struct lines *lines, bool framed)
{
    for (size_t i = 0; i < lines->count; i++) {
        struct line *line = &lines->all[i];
        line->announced = is_in_frame(line) &&
                          is_lent(lines, line->base, line->offset, framed) &&
                          !(line->effect.does == WRITES && is_filling(lines, i));
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < lines->count; i++) {
            const struct line *one = &lines->all[i];
            if (!one->announced) {
                continue;
            }
            enum { NEAR = 8 };
            size_t from = i < NEAR ? 0 : i - NEAR;
            for (size_t j = from; j < lines->count && j < i + NEAR; j++) {
                struct line *other = &lines->all[j];
                if (!other->announced && other->base == one->base &&
                    other->effect.does == one->effect.does &&
                    other->offset == one->offset + (long)one->effect.size &&
                    !(other->effect.does == WRITES && is_filling(lines, j))) {
                    other->announced = changed = true;
                }
            }
        }
    }
}

/* Whether the function lends its frame to one that is nested in it (gcc's extension): in
   %r10 as it calls it, or in code on the stack that loads that. */
static bool has_nested(const struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        const struct instruction *instruction = &lines->all[i].instruction;
        if (instruction->operands == 2 &&
            (starts(instruction->operand[1].start, "%r10") ||
             starts(instruction->operand[0].start, "$-17591"))) {
            return true;
        }
    }
    return false;
}

/*
 * clang does not announce what it finds at a constant offset in such a variable, other
 * than at its beginning (but it does what it fills); nor does gcc in what a function has
 * in common with those nested in it. How large they are is not said: what
 * lies above the lowest of them may be a part of one.
 */
static void find_parts(struct lines *lines, bool framed)
{
    long lowest[] = {[FRAME_POINTER] = LONG_MAX, [STACK_POINTER] = LONG_MAX};
    for (size_t i = 0; i < lines->count; i++) {
        enum base base;
        long offset;
        if (lends(lines, i, framed, &base, &offset) && offset < lowest[base]) {
            lowest[base] = offset;
        }
    }
    for (size_t i = 0; i < lines->count; i++) {
        struct line *line = &lines->all[i];
        line->announced = is_in_frame(line) && line->offset >= lowest[line->base];
        if (is_call_of(&line->instruction, "__tsan_func_entry")) {
            /* What it is given lies above: the return address. */
            size_t given = i;
            while (given > 0 && lines->all[--given].instruction.memory != 0) {
            }
            lines->all[given].announced = false;
        }
    }
}

/* --- what clang leaves of an atomic load -------------------------------------------- */

/* The end of a basic block; not labels that only the debugger (`.LBB0_1` is clang's, of a
   block, `.LBB1` gcc's, of a scope) or we know (liveness.c). */
static bool ends_block(const struct line *line)
{
    const char *at = line->start;
    bool scope = starts(at, ".LB") && at[strcspn(at, "_:\n")] == ':';
    return line->ends && !scope && !starts(at, ".LVL") && !starts(at, ".Ltmp") &&
           !starts(at, ".Lvm_dead");
}

/* One of those that a call may change, by the name of all of it; or an empty one. */
static struct text changeable_register(struct text operand)
{
    static const char *const names[] = {"%rax", "%rcx", "%rdx", "%rsi", "%rdi",
                                        "%r8",  "%r9",  "%r10", "%r11"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct text name = {names[i], strlen(names[i])};
        if (operand.start[0] == '%' && mentions(operand, name)) {
            return name;
        }
    }
    return (struct text){"", 0};
}

/* Whether a line sets all that is of use of a register, and does not read it. */
static bool sets_anew(const struct instruction *instruction, struct text name)
{
    unsigned last = instruction->operands - 1;
    if (instruction->operands == 0 || instruction->memory == (int)last ||
        !mentions(instruction->operand[last], name)) {
        return false;
    }
    if (starts(instruction->name, "xor")) {
        return instruction->operands == 2 &&
               equal(instruction->operand[0], instruction->operand[1]);
    }
    for (unsigned i = 0; i < last; i++) {
        if (mentions(instruction->operand[i], name)) {
            return false;
        }
    }
    return starts(instruction->name, "mov") || starts(instruction->name, "lea") ||
           starts(instruction->name, "set");
}

/* Whether it reads a register that is not among its operands. */
static bool reads_unnamed(const struct instruction *instruction, struct text name)
{
    static const char extensions[] = "cbtw cwtl cltq cwtd cltd cqto";
    const char *does = instruction->name;
    bool divides = starts(does, "div") || starts(does, "idiv");
    bool multiplies = starts(does, "mul") || starts(does, "imul");
    bool one = instruction->operands == 1;
    return instruction->repeated || (name.start[2] == 'd' && one && divides) ||
           (name.start[2] == 'a' && ((one && (divides || multiplies)) ||
                                     (does[0] != '\0' && is_one_of(does, extensions))));
}

/*
 * Whether what a line loads is not used: not before its register is set anew, nor before
 * the next call or the end of the block. (The compilers announce a read of the program by
 * a call before it, but for one that a write to the same place follows: that write has
 * the call then, and the value must outlive it.)
 */
static bool is_unused(const struct lines *lines, size_t at)
{
    struct text name = changeable_register(lines->all[at].instruction.operand[1]);
    if (name.length == 0) {
        return false;
    }
    for (size_t i = at + 1; i < lines->count && !ends_block(&lines->all[i]); i++) {
        const struct instruction *instruction = &lines->all[i].instruction;
        if (sets_anew(instruction, name)) {
            return true;
        }
        if (reads_unnamed(instruction, name)) {
            return false;
        }
        for (unsigned j = 0; j < instruction->operands; j++) {
            if (mentions(instruction->operand[j], name)) {
                return false;
            }
        }
    }
    return true;
}

/*
 * The loads behind the announcement of an atomic one that may be what is left of it: as
 * large, in the same block, into a register that is not used. Whether the address is the
 * same is known when it runs; the first with that address is the one (ground/seen.c).
 */
static void find_remains(struct lines *lines)
{
    static const char load[] = "__tsan_atomic";
    for (size_t i = 0; i < lines->count; i++) {
        const struct instruction *call = &lines->all[i].instruction;
        /* clang's name of the instruction: gcc leaves nothing. */
        if (strcmp(call->name, "callq") != 0 || call->operands != 1 ||
            !starts(call->operand[0].start, load)) {
            continue;
        }
        char *end;
        unsigned long bits = strtoul(call->operand[0].start + strlen(load), &end, 10);
        if (!starts(end, "_load")) {
            continue;
        }
        for (size_t j = i + 1; j < lines->count && !ends_block(&lines->all[j]); j++) {
            struct line *line = &lines->all[j];
            line->remains = line->effect.does == READS && line->effect.size == bits / 8 &&
                            starts(line->instruction.name, "mov") &&
                            line->instruction.operands == 2 && is_unused(lines, j);
        }
    }
}

/* --- announcing --------------------------------------------------------------------- */

/* An operand as it is when the stack pointer is so much lower. */
static void put_operand(struct output *output, struct text operand, enum base base,
                        long lower)
{
    if (operand.length > 0 && *operand.start == '*') {
        operand.start++;
        operand.length--;
    }
    if (base == STACK_POINTER && has(operand, "(%rsp")) {
        char offset[32];
        int length = snprintf(offset, sizeof offset, "%ld+", lower);
        put(output, offset, (size_t)length);
        if (operand.start[0] == '(') {
            put(output, "0", 1);
        }
    }
    put(output, operand.start, operand.length);
}

static void put_text(struct output *output, const char *text)
{
    put(output, text, strlen(text));
}

/* The area below the stack pointer may be in use (a leaf function's): 128 bytes. */
static void announce(struct output *output, const struct line *line, bool write,
                     const char *hook)
{
    char rest[160];
    put_text(output, "\tleaq\t-128(%rsp), %rsp\n\tpushq\t%rdi\n\tpushq\t%rsi\n\tleaq\t");
    put_operand(output, line->instruction.operand[line->instruction.memory], line->base,
                VM_SEEN_LOWER);
    snprintf(rest, sizeof rest,
             ", %%rdi\n\tmovl\t$%u, %%esi\n\tcall\t*%s@GOTPCREL(%%rip)\n"
             "\tpopq\t%%rsi\n\tpopq\t%%rdi\n\tleaq\t128(%%rsp), %%rsp\n",
             VM_SEEN(line->effect.size, write) | (line->remains ? VM_REMAINS : 0) |
                 (line->indexed && !line->announced ? VM_INDEXED : 0),
             hook);
    put_text(output, rest);
}

static void announce_string(struct output *output, const struct line *line)
{
    char text[256];
    unsigned what = line->effect.size | (line->instruction.repeated ? VM_REPEATED : 0) |
                    (line->effect.does == STRING_MOVE ? VM_MOVES : 0);
    snprintf(text, sizeof text,
             "\tleaq\t-128(%%rsp), %%rsp\n\tpushq\t$%u\n"
             "\tcall\t*vm_seen_string@GOTPCREL(%%rip)\n\tleaq\t136(%%rsp), %%rsp\n",
             what);
    put_text(output, text);
}

/* maskmovdqu %xmm1, %xmm0: bytes of the second operand, where the first has a sign. */
static void announce_masked(struct output *output, const struct line *line)
{
    char text[320];
    struct text mask = line->instruction.operand[0];
    snprintf(text, sizeof text,
             "\tleaq\t-144(%%rsp), %%rsp\n\t%s\t%.*s, (%%rsp)\n\tpushq\t$%u\n"
             "\tcall\t*vm_seen_masked@GOTPCREL(%%rip)\n\tleaq\t152(%%rsp), %%rsp\n",
             line->effect.size == 16 ? "movdqu" : "movq", (int)mask.length, mask.start,
             line->effect.size);
    put_text(output, text);
}

/* Whether a line moves the stack pointer other than at a function's end, and back after a
   call. */
static bool moves_stack(const struct instruction *instruction)
{
    if (instruction->operands != 2 || !starts(instruction->operand[1].start, "%rsp")) {
        return false;
    }
    struct text from = instruction->operand[0];
    bool end = starts(from.start, "%rbp") || has(from, "(%rbp");
    return !end && !(starts(instruction->name, "add") && from.start[0] == '$');
}

/* Whether a function that is not announced gives away places in its frame. */
static bool lends_unannounced(const struct lines *lines, bool framed)
{
    bool found = false;
    for (size_t i = 0; i < lines->count; i++) {
        const struct line *line = &lines->all[i];
        const struct instruction *instruction = &line->instruction;
        long offset;
        if (is_call_of(instruction, "__tsan_func_entry")) {
            return false;
        }
        if (line->ends && memmem(line->start, line->length, ".cold", 5) != NULL) {
            return false; /* a part of another one */
        }
        enum base base;
        found = found || (starts(instruction->name, "lea") &&
                          lends(lines, i, framed, &base, &offset));
    }
    return found;
}

/*
 * A function whose frame is as large as it will be when it says that it has been entered
 * also says where its frame is: what others access below, in memory of functions that
 * have returned, is wrong. Returns the line, or the number of lines where there is none,
 * or the function takes more from the stack later.
 */
static size_t find_entry(const struct lines *lines)
{
    size_t entry = lines->count;
    for (size_t i = 0; i < lines->count; i++) {
        const struct instruction *instruction = &lines->all[i].instruction;
        if (is_call_of(instruction, "__tsan_func_entry")) {
            entry = i;
        } else if (entry != lines->count && moves_stack(instruction)) {
            return lines->count;
        }
    }
    return entry;
}

/* Whether no register of vectors or masks (%xmm0, %k1) or of floating point is in use
   before a line: in its block none has been named since a call that need not keep them
   and returns none. */
static bool is_without_vectors(const struct lines *lines, size_t at)
{
    while (at-- > 0) {
        const struct line *line = &lines->all[at];
        struct text text = {line->start, line->length};
        if (is_call_of(&line->instruction, "__tsan_")) {
            return true;
        }
        if (ends_block(line) || line->instruction.name[0] == 'f' || has(text, "mm") ||
            has(text, "%k") || has(text, "%st") || has(text, "#NO_APP")) {
            return false;
        }
    }
    return false;
}

static void put_announced(struct output *output, const struct lines *lines, size_t at)
{
    const struct line *line = &lines->all[at];
    unsigned does = line->effect.does;
    bool frame = line->base == FRAME_POINTER || line->base == STACK_POINTER;
    if ((does & (STRING_MOVE | STRING_FILL)) != 0) {
        announce_string(output, line);
    } else if (does == MASKED) {
        announce_masked(output, line);
    } else if (line->base != CONSTANT && (!frame || line->announced || line->indexed)) {
        const char *seen =
            is_without_vectors(lines, at) ? "vm_seen_by_integers" : "vm_seen";
        if ((does & READS) != 0) {
            announce(output, line, false, seen);
        }
        if ((does & WRITES) != 0) {
            announce(output, line, true, seen);
        }
    }
}

enum { UPDATES = 1 << 20 }; /* added to a size: no volatile access has it */

/*
 * Of volatile accesses that are taken as relaxed atomics: each has been announced by a
 * call, and is made before anything leaves the basic block, which a label does not, nor
 * the question where a thread-local object is.
 */
static void put_volatile(struct output *output, const struct line *line, bool *open)
{
    const char *name = line->instruction.name, *word = skip_blanks(line->start);
    bool call = starts(name, "call") && line->instruction.operands > 0;
    bool asks = call && has(line->instruction.operand[0], "__tls_get_addr");
    bool leaves = starts(word, "#APP") || (name[0] != '\0' && line->ends && !asks);
    if (*open && leaves) {
        put_text(output, "\tleaq\t-128(%rsp), %rsp\n"
                         "\tcall\t*vm_volatile_done@GOTPCREL(%rip)\n"
                         "\tleaq\t128(%rsp), %rsp\n");
        *open = false;
    } else if (*open && line->instruction.memory >= 0 &&
               (line->effect.does & (READS | WRITES)) != 0) {
        struct line as = *line;
        bool reads = (line->effect.does & READS) != 0;
        bool writes = (line->effect.does & WRITES) != 0;
        as.effect.size += reads && writes ? UPDATES : 0;
        announce(output, &as, writes, "vm_volatile_seen");
    }
    *open = *open || (vm_volatile_relaxed && call &&
                      (has(line->instruction.operand[0], "__tsan_volatile_") ||
                       has(line->instruction.operand[0], "__tsan_unaligned_volatile_")));
}

/* Where a call's name goes on behind "__tsan_" if the call announces a plain access that
   may be taken as an atomic one, else NULL. */
static const char *plain_name(const struct line *line)
{
    static const char *const names[] = {"__tsan_read", "__tsan_write"};
    const struct text *called = &line->instruction.operand[0];
    if (!starts(line->instruction.name, "call") || line->instruction.operands == 0) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t length = strlen(names[i]);
        if (called->length > length + 1 && starts(called->start, names[i]) &&
            strchr("1248", called->start[length]) != NULL &&
            !isdigit((unsigned char)called->start[length + 1])) {
            return called->start + strlen("__tsan_");
        }
    }
    return NULL;
}

/* The next line that has an instruction. */
static size_t next_instruction(const struct lines *lines, size_t at)
{
    do {
        at++;
    } while (at < lines->count && lines->all[at].instruction.name[0] == '\0');
    return at;
}

/* Whether an address goes to a call that announces an access, and no further: as gcc has
   it where it does not optimise, in a register that the call does not keep. */
static bool is_for_announcing(const struct lines *lines, size_t at)
{
    size_t move = next_instruction(lines, at), call = next_instruction(lines, move);
    const struct instruction *passes = &lines->all[at].instruction;
    return call < lines->count && passes->operands == 2 &&
           starts(passes->operand[1].start, "%rax") &&
           strcmp(lines->all[move].instruction.name, "movq") == 0 &&
           starts(lines->all[move].instruction.operand[0].start, "%rax") &&
           starts(lines->all[move].instruction.operand[1].start, "%rdi") &&
           plain_name(&lines->all[call]) != NULL;
}

/* Whether a call of gcc's announces an access to a place in the frame of a function that
   tells nobody else of its places: no address of one goes anywhere but to such calls. */
static bool is_private(const struct lines *lines, size_t at, bool framed)
{
    size_t passed = definition(lines, at, (struct text){"%rdi", strlen("%rdi")});
    const struct instruction *move = &lines->all[passed].instruction;
    if (passed == at || strcmp(move->name, "movq") != 0 || move->memory >= 0) {
        return false;
    }
    size_t set = definition(lines, passed, move->operand[0]);
    const struct instruction *address = &lines->all[set].instruction;
    if (set == passed || strcmp(address->name, "leaq") != 0 || is_of_clang(lines)) {
        return false;
    }
    long offset;
    enum base base = base_of(address->operand[0], framed, &offset);
    bool own = (base == FRAME_POINTER || base == STACK_POINTER) &&
               !has(address->operand[0], ",");
    for (size_t i = 0; own && i < lines->count; i++) {
        own = is_for_announcing(lines, i) || !lends(lines, i, framed, &base, &offset);
    }
    return own;
}

/* With --plain=relaxed such an access is announced as a volatile one. */
static void put_line(struct output *output, const struct lines *lines, size_t at,
                     bool framed, bool *open)
{
    const struct line *line = &lines->all[at];
    const char *rest = vm_plain_relaxed ? plain_name(line) : NULL;
    rest = rest != NULL && is_private(lines, at, framed) ? NULL : rest;
    size_t before = rest == NULL ? 0 : (size_t)(rest - line->start);
    put(output, line->start, before);
    if (rest != NULL) {
        put_text(output, "volatile_");
        *open = true;
    }
    put(output, line->start + before, line->length - before);
}

static void finish_function(struct output *output, struct lines *lines,
                            const char *listing)
{
    bool framed = is_framed(lines), open = false;
    for (size_t i = 0; i < lines->count; i++) {
        struct line *line = &lines->all[i];
        if (line->instruction.memory >= 0) {
            struct text operand = line->instruction.operand[line->instruction.memory];
            line->base = base_of(operand, framed, &line->offset);
            line->indexed = has(operand, ",") &&
                            (line->base == FRAME_POINTER || line->base == STACK_POINTER);
        }
    }
    for (size_t i = 0; i < lines->count; i++) {
        if (lines->all[i].instruction.memory >= 0) {
            resolve(lines, i, framed);
        }
    }
    if (is_of_clang(lines) || has_nested(lines)) {
        find_parts(lines, framed);
    } else {
        find_lent(lines, framed);
    }
    find_remains(lines);
    size_t entry = find_entry(lines);
    vm_frames_known = vm_frames_known && !lends_unannounced(lines, framed);
    for (size_t i = 0; i < lines->count; i++) {
        const struct line *line = &lines->all[i];
        if (line->effect.does == NOT_KNOWN && line->base == ELSEWHERE) {
            char place[PLACE_SIZE], what[MOST_NAME + 32];
            snprintf(what, sizeof what, "the instruction %s", line->instruction.name);
            (void)assembly_find(listing, line->instruction.name, place);
            unseen_add(place, what);
        }
        if (i == entry) {
            put_text(output, "\tcall\t*vm_seen_entry@GOTPCREL(%rip)\n");
            continue;
        }
        put_volatile(output, line, &open);
        put_announced(output, lines, i);
        put_line(output, lines, i, framed, &open);
    }
    lines->count = 0;
}

/*
 * Each facet of a locale has an id, a static member of a template, which the library and
 * the program must have in common: with gcc it is one for the whole process, with clang
 * it is to become so.
 */
static void put_directive(struct output *output, const char *line, size_t length)
{
    static const char kind[] = "2idE,@object";
    const char *word = skip_blanks(line);
    const char *found =
        starts(word, ".type") ? memmem(line, length, kind, strlen(kind)) : NULL;
    if (starts(word, ".weak") && length > 6 &&
        memcmp(line + length - 5, "2idE\n", 5) == 0) {
        return; /* neither weak nor strong */
    }
    if (found == NULL) {
        put(output, line, length);
        return;
    }
    put(output, line, (size_t)(found - line) + strlen("2idE,@"));
    put_text(output, "gnu_unique_object\n");
}

/* --- variables ---------------------------------------------------------------------- */

/*
 * Before each variable that can be written, and behind the last of a section, lies a gap,
 * which no access may reach: what goes beyond the end of one is found. A local symbol
 * says where each is, to whoever loads the program. Sections with a name of the program's
 * own stay as they are: some are tables, put together of what different files have.
 */
struct variables {
    bool writable;                    /* the section */
    bool last;                        /* … and what has been put last is a variable */
    bool placed;                      /* by us: some of those without a section */
    struct text align, object, local; /* the last such directive's; or empty */
    unsigned gaps;
};

/* The symbol that stands behind a directive. */
static struct text symbol_behind(const char *word)
{
    word = skip_blanks(word + strcspn(word, " \t\n"));
    return (struct text){word, strcspn(word, " ,\t\n")};
}

static void put_gap(struct output *output, struct variables *variables)
{
    char text[160];
    (void)snprintf(text, sizeof text, VM_GAP ".%u:\n\t.zero\t%d\n", variables->gaps,
                   VM_GAP_BYTES);
    put_text(output, text);
    put(output, variables->align.start, variables->align.length);
    (void)snprintf(text, sizeof text,
                   "\t.type\t" VM_GAP ".%u, @object\n\t.size\t" VM_GAP ".%u, .-" VM_GAP
                   ".%u\n",
                   variables->gaps, variables->gaps, variables->gaps);
    put_text(output, text);
    variables->gaps++;
}

static void leave_section(struct output *output, struct variables *variables)
{
    variables->align.length = 0;
    if (variables->last) {
        put_gap(output, variables);
        variables->last = false;
    }
}

static void enter_section(struct variables *variables, const char *word)
{
    struct text name = {word, strcspn(word, " ,\t\n")};
    if (starts(word, ".section")) {
        name = symbol_behind(word);
    }
    bool fixed = has(name, ".data.rel.ro");
    variables->writable =
        !fixed && (starts(name.start, ".data") || starts(name.start, ".bss"));
}

/* A variable that the assembler is to place, behind all others: of this file alone. */
static void put_local(struct output *output, struct variables *variables,
                      const char *line)
{
    char text[160];
    struct text name = variables->local;
    const char *size = strchr(symbol_behind(skip_blanks(line)).start, ',') + 1;
    const char *align = strchr(size, ',');
    unsigned long bytes = strtoul(size, NULL, 10);
    (void)snprintf(text, sizeof text, "\t.balign\t%lu\n",
                   align == NULL ? 1 : strtoul(align + 1, NULL, 10));
    variables->align = (struct text){text, strlen(text)};
    put_text(output, "\t.pushsection\t.bss\n");
    put_gap(output, variables);
    variables->align.length = 0;
    variables->placed = true;
    put_text(output, "\t.type\t");
    put(output, name.start, name.length);
    put_text(output, ", @object\n\t.size\t");
    put(output, name.start, name.length);
    (void)snprintf(text, sizeof text, ", %lu\n", bytes);
    put_text(output, text);
    put(output, name.start, name.length);
    (void)snprintf(text, sizeof text, ":\n\t.zero\t%lu\n\t.popsection\n", bytes);
    put_text(output, text);
}

/* Before a line outside of functions. Returns whether that is still to be put. */
static bool put_apart(struct output *output, struct variables *variables,
                      const char *line, size_t length)
{
    const char *word = skip_blanks(line);
    struct text label = {line, strcspn(line, ": \t\n\"")};
    if (starts(word, ".section") || starts(word, ".data") || starts(word, ".bss") ||
        starts(word, ".text") || starts(word, ".popsection") ||
        starts(word, ".previous")) {
        leave_section(output, variables);
        enter_section(variables, word);
    } else if (starts(word, ".align") || starts(word, ".p2align") ||
               starts(word, ".balign")) {
        variables->align = (struct text){line, length};
    } else if (starts(word, ".type") && has((struct text){line, length}, "@object")) {
        variables->object = symbol_behind(word);
    } else if (starts(word, ".local")) {
        variables->local = symbol_behind(word);
    } else if (starts(word, ".comm") && variables->local.length > 0 &&
               equal(symbol_behind(word), variables->local)) {
        put_local(output, variables, line);
        return false;
    } else if (line[label.length] == ':' && variables->object.length > 0 &&
               equal(label, variables->object)) {
        if (variables->writable) {
            put_gap(output, variables);
        }
        variables->last = variables->writable;
        variables->align.length = variables->object.length = 0;
    }
    return true;
}

bool announce_mark(const char *listing)
{
#ifdef __x86_64__
    size_t size;
    char *text = file_read(listing, &size);
    if (text == NULL) {
        complain("%s: %s", listing, strerror(errno));
        return false;
    }
    struct output output = {0};
    struct lines lines = {0};
    struct variables variables = {0};
    bool function = false, assembly = false;
    for (const char *line = text; *line != '\0';) {
        const char *end = strchr(line, '\n');
        size_t length = end != NULL ? (size_t)(end - line) + 1 : strlen(line);
        const char *word = skip_blanks(line);
        function = function || starts(word, ".cfi_startproc");
        assembly = (assembly || starts(word, "#APP")) && !starts(word, "#NO_APP");
        if (function) {
            add_line(&lines, line, length, !assembly);
        } else {
            if (put_apart(&output, &variables, line, length)) {
                put_directive(&output, line, length);
            }
        }
        if (starts(word, ".cfi_endproc")) {
            function = false;
            finish_function(&output, &lines, listing);
        }
        line += length;
    }
    finish_function(&output, &lines, listing);
    leave_section(&output, &variables);
    if (variables.placed) {
        put_text(&output, "\t.bss\n");
        put_gap(&output, &variables);
    }
    bool good = file_write(listing, output.text, output.length);
    free(output.text);
    free(lines.all);
    free(text);
    return good;
#else
    (void)listing;
    unseen_add("", "a structure copied by value");
    return true;
#endif
}
