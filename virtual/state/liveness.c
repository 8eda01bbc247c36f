/* SPDX-License-Identifier: MIT */
/*
 * Which bytes of a function's frame, and which registers, are dead at each of its calls:
 * written before they are read again, on all paths.
 *
 * For x86-64, and functions that keep rbp as their frame pointer. What a function does in
 * a way that is not understood here makes all of its frame live; so does its address in a
 * register that goes elsewhere (an escape), for the variable that it is the address of.
 */
#include "common/text.h"
#include "virtual/ground/messages.h"
#include "virtual/state/function.h"

#include <stdio.h>
#include <string.h>

/* --- pieces of the frame, registers ------------------------------------------------- */

/* The bytes below rbp, counted from it, are the bits; then a word for registers. */
static void mark(uint64_t *set, size_t words, struct piece piece, bool value)
{
    for (long i = 0; i < (long)piece.size; i++) {
        long below = -(piece.offset + i) - 1;
        if (below < 0 || below >= (long)words * 64) {
            continue;
        }
        uint64_t bit = UINT64_C(1) << below % 64;
        set[below / 64] = value ? set[below / 64] | bit : set[below / 64] & ~bit;
    }
}

static bool is_marked(const uint64_t *set, size_t words, struct piece piece)
{
    for (long i = 0; i < (long)piece.size; i++) {
        long below = -(piece.offset + i) - 1;
        if (below >= 0 && below < (long)words * 64 &&
            (set[below / 64] >> below % 64 & 1) != 0) {
            return true;
        }
    }
    return false;
}

static bool overlap(struct piece a, struct piece b)
{
    return a.offset < b.offset + (long)b.size && b.offset < a.offset + (long)a.size;
}

/* The bit of a register that calls preserve. */
static unsigned preserved(enum machine_register which)
{
    if (which == RBX) {
        return 1;
    }
    return which >= R12 && which <= R15 ? 2u << (which - R12) : 0;
}

/* --- where control goes ------------------------------------------------------------- */

/* Calls visit(function, step, next, …) for each step that may follow; the number of steps
   stands for the world outside. */
typedef bool visitor(struct function *, size_t step, size_t next);

static bool each_next(struct function *function, size_t at, visitor *visit)
{
    const struct step *step = &function->steps[at];
    bool changed = false;
    if (step->flow == ON || step->flow == BRANCH || step->flow == CALL) {
        changed |= visit(function, at, at + 1);
    }
    if (step->flow == JUMP || step->flow == BRANCH) {
        changed |= visit(function, at, step->target);
    }
    if (step->flow == CALL) {
        for (size_t i = 0; i < function->landing_count; i++) {
            changed |= visit(function, at, function->landings[i]);
        }
    }
    if (step->flow == ANYWHERE) {
        for (size_t i = 0; i < function->label_count; i++) {
            if (function->labels[i].step > function->body) {
                changed |= visit(function, at, function->labels[i].step);
            }
        }
    }
    if (step->flow == ANYWHERE || step->flow == RETURN) {
        changed |= visit(function, at, function->count);
    }
    return changed;
}

static bool find_targets(struct function *function)
{
    for (size_t i = 0; i < function->count; i++) {
        struct step *step = &function->steps[i];
        const struct operand *operand = &step->instruction.operand[0];
        if ((step->flow == JUMP || step->flow == BRANCH) &&
            (!find_label(function, operand->text, operand->length, &step->target) ||
             step->target < function->body)) {
            return false;
        }
    }
    return true;
}

/* --- the stack pointer and the frame pointer ---------------------------------------- */

/* pushq %rbp; movq %rsp, %rbp; and then pushes of registers that it preserves. */
static bool read_prologue(struct function *function)
{
    const struct step *step = function->steps;
    size_t count = function->count, at = 0;
    if (is_named(&step[at].instruction, "endbr64")) {
        at++;
    }
    if (at + 2 >= count || !is_named(&step[at].instruction, "pushq") ||
        !is_register(&step[at].instruction.operand[0], RBP) ||
        !is_named(&step[at + 1].instruction, "movq") ||
        !is_register(&step[at + 1].instruction.operand[0], RSP) ||
        !is_register(&step[at + 1].instruction.operand[1], RBP)) {
        return false;
    }
    at += 2;
    function->body = at;
    for (unsigned pushed = 1; at < count; at++, pushed++) {
        const struct operand *operand = &step[at].instruction.operand[0];
        unsigned bit = preserved(operand->base);
        if (!is_named(&step[at].instruction, "pushq") || bit == 0 ||
            operand->kind != REGISTER) {
            break;
        }
        unsigned index = 0;
        while (bit >> index != 1) {
            index++;
        }
        if (function->saved[index] != SAVED_NOWHERE) {
            return false;
        }
        function->saved[index] = (unsigned char)pushed;
    }
    return true;
}

