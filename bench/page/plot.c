/* SPDX-License-Identifier: MIT */
#include "bench/page/plot.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/memory.h"

extern char **environ;

/* --- running it --------------------------------------------------------------------- */

static char complaint[256];

const char *plot_complaint(void)
{
    return complaint;
}

/* The whole of a stream, which it closes. */
static char *whole(FILE *file, size_t *size)
{
    char *text = NULL, buffer[4096];
    FILE *stream = sure(open_memstream(&text, size));
    for (size_t got; (got = fread(buffer, 1, sizeof buffer, file)) > 0;) {
        (void)fwrite(buffer, 1, got, stream);
    }
    (void)fclose(stream);
    (void)fclose(file);
    return sure(text);
}

/* Runs `gnuplot ARGUMENT` without the user's own settings. Standard output and errors go
   to files. Returns its status; −1: it cannot be run, and errno says why. */
static int run(const char *argument, FILE *output, FILE *errors)
{
    char *words[] = {"gnuplot", "-d", (char *)argument, NULL};
    posix_spawn_file_actions_t files;
    (void)posix_spawn_file_actions_init(&files);
    (void)posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY,
                                           0);
    (void)posix_spawn_file_actions_adddup2(&files, fileno(output), STDOUT_FILENO);
    (void)posix_spawn_file_actions_adddup2(&files, fileno(errors), STDERR_FILENO);
    pid_t process;
    int error = posix_spawnp(&process, words[0], &files, NULL, words, environ);
    (void)posix_spawn_file_actions_destroy(&files);
    if (error != 0) {
        errno = error;
        return -1;
    }
    int status;
    while (waitpid(process, &status, 0) < 0) {
        if (errno != EINTR) {
            return -1;
        }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

const char *plot_missing(void)
{
    FILE *nothing = sure(tmpfile());
    int status = run("--version", nothing, nothing);
    int error = errno;
    (void)fclose(nothing);
    if (status < 0) {
        (void)snprintf(complaint, sizeof complaint, "%s", strerror(error));
        return complaint;
    }
    return status == 0 ? NULL : "it fails";
}

/* The first line that gnuplot wrote which is no place in a script. */
static void keep_complaint(FILE *errors)
{
    size_t size;
    rewind(errors);
    char *text = whole(errors, &size), *rest = text;
    (void)snprintf(complaint, sizeof complaint, "gnuplot has failed");
    for (char *line; (line = strtok_r(rest, "\n", &rest)) != NULL;) {
        if (strstr(line, "line ") != NULL) {
            (void)snprintf(complaint, sizeof complaint, "%s", line + strspn(line, " \t"));
            break;
        }
    }
    free(text);
}

static void put_format(FILE *script, enum plot_format format,
                       const struct picture *picture)
{
    if (format == PLOT_PDF) {
        static const double CENTIMETRES = 16.0 / WIDE;
        (void)fprintf(script,
                      "set terminal pdfcairo noenhanced size %.2fcm,%.2fcm "
                      "font 'sans,9' rounded\n",
                      CENTIMETRES * picture->width, CENTIMETRES * picture->height);
        return;
    }
    (void)fprintf(script,
                  "set terminal svg noenhanced %s size %u,%u font 'sans-serif,13'%s\n",
                  format == PLOT_PAGE ? "dynamic" : "fixed", picture->width,
                  picture->height, format == PLOT_PAGE ? "" : " background rgb 'white'");
}

char *plot_draw(enum plot_format format, const struct picture *picture, size_t *size)
{
    char path[] = "/tmp/lockbench-report-XXXXXX";
    int descriptor = mkstemp(path);
    if (descriptor < 0) {
        refuse("cannot write %s: %s", path, strerror(errno));
    }
    FILE *file = sure(fdopen(descriptor, "w"));
    put_format(file, format, picture);
    (void)fputs("set encoding utf8\n", file);
    picture->script(file, picture->what);
    if (fclose(file) != 0) {
        refuse("cannot write %s: %s", path, strerror(errno));
    }
    FILE *output = sure(tmpfile()), *errors = sure(tmpfile());
    int status = run(path, output, errors);
    (void)unlink(path);
    keep_complaint(errors);
    rewind(output);
    char *text = whole(output, size);
    if (status == 0 && *size > 0) {
        return text;
    }
    free(text);
    return NULL;
}

/* --- scripts ------------------------------------------------------------------------ */

void plot_text(FILE *script, const char *text)
{
    enum { LONGEST = 40 };
    (void)fputc('\'', script);
    for (unsigned used = 0; *text != '\0'; text++) {
        bool begins = ((unsigned char)*text & 0xC0) != 0x80;
        used += begins;
        if (begins && used > LONGEST) {
            (void)fputs("…", script);
            break;
        }
        bool control = iscntrl((unsigned char)*text) != 0;
        (void)fprintf(script, "%s%c", *text == '\'' ? "'" : "", control ? '?' : *text);
    }
    (void)fputc('\'', script);
}

/* Intervals: gnuplot's own bars would have white discs around their points. */
#define WHISKERS "heads size screen 0.006,90 nofilled lw 1 "
#define INK      "'#000000'"
#define MUTED    "'#808080'"
/* gnuplot would join it with the axes, undashed, if it had their colour. */
#define DASHED "'#818181'"
#define GRID   "'#d0d0d0'"

static void put_axes(FILE *script, bool half)
{
    (void)fprintf(script,
                  "set border 3 lc rgb " MUTED "\n"
                  "set tics nomirror textcolor rgb " INK "\n"
                  "set grid ytics lc rgb " GRID " lt 1 lw 0.5\n"
                  "set key outside %s Left reverse samplen 3 spacing 1.15\n",
                  half ? "below center horizontal" : "right top");
}

static unsigned whole_colour(unsigned colour)
{
    return style_colours[colour];
}

/* Numbers that gnuplot cannot read are none of them. */
static void put_number(FILE *script, double number)
{
    (void)fprintf(script, " %.10g", isfinite(number) ? number : 0);
}

/* --- curves ------------------------------------------------------------------------- */

/* Curves that end up in one place, a little beside each other. */
static double beside(const struct figure *figure, const struct point *point)
{
    static const double WHOLE = 0.05;
    double n = (double)figure->series_count;
    double shift = n > 1 ? ((double)point->series / (n - 1) - 0.5) * WHOLE : 0;
    return figure->topic->tail ? point->x + 2 * shift : point->x * pow(2, shift);
}

static void put_curve_data(FILE *script, const struct figure *figure, size_t series)
{
    (void)fprintf(script, "$data%zu << END\n", series);
    for (size_t i = 0; i < figure->count; i++) {
        const struct point *point = &figure->points[i];
        if (point->series == series && is_drawn(figure, point)) {
            put_number(script, beside(figure, point));
            put_number(script, point->value);
            put_number(script, point_low(figure, point));
            put_number(script, point_high(point));
            (void)fputc('\n', script);
        } else if (point->series == series && isinf(point->value)) {
            (void)fputc('\n', script); /* the curve does not go on below it */
        }
    }
    (void)fputs("END\n", script);
}

static void put_curve_axes(FILE *script, const struct figure *figure)
{
    const struct topic *topic = figure->topic;
    double first = figure->xs[0], last = figure->xs[figure->x_count - 1];
    if (topic->tail) {
        static const char *const shares[PERCENTILES] = {"50",   "90",    "99",
                                                        "99.9", "99.99", "longest"};
        (void)fputs("set xrange [0.8:6.2]\nset xtics (", script);
        for (int i = 0; i < PERCENTILES; i++) {
            (void)fprintf(script, "%s'%s' %d", i > 0 ? ", " : "", shares[i], i + 1);
        }
        (void)fputs(")\n", script);
        return;
    }
    (void)fprintf(script, "set logscale x 2\nset xrange [%.10g:%.10g]\nset xtics (",
                  first / 1.12, last * 1.12);
    for (size_t i = 0; i < figure->x_count; i++) {
        (void)fprintf(script, "%s'%.10g' %.10g", i > 0 ? ", " : "", figure->xs[i],
                      figure->xs[i]);
    }
    (void)fputs(")\n", script);
    if (figure->processors >= first && figure->processors < last) {
        double at = figure->processors * 1.08;
        (void)fprintf(script,
                      "set arrow from %.10g, graph 0 to %.10g, graph 1 nohead dt (10,10) "
                      "lc rgb " DASHED " back\n",
                      at, at);
    }
}

/* "10 µs" of nanoseconds; of other things "1000" and "10⁴". */
static void put_power(FILE *script, bool of_time, int power, int digit)
{
    static const char *const units[] = {"ns", "µs", "ms", "s"};
    static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴",
                                         "⁵", "⁶", "⁷", "⁸", "⁹"};
    if (of_time && power >= 0 && power < 12) {
        (void)fprintf(script, "'%d%.*s %s'", digit, power % 3, "00", units[power / 3]);
    } else if (power >= 4 && power < 100) {
        (void)fputc('\'', script);
        if (digit > 1) {
            (void)fprintf(script, "%d·", digit);
        }
        (void)fprintf(script, "10%s%s'", power < 10 ? "" : raised[power / 10],
                      raised[power % 10]);
    } else {
        (void)fprintf(script, "'%g'", digit * pow(10, power));
    }
}

