/* SPDX-License-Identifier: MIT */
/*
 * Panels below each other, so that all of them may have one time scale:
 *
 *     heading
 *     legend
 *     title                          length, transfers
 *     P0      |====####----------
 *     P1      |----====####------    a bar a phase, an arrow a transfer of a line
 *     memory  |
 *             0        100      200
 *     title
 *     …
 */
#include "sim/show/picture.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "virtual/program/tool.h"

enum {
    MOST_BARS = 60000,   /* drawn in a panel; of more, short ones are taken together */
    MOST_TITLES = 12000, /* elements of a panel, if they are to have tooltips */
    COLOURED = 4,        /* groups of lines that have a colour of their own */
};

/* --- text --------------------------------------------------------------------------- */

static FILE *file;
static const struct picture *picture;

static const char *const phase_names[] = {
    [WORKING] = "working", [WAITING] = "waiting", [HOLDING] = "holding", [DONE] = "done"};

/* Told apart without colours too: the more a processor has, the darker and taller. */
static const char *const phase_colours[] = {
    [WORKING] = "#c9ced3", [WAITING] = "#f5c969", [HOLDING] = "#0067b0"};
static const double phase_heights[] = {
    [WORKING] = 0.22, [WAITING] = 0.5, [HOLDING] = 0.8};

/* For all kinds of colour vision: after M. Okabe, K. Ito, Color Universal Design, 2008,
   but darker. */
static const char *const arrow_colours[] = {"#1a1a1a", "#c04a00", "#00805c", "#a8407f",
                                            "#737a80"};

/* Formats into the file, with what XML has its own use for escaped. */
static void put_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void put_text(const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    for (const char *next = text; *next != '\0'; next++) {
        switch (*next) {
        case '&':
            (void)fputs("&amp;", file);
            break;
        case '<':
            (void)fputs("&lt;", file);
            break;
        case '>':
            (void)fputs("&gt;", file);
            break;
        default:
            (void)fputc((unsigned char)*next < ' ' ? ' ' : *next, file);
        }
    }
}

/* "12 345 678" */
static const char *number_text(uint64_t number, char text[32])
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, number);
    char *to = text;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) {
            *to++ = ' ';
        }
        *to++ = digits[i];
    }
    *to = '\0';
    return text;
}

/* --- where things are --------------------------------------------------------------- */

enum {
    WIDTH = 1600,
    HEIGHT = 900, /* of a slide: if there are few rows they grow, up to that */
    LEFT = 84,
    RIGHT = 34,
    TOP = 92, /* heading and legend */
    TITLE = 34,
    AXIS = 24,
    GAP = 10,
};

struct layout {
    bool common; /* one time scale for all */
    cycles longest;
    double pitch; /* from row to row */
};
static struct layout layout;

/* The panel that is being drawn. */
static const struct panel *panel;
static double panel_top, scale; /* pixels a cycle */

static double x_of(cycles time)
{
    return LEFT + (double)time * scale;
}

/* The middle of a row; memory's is the last. */
static double y_of(int processor)
{
    double row = processor == NOBODY ? (double)panel->count : processor;
    return panel_top + TITLE + (row + 0.5) * layout.pitch;
}

static double panel_height(const struct panel *one)
{
    return TITLE + (one->count + 1) * layout.pitch + AXIS + GAP;
}

static void find_layout(void)
{
    cycles shortest = UINT64_MAX;
    unsigned rows = 0, most = 0;
    layout.longest = 1;
    for (size_t i = 0; i < picture->panel_count; i++) {
        shortest = picture->panels[i].end < shortest ? picture->panels[i].end : shortest;
        layout.longest = picture->panels[i].end > layout.longest ? picture->panels[i].end
                                                                 : layout.longest;
        rows += picture->panels[i].count + 1;
        most = picture->panels[i].count + 1 > most ? picture->panels[i].count + 1 : most;
    }
    layout.common = layout.longest / 6 <= shortest;
    double room = HEIGHT - TOP - (double)picture->panel_count * (TITLE + AXIS + GAP);
    double pitch = room / (rows > 0 ? rows : 1);
    double least = most > 64 ? 640.0 / most : 10;
    layout.pitch = pitch > 32 ? 32 : pitch < least ? least : pitch;
}