/* How deep the stack pointer is after an instruction. */
static int depth_after(const struct step *step)
{
    const struct instruction *instruction = &step->instruction;
    const struct operand *first = &instruction->operand[0];
    const struct operand *last = &instruction->operand[1];
    if (is_named(instruction, "pushq")) {
        return step->depth == UNKNOWN ? UNKNOWN : step->depth + 8;
    }
    if (is_named(instruction, "popq")) {
        return step->depth == UNKNOWN ? UNKNOWN : step->depth - 8;
    }
    if (instruction->operands != 2 || last->kind != REGISTER || last->base != RSP ||
        !instruction->known || is_named(instruction, "cmpq") ||
        is_named(instruction, "testq")) {
        return step->depth;
    }
    if (is_named(instruction, "movq") && is_register(first, RBP)) {
        return 0;
    }
    if (is_named(instruction, "leaq") && first->base == RBP && first->constant &&
        first->index == NO_REGISTER && first->value <= 0 && first->value > -(1 << 30)) {
        return (int)-first->value;
    }
    bool fixed = first->kind == IMMEDIATE && first->constant && step->depth != UNKNOWN &&
                 first->value > -(1 << 28) && first->value < 1 << 28 &&
                 step->depth < 1 << 28;
    if (is_named(instruction, "subq") && fixed) {
        return step->depth + (int)first->value;
    }
    if (is_named(instruction, "addq") && fixed) {
        return step->depth - (int)first->value;
    }
    return UNKNOWN;
}

static bool pass_depth(struct function *function, size_t at, size_t next)
{
    if (next == function->count) {
        return false;
    }
    int depth = depth_after(&function->steps[at]), *known = &function->steps[next].depth;
    if (*known == depth || *known == UNKNOWN) {
        return false;
    }
    *known = *known == UNSEEN ? depth : UNKNOWN;
    return true;
}

static void find_depths(struct function *function)
{
    function->steps[function->body].depth = 0;
    bool changed = true;
    while (changed) {
        changed = false;
        for (size_t i = function->body; i < function->count; i++) {
            if (function->steps[i].depth != UNSEEN) {
                changed |= each_next(function, i, pass_depth);
            }
        }
    }
}

static bool ends_frame(const struct function *function, size_t at)
{
    const struct instruction *instruction = &function->steps[at].instruction;
    bool restores =
        is_named(instruction, "leave") ||
        (is_named(instruction, "popq") && is_register(&instruction->operand[0], RBP));
    return restores && at + 1 < function->count && function->steps[at + 1].flow == RETURN;
}

/* Whether rbp stays what it is from the prologue to the return. */
static bool keeps_frame_pointer(const struct function *function)
{
    for (size_t i = function->body; i < function->count; i++) {
        const struct instruction *instruction = &function->steps[i].instruction;
        if (ends_frame(function, i)) {
            continue;
        }
        if (is_named(instruction, "leave")) {
            return false;
        }
        for (unsigned o = 0; o < instruction->operands; o++) {
            const struct operand *operand = &instruction->operand[o];
            bool to_stack = o == 0 && is_named(instruction, "movq") &&
                            is_register(&instruction->operand[1], RSP);
            if ((operand->kind == REGISTER && operand->base == RBP && !to_stack) ||
                (operand->kind == MEMORY && operand->index == RBP) ||
                (operand->kind == MEMORY && operand->base == RBP &&
                 (!operand->constant || operand->segment))) {
                return false;
            }
        }
    }
    return true;
}

/* --- what each step does ------------------------------------------------------------ */

