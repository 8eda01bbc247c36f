/* SPDX-License-Identifier: MIT */
/* Reading a function from an assembly listing: its instructions, labels, and where
   exceptions arrive. */
#include "common/text.h"
#include "virtual/ground/messages.h"
#include "virtual/state/function.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* --- words and lines ---------------------------------------------------------------- */

size_t symbol_length(const char *text)
{
    size_t length = 0;
    while (isalnum((unsigned char)text[length]) ||
           (text[length] != '\0' && strchr("_.$", text[length]) != NULL)) {
        length++;
    }
    return length;
}

const char *line_end(const char *line)
{
    const char *end = strchr(line, '\n');
    return end != NULL ? end : line + strlen(line);
}

const char *after_line(const char *line)
{
    const char *end = line_end(line);
    return *end == '\n' ? end + 1 : end;
}

const char *unindented(const char *line)
{
    return line + strspn(line, " \t");
}

void *extend(void *array, size_t count, size_t size)
{
    if ((count & (count - 1)) == 0) {
        return sure_resize(array, (count == 0 ? 1 : 2 * count) * size);
    }
    return array;
}

/* --- steps -------------------------------------------------------------------------- */

static void add_label(struct function *function, const char *name, size_t length)
{
    function->labels =
        extend(function->labels, function->label_count, sizeof *function->labels);
    function->labels[function->label_count++] =
        (struct label){name, length, function->count};
}

bool find_label(const struct function *function, const char *name, size_t length,
                size_t *step)
{
    for (size_t i = 0; i < function->label_count; i++) {
        if (function->labels[i].length == length &&
            memcmp(function->labels[i].name, name, length) == 0) {
            *step = function->labels[i].step;
            return true;
        }
    }
    return false;
}

static enum flow flow_of(const struct instruction *instruction)
{
    static const char *const jumps[] = {"jmp", "jmpq", NULL};
    static const char *const calls[] = {"call", "callq", NULL};
    static const char *const returns[] = {"ret", "retq", NULL};
    static const char *const stops[] = {"ud2", "hlt", NULL};
    if (is_one_of(instruction, jumps)) {
        return instruction->operand[0].indirect ? ANYWHERE : JUMP;
    }
    if (instruction->name[0] == 'j') {
        return BRANCH;
    }
    if (is_one_of(instruction, calls)) {
        /* What the compiler itself finds wrong is the end (undefined.c). */
        bool wrong = instruction->operands == 1 &&
                     starts(instruction->operand[0].text, "__ubsan_");
        return wrong ? STOP : CALL;
    }
    return is_one_of(instruction, returns) ? RETURN
           : is_one_of(instruction, stops) ? STOP
                                           : ON;
}

static bool add_step(struct function *function, const char *line)
{
    function->steps = extend(function->steps, function->count, sizeof *function->steps);
    struct step *step = &function->steps[function->count++];
    *step = (struct step){.end = line_end(line), .depth = UNSEEN};
    if (!instruction_parse(&step->instruction, line, (size_t)(step->end - line))) {
        return false;
    }
    step->flow = flow_of(&step->instruction);
    return step->flow == ON || step->flow >= RETURN || step->instruction.operands == 1;
}

/* Whether a directive puts bytes among the code that may be instructions. (Those of 0x66
   pad a call for thread-local variables.) */
static bool is_data(const char *line)
{
    static const char *const data[] = {".byte", ".value", ".short", ".word",   ".long",
                                       ".quad", ".zero",  ".ascii", ".string", ".octa",
                                       ".fill", ".space", ".skip",  ".incbin"};
    for (size_t i = 0; i < sizeof data / sizeof *data; i++) {
        if (starts(line, data[i])) {
            return strstr(line, "0x66") == NULL || strstr(line, "0x66") > line_end(line);
        }
    }
    return false;
}

/* Inline assembly that has been found harmless: no instruction in it matters. */
static const char *skip_assembly(const char *line)
{
    while (*line != '\0' && !starts(unindented(line), "#NO_APP")) {
        line = after_line(line);
    }
    return line;
}