/* A round number of cycles between two ticks: 1, 2 or 5, and zeros. */
static cycles tick_step(cycles end)
{
    cycles step = 1;
    for (unsigned i = 0; (double)step * scale < 90 && step < end; i++) {
        step = i % 3 == 1 ? step / 2 * 5 : 2 * step;
    }
    return step;
}

/* --- which lines have a colour ------------------------------------------------------ */

static unsigned coloured[COLOURED], coloured_count; /* groups */

static unsigned colour_of(unsigned group)
{
    unsigned colour = 0;
    while (colour < coloured_count && coloured[colour] != group) {
        colour++;
    }
    return colour < coloured_count ? colour : COLOURED;
}

/* Gives one to the busiest group by these counts, if it has none and stands out; with
   `next`, to the busiest of those that have none. */
static void colour_busiest(const uint64_t *transfers, bool next)
{
    size_t best = 0;
    uint64_t most = 0, all = 0;
    for (size_t i = 0; i < picture->group_count; i++) {
        bool eligible = !next || colour_of((unsigned)i) == COLOURED;
        all += transfers[i];
        if (eligible && transfers[i] > most) {
            most = transfers[i];
            best = i;
        }
    }
    if (most > all / 12 && colour_of((unsigned)best) == COLOURED &&
        coloured_count < COLOURED) {
        coloured[coloured_count++] = (unsigned)best;
    }
}

static void count_group(const struct panel *one, uint64_t *transfers)
{
    for (size_t i = 0; i < one->cell_count; i++) {
        transfers[one->cells[i]->group] += one->cells[i]->transfers;
    }
}

/* The busiest of each panel first, then the busiest of all. */
static bool find_colours(void)
{
    size_t size = (picture->group_count + 1) * sizeof(uint64_t);
    uint64_t *all = calloc(1, size), *own = malloc(size);
    coloured_count = 0;
    if (all != NULL && own != NULL) {
        for (size_t i = 0; i < picture->panel_count; i++) {
            memset(own, 0, size);
            count_group(&picture->panels[i], own);
            count_group(&picture->panels[i], all);
            colour_busiest(own, false);
        }
        for (unsigned i = 0; i < COLOURED; i++) {
            colour_busiest(all, true);
        }
    }
    free(all);
    free(own);
    return all != NULL && own != NULL;
}

/* --- a panel ------------------------------------------------------------------------ */

static void draw_axis(void)
{
    char text[32];
    double top = panel_top + TITLE, bottom = y_of(NOBODY) + layout.pitch / 2;
    cycles step = tick_step(panel->end);
    (void)fprintf(file, "<g font-size=\"12\" fill=\"#555\" text-anchor=\"middle\">\n");
    for (cycles time = 0; time <= panel->end; time += step) {
        (void)fprintf(file,
                      "<path d=\"M%.1f %.1fV%.1f\" stroke=\"#e3e3e3\"/>"
                      "<text x=\"%.1f\" y=\"%.1f\">%s%s</text>\n",
                      x_of(time), top, bottom + 4, x_of(time), bottom + 17,
                      number_text(time, text), time == 0 ? " cycles" : "");
    }
    (void)fprintf(file, "</g>\n<path d=\"M%.1f %.1fV%.1f\" stroke=\"#555\"/>\n",
                  x_of(panel->end), top, bottom + 4);
}

static void draw_rows(void)
{
    unsigned every = 1;
    double size = layout.pitch < 12 ? 11 : layout.pitch < 15 ? layout.pitch - 1 : 14;
    for (unsigned i = 0; every * layout.pitch < size; i++) {
        every = i % 3 == 1 ? every / 2 * 5 : 2 * every;
    }
    (void)fprintf(file, "<g font-size=\"%.0f\" fill=\"#333\" text-anchor=\"end\">\n",
                  size);
    for (unsigned i = 0; i < panel->count; i += every) {
        if (i == 0 || y_of(NOBODY) - y_of((int)i) >= size) {
            (void)fprintf(file, "<text x=\"%d\" y=\"%.1f\">P%u</text>\n", LEFT - 8,
                          y_of((int)i) + 0.35 * size, i);
        }
    }
    (void)fprintf(
        file,
        "<text x=\"%d\" y=\"%.1f\" font-style=\"italic\">memory</text></g>\n"
        "<path d=\"M%d %.1fH%.1f\" stroke=\"#999\" stroke-dasharray=\"2 3\"/>\n",
        LEFT - 8, y_of(NOBODY) + 0.35 * size, LEFT, y_of(NOBODY), x_of(panel->end));
}