/* The place in the frame that an operand names by rbp or rsp. */
static bool find_place(struct function *function, const struct step *step,
                       const struct operand *operand, long *offset)
{
    *offset = operand->value;
    if (operand->base == RBP) {
        return true;
    }
    if (operand->base != RSP) {
        return false;
    }
    if (step->depth < 0 || !operand->constant || operand->segment) {
        function->frame_known = false;
    }
    *offset -= step->depth;
    return function->frame_known;
}

static void add_escape(struct function *function, long offset)
{
    for (size_t i = 0; i < function->escape_count; i++) {
        if (function->escapes[i] == offset) {
            return;
        }
    }
    function->escapes =
        extend(function->escapes, function->escape_count, sizeof *function->escapes);
    function->escapes[function->escape_count++] = offset;
}

/* Whether the flags that a step sets may be looked at: not before others are set, or a
   call, which does not keep them. */
static bool flags_matter(const struct function *function, size_t at)
{
    static const char *const setters[] = {"add", "sub", "and", "or",
                                          "xor", "cmp", "test"};
    enum { FAR = 32 };
    for (unsigned seen = 0; seen < FAR && ++at < function->count; seen++) {
        const struct step *step = &function->steps[at];
        const char *name = step->instruction.name;
        if (step->flow == CALL) {
            return false;
        }
        if (step->flow == JUMP) {
            at = step->target - 1;
            continue;
        }
        for (size_t i = 0; i < sizeof setters / sizeof *setters; i++) {
            size_t length = strlen(setters[i]);
            if (starts(name, setters[i]) && name[length] != '\0' &&
                strchr("bwlq", name[length]) != NULL && name[length + 1] == '\0') {
                return false;
            }
        }
        if (step->flow != ON || !step->instruction.moves || starts(name, "set")) {
            return true;
        }
    }
    return true;
}

/* `addl $1, -20(%rbp)`: what it reads matters only as far as what it writes does. */
static bool only_counts(const struct function *function, const struct step *step)
{
    static const char *const names[] = {"addl", "addq", "subl", "subq", NULL};
    const struct instruction *instruction = &step->instruction;
    return is_one_of(instruction, names) && instruction->operand[0].kind == IMMEDIATE &&
           !flags_matter(function, (size_t)(step - function->steps));
}

static void note_memory(struct function *function, struct step *step,
                        const struct operand *operand, bool last)
{
    const struct instruction *instruction = &step->instruction;
    step->uses |= preserved(operand->base) | preserved(operand->index);
    long offset;
    if (instruction->size == 0 || !find_place(function, step, operand, &offset)) {
        return;
    }
    struct piece piece = {offset, instruction->size};
    if (operand->index != NO_REGISTER) {
        add_escape(function, offset);
        return;
    }
    if (instruction->moves && last) {
        step->filled = piece;
    } else if (only_counts(function, step)) {
        step->counted = piece;
    } else {
        step->read = piece;
    }
    if (operand->base == RSP) { /* perhaps an argument, which the function called reads */
        mark(function->pinned, MOST_FRAME / 64, piece, true);
    }
}

static void note_register(struct step *step, const struct operand *operand, bool last)
{
    if (step->instruction.moves && last && operand->width >= 4) {
        step->sets |= preserved(operand->base);
    } else {
        step->uses |= preserved(operand->base);
    }
}

static void note_stack_pointer(struct function *function, struct step *step)
{
    const struct instruction *instruction = &step->instruction;
    int after = depth_after(step);
    if (after == UNKNOWN || step->depth == UNKNOWN) {
        return;
    }
    if (is_named(instruction, "pushq") || is_named(instruction, "popq")) {
        struct piece piece = {-(after > step->depth ? after : step->depth), 8};
        mark(function->pinned, MOST_FRAME / 64, piece, true);
    }
}

static void note_effects(struct function *function, struct step *step)
{
    const struct instruction *instruction = &step->instruction;
    for (unsigned o = 0; o < instruction->operands; o++) {
        const struct operand *operand = &instruction->operand[o];
        bool last = o + 1 == instruction->operands;
        if (operand->kind == REGISTER) {
            note_register(step, operand, last);
        } else if (operand->kind == MEMORY) {
            note_memory(function, step, operand, last);
        }
    }
    step->sets &= ~step->uses;
    if (!instruction->known) {
        step->uses = ALL_PRESERVED;
    }
    bool moves_stack = is_named(instruction, "pushq") || is_named(instruction, "popq");
    if (moves_stack && step->depth == UNKNOWN) {
        function->frame_known = false;
    }
    note_stack_pointer(function, step);
}

