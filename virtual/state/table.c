/* SPDX-License-Identifier: MIT */
/* Writing the findings of liveness.c into the listing, as a table (state.h). */
#include "common/text.h"
#include "virtual/ground/files.h"
#include "virtual/ground/messages.h"
#include "virtual/program/build.h"
#include "virtual/program/program.h"
#include "virtual/state/function.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the table ---------------------------------------------------------------------- */

/* A listing that is written anew: its text with labels, and the table behind it. */
struct output {
    FILE *listing, *table;
    const char *copied; /* up to here, of the old text */
    unsigned labels;
};

/* Hooks that announce a plain access never ask for the state, as a volatile one may. */
static bool is_wanted(const struct step *step)
{
    const struct operand *operand = &step->instruction.operand[0];
    return step->flow == CALL && step->depth != UNSEEN &&
           (operand->length < 7 || !starts(operand->text, "__tsan_") ||
            starts(operand->text, "__tsan_atomic") ||
            (vm_volatile_relaxed &&
             memmem(operand->text, operand->length, "volatile_", 9) != NULL));
}

/* Writes the dead ranges before a step, unless `table` is NULL; returns how many. */
static unsigned write_ranges(const struct function *function, size_t at, FILE *table)
{
    const uint64_t *live = live_before(function, at);
    int depth = function->frame_known ? function->steps[at].depth : 0;
    unsigned count = 0;
    int from = 0;
    for (int below = 0; below <= depth && below <= (int)function->words * 64; below++) {
        bool dead =
            below < depth && below < (int)function->words * 64 &&
            ((live[below / 64] | function->pinned[below / 64]) >> below % 64 & 1) == 0;
        if (dead) {
            continue;
        }
        if (from < below) {
            count++;
            if (table != NULL) {
                fprintf(table, "\t.short %d, %d\n", below, from);
            }
        }
        from = below + 1;
    }
    return count;
}

static void write_call(struct output *output, const struct function *function, size_t at)
{
    const struct step *step = &function->steps[at];
    fwrite(output->copied, 1, (size_t)(step->end - output->copied), output->listing);
    fprintf(output->listing, "\n.L" DEAD_SECTION "%u:", output->labels);
    output->copied = step->end;
    uint64_t dead = ~live_before(function, at)[function->words] & ALL_PRESERVED;
    for (unsigned r = 0; r < SAVED_REGISTERS; r++) {
        if (function->saved[r] == SAVED_NOWHERE || function->saved[r] == SAVED_UNKNOWN) {
            dead &= ~(UINT64_C(1) << r);
        }
    }
    fprintf(output->table, "\t.quad .L" DEAD_SECTION "%u\n", output->labels++);
    fprintf(output->table, "\t.byte %u\n", (unsigned)dead);
    fprintf(output->table, "\t.short %u\n", write_ranges(function, at, NULL));
    write_ranges(function, at, output->table);
}

/* The table of a function that the linker may drop, because other sources have it too,
   goes with it: it belongs to the same group. */
static void write_section(struct output *output, const char *section)
{
    const char *end = line_end(section);
    const char *group = memmem(section, (size_t)(end - section), ",@progbits,", 11);
    if (group != NULL) {
        fprintf(output->table, "\t.section " DEAD_SECTION ",\"G\"%.*s\n",
                (int)(end - group), group);
    } else {
        fprintf(output->table, "\t.section " DEAD_SECTION ",\"\",@progbits\n");
    }
}

static void write_function(struct output *output, const struct function *function,
                           const char *section)
{
    unsigned calls = 0;
    for (size_t i = function->body; i < function->count; i++) {
        calls += is_wanted(&function->steps[i]);
    }
    if (calls == 0 || calls > UINT16_MAX || function->escape_count > UINT16_MAX) {
        return;
    }
    write_section(output, section);
    fprintf(output->table, "\t.short %u, %zu\n", calls, function->escape_count);
    for (unsigned r = 0; r < SAVED_REGISTERS; r++) {
        fprintf(output->table, "\t.byte %u\n", function->saved[r]);
    }
    for (size_t i = 0; i < function->escape_count; i++) {
        fprintf(output->table, "\t.long %ld\n", function->escapes[i]);
    }
    for (size_t i = function->body; i < function->count; i++) {
        if (is_wanted(&function->steps[i])) {
            write_call(output, function, i);
        }
    }
}

/* --- a listing ---------------------------------------------------------------------- */

/* Reads and writes the function whose label stands on a line; returns the line behind. */
static const char *do_function(struct output *output, const char *line,
                               const char *section)
{
    struct function function = {0};
    const char *end;
    if (function_read(&function, after_line(line), section, &end) &&
        function_analyse(&function)) {
        write_function(output, &function, section);
    }
    function_release(&function);
    return end;
}

static void do_listing(struct output *output, const char *text)
{
    const char *section = "", *name = "";
    for (const char *line = text; *line != '\0';) {
        const char *word = unindented(line);
        size_t length = symbol_length(line);
        if (starts(word, ".section") || starts(word, ".text")) {
            section = word;
        } else if (starts(word, ".type") &&
                   memmem(word, strcspn(word, "\n"), "@function", 9) != NULL) {
            name = unindented(word + strlen(".type"));
        } else if (length > 0 && line[length] == ':' && length == symbol_length(name) &&
                   memcmp(line, name, length) == 0) {
            line = do_function(output, line, section);
            continue;
        }
        line = after_line(line);
    }
    fwrite(output->copied, 1, strlen(output->copied), output->listing);
}

bool liveness_mark(const char *listing)
{
#ifdef __x86_64__
    size_t size, length = 0, table_length = 0;
    char *text = file_read(listing, &size), *marked = NULL, *table = NULL;
    if (text == NULL) {
        complain("%s: %s", listing, strerror(errno));
        return false;
    }
    struct output output = {.listing = open_memstream(&marked, &length),
                            .table = open_memstream(&table, &table_length),
                            .copied = text};
    bool good = output.listing != NULL && output.table != NULL;
    if (good) {
        do_listing(&output, text);
        good = fclose(output.table) == 0;
        fwrite(table, 1, table_length, output.listing);
        good = fclose(output.listing) == 0 && good && file_write(listing, marked, length);
    }
    free(marked);
    free(table);
    free(text);
    return good;
#else
    (void)listing;
    return true;
#endif
}