/* Bars shorter than `least` that follow each other become one, of the phase that most of
   it is. Sets *i past those that are in it. */
static struct bar next_bar(const struct row *row, size_t *i, cycles least)
{
    cycles spent[DONE + 1] = {0};
    struct bar all = row->bars[*i];
    do {
        const struct bar *bar = &row->bars[(*i)++];
        spent[bar->phase] += bar->end - bar->begin;
        all.end = bar->end;
    } while (*i < row->count && all.end - all.begin < least &&
             row->bars[*i].end - row->bars[*i].begin < least);
    for (enum phase phase = WORKING; phase <= DONE; phase++) {
        all.phase = spent[phase] > spent[all.phase] ? phase : all.phase;
    }
    return all;
}

static size_t count_bars(cycles least)
{
    size_t bars = 0;
    for (unsigned p = 0; p < panel->count; p++) {
        const struct row *row = &panel->rows[p];
        for (size_t i = 0; i < row->count; bars++) {
            (void)next_bar(row, &i, least);
        }
    }
    return bars;
}

/* How long a bar must be to be drawn by itself: half a pixel, if there are few. */
static cycles least_bar(void)
{
    cycles least = (cycles)(0.5 / scale);
    while (count_bars(least) > MOST_BARS) {
        least = 2 * least + 1;
    }
    return least;
}

static void draw_bar(unsigned processor, const struct bar *bar, double height,
                     bool with_title)
{
    double x = x_of(bar->begin), y = y_of((int)processor), width = x_of(bar->end) - x;
    width = width < 1 ? 1 : width;
    if (!with_title) {
        (void)fprintf(file, "M%.1f %.1fh%.1f\n", x, y, width);
        return;
    }
    (void)fprintf(file,
                  "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">"
                  "<title>P%u %s, cycles %" PRIu64 "–%" PRIu64 " (%" PRIu64
                  ")</title></rect>\n",
                  x, y - height / 2, width, height, processor, phase_names[bar->phase],
                  bar->begin, bar->end, bar->end - bar->begin);
}

/* Rectangles if they have titles, and otherwise a single path, which is much smaller. */
static void draw_bars(enum phase phase, cycles least, bool with_titles)
{
    double height = phase_heights[phase] * layout.pitch;
    if (with_titles) {
        (void)fprintf(file, "<g fill=\"%s\">\n", phase_colours[phase]);
    } else {
        (void)fprintf(file, "<path stroke=\"%s\" stroke-width=\"%.2f\" d=\"M0 0\n",
                      phase_colours[phase], height);
    }
    for (unsigned p = 0; p < panel->count; p++) {
        const struct row *row = &panel->rows[p];
        for (size_t i = 0; i < row->count;) {
            struct bar bar = next_bar(row, &i, least);
            if (bar.phase == phase) {
                draw_bar(p, &bar, height, with_titles);
            }
        }
    }
    (void)fputs(with_titles ? "</g>\n" : "\"/>\n", file);
}

static void put_place(int processor)
{
    if (processor == NOBODY) {
        (void)fputs("memory", file);
    } else {
        (void)fprintf(file, "P%d", processor);
    }
}