/* --- addresses in the frame --------------------------------------------------------- */

/* The registers that hold an address in the frame, a bit each; of those in `exact` it is
   the one that was taken. */
struct trace {
    unsigned holds, exact;
    long offset;
};

static unsigned bit_of(enum machine_register which)
{
    return which < OTHER_REGISTER ? 1u << which : 0;
}

static unsigned mentioned(const struct instruction *instruction)
{
    unsigned registers = 0;
    for (unsigned o = 0; o < instruction->operands; o++) {
        const struct operand *operand = &instruction->operand[o];
        if (operand->kind != IMMEDIATE) {
            registers |= bit_of(operand->base);
        }
        if (operand->kind == MEMORY) {
            registers |= bit_of(operand->index);
        }
    }
    return registers;
}

static bool is_called(const struct step *step, const char *beginning)
{
    const struct operand *operand = &step->instruction.operand[0];
    size_t length = strlen(beginning);
    return operand->length >= length && memcmp(operand->text, beginning, length) == 0;
}

/* Hooks that announce a plain access: they do nothing to the bytes. */
static bool is_announcement(const struct step *step)
{
    return is_called(step, "__tsan_read") || is_called(step, "__tsan_write") ||
           is_called(step, "__tsan_unaligned_") || is_called(step, "__tsan_volatile_");
}

/* Constructors of a std::chrono::duration of 8 bytes. */
static bool is_duration(const struct step *step)
{
    const struct operand *operand = &step->instruction.operand[0];
    return (is_called(step, "_ZNSt6chrono8durationIl") ||
            is_called(step, "_ZNSt6chrono8durationIx")) &&
           (memmem(operand->text, operand->length, "EEEC1", 5) != NULL ||
            memmem(operand->text, operand->length, "EEEC2", 5) != NULL);
}

static bool is_sleep(const struct step *step)
{
    static const char *const names[] = {"nanosleep", "clock_nanosleep", "thrd_sleep"};
    const struct operand *operand = &step->instruction.operand[0];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (is_called(step, names[i]) &&
            symbol_length(operand->text) == strlen(names[i])) {
            return true;
        }
    }
    return is_called(step, "_ZNSt11this_thread9sleep_");
}

/* How many bytes a function may read at an address that it is given, when it is one that
   does nothing else to it, except perhaps to write them: a compare-and-swap, which has
   the expected value there, or one of those to sleep with, which waits are made of. */
static unsigned bytes_read(const struct step *step)
{
    const struct operand *operand = &step->instruction.operand[0];
    unsigned bits;
    if (is_called(step, "__tsan_atomic") &&
        (memmem(operand->text, operand->length, "_exchange_strong", 16) != NULL ||
         memmem(operand->text, operand->length, "_exchange_weak", 14) != NULL) &&
        sscanf(operand->text, "__tsan_atomic%u_", &bits) == 1) {
        return bits / 8;
    }
    return is_sleep(step) || is_duration(step) ? 16 : 0;
}

/* What a call does with an address in the frame. Returns whether it is gone after it. */
static bool survives_call(struct step *step, const struct trace *trace)
{
    static const unsigned kept = 1u << RBX | 1u << RBP | 1u << RSP | 0xfu << R12;
    static const unsigned arguments = 1u << RDI | 1u << RSI | 1u << RDX | 1u << RCX;
    if ((trace->holds & kept) != 0) {
        return false;
    }
    if (is_announcement(step)) {
        return true;
    }
    struct piece piece = {trace->offset, bytes_read(step)};
    unsigned given = trace->holds & (is_called(step, "__tsan_") ? 1u << RSI : arguments);
    if (piece.size == 0 || (given & ~trace->exact) != 0 ||
        (trace->holds & ~given & (arguments | 3u << R8)) != 0) {
        return false;
    }
    if (is_duration(step) && given == 1u << RDI) {
        step->built = (struct piece){trace->offset, 8};
        return true;
    }
    for (unsigned i = 0; given != 0 && i < MOST_LENT; i++) {
        if (step->lent[i].size == 0) {
            step->lent[i] = piece;
            return true;
        }
    }
    return given == 0;
}