/* Powers of ten; where the points are near to each other, 2 and 5 times these, too. */
static void put_powers(FILE *script, const struct figure *figure)
{
    static const int digits[] = {1, 2, 5};
    static const double NEAR = 2.2;
    const char *label = figure->topic->y_label;
    size_t length = strlen(label);
    bool of_time = length > 4 && strcmp(label + length - 4, ", ns") == 0;
    double least = figure->least, most = figure->most;
    if (!(least > 0)) {
        return;
    }
    int from = (int)floor(log10(least)), to = (int)ceil(log10(most));
    int step = 1 + (to - from) / 12;
    const char *before = "";
    (void)fputs("set logscale y\nset ytics (", script);
    for (int power = from; power <= to; power += step) {
        for (int i = 0; i < (log10(most / least) < NEAR ? 3 : 1); i++) {
            (void)fputs(before, script);
            put_power(script, of_time, power, digits[i]);
            (void)fprintf(script, " %de%d", digits[i], power);
            before = ", ";
        }
    }
    (void)fprintf(script, ")\nset yrange [%.10g:%.10g]\n", least / 1.2, most * 1.2);
}

static void put_range(FILE *script, const struct figure *figure)
{
    if (figure->topic->log_y) {
        put_powers(script, figure);
    } else if (figure->topic->share) {
        (void)fputs("set yrange [0:1.02]\n", script);
    } else {
        (void)fprintf(script, "set yrange [0:%.10g]\n",
                      figure->most > 0 ? figure->most * 1.05 : 1);
    }
}

