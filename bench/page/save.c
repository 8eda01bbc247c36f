/* SPDX-License-Identifier: MIT */
#include "bench/page/save.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "bench/fields.h"
#include "bench/page/page.h"
#include "bench/page/verdicts.h"
#include "common/memory.h"
#include "common/text.h"

/* --- CSV ---------------------------------------------------------------------------- */

void csv_text(FILE *file, const char *text)
{
    bool quoted = text[strcspn(text, ",\"\r\n")] != '\0';
    (void)fputs(quoted ? "\"" : "", file);
    for (; *text != '\0'; text++) {
        (void)fputs(*text == '"' ? "\"" : "", file);
        (void)fputc(*text, file);
    }
    (void)fputs(quoted ? "\"" : "", file);
}

void csv_field(FILE *file, const json_t *record, const char *path)
{
    const json_t *value = field(record, path);
    char *text = text_of(value);
    (void)fputc(',', file);
    csv_text(file, value == NULL || json_is_null(value) ? "" : text);
    free(text);
}

static void csv_number(FILE *file, double number)
{
    (void)fputc(',', file);
    if (isfinite(number)) {
        (void)fprintf(file, "%.10g", number);
    }
}

static const char *x_name(const struct figure *figure)
{
    return figure->topic->tail ? "percentile" : figure->topic->x;
}

static void csv_figure(FILE *file, const struct figure *figure)
{
    static const char *const ends[] = {[NO_INTERVAL] = "",
                                       [OF_RUNS] = "95 % of runs",
                                       [RANGE_OF_RUNS] = "range of runs",
                                       [OF_LAUNCHES] = "95 % of launches",
                                       [RANGE_OF_LAUNCHES] = "range of launches"};
    const char *x = x_name(figure);
    (void)fprintf(file, "name%s%s,value,low,high,interval,disturbed,best\n",
                  x != NULL ? "," : "", x != NULL ? x : "");
    for (size_t i = 0; i < figure->count; i++) {
        const struct point *point = &figure->points[i];
        csv_text(file, figure->series[point->series].name);
        if (figure->topic->tail) {
            (void)fprintf(file, ",%s", percentile_names[(int)point->x - 1]);
        } else if (x != NULL) {
            csv_number(file, point->x);
        }
        csv_number(file, point->value);
        csv_number(file, point->low);
        csv_number(file, point->high);
        (void)fprintf(file, ",%s,%s,%s\n", ends[point->interval],
                      point->disturbed ? "true" : "false",
                      point->best ? "true" : "false");
    }
}

static void csv_ways(FILE *file, const struct ways *ways)
{
    (void)fputs("first,second,shared,one_way_ns,disturbed\n", file);
    for (size_t i = 0; i < ways->count; i++) {
        const json_t *record = ways->items[i]->record;
        (void)fprintf(file, "%" JSON_INTEGER_FORMAT,
                      json_integer_value(field(record, "first")));
        csv_field(file, record, "second");
        csv_field(file, record, "shared");
        csv_field(file, record, "one_way_ns");
        csv_field(file, record, "disturbed");
        (void)fputc('\n', file);
    }
}

/* --- files -------------------------------------------------------------------------- */

static FILE *open_in(const char *directory, const char *name, const char *ending,
                     char **path)
{
    *path = text_made("%s/%s.%s", directory, name, ending);
    FILE *file = fopen(*path, "w");
    if (file == NULL) {
        refuse("cannot write %s: %s", *path, strerror(errno));
    }
    return file;
}

static void close_file(FILE *file, char *path)
{
    output_close(file, path);
    free(path);
}

static void save_drawing(const struct page *page, const struct picture *picture)
{
    static const char *const endings[] = {[PLOT_SVG] = "svg", [PLOT_PDF] = "pdf"};
    const char *const directories[] = {[PLOT_SVG] = page->svg, [PLOT_PDF] = page->pdf};
    for (int format = PLOT_SVG; format <= PLOT_PDF; format++) {
        size_t size;
        char *path, *text;
        if (directories[format] == NULL || page->no_gnuplot != NULL) {
            continue;
        }
        text = plot_draw((enum plot_format)format, picture, &size);
        if (text == NULL) {
            refuse("gnuplot does not draw %s as %s: %s", picture->id, endings[format],
                   plot_complaint());
        }
        FILE *file = open_in(directories[format], picture->id, endings[format], &path);
        (void)fwrite(text, 1, size, file);
        close_file(file, path);
        free(text);
    }
}

static void save_figures(const struct page *page)
{
    for (size_t i = 0; i < page->figures.count; i++) {
        const struct figure *figure = page->figures.items[i];
        char *path;
        if (has_drawn(figure)) {
            const struct picture picture = picture_of(figure);
            save_drawing(page, &picture);
        }
        if (page->csv != NULL) {
            FILE *file = open_in(page->csv, figure->id, "csv", &path);
            csv_figure(file, figure);
            close_file(file, path);
        }
    }
}

static void save_machines(const struct page *page)
{
    char *path;
    for (size_t i = 0; i < page->machines.count; i++) {
        const struct machine *machine = &page->machines.items[i];
        if (machine_is_known(machine)) {
            const struct picture picture = picture_of_machine(machine);
            save_drawing(page, &picture);
        }
    }
    for (size_t i = 0; i < page->matrices.count; i++) {
        const struct ways *ways = &page->matrices.items[i];
        const struct picture picture = picture_of_ways(ways);
        save_drawing(page, &picture);
        if (page->csv != NULL) {
            FILE *file = open_in(page->csv, ways->id, "csv", &path);
            csv_ways(file, ways);
            close_file(file, path);
        }
    }
}

static void make_directory(const char *path)
{
    if (path != NULL && mkdir(path, 0777) != 0 && errno != EEXIST) {
        refuse("cannot make the directory %s: %s", path, strerror(errno));
    }
}

void save_all(const struct page *page)
{
    char *path;
    make_directory(page->svg);
    make_directory(page->pdf);
    make_directory(page->csv);
    save_figures(page);
    save_machines(page);
    if (page->csv != NULL && has_verdicts(page->results)) {
        FILE *file = open_in(page->csv, "verdicts", "csv", &path);
        csv_verdicts(file, page->results);
        close_file(file, path);
    }
}