/* Follows an address through one instruction that has to do with it. */
static bool survives(const struct instruction *instruction, struct trace *trace)
{
    const struct operand *first = &instruction->operand[0];
    const struct operand *last = &instruction->operand[instruction->operands - 1];
    if (!instruction->known || instruction->operands != 2 || last->kind != REGISTER) {
        return false;
    }
    unsigned to = bit_of(last->base), from = 0;
    if (first->kind == REGISTER) {
        from = bit_of(first->base) & trace->holds;
    } else if (first->kind == MEMORY) {
        from = (bit_of(first->base) | bit_of(first->index)) & trace->holds;
    }
    bool lea = is_named(instruction, "leaq"), move = is_named(instruction, "movq");
    bool sum = is_named(instruction, "addq") || is_named(instruction, "subq");
    if (first->kind == MEMORY && !lea && from != 0) {
        return false;
    }
    if (from == 0 && instruction->moves && last->width >= 4) {
        trace->holds &= ~to;
        trace->exact &= ~to;
        return true;
    }
    if (!(lea || move || sum) || last->width != 8 || to == 0) {
        return false;
    }
    bool exact = move && first->kind == REGISTER && (from & trace->exact) != 0;
    trace->holds |= to;
    trace->exact = exact ? trace->exact | to : trace->exact & ~to;
    return true;
}

/* Follows the address that a step takes of the frame, until it is gone, or goes where it
   cannot be followed: an escape. */
static void follow(struct function *function, size_t at, long offset,
                   enum machine_register which)
{
    static const char *const hidden[] = {
        "imull", "imulq", "imulw", "imulb", "mull",  "mulq", "mulw",
        "mulb",  "idivl", "idivq", "idivw", "idivb", "divl", "divq",
        "divw",  "divb",  "cltq",  "cqto",  "cltd",  "cwtl", NULL};
    struct trace trace = {bit_of(which), bit_of(which), offset};
    while (trace.holds != 0 && ++at < function->count) {
        struct step *step = &function->steps[at];
        const struct instruction *instruction = &step->instruction;
        if (step->flow == CALL && survives_call(step, &trace)) {
            return;
        }
        if (step->flow != ON || !instruction->known) {
            break;
        }
        unsigned touched = mentioned(instruction);
        if (is_one_of(instruction, hidden)) {
            touched |= 1u << RAX | 1u << RDX;
        }
        if ((touched & trace.holds) != 0 && !survives(instruction, &trace)) {
            break;
        }
    }
    if (trace.holds != 0) {
        add_escape(function, offset);
    }
}

/* Finds where a step takes an address of the frame. */
static void follow_addresses(struct function *function, size_t at)
{
    struct step *step = &function->steps[at];
    const struct instruction *instruction = &step->instruction;
    const struct operand *first = &instruction->operand[0];
    const struct operand *last = &instruction->operand[1];
    long offset;
    if (instruction->operands == 2 && instruction->name[0] == 'l' &&
        starts(instruction->name, "lea") && first->kind == MEMORY) {
        if (first->index == RSP) {
            function->frame_known = false;
        }
        if (last->kind == REGISTER && last->base == RSP) {
            return; /* depth_after knows it, or nobody */
        }
        if (!find_place(function, step, first, &offset)) {
            return;
        }
        if (last->kind != REGISTER || last->width != 8 || first->index != NO_REGISTER) {
            add_escape(function, offset);
        } else {
            follow(function, at, offset, last->base);
        }
        return;
    }
    for (unsigned o = 0; o < instruction->operands; o++) {
        const struct operand *operand = &instruction->operand[o];
        if (operand->kind != REGISTER || operand->base != RSP) {
            continue;
        }
        bool copied = o == 0 && is_named(instruction, "movq") && last->kind == REGISTER &&
                      last->base < OTHER_REGISTER && step->depth >= 0;
        if (copied) {
            follow(function, at, -step->depth, last->base);
        } else if (depth_after(step) < 0) {
            function->frame_known = false;
        }
    }
}

/* A register is saved where the prologue pushed it, and where nothing is done but to take
   it from there. */