static bool has_intervals(const struct figure *figure)
{
    for (size_t i = 0; i < figure->count; i++) {
        if (is_drawn(figure, &figure->points[i]) &&
            figure->points[i].interval != NO_INTERVAL) {
            return true;
        }
    }
    return false;
}

static void plot_curves(FILE *script, const struct figure *figure)
{
    put_axes(script, figure->half);
    put_curve_axes(script, figure);
    put_range(script, figure);
    (void)fputs("set xlabel ", script);
    plot_text(script, figure->topic->x_label);
    (void)fputs("\nset ylabel ", script);
    plot_text(script, figure->topic->y_label);
    (void)fputc('\n', script);
    for (size_t i = 0; i < figure->series_count; i++) {
        put_curve_data(script, figure, i);
    }
    (void)fputs("plot ", script);
    for (size_t i = 0; i < figure->series_count; i++) {
        const struct style *style = &figure->series[i].style;
        unsigned colour = whole_colour(style->colour);
        if (has_intervals(figure)) {
            (void)fprintf(script,
                          "$data%zu using 1:3:(0):($4-$3) with vectors " WHISKERS
                          "lc rgb "
                          "'#%06x' notitle, ",
                          i, colour);
        }
        (void)fprintf(script,
                      "$data%zu using 1:2 with linespoints lw 1.6 ps %s dt %s pt %u "
                      "lc rgb '#%06x' title ",
                      i, style_marks[style->mark] < 3 ? "1.2" : "0.75",
                      style_dashes[style->dash], style_marks[style->mark], colour);
        plot_text(script, figure->series[i].name);
        (void)fputs(i + 1 < figure->series_count ? ", " : "\n", script);
    }
}

