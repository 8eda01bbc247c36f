/* SPDX-License-Identifier: MIT */
/*
 * What gnuplot writes as SVG, made a part of a page: without its header, its titles
 * (which browsers show when the mouse is there), its empty groups and the marks that all
 * pictures define alike; and with the colours of the page, which are others in the dark.
 */
#include "bench/page/plot.h"

#include <string.h>

#include "bench/page/html.h"
#include "common/memory.h"

/* Marks as gnuplot draws and numbers them, from 0 on. */
void plot_marks(FILE *page)
{
    static const char *const marks[] = {
        "<path d='M-1,0h2M0-1v2'/>",
        "<path d='M-1-1L1,1M1-1L-1,1'/>",
        "<path d='M-1,0L1,0M0-1L0,1M-1-1L1,1M-1,1L1-1'/>",
        "<path d='M-1-1h2v2h-2z'/>",
        "<path d='M-1-1h2v2h-2z' fill='currentColor'/>",
        "<circle r='1'/>",
        "<circle r='1' fill='currentColor'/>",
        "<path d='M0-1.33L-1.33,.67L1.33,.67z'/>",
        "<path d='M0-1.33L-1.33,.67L1.33,.67z' fill='currentColor'/>",
        "<path d='M0,1.33L-1.33-.67L1.33-.67z'/>",
        "<path d='M0,1.33L-1.33-.67L1.33-.67z' fill='currentColor'/>",
        "<path d='M0-1.4L1.4,0L0,1.4L-1.4,0z'/>",
        "<path d='M0-1.4L1.4,0L0,1.4L-1.4,0z' fill='currentColor'/>",
    };
    (void)fputs("<svg width=\"0\" height=\"0\" style=\"position:absolute\" "
                "aria-hidden=\"true\"><defs>\n",
                page);
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        (void)fprintf(page,
                      "<g id=\"gpPt%zu\" stroke=\"currentColor\" stroke-width=\".3\" "
                      "fill=\"none\">%s</g>\n",
                      i, marks[i]);
    }
    (void)fputs("</defs></svg>\n", page);
}

/* --- rewriting ---------------------------------------------------------------------- */

/* Whether the text goes on so; if it does, passes over it. */
static bool passes(const char **at, const char *text)
{
    size_t length = strlen(text);
    if (strncmp(*at, text, length) != 0) {
        return false;
    }
    *at += length;
    return true;
}

/* Passes over the rest of an element. */
static void pass_to(const char **at, const char *end)
{
    const char *found = strstr(*at, end);
    *at = found != NULL ? found + strlen(end) : *at + strlen(*at);
}

/* Colours that are the page's own. */
static void put_colour(FILE *page, unsigned red, unsigned green, unsigned blue)
{
    static const struct {
        unsigned colour;
        const char *name;
    } names[] = {{0, "ink"},
                 {0x808080, "muted"},
                 {0x818181, "muted"},
                 {0xd0d0d0, "grid"},
                 {0xffffff, "paper"}};
    unsigned colour = red << 16 | green << 8 | blue;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].colour == colour) {
            (void)fprintf(page, "var(--%s)", names[i].name);
            return;
        }
    }
    (void)fprintf(page, "#%06x", colour);
}

/* A colour as gnuplot writes it. Returns whether there was one. */
static bool rewrites_colour(FILE *page, const char **at)
{
    unsigned red, green, blue;
    int length = 0;
    if (strncmp(*at, "rgb(", 4) != 0 ||
        sscanf(*at, "rgb(%u ,%u ,%u)%n", &red, &green, &blue, &length) != 3 ||
        length == 0) {
        return false;
    }
    put_colour(page, red & 0xff, green & 0xff, blue & 0xff);
    *at += length;
    return true;
}

/* An empty group: "<g …>", spaces, "</g>". */
static bool passes_empty_group(const char **at)
{
    if (strncmp(*at, "<g ", 3) != 0) {
        return false;
    }
    const char *end = strchr(*at, '>');
    if (end == NULL) {
        return false;
    }
    end += 1 + strspn(end + 1, " \t\r\n");
    if (strncmp(end, "</g>", 4) != 0) {
        return false;
    }
    *at = end + 4;
    return true;
}

static void rewrite(FILE *page, const char *at)
{
    while (*at != '\0') {
        if (passes_empty_group(&at)) {
            continue;
        }
        if (strncmp(at, "<text>", 6) == 0) { /* what stands in it is a name or a number */
            size_t length = 6 + strcspn(at + 6, "<");
            (void)fwrite(at, 1, length, page);
            at += length;
        } else if (passes(&at, "<title>")) {
            pass_to(&at, "</title>");
        } else if (passes(&at, "<desc>")) {
            pass_to(&at, "</desc>");
        } else if (passes(&at, "<defs>")) {
            pass_to(&at, "</defs>");
        } else if (passes(&at, " id=\"")) {
            pass_to(&at, "\"");
        } else if (passes(&at, "xlink:href=")) {
            (void)fputs("href=", page);
        } else if (passes(&at, "=\"black\"")) {
            (void)fputs("=\"var(--ink)\"", page);
        } else if (passes(&at, "color=\"gray\"")) {
            (void)fputs("color=\"var(--muted)\"", page);
        } else if (strspn(at, " \t\r\n") > 0) {
            bool breaks = at[strcspn(at, "\r\n")] != '\0' &&
                          strcspn(at, "\r\n") < strspn(at, " \t\r\n");
            at += strspn(at, " \t\r\n");
            (void)fputc(breaks ? '\n' : ' ', page);
        } else if (!rewrites_colour(page, &at)) {
            (void)fputc(*at++, page);
        }
    }
}

void plot_inline(FILE *page, const char *svg, const char *label)
{
    const char *box = strstr(svg, "viewBox=\"");
    const char *begin = strstr(svg, "<svg");
    begin = begin != NULL ? strchr(begin, '>') : NULL;
    if (box == NULL || begin == NULL) {
        return;
    }
    box += strlen("viewBox=\"");
    (void)fprintf(page, "<svg class=\"plot\" viewBox=\"%.*s\" role=\"img\" aria-label=\"",
                  (int)strcspn(box, "\""), box);
    html_text(page, label);
    (void)fputs("\">", page);
    rewrite(page, begin + 1);
}