static void draw_arrow(const struct arrow *arrow, bool with_title)
{
    double from = y_of(arrow->from), to = y_of(arrow->to);
    (void)fprintf(file, "<path d=\"M%.1f %.1fL%.1f %.1f\"", x_of(arrow->begin), from,
                  x_of(arrow->end), to + (from < to ? -0.25 : 0.25) * layout.pitch);
    if (!with_title) {
        (void)fputs("/>\n", file);
        return;
    }
    (void)fputs("><title>", file);
    put_text("%s: ", panel->cells[arrow->cell]->name);
    put_place(arrow->from);
    (void)fputs(" → ", file);
    put_place(arrow->to);
    (void)fprintf(file, ", cycles %" PRIu64 "–%" PRIu64 "</title></path>\n", arrow->begin,
                  arrow->end);
}

/* The busiest lines last: on top of the others. */
static void draw_arrows(bool with_titles)
{
    bool dense = (double)panel->arrow_count > 0.4 * (x_of(panel->end) - LEFT);
    bool small = dense || layout.pitch < 12;
    for (unsigned colour = COLOURED + 1; colour-- > 0;) {
        (void)fprintf(file,
                      "<g fill=\"none\" stroke=\"%s\" stroke-width=\"%s\" "
                      "stroke-opacity=\"%s\" marker-end=\"url(#%s%u)\">\n",
                      arrow_colours[colour], small ? "0.7" : "1.2", dense ? "0.5" : "1",
                      small ? "small" : "head", colour);
        for (size_t i = 0; i < panel->arrow_count; i++) {
            const struct arrow *arrow = &panel->arrows[i];
            if (colour_of(panel->cells[arrow->cell]->group) == colour &&
                arrow->begin <= panel->end) {
                draw_arrow(arrow, with_titles);
            }
        }
        (void)fputs("</g>\n", file);
    }
}

static void draw_title(cycles least)
{
    char text[32];
    (void)fprintf(file,
                  "<text x=\"%d\" y=\"%.1f\" font-size=\"18\" font-weight=\"bold\">",
                  LEFT, panel_top + 22);
    put_text("%s", panel->title);
    (void)fputs("<tspan dx=\"18\" font-size=\"15\" font-weight=\"normal\" fill=\"#333\">",
                file);
    bool cut = panel->bars == PICTURE_BARS;
    put_text("%s%s cycles, ", cut ? "the first " : "", number_text(panel->end, text));
    if (machine.protocol == NO_CACHES) {
        put_text("no caches");
    } else {
        put_text("%s transfers%s", number_text(panel->transfers, text),
                 cut ? " in all" : "");
    }
    if (panel->thinned > 1) {
        put_text("; 1 in %" PRIu64 " arrows drawn", panel->thinned);
    }
    if (least > (cycles)(0.5 / scale)) {
        put_text("; bars under %s cycles taken together", number_text(least, text));
    }
    (void)fputs("</tspan></text>\n", file);
}

static void draw_panel(void)
{
    cycles span = layout.common ? layout.longest : panel->end;
    scale = (WIDTH - LEFT - RIGHT) / (double)span;
    cycles least = least_bar();
    bool with_titles = panel->bars + panel->arrow_count <= MOST_TITLES;
    draw_title(least);
    draw_axis();
    draw_rows();
    draw_bars(WORKING, least, with_titles);
    draw_bars(WAITING, least, with_titles);
    draw_arrows(with_titles);
    draw_bars(HOLDING, least, with_titles); /* to be seen whatever travels */
}

/* --- all of it ---------------------------------------------------------------------- */

static bool has_phase(enum phase phase)
{
    for (size_t i = 0; i < picture->panel_count; i++) {
        for (unsigned p = 0; p < picture->panels[i].count; p++) {
            const struct row *row = &picture->panels[i].rows[p];
            for (size_t j = 0; j < row->count; j++) {
                if (row->bars[j].phase == phase) {
                    return true;
                }
            }
        }
    }
    return false;
}

/* Text of the legend at *x; roughly as wide as it will be. */
static void draw_word(double *x, const char *text)
{
    (void)fprintf(file, "<text x=\"%.1f\" y=\"76\">", *x);
    put_text("%s", text);
    (void)fputs("</text>\n", file);
    *x += 7.6 * text_width(text) + 22;
}