/* --- bars --------------------------------------------------------------------------- */

static void plot_bars(FILE *script, const struct figure *figure)
{
    size_t rows = 0;
    char label[128];
    const struct topic *topic = figure->topic;
    int letters = (int)strlen(topic->x_label) - (figure->xs[0] == 1); /* 1 thread */
    (void)snprintf(label, sizeof label, topic->x != NULL ? "%s; %.10g %.*s" : "%s",
                   topic->y_label, figure->xs[0], letters, topic->x_label);
    put_axes(script, figure->half);
    (void)fputs("unset key\nunset grid\nset grid xtics lc rgb " GRID " lt 1 lw 0.5\n"
                "$data << END\n",
                script);
    for (size_t i = 0; i < figure->count; i++) {
        const struct point *point = &figure->points[i];
        if (is_drawn(figure, point)) {
            (void)fprintf(script, "%zu", ++rows);
            put_number(script, point->value);
            put_number(script, point_low(figure, point));
            put_number(script, point_high(point));
            (void)fprintf(script, " %u\n",
                          whole_colour(figure->series[point->series].style.colour));
        }
    }
    (void)fputs("END\nset ytics scale 0 (", script);
    rows = 0;
    for (size_t i = 0; i < figure->count; i++) {
        if (is_drawn(figure, &figure->points[i])) {
            (void)fputs(rows > 0 ? ", " : "", script);
            plot_text(script, figure->series[figure->points[i].series].name);
            (void)fprintf(script, " %zu", ++rows);
        }
    }
    (void)fprintf(script, ")\nset yrange [%zu.6:0.4]\n%sset xlabel ", rows,
                  figure->topic->share ? "set xrange [0:1.1]\n" : "set xrange [0:*]\n");
    plot_text(script, label);
    (void)fputs("\nset style fill solid 0.85 noborder\n"
                "plot $data using (0):1:(0):2:($1-0.36):($1+0.36):5 with boxxyerror "
                "lc rgb variable notitle, "
                "$data using 3:1:($4-$3):(0) with vectors " WHISKERS "lc rgb " INK
                " notitle\n",
                script);
}

static void plot_figure(FILE *script, const void *what)
{
    const struct figure *figure = what;
    if (figure->bars) {
        plot_bars(script, figure);
    } else {
        plot_curves(script, figure);
    }
}

/* Of curves what looks well, with room for the names; of bars what the names need. */
struct picture picture_of(const struct figure *figure)
{
    enum { CURVES = 390, AXIS = 75, NAME = 22, IN_A_ROW = 3 };
    unsigned width = figure->half ? NARROW : WIDE;
    unsigned names = (unsigned)figure->series_count;
    unsigned height = CURVES;
    if (figure->bars) {
        height = AXIS + NAME * (unsigned)figure->count;
    } else if (figure->half) {
        height = CURVES + NAME * (1 + names / IN_A_ROW);
    } else if (AXIS + NAME * names > CURVES) {
        height = AXIS + NAME * names;
    }
    return (struct picture){figure->id, width, height, plot_figure, figure};
}
