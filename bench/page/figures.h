/* SPDX-License-Identifier: MIT */
/* The figures of a report: which there are, and the points that are in each. */
#ifndef LOCKBENCH_PAGE_FIGURES_H
#define LOCKBENCH_PAGE_FIGURES_H

#include "bench/page/alike.h"
#include "bench/page/style.h"
#include "common/difference.h"

enum section { CONTENTION, FREE, BARRIER_EPISODES, READERS, SIMULATED, SECTIONS };
extern const char *const section_titles[SECTIONS];

enum half { WHOLE_LINE, LEFT_HALF, RIGHT_HALF };

/* What one kind of figure shows. */
struct topic {
    const char *id; /* in names of files */
    enum section section;
    const char *title, *look; /* `look`: what to look at, a sentence or two */
    enum origin origin;
    const char *kind;
    const char *x, *y; /* fields; x NULL: bars */
    const char *x_label, *y_label;
    const char *split;  /* a field that has a figure for each of its values */
    const char *unit;   /* of that, after its value */
    const char *growth; /* a text to be shown with each name */
    bool log_y;
    bool more;      /* is better */
    bool share;     /* from 0 to 1 */
    bool tail;      /* y begins the names of percentiles, which are the x */
    enum half half; /* of a line that it shares with another topic */
    bool beside;    /* only what has been simulated, too */
    double inverse; /* not 0: what is shown is this divided by y */
};

enum { PERCENTILES = 6 };
extern const char *const percentile_names[PERCENTILES];

/* What the ends of a bar are. */
enum interval { NO_INTERVAL, OF_RUNS, RANGE_OF_RUNS, OF_LAUNCHES, RANGE_OF_LAUNCHES };

struct point {
    size_t series;
    double x, value, low, high; /* low and high NaN: there is none */
    struct values values;       /* of the runs, or the launches; empty: not known */
    bool best;                  /* for its x, or not to be told from the best */
    enum interval interval;
    bool disturbed;
};

struct series {
    const char *name;
    struct style style;
    const char *growth; /* or NULL */
};

struct figure {
    const struct topic *topic;
    char id[64];
    char title[96];    /* the topic's, with the part */
    const char *about; /* what makes it another one than those of its topic, or "" */
    struct series *series;
    size_t series_count;
    struct point *points; /* by series, then x */
    size_t count;
    double *xs; /* all there are, in order */
    size_t x_count;
    bool bars;
    bool half;            /* stands beside another one */
    bool first;           /* begins a line, if it does */
    unsigned part, parts; /* of many curves, which are in figures of their own */
    double least, most;   /* of what is drawn in all parts, with intervals */
    bool with_disturbed;  /* most points are, and so all are drawn */
    bool has_best;        /* some points of the same x are compared */
    bool has_lone;        /* all but one of the same x were disturbed */
    size_t needed;        /* of values to tell any from the best; 0: there are enough */
    bool untold;          /* the results do not have them */
    double processors;    /* of the machine; NaN: not known */
    double threads;       /* of a tail */
    json_t *commands, *launches, *machines; /* arrays of texts */
    double fewest_runs, most_runs;
    double least_way, most_way; /* of a cache line, in nanoseconds; NaN: not known */
};

struct figures {
    struct figure **items;
    size_t count, room;
};

/* All figures, in the order of the page. What is in none of them is noted in the results
   as left out. */
struct figures figures_of(struct collection *results, const struct groups *groups);

/* Whether the point is drawn: not if it is disturbed and most are not, nor a zero where
   the axis has none. */
bool is_drawn(const struct figure *figure, const struct point *point);

/* The ends of its bar that can be drawn. */
double point_low(const struct figure *figure, const struct point *point);
double point_high(const struct point *point);

/* Whether some value is without bounds: it is in the table only. */
bool has_unbounded(const struct figure *figure);
bool has_drawn(const struct figure *figure);
size_t disturbed_in(const struct figure *figure);

/* The point of a series at an x; NULL: there is none. */
const struct point *point_at(const struct figure *figure, size_t series, double x);

/* The lock that is none: what remains is what the measuring itself takes. */
bool is_none(const struct result *result);

/* A text that is in the array from now on. */
void add_text(json_t *array, const char *text);

/* "vm: AMD EPYC, 2 cores, 2 hardware threads, Linux 6.1". To be freed. */
char *machine_text(const json_t *record);

#endif