static void check_saved(struct function *function)
{
    static const enum machine_register numbers[] = {RBX, R12, R12 + 1, R12 + 2, R15};
    for (unsigned r = 0; r < SAVED_REGISTERS; r++) {
        bool saved = function->saved[r] != SAVED_NOWHERE;
        struct piece slot = {-8L * function->saved[r], 8};
        for (size_t i = function->body; i < function->count; i++) {
            const struct step *step = &function->steps[i];
            bool restores = step->instruction.moves && step->sets == 1u << r &&
                            step->read.offset == slot.offset && step->read.size == 8;
            if (!saved && (mentioned(&step->instruction) & bit_of(numbers[r])) != 0) {
                function->saved[r] = SAVED_UNKNOWN;
            }
            if (saved && (overlap(step->filled, slot) || overlap(step->counted, slot) ||
                          (overlap(step->read, slot) && !restores))) {
                function->saved[r] = SAVED_UNKNOWN;
            }
        }
        for (size_t i = 0; saved && i < function->escape_count; i++) {
            if (function->escapes[i] >= slot.offset) {
                function->saved[r] = SAVED_UNKNOWN;
            }
        }
    }
}

/* --- the analysis ------------------------------------------------------------------- */

uint64_t *live_before(const struct function *function, size_t at)
{
    return function->live + at * (function->words + 1);
}

static void count_words(struct function *function)
{
    long deepest = 0;
    for (size_t i = 0; i < function->count; i++) {
        const struct step *step = &function->steps[i];
        const long depths[] = {-step->read.offset, -step->filled.offset,
                               -step->counted.offset, step->depth};
        for (size_t d = 0; d < sizeof depths / sizeof *depths; d++) {
            if (depths[d] > deepest) {
                deepest = depths[d];
            }
        }
    }
    function->words =
        deepest > MOST_FRAME ? MOST_FRAME / 64 : (size_t)(deepest + 63) / 64;
}

static bool join(struct function *function, size_t at, size_t next)
{
    (void)at;
    const uint64_t *from = live_before(function, next);
    uint64_t *into = live_before(function, function->count + 1);
    for (size_t w = 0; w <= function->words; w++) {
        into[w] |= from[w];
    }
    return true;
}

/* Goes back over one step. Returns whether more is live before it than was known. */
static bool update(struct function *function, size_t at)
{
    const struct step *step = &function->steps[at];
    size_t words = function->words, size = (words + 1) * sizeof *function->live;
    uint64_t *set = live_before(function, function->count + 1);
    memset(set, 0, size);
    each_next(function, at, join);
    mark(set, words, step->filled, false);
    mark(set, words, step->read, true);
    mark(set, words, step->counted, is_marked(set, words, step->counted));
    mark(set, words, step->built, false);
    for (unsigned i = 0; i < MOST_LENT; i++) {
        mark(set, words, step->lent[i], true);
    }
    set[words] &= ~(uint64_t)step->sets;
    set[words] |= step->uses;
    if (memcmp(set, live_before(function, at), size) == 0) {
        return false;
    }
    memcpy(live_before(function, at), set, size);
    return true;
}

static void find_live(struct function *function)
{
    count_words(function);
    /* One set more, to work in. */
    size_t sets = function->count + 2, bytes = (function->words + 1) * sizeof(uint64_t);
    function->live = memset(sure_resize(NULL, sets * bytes), 0, sets * bytes);
    live_before(function, function->count)[function->words] = ALL_PRESERVED;
    bool changed = true;
    while (changed) {
        changed = false;
        for (size_t at = function->count; at-- > function->body;) {
            changed |= update(function, at);
        }
    }
}

static bool saves_context(const struct function *function)
{
    for (size_t i = 0; i < function->count; i++) {
        const struct operand *operand = &function->steps[i].instruction.operand[0];
        if (function->steps[i].flow != CALL) {
            continue;
        }
        if (memmem(operand->text, operand->length, "setjmp", 6) != NULL ||
            memmem(operand->text, operand->length, "getcontext", 10) != NULL) {
            return true;
        }
    }
    return false;
}

bool function_analyse(struct function *function)
{
    if (!read_prologue(function) || !find_targets(function) ||
        !keeps_frame_pointer(function) || saves_context(function)) {
        return false;
    }
    find_depths(function);
    function->frame_known = true;
    for (size_t i = function->body; i < function->count; i++) {
        note_effects(function, &function->steps[i]);
    }
    for (size_t i = function->body; i < function->count; i++) {
        follow_addresses(function, i);
    }
    check_saved(function);
    find_live(function);
    return true;
}
