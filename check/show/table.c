/* SPDX-License-Identifier: MIT */
#include "check/show/table.h"

#include "common/text.h"

#include <string.h>

#include "check/show/words.h"
#include "common/memory.h"

enum {
    NARROWEST = 20, /* that a thread's column may become */
    INDENT = 2,     /* of a cell's further lines */
};

#define SEPARATOR " │ "
enum { SEPARATOR_WIDTH = 3 };

void set_colour(FILE *out, bool wanted, enum colour colour)
{
    static const char *const codes[] = {"\033[0m", "\033[1m", "\033[2m", "\033[1;31m"};
    if (wanted) {
        (void)fputs(codes[colour], out);
    }
}

/* --- text --------------------------------------------------------------------------- */

static bool begins_character(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

static void put_spaces(FILE *out, unsigned count)
{
    for (; count > 0; count--) {
        (void)fputc(' ', out);
    }
}

static void put_padded(FILE *out, const char *text, size_t bytes, unsigned width)
{
    unsigned taken = 0;
    for (size_t i = 0; i < bytes; i++) {
        taken += begins_character(text[i]);
    }
    for (size_t i = 0; i < bytes; i++) {
        (void)fputc(text[i] == TIE[0] ? ' ' : text[i], out);
    }
    put_spaces(out, width > taken ? width - taken : 0);
}

/* How many bytes of the text go into a line of that width: whole words, if one fits. */
static size_t line_bytes(const char *text, unsigned width)
{
    size_t bytes = 0, words = 0;
    for (unsigned taken = 0; text[bytes] != '\0'; bytes++) {
        if (begins_character(text[bytes]) && taken++ == width) {
            break;
        }
        if (text[bytes] == ' ') {
            words = bytes;
        }
    }
    bool whole = text[bytes] == '\0' || text[bytes] == ' ' || words == 0;
    return whole ? bytes : words;
}

void print_wrapped(FILE *out, const char *text, unsigned indent, unsigned width)
{
    while (*text != '\0') {
        size_t bytes = line_bytes(text, width > 2 * indent ? width - indent : width);
        put_spaces(out, indent);
        put_padded(out, text, bytes, 0);
        (void)fputc('\n', out);
        text += bytes;
        text += strspn(text, " ");
    }
}

/* --- widths ------------------------------------------------------------------------- */

struct layout {
    const struct table *table;
    unsigned number, place; /* widths */
    unsigned *cell;         /* of each column */
    bool single;            /* one column for all threads */
};

static unsigned digits(unsigned number)
{
    return number < 10 ? 1 : 1 + digits(number / 10);
}

static unsigned total(const struct layout *layout)
{
    unsigned columns = layout->single ? 1 : layout->table->columns;
    unsigned width = layout->number + layout->place + SEPARATOR_WIDTH;
    for (unsigned i = 0; i < columns; i++) {
        width += layout->cell[i] + SEPARATOR_WIDTH;
    }
    return width;
}

/* Makes the widest columns narrower until the table fits. Returns whether it does. */
static bool squeeze(struct layout *layout)
{
    unsigned columns = layout->single ? 1 : layout->table->columns;
    while (total(layout) > layout->table->width) {
        unsigned widest = 0;
        for (unsigned i = 1; i < columns; i++) {
            if (layout->cell[i] > layout->cell[widest]) {
                widest = i;
            }
        }
        if (layout->cell[widest] <= NARROWEST) {
            return false;
        }
        layout->cell[widest]--;
    }
    return true;
}

static void widen(unsigned *width, unsigned needed)
{
    *width = *width < needed ? needed : *width;
}

static void find_widths(struct layout *layout)
{
    const struct table *table = layout->table;
    layout->number = 0;
    layout->place = text_width(table->places);
    for (unsigned i = 0; i < table->columns; i++) {
        layout->cell[i] = text_width(table->heads[i]);
    }
    for (unsigned i = 0; i < table->count; i++) {
        const struct table_row *row = &table->rows[i];
        widen(&layout->number, 2 + digits(row->number));
        widen(&layout->place, text_width(row->place));
        widen(&layout->cell[layout->single ? 0 : row->column],
              text_width(row->text) +
                  (layout->single ? text_width(table->names[row->column]) + 2 : 0));
    }
}

/* --- printing ----------------------------------------------------------------------- */

static void put_separator(FILE *out, const struct layout *layout)
{
    set_colour(out, layout->table->colour, DIM);
    (void)fputs(SEPARATOR, out);
    set_colour(out, layout->table->colour, PLAIN_TEXT);
}

static void put_heads(FILE *out, const struct layout *layout)
{
    const struct table *table = layout->table;
    put_spaces(out, layout->number);
    for (unsigned i = 0; i < table->columns; i++) {
        const char *head = table->heads[i];
        put_separator(out, layout);
        set_colour(out, table->colour, BOLD);
        put_padded(out, head, line_bytes(head, layout->cell[i]), layout->cell[i]);
        set_colour(out, table->colour, PLAIN_TEXT);
    }
    put_separator(out, layout);
    set_colour(out, table->colour, BOLD);
    (void)fprintf(out, "%s\n", table->places);
    set_colour(out, table->colour, PLAIN_TEXT);
}

static void put_rule(FILE *out, const struct layout *layout)
{
    unsigned columns = layout->single ? 1 : layout->table->columns;
    set_colour(out, layout->table->colour, DIM);
    for (unsigned i = 0; i < layout->number; i++) {
        (void)fputs("─", out);
    }
    for (unsigned c = 0; c <= columns; c++) {
        (void)fputs("─┼─", out);
        unsigned width = c < columns ? layout->cell[c] : layout->place;
        for (unsigned i = 0; i < width; i++) {
            (void)fputs("─", out);
        }
    }
    set_colour(out, layout->table->colour, PLAIN_TEXT);
    (void)fputc('\n', out);
}

static void put_number(FILE *out, const struct layout *layout,
                       const struct table_row *row, bool first)
{
    if (!first) {
        put_spaces(out, layout->number);
        return;
    }
    set_colour(out, layout->table->colour, row->marked ? RED : PLAIN_TEXT);
    (void)fputs(row->marked ? "✗" : " ", out);
    if (row->number == 0) {
        put_spaces(out, layout->number - 1);
    } else {
        (void)fprintf(out, " %*u", (int)layout->number - 2, row->number);
    }
    set_colour(out, layout->table->colour, PLAIN_TEXT);
}

/* A line of a row: all cells but one are empty. */
static void put_line(FILE *out, const struct layout *layout, const struct table_row *row,
                     const char *text, size_t bytes, bool first)
{
    const struct table *table = layout->table;
    put_number(out, layout, row, first);
    for (unsigned i = 0; i < (layout->single ? 1 : table->columns); i++) {
        put_separator(out, layout);
        if (!layout->single && i != row->column) {
            put_spaces(out, layout->cell[i]);
            continue;
        }
        unsigned indent = first ? 0 : INDENT;
        put_spaces(out, indent);
        set_colour(out, table->colour, row->marked ? RED : PLAIN_TEXT);
        put_padded(out, text, bytes, layout->cell[i] - indent);
        set_colour(out, table->colour, PLAIN_TEXT);
    }
    put_separator(out, layout);
    set_colour(out, table->colour, DIM);
    (void)fputs(first ? row->place : "", out);
    set_colour(out, table->colour, PLAIN_TEXT);
    (void)fputc('\n', out);
}

static void put_row(FILE *out, const struct layout *layout, const struct table_row *row)
{
    const char *name = layout->table->names[row->column];
    size_t size = strlen(row->text) + strlen(name) + 3;
    char *whole = grow(NULL, size);
    (void)snprintf(whole, size, layout->single ? "%s: %s" : "%.0s%s", name, row->text);
    unsigned width = layout->cell[layout->single ? 0 : row->column];
    bool first = true;
    for (const char *text = whole; *text != '\0' || first;) {
        size_t bytes = line_bytes(text, first ? width : width - INDENT);
        put_line(out, layout, row, text, bytes, first);
        text += bytes;
        text += strspn(text, " ");
        first = false;
    }
    free(whole);
}

void table_print(FILE *out, const struct table *table)
{
    struct layout layout = {.table = table,
                            .cell = zeroed(table->columns + 1, sizeof(unsigned))};
    find_widths(&layout);
    if (!squeeze(&layout)) {
        layout.single = true;
        find_widths(&layout);
        (void)squeeze(&layout);
    }
    if (!layout.single) {
        put_heads(out, &layout);
    }
    put_rule(out, &layout);
    for (unsigned i = 0; i < table->count; i++) {
        put_row(out, &layout, &table->rows[i]);
    }
    free(layout.cell);
}