static bool same_section(const char *line, const char *section)
{
    size_t length = strcspn(section, ",\n");
    return strncmp(line, section, length) == 0 && strchr(",\n", line[length]) != NULL;
}

/*
 * Reads the lines behind a function's label, up to its end. `section` is the directive
 * that it stands behind. Jump tables stand in between, in a section of their own.
 */
static bool read_steps(struct function *function, const char *line, const char *section,
                       const char **end, const char **exceptions)
{
    bool here = true, good = true, ended = false;
    for (; *line != '\0' && !ended; line = after_line(line)) {
        const char *text = unindented(line);
        if (starts(text, ".cfi_endproc") || starts(text, ".size")) {
            ended = true;
        } else if (starts(text, ".cfi_lsda")) {
            *exceptions = text;
        } else if (starts(text, ".section") || starts(text, ".text")) {
            here = same_section(text, section);
        } else if (starts(text, ".pushsection") || starts(text, ".popsection") ||
                   starts(text, ".previous") || starts(text, ".macro")) {
            good = false;
        } else if (here && *text != '\n' && *text != '\0' && *text != '#') {
            size_t length = symbol_length(text);
            if (length > 0 && text[length] == ':') {
                add_label(function, text, length);
            } else if (*text == '.') {
                good = good && !is_data(text);
            } else {
                good = good && add_step(function, text);
            }
        } else if (starts(text, "#APP")) {
            line = skip_assembly(line);
        }
    }
    *end = line;
    return good && ended && function->count > 0;
}

/* --- exceptions --------------------------------------------------------------------- */

/* Where the table of a function's calls begins: `.LLSDACSB1:` (gcc), `.Lcst_begin0:`. */
static const char *find_call_sites(const char *line)
{
    for (; *line != '\0'; line = after_line(line)) {
        if (starts(line, ".LLSDACSB") || starts(line, ".Lcst_begin")) {
            return after_line(line);
        }
        if (starts(unindented(line), ".section") || starts(unindented(line), ".text")) {
            return NULL;
        }
    }
    return NULL;
}

/* The lines of that table are four a call: start, length, landing pad, action. */
static bool read_call_sites(struct function *function, const char *line)
{
    for (unsigned row = 0; *line != '\0'; line = after_line(line)) {
        const char *text = unindented(line);
        if (*text == '#' || *text == '\n') {
            continue;
        }
        if (text == line && *text == '.') {
            return row % 4 == 0; /* the label at the table's end */
        }
        bool number = starts(text, ".uleb128") || starts(text, ".byte");
        if (!number) {
            return false;
        }
        if (row++ % 4 != 2) {
            continue;
        }
        const char *pad = unindented(text + strcspn(text, " \t"));
        if (*pad == '0') {
            continue;
        }
        function->landings = extend(function->landings, function->landing_count,
                                    sizeof *function->landings);
        if (!find_label(function, pad, symbol_length(pad),
                        &function->landings[function->landing_count++])) {
            return false;
        }
    }
    return false;
}

/* `lsda`: the directive that names the function's table, or NULL. `line`: behind the
   function. */
static bool read_landings(struct function *function, const char *lsda, const char *line)
{
    if (lsda == NULL) {
        return true;
    }
    const char *name = memchr(lsda, ',', (size_t)(line_end(lsda) - lsda));
    if (name == NULL) {
        return false;
    }
    name = unindented(name + 1);
    size_t length = symbol_length(name);
    for (; *line != '\0'; line = after_line(line)) {
        if (strncmp(line, name, length) == 0 && line[length] == ':') {
            line = find_call_sites(after_line(line));
            return line != NULL && read_call_sites(function, line);
        }
    }
    return false;
}

/* --- all of it ---------------------------------------------------------------------- */

bool function_read(struct function *function, const char *line, const char *section,
                   const char **end)
{
    const char *exceptions = NULL;
    return read_steps(function, line, section, end, &exceptions) &&
           read_landings(function, exceptions, *end);
}

void function_release(struct function *function)
{
    free(function->steps);
    free(function->labels);
    free(function->landings);
    free(function->escapes);
    free(function->live);
}
