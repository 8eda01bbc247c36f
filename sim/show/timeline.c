/* SPDX-License-Identifier: MIT */
#include "sim/show/timeline.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "sim/show/picture.h"

static struct picture picture;
static void *cell_tree; /* of the last panel, by number */
static cycles cut;      /* time of the last phase that was kept, when not all were */

/* Makes room for one more of `size` bytes. */
static void *grown(void *array, size_t count, size_t *room, size_t size)
{
    if (count < *room) {
        return array;
    }
    *room = *room == 0 ? 16 : 2 * *room;
    return sure(realloc(array, *room * size));
}

static struct panel *last_panel(void)
{
    return &picture.panels[picture.panel_count - 1];
}

/* --- phases ------------------------------------------------------------------------- */

void timeline_begin(const char *title, unsigned count)
{
    picture.panels = grown(picture.panels, picture.panel_count, &picture.panel_room,
                           sizeof *picture.panels);
    picture.panels[picture.panel_count++] = (struct panel){
        .title = sure(strdup(title)),
        .count = count,
        .rows = sure(calloc(count, sizeof(struct row))),
        .arrows = sure(calloc(PICTURE_ARROWS, sizeof(struct arrow))),
        .thinned = 1,
    };
}

void timeline_phase(unsigned processor, enum phase phase, cycles time)
{
    struct panel *panel = last_panel();
    struct row *row = &panel->rows[processor];
    struct bar *last = row->count > 0 ? &row->bars[row->count - 1] : NULL;
    if (panel->bars == PICTURE_BARS || (last != NULL && last->phase == phase)) {
        return;
    }
    if (last != NULL) {
        last->end = time;
        if (last->begin == time) { /* it was none */
            row->count--;
            panel->bars--;
        }
        last = row->count > 0 ? &row->bars[row->count - 1] : NULL;
        if (last != NULL && last->phase == phase) {
            return;
        }
    }
    row->bars = grown(row->bars, row->count, &row->room, sizeof *row->bars);
    row->bars[row->count++] = (struct bar){time, time, phase};
    if (++panel->bars == PICTURE_BARS) {
        cut = time;
    }
}

/* --- transfers ---------------------------------------------------------------------- */

static int compare_cells(const void *one, const void *other)
{
    uintptr_t left = ((const struct cell *)one)->number;
    uintptr_t right = ((const struct cell *)other)->number;
    return left < right ? -1 : left > right;
}

static struct cell *cell_of(struct panel *panel, const struct line *line)
{
    struct cell key = {.number = line->entry.number};
    struct cell **found = sure(tsearch(&key, &cell_tree, compare_cells));
    if (*found == &key) {
        struct cell *cell = sure(calloc(1, sizeof *cell));
        *cell = (struct cell){.line = line,
                              .number = line->entry.number,
                              .index = (unsigned)panel->cell_count};
        *found = cell;
        panel->cells = grown(panel->cells, panel->cell_count, &panel->cell_room,
                             sizeof(struct cell *));
        panel->cells[panel->cell_count++] = cell;
    }
    return *found;
}

/* Leaves every other one out; those that are left are spread without any pattern. */
static void thin_out(struct panel *panel)
{
    size_t left = 0;
    panel->thinned *= 2;
    for (size_t i = 0; i < panel->arrow_count; i++) {
        if (panel->arrows[i].lot % panel->thinned == 0) {
            panel->arrows[left++] = panel->arrows[i];
        }
    }
    panel->arrow_count = left;
}

/* Memory takes what passes by on its way to another cache: no transfer of its own. */
static bool passes_by(const struct line *line, int from, int to, cycles begin)
{
    static struct {
        uintptr_t line;
        int from;
        cycles begin;
        size_t panel;
    } last;
    bool passing = to == NOBODY && last.panel == picture.panel_count &&
                   last.line == line->entry.number && last.from == from &&
                   last.begin == begin;
    last.line = line->entry.number;
    last.from = from;
    last.begin = begin;
    last.panel = picture.panel_count;
    return passing;
}

void timeline_transfer(const struct line *line, int from, int to, cycles begin,
                       cycles end)
{
    if (passes_by(line, from, to, begin)) {
        return;
    }
    struct panel *panel = last_panel();
    struct cell *cell = cell_of(panel, line);
    uint64_t lot = scattered(panel->transfers++ * SCATTER_STEP);
    cell->transfers++;
    if (lot % panel->thinned != 0) {
        return;
    }
    panel->arrows[panel->arrow_count++] =
        (struct arrow){begin, end, from, to, lot, cell->index};
    while (panel->arrow_count == PICTURE_ARROWS) {
        thin_out(panel);
    }
}

/* --- the end of a run --------------------------------------------------------------- */

static unsigned group_of(const char *name)
{
    char text[PICTURE_NAME];
    const char *digits = strchr(name, '[');
    size_t length = digits == NULL ? 0 : strspn(digits + 1, "0123456789");
    if (length > 0 && digits[length + 1] == ']') {
        (void)snprintf(text, sizeof text, "%.*s[…%s", (int)(digits - name), name,
                       digits + length + 1);
    } else {
        (void)snprintf(text, sizeof text, "%s", name);
    }
    for (size_t i = 0; i < picture.group_count; i++) {
        if (strcmp(picture.groups[i].name, text) == 0) {
            return (unsigned)i;
        }
    }
    picture.groups = grown(picture.groups, picture.group_count, &picture.group_room,
                           sizeof *picture.groups);
    struct group *group = &picture.groups[picture.group_count];
    *group = (struct group){.transfers = 0};
    memcpy(group->name, text, sizeof text);
    return (unsigned)picture.group_count++;
}

void timeline_end(cycles end)
{
    struct panel *panel = last_panel();
    panel->end = end > 0 ? end : 1;
    if (panel->bars == PICTURE_BARS) {
        panel->end = cut;
    }
    for (unsigned i = 0; i < panel->count; i++) {
        struct row *row = &panel->rows[i];
        while (row->count > 0 && row->bars[row->count - 1].begin >= panel->end) {
            row->count--; /* it is ahead of where we end */
        }
        if (row->count > 0) {
            row->bars[row->count - 1].end = panel->end;
        }
    }
    for (size_t i = 0; i < panel->cell_count; i++) {
        struct cell *cell = panel->cells[i];
        line_name(cell->line, cell->name, sizeof cell->name);
        cell->line = NULL;
        cell->group = group_of(cell->name);
        picture.groups[cell->group].transfers += cell->transfers;
    }
    while (cell_tree != NULL) {
        (void)tdelete(*(struct cell **)cell_tree, &cell_tree, compare_cells);
    }
}

bool timeline_open(const char *path)
{
    return picture_open(path);
}

bool timeline_write(const char *heading)
{
    return picture_write(&picture, heading);
}