static void draw_legend_arrow(double *x, unsigned colour, const char *name)
{
    (void)fprintf(file,
                  "<path d=\"M%.1f 71h28\" stroke=\"%s\" stroke-width=\"1.6\" "
                  "marker-end=\"url(#head%u)\"/>\n",
                  *x, arrow_colours[colour], colour);
    *x += 36;
    draw_word(x, name);
}

static void draw_legend(void)
{
    double x = LEFT;
    (void)fputs("<g font-size=\"15\" fill=\"#222\">\n", file);
    for (enum phase phase = WORKING; phase < DONE; phase++) {
        if (has_phase(phase)) {
            double height = 20 * phase_heights[phase];
            (void)fprintf(file,
                          "<rect x=\"%.1f\" y=\"%.1f\" width=\"28\" height=\"%.1f\" "
                          "fill=\"%s\"/>\n",
                          x, 71 - height / 2, height, phase_colours[phase]);
            x += 36;
            draw_word(&x, phase_names[phase]);
        }
    }
    if (picture->group_count > 0) {
        x += 24;
        draw_word(&x, "transfers of lines:");
    }
    for (unsigned i = 0; i < coloured_count; i++) {
        draw_legend_arrow(&x, i, picture->groups[coloured[i]].name);
    }
    if (picture->group_count > coloured_count) {
        draw_legend_arrow(&x, COLOURED, coloured_count > 0 ? "others" : "any");
    }
    (void)fprintf(file,
                  "</g>\n<text x=\"%d\" y=\"40\" font-size=\"15\" fill=\"#222\" "
                  "text-anchor=\"end\">%s</text>\n",
                  WIDTH - RIGHT,
                  picture->panel_count < 2 ? ""
                  : layout.common          ? "one time scale for all panels"
                                           : "each panel has a time scale of its own");
}

static void draw_head(const char *name, unsigned colour, double size)
{
    (void)fprintf(file,
                  "<marker id=\"%s%u\" viewBox=\"0 0 6 6\" refX=\"6\" refY=\"3\" "
                  "markerWidth=\"%.1f\" markerHeight=\"%.1f\" "
                  "markerUnits=\"userSpaceOnUse\" orient=\"auto\">"
                  "<path d=\"M0 0L6 3L0 6z\" stroke=\"none\" fill=\"%s\"/></marker>\n",
                  name, colour, size, size, arrow_colours[colour]);
}

static void draw_heads(void)
{
    (void)fputs("<defs>\n", file);
    for (unsigned colour = 0; colour <= COLOURED; colour++) {
        draw_head("head", colour, 6.5);
        draw_head("small", colour, layout.pitch < 12 ? 3 : 4.5);
    }
    (void)fputs("</defs>\n", file);
}

static void draw(const char *heading)
{
    double height = TOP;
    for (size_t i = 0; i < picture->panel_count; i++) {
        height += panel_height(&picture->panels[i]);
    }
    (void)fprintf(file,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" "
                  "width=\"%d\" height=\"%.0f\" viewBox=\"0 0 %d %.0f\" "
                  "font-family=\"Helvetica, Arial, sans-serif\">\n"
                  "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
                  WIDTH, height, WIDTH, height);
    draw_heads();
    (void)fprintf(file, "<text x=\"%d\" y=\"40\" font-size=\"24\" font-weight=\"bold\">",
                  LEFT);
    put_text("%s", heading);
    (void)fputs("</text>\n", file);
    draw_legend();
    panel_top = TOP;
    for (size_t i = 0; i < picture->panel_count; i++) {
        panel = &picture->panels[i];
        draw_panel();
        panel_top += panel_height(panel);
    }
    (void)fputs("</svg>\n", file);
}

static const char *file_path;

static bool failed(void)
{
    (void)fprintf(vm_err, "locksim: --timeline: %s: %s\n", file_path, strerror(errno));
    return false;
}

bool picture_open(const char *path)
{
    file_path = path;
    file = fopen(path, "w");
    return file != NULL || failed();
}

bool picture_write(const struct picture *which, const char *heading)
{
    picture = which;
    bool written = find_colours();
    if (written) {
        find_layout();
        draw(heading);
        written = ferror(file) == 0;
    }
    written = fclose(file) == 0 && written;
    return written || failed();
}
