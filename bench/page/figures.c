/* SPDX-License-Identifier: MIT */
#include "bench/page/figures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/fields.h"
#include "common/memory.h"
#include "common/statistics.h"
#include "common/text.h"

const char *const section_titles[SECTIONS] = {
    [CONTENTION] = "Locks under contention", [FREE] = "Free locks",
    [BARRIER_EPISODES] = "Barriers",         [READERS] = "Readers and writers",
    [SIMULATED] = "Simulated machines",
};

const char *const percentile_names[PERCENTILES] = {"median", "p90",   "p99",
                                                   "p999",   "p9999", "max"};

#define BEYOND "the dashed line, where there are more threads than processors"

/* The common parts of topics. */
#define OF_LOCKS   .origin = OF_BENCH, .kind = "lock"
#define BY_THREADS .x = "threads", .x_label = "threads"
#define OF_RWLOCKS                                                                       \
    .origin = OF_BENCH, .kind = "rwlock", .split = "writes_percent", .unit = "% writes"
#define BY_PROCESSORS .origin = OF_SIM, .x = "processors", .x_label = "processors"

static const struct topic topics[] = {
    {.id = "throughput",
     .section = CONTENTION,
     .title = "Throughput",
     OF_LOCKS,
     BY_THREADS,
     .y = "acquisitions_millions_per_second",
     .more = true,
     .y_label = "million acquisitions a second",
     .look = "Higher is better: look at how far each curve falls from one thread to two, "
             "and what it does behind " BEYOND "."},
    {.id = "waiting",
     .section = CONTENTION,
     .title = "Waiting",
     OF_LOCKS,
     BY_THREADS,
     .y = "wait_p99_ns",
     .y_label = "99th percentile of waits, ns",
     .log_y = true,
     .look = "Lower is better: one wait in a hundred is longer than this. A curve that "
             "leaps behind " BEYOND ", is of a lock that waits for threads which do not "
             "run."},
    {.id = "tail",
     .section = CONTENTION,
     .title = "The tail of waiting",
     OF_LOCKS,
     .tail = true,
     .x_label = "percentile",
     .y = "wait_",
     .y_label = "wait, ns",
     .log_y = true,
     .look =
         "Look at the right end: where the curve of a fair lock stays flat, that of an "
         "unfair one climbs, since somebody is passed over for long."},
    {.id = "fairness",
     .section = CONTENTION,
     .title = "Fairness",
     OF_LOCKS,
     BY_THREADS,
     .y = "jain_index",
     .more = true,
     .y_label = "Jain's index",
     .share = true,
     .look = "1: all threads got as many acquisitions; 1/n: one of n got all. Look for "
             "curves that leave 1: their throughput is that of few threads."},
    {.id = "latency",
     .section = FREE,
     .title = "A free lock",
     .origin = OF_BENCH,
     .kind = "latency",
     .y = "latency_ns",
     .x_label = "",
     .y_label = "lock and unlock, ns",
     .look = "Shorter is better: what lock and unlock take when nobody else wants the "
             "lock, which in most programs is most of the time."},
    {.id = "barriers",
     .section = BARRIER_EPISODES,
     .title = "An episode of a barrier",
     .origin = OF_BENCH,
     .kind = "barrier",
     BY_THREADS,
     .y = "episode_ns",
     .y_label = "an episode, ns",
     .log_y = true,
     .look =
         "Lower is better: look at how the time of an episode grows with the threads, "
         "and at the step behind " BEYOND "."},
    {.id = "readers-writers",
     .section = READERS,
     .title = "Readers and writers",
     OF_RWLOCKS,
     BY_THREADS,
     .y = "acquisitions_millions_per_second",
     .more = true,
     .y_label = "million acquisitions a second",
     .look = "Higher is better: where few write, a lock that lets readers in together "
             "should gain with each thread up to the dashed line."},
    {.id = "readers-waiting",
     .section = READERS,
     .title = "How readers wait",
     OF_RWLOCKS,
     BY_THREADS,
     .y = "read_wait_p99_ns",
     .y_label = "99th percentile of readers' waits, ns",
     .log_y = true,
     .half = LEFT_HALF,
     .look = "Lower is better: compare it with how the writers of the same lock wait, "
             "since one is bought with the other."},
    {.id = "writers-waiting",
     .section = READERS,
     .title = "How writers wait",
     OF_RWLOCKS,
     BY_THREADS,
     .y = "write_wait_p99_ns",
     .y_label = "99th percentile of writers' waits, ns",
     .log_y = true,
     .half = RIGHT_HALF,
     .look =
         "Lower is better: a curve that climbs steeply is of a lock whose readers keep "
         "the writers out."},
    {.id = "read-latency",
     .section = READERS,
     .title = "A free lock, to read",
     .origin = OF_BENCH,
     .kind = "rwlock_latency",
     .y = "read_latency_ns",
     .x_label = "",
     .y_label = "lock and unlock, ns",
     .half = LEFT_HALF,
     .look = "Shorter is better: what a reader pays when nobody else wants the lock."},
    {.id = "write-latency",
     .section = READERS,
     .title = "A free lock, to write",
     .origin = OF_BENCH,
     .kind = "rwlock_latency",
     .y = "write_latency_ns",
     .x_label = "",
     .y_label = "lock and unlock, ns",
     .half = RIGHT_HALF,
     .look = "Shorter is better: where readers are cheap, the writer often pays for "
             "them."},
    {.id = "sim-cycles",
     .section = SIMULATED,
     .title = "Cycles of a passage, simulated",
     BY_PROCESSORS,
     .kind = "lock",
     .y = "cycles_per_passage",
     .y_label = "cycles of a passage",
     .growth = "growth.cycles",
     .log_y = true,
     .half = LEFT_HALF,
     .look = "Lower is better: look at the slope. Where a curve doubles with the "
             "processors, each adds as much; where it is flat, it costs the same on any "
             "number of them."},
    {.id = "measured-time",
     .section = SIMULATED,
     .title = "Time of a passage, measured",
     OF_LOCKS,
     BY_THREADS,
     .y = "acquisitions_millions_per_second",
     .y_label = "time of a passage, ns",
     .inverse = 1000,
     .log_y = true,
     .beside = true,
     .half = RIGHT_HALF,
     .look =
         "The same locks on real processors: compare the order of the curves with that "
         "of the simulated ones, up to the dashed line."},
    {.id = "sim-transactions",
     .section = SIMULATED,
     .title = "Transactions of a passage, simulated",
     BY_PROCESSORS,
     .kind = "lock",
     .y = "transactions_per_passage",
     .y_label = "transactions of a passage",
     .growth = "growth.transactions",
     .log_y = true,
     .half = LEFT_HALF,
     .look = "Lower is better: each is a cache line that goes from one processor to "
             "another, or the right to change one."},
    {.id = "sim-references",
     .section = SIMULATED,
     .title = "Remote references of a passage, simulated",
     BY_PROCESSORS,
     .kind = "lock",
     .y = "rmr_cc_per_passage",
     .y_label = "remote references of a passage",
     .growth = "growth.rmr_cc",
     .log_y = true,
     .half = RIGHT_HALF,
     .look = "Lower is better: what the theory counts. Those of queue locks stay flat."},
    {.id = "sim-readers",
     .section = SIMULATED,
     .title = "Cycles of a passage of readers and writers, simulated",
     BY_PROCESSORS,
     .kind = "rwlock",
     .y = "cycles_per_passage",
     .y_label = "cycles of a passage",
     .split = "writes_percent",
     .unit = "% writes",
     .growth = "growth.cycles",
     .log_y = true,
     .half = LEFT_HALF,
     .look = "Lower is better: look at where a curve turns. While it falls, readers pass "
             "together; where it climbs, what they write and wait for costs more than "
             "that gains."},
    {.id = "sim-barriers",
     .section = SIMULATED,
     .title = "Cycles of a barrier's episode, simulated",
     BY_PROCESSORS,
     .kind = "barrier",
     .y = "cycles_per_passage",
     .y_label = "cycles of an episode",
     .growth = "growth.cycles",
     .log_y = true,
     .half = LEFT_HALF,
     .look = "Lower is better: look at the slope. Trees and dissemination grow with the "
             "logarithm, one counter for all grows with P."},
    {.id = "measured-episodes",
     .section = SIMULATED,
     .title = "Time of a barrier's episode, measured",
     .origin = OF_BENCH,
     .kind = "barrier",
     BY_THREADS,
     .y = "episode_ns",
     .y_label = "an episode, ns",
     .log_y = true,
     .beside = true,
     .half = RIGHT_HALF,
     .look = "The same barriers on real processors: compare the order of the curves with "
             "that of the simulated ones, up to the dashed line."},
};
enum { TOPICS = sizeof topics / sizeof *topics };

/* --- small things ------------------------------------------------------------------- */

void add_text(json_t *array, const char *text)
{
    size_t i;
    const json_t *there;
    json_array_foreach(array, i, there)
    {
        if (strcmp(json_string_value(there), text) == 0) {
            return;
        }
    }
    (void)json_array_append_new(array, json_string(text));
}

static void put_count(FILE *stream, const json_t *record, const char *path,
                      const char *one, const char *more)
{
    double count = number_in(record, path);
    if (!isnan(count)) {
        (void)fprintf(stream, ", %.0f %s", count, count == 1 ? one : more);
    }
}

char *machine_text(const json_t *record)
{
    char *text = NULL;
    size_t size;
    FILE *stream = sure(open_memstream(&text, &size));
    const char *host = text_in(record, "host");
    const char *model = text_in(record, "machine.model");
    const char *system = text_in(record, "machine.system");
    const char *kernel = text_in(record, "machine.kernel");
    (void)fprintf(stream, "%s: %s", host != NULL ? host : "a machine without a name",
                  model != NULL ? model : "a processor that is not known");
    put_count(stream, record, "machine.packages", "package", "packages");
    put_count(stream, record, "machine.cores", "core", "cores");
    put_count(stream, record, "machine.hardware_threads", "hardware thread",
              "hardware threads");
    if (system != NULL && kernel != NULL) {
        (void)fprintf(stream, ", %s %s", system, kernel);
    }
    if (truth_in(record, "machine.virtual")) {
        (void)fputs(", virtual", stream);
    }
    (void)fclose(stream);
    return sure(text);
}

bool is_drawn(const struct figure *figure, const struct point *point)
{
    bool has_place = isfinite(point->value) &&
                     (!figure->topic->log_y || figure->bars || point->value > 0);
    return has_place && (!point->disturbed || figure->with_disturbed);
}

bool has_unbounded(const struct figure *figure)
{
    for (size_t i = 0; i < figure->count; i++) {
        if (isinf(figure->points[i].value)) {
            return true;
        }
    }
    return false;
}

double point_low(const struct figure *figure, const struct point *point)
{
    bool known = isfinite(point->low) && (!figure->topic->log_y || point->low > 0);
    return known ? fmin(point->low, point->value) : point->value;
}

double point_high(const struct point *point)
{
    return isfinite(point->high) ? fmax(point->high, point->value) : point->value;
}

bool has_drawn(const struct figure *figure)
{
    for (size_t i = 0; i < figure->count; i++) {
        if (is_drawn(figure, &figure->points[i])) {
            return true;
        }
    }
    return false;
}

size_t disturbed_in(const struct figure *figure)
{
    size_t count = 0;
    for (size_t i = 0; i < figure->count; i++) {
        count += figure->points[i].disturbed;
    }
    return count;
}

const struct point *point_at(const struct figure *figure, size_t series, double x)
{
    for (size_t i = 0; i < figure->count; i++) {
        if (figure->points[i].series == series && figure->points[i].x == x) {
            return &figure->points[i];
        }
    }
    return NULL;
}

/* --- readings: what one result says ------------------------------------------------- */

struct reading {
    struct point point;
    const struct result *result;
};

struct readings {
    struct reading *items;
    size_t count, room;
};

static double turned(const struct topic *topic, double value)
{
    return topic->inverse != 0 ? topic->inverse / value : value;
}

/* Of each run; empty where the results do not have them all. */
static struct values values_of(const struct topic *topic, const json_t *value)
{
    struct values values = {NULL, 0, 0};
    const json_t *all = json_is_object(value) ? field(value, "values") : NULL, *one;
    size_t i;
    json_array_foreach(all, i, one)
    {
        if (!json_is_number(one)) {
            values.count = 0;
            break;
        }
        grow_for_one(&values);
        values.items[values.count++] = turned(topic, json_number_value(one));
    }
    return values;
}

static double member(const json_t *value, const char *name)
{
    return number_in(value, name);
}

/* The value of a field, with the ends of its interval if it has some. */
static struct point point_of(const struct topic *topic, const json_t *value)
{
    struct point point = {.low = NAN, .high = NAN, .value = NAN};
    if (json_is_number(value)) {
        point.value = turned(topic, json_number_value(value));
    } else if (json_is_object(value)) {
        double low = member(value, "low"), high = member(value, "high");
        point.interval = isnan(low) || isnan(high) ? RANGE_OF_RUNS : OF_RUNS;
        if (point.interval == RANGE_OF_RUNS) {
            low = member(value, "min");
            high = member(value, "max");
        }
        point.value = turned(topic, member(value, "median"));
        point.low = turned(topic, topic->inverse != 0 ? high : low);
        point.high = turned(topic, topic->inverse != 0 ? low : high);
    }
    return point;
}

static size_t series_named(struct figure *figure, const struct result *result)
{
    for (size_t i = 0; i < figure->series_count; i++) {
        if (strcmp(figure->series[i].name, result->name) == 0) {
            return i;
        }
    }
    figure->series =
        grow(figure->series, (figure->series_count + 1) * sizeof *figure->series);
    figure->series[figure->series_count] = (struct series){
        .name = result->name, .style = style_of(result->family, result->name)};
    return figure->series_count++;
}

static void add_reading(struct readings *readings, struct figure *figure,
                        const struct result *result, const char *path, double x)
{
    struct point point = point_of(figure->topic, field(result->record, path));
    char unbounded[64];
    (void)snprintf(unbounded, sizeof unbounded, "%s_unbounded", path);
    if (truth_in(result->record, unbounded)) {
        point.value = INFINITY;
    }
    if (isnan(point.value) || isnan(x)) {
        return;
    }
    point.x = x;
    point.values = values_of(figure->topic, field(result->record, path));
    point.series = series_named(figure, result);
    point.disturbed = truth_in(result->record, "disturbed");
    grow_for_one(readings);
    readings->items[readings->count++] = (struct reading){point, result};
    if (figure->topic->growth != NULL) {
        const char *growth = text_in(result->record, figure->topic->growth);
        struct series *series = &figure->series[point.series];
        series->growth = growth != NULL ? growth : series->growth;
    }
}

/* --- from readings to points -------------------------------------------------------- */

static int compare_readings(const void *left, const void *right)
{
    const struct point *a = &((const struct reading *)left)->point;
    const struct point *b = &((const struct reading *)right)->point;
    if (a->series != b->series) {
        return a->series < b->series ? -1 : 1;
    }
    if (a->x != b->x) {
        return a->x < b->x ? -1 : 1;
    }
    return (int)a->disturbed - (int)b->disturbed;
}

/* One point of several launches, those that were not disturbed if there are such. */
static struct point joined(const struct reading *readings, size_t count)
{
    struct point point = readings[0].point;
    size_t used = 0;
    double *values = zeroed(count, sizeof *values);
    while (used < count && readings[used].point.disturbed == point.disturbed) {
        values[used] = readings[used].point.value;
        used++;
    }
    if (used > 1) {
        struct spread spread = spread_of(values, used);
        bool known = !isnan(spread.low) && !isnan(spread.high);
        point.value = spread.median;
        point.low = known ? spread.low : spread.min;
        point.high = known ? spread.high : spread.max;
        point.interval = known ? OF_LAUNCHES : RANGE_OF_LAUNCHES;
        point.values = (struct values){.items = values, .count = used};
    } else {
        free(values);
    }
    return point;
}

/* Whether it is compared with the others of its x. */
static bool is_compared(const struct point *point, double x, bool disturbed)
{
    return point->x == x && point->disturbed == disturbed && isfinite(point->value);
}

static bool is_of_launches(const struct point *point)
{
    return point->interval == OF_LAUNCHES || point->interval == RANGE_OF_LAUNCHES;
}

/* Those with that x: the undisturbed ones if there are such. Returns how many. */
static size_t choose_compared(const struct figure *figure, double x,
                              struct point **points)
{
    size_t count = 0;
    for (int disturbed = 0; disturbed <= 1 && count == 0; disturbed++) {
        for (size_t i = 0; i < figure->count; i++) {
            if (is_compared(&figure->points[i], x, disturbed == 1)) {
                points[count++] = &figure->points[i];
            }
        }
    }
    return count;
}

/* As lockbench marks those of its own tables: by the values of the runs, or by one of
   each launch where some have several. */
static void mark_measured(struct figure *figure, struct point **points, size_t count)
{
    struct values *sets = zeroed(count, sizeof *sets);
    bool *best = zeroed(count, sizeof *best);
    bool by_launch = false;
    for (size_t i = 0; i < count; i++) {
        by_launch = by_launch || is_of_launches(points[i]);
    }
    for (size_t i = 0; i < count; i++) {
        bool as_one =
            points[i]->values.count == 0 || (by_launch && !is_of_launches(points[i]));
        sets[i] = as_one ? (struct values){&points[i]->value, 1, 1} : points[i]->values;
        figure->untold = figure->untold || (as_one && !by_launch);
    }
    const struct best_sets found = find_best_sets(sets, count, figure->topic->more, best);
    for (size_t i = 0; i < count; i++) {
        points[i]->best = best[i];
    }
    if (found.too_few && found.needed > figure->needed) {
        figure->needed = found.needed;
    }
    free(sets);
    free(best);
}

/* What is simulated comes out the same each time: there is nothing to be told apart. */
static void mark_simulated(struct point **points, size_t count)
{
    double least = INFINITY;
    for (size_t i = 0; i < count; i++) {
        least = fmin(least, points[i]->value);
    }
    for (size_t i = 0; i < count; i++) {
        points[i]->best = points[i]->value == least;
    }
}

static bool is_any_disturbed(const struct figure *figure, double x)
{
    bool any = false;
    for (size_t i = 0; i < figure->count; i++) {
        any = any || is_compared(&figure->points[i], x, true);
    }
    return any;
}

static void mark_best(struct figure *figure, double x)
{
    struct point **points = zeroed(figure->count, sizeof(struct point *));
    size_t count = choose_compared(figure, x, points);
    figure->has_best = figure->has_best || count > 1;
    figure->has_lone = figure->has_lone || (count == 1 && !points[0]->disturbed &&
                                            is_any_disturbed(figure, x));
    if (count > 1 && figure->topic->origin == OF_SIM) {
        mark_simulated(points, count);
    } else if (count > 1) {
        mark_measured(figure, points, count);
    }
    free(points);
}

static void add_x(struct figure *figure, double x)
{
    size_t at = 0;
    while (at < figure->x_count && figure->xs[at] < x) {
        at++;
    }
    if (at < figure->x_count && figure->xs[at] == x) {
        return;
    }
    figure->xs = grow(figure->xs, (figure->x_count + 1) * sizeof *figure->xs);
    memmove(&figure->xs[at + 1], &figure->xs[at],
            (figure->x_count - at) * sizeof *figure->xs);
    figure->xs[at] = x;
    figure->x_count++;
}

/* What the caption says: where the numbers are from. */
static void note_result(struct figure *figure, const struct result *result)
{
    const json_t *record = result->record;
    char *command = command_of(field(record, "command_line"));
    add_text(figure->commands, command);
    free(command);
    if (result->origin != OF_BENCH) {
        return;
    }
    char *machine = machine_text(record), launch[256];
    const char *session = text_in(record, "session");
    add_text(figure->machines, machine);
    free(machine);
    session = session != NULL ? session : text_in(record, "date");
    (void)snprintf(launch, sizeof launch, "%s %g",
                   session != NULL ? session : result->file, number_in(record, "launch"));
    add_text(figure->launches, launch);
    double runs = number_in(record, "runs");
    figure->fewest_runs = fmin(figure->fewest_runs, runs);
    figure->most_runs = fmax(figure->most_runs, runs);
    double way = number_in(record, "transfer_ns");
    figure->least_way = fmin(figure->least_way, way);
    figure->most_way = fmax(figure->most_way, way);
    figure->processors = number_in(record, "machine.hardware_threads");
}

static void join_readings(struct figure *figure, struct readings *readings)
{
    figure->points = zeroed(readings->count, sizeof *figure->points);
    qsort(readings->items, readings->count, sizeof *readings->items, compare_readings);
    size_t undisturbed = 0;
    for (size_t i = 0, end; i < readings->count; i = end) {
        for (end = i;
             end < readings->count &&
             readings->items[end].point.series == readings->items[i].point.series &&
             readings->items[end].point.x == readings->items[i].point.x;
             end++) {
            note_result(figure, readings->items[end].result);
        }
        struct point point = joined(&readings->items[i], end - i);
        figure->points[figure->count++] = point;
        undisturbed += !point.disturbed;
        add_x(figure, point.x);
    }
    for (size_t i = 0; i < figure->x_count; i++) {
        mark_best(figure, figure->xs[i]);
    }
    figure->with_disturbed = 2 * undisturbed < figure->count;
    figure->bars = !figure->topic->tail && figure->x_count < 2;
}

bool is_none(const struct result *result)
{
    return result->origin == OF_BENCH && result->family == LOCKS &&
           strcmp(result->name, platform_peers[0].name) == 0;
}

/* --- which figures ------------------------------------------------------------------ */

static bool is_of_topic(const struct topic *topic, const struct result *result)
{
    return result->kind != NULL && strcmp(result->kind, topic->kind) == 0 &&
           !truth_in(result->record, "broken") && !is_none(result);
}

/* A curve begins with what one thread does, whatever the distance is of the others. */
static bool fits(const struct topic *topic, const struct group *group,
                 const struct result *result)
{
    bool belongs =
        topic->x != NULL ? is_part_of(result->group, group) : result->group == group;
    return belongs && is_of_topic(topic, result);
}

/* Whether curves of other groups have all that is in this one. */
static bool is_in_curves(const struct collection *results, const struct topic *topic,
                         const struct group *group)
{
    for (size_t i = 0; i < results->count; i++) {
        const struct result *result = &results->items[i];
        if (topic->x != NULL && result->group != group &&
            is_part_of(group, result->group) && is_of_topic(topic, result)) {
            return true;
        }
    }
    return false;
}

static bool is_simulated(const struct collection *results, const struct result *result)
{
    for (size_t i = 0; i < results->count; i++) {
        const struct result *one = &results->items[i];
        if (one->origin == OF_SIM && one->family == result->family &&
            strcmp(one->name, result->name) == 0) {
            return true;
        }
    }
    return false;
}

/* The number of threads for which the tail is shown: the greatest that there is, of those
   with a processor for each. */
static double threads_of_tail(const struct collection *results, const struct topic *topic,
                              const struct group *group)
{
    double best = NAN, least = NAN;
    for (size_t i = 0; i < results->count; i++) {
        const struct result *result = &results->items[i];
        double threads = number_in(result->record, "threads");
        if (fits(topic, group, result) && threads > 1) {
            least = fmin(least, threads);
            best = threads <= number_in(result->record, "machine.hardware_threads")
                       ? fmax(best, threads)
                       : best;
        }
    }
    return isnan(best) ? least : best;
}

static void read_tail(struct readings *readings, struct figure *figure,
                      const struct result *result)
{
    for (int i = 0; i < PERCENTILES; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "%s%s_ns", figure->topic->y,
                       percentile_names[i]);
        if (number_in(result->record, "threads") == figure->threads) {
            add_reading(readings, figure, result, path, i + 1);
        }
    }
}

static char *about(const struct topic *topic, const struct group *group, double split)
{
    return topic->split != NULL
               ? text_made("%g %s%s%s", split, topic->unit,
                           group->label[0] != '\0' ? ", " : "", group->label)
               : text_made("%s", group->label);
}

static void discard(struct figure *figure)
{
    free(figure->series);
    free(figure->points);
    free(figure->xs);
    json_decref(figure->commands);
    json_decref(figure->launches);
    json_decref(figure->machines);
    free(figure);
}

static void set_range(struct figure *figure)
{
    figure->least = figure->most = NAN;
    for (size_t i = 0; i < figure->count; i++) {
        const struct point *point = &figure->points[i];
        if (is_drawn(figure, point)) {
            figure->least = fmin(figure->least, point_low(figure, point));
            figure->most = fmax(figure->most, point_high(point));
        }
    }
}

/* The curves from one on, in a figure of their own. */
static struct figure *part_of(const struct figure *whole, size_t first, size_t count)
{
    struct figure *part = zeroed(1, sizeof *part);
    *part = *whole;
    part->series += first;
    part->series_count = count;
    part->points = zeroed(whole->count, sizeof *part->points);
    part->count = 0;
    for (size_t i = 0; i < whole->count; i++) {
        if (whole->points[i].series >= first && whole->points[i].series < first + count) {
            part->points[part->count] = whole->points[i];
            part->points[part->count++].series -= first;
        }
    }
    return part;
}

/* Adds the figure; so many curves that nobody can follow, in parts with equal axes. */
static void add_parts(struct figures *figures, struct figure *whole)
{
    enum { MOST = 12 };
    size_t parts = whole->bars ? 1 : (whole->series_count + MOST - 1) / MOST;
    size_t each = (whole->series_count + parts - 1) / parts;
    whole->parts = (unsigned)parts;
    for (size_t i = 0; i < parts; i++) {
        size_t first = i * each, left = whole->series_count - first;
        struct figure *part =
            parts == 1 ? whole : part_of(whole, first, left < each ? left : each);
        part->part = (unsigned)i + 1;
        /* Of pointers: NOLINTNEXTLINE(bugprone-sizeof-expression) */
        grow_for_one(figures);
        figures->items[figures->count++] = part;
    }
}

/* Adds the figure of a topic with the results of a group, if there are such. */
static void add_figure(struct figures *figures, const struct collection *results,
                       const struct topic *topic, const struct group *group, double split)
{
    struct figure *figure = zeroed(1, sizeof *figure);
    struct readings readings = {NULL, 0, 0};
    *figure = (struct figure){.topic = topic,
                              .commands = json_array(),
                              .launches = json_array(),
                              .machines = json_array(),
                              .processors = NAN,
                              .fewest_runs = NAN,
                              .most_runs = NAN,
                              .least_way = NAN,
                              .most_way = NAN};
    figure->threads = topic->tail ? threads_of_tail(results, topic, group) : NAN;
    for (size_t i = 0; i < results->count; i++) {
        const struct result *result = &results->items[i];
        if (!fits(topic, group, result) ||
            (topic->beside && !is_simulated(results, result)) ||
            (topic->split != NULL && number_in(result->record, topic->split) != split)) {
            continue;
        }
        if (topic->tail) {
            read_tail(&readings, figure, result);
        } else {
            double x = topic->x != NULL ? number_in(result->record, topic->x) : 0;
            add_reading(&readings, figure, result, topic->y, x);
        }
    }
    if (readings.count == 0) {
        discard(figure);
        return;
    }
    join_readings(figure, &readings);
    free(readings.items);
    figure->about = about(topic, group, split);
    set_range(figure);
    add_parts(figures, figure);
}

/* One for each value of the field that splits it, the least first. */
static void add_split(struct figures *figures, const struct collection *results,
                      const struct topic *topic, const struct group *group)
{
    double last = -INFINITY;
    for (;;) {
        double next = INFINITY;
        for (size_t i = 0; i < results->count; i++) {
            double value = number_in(results->items[i].record, topic->split);
            if (fits(topic, group, &results->items[i]) && value > last) {
                next = fmin(next, value);
            }
        }
        if (!isfinite(next)) {
            return;
        }
        add_figure(figures, results, topic, group, next);
        last = next;
    }
}

/* Those of a topic with several stand beside each other; so do some topics, by two. */
static void set_halves(struct figures *figures)
{
    for (size_t i = 0; i < figures->count; i++) {
        struct figure *figure = figures->items[i];
        size_t others = 0;
        for (size_t k = 0; k < figures->count; k++) {
            others += k != i && figures->items[k]->topic == figure->topic;
        }
        bool begins = i == 0 || figures->items[i - 1]->topic != figure->topic;
        figure->half = figure->topic->half != WHOLE_LINE || others > 0;
        figure->first = begins && (figure->topic->half != RIGHT_HALF || others > 0);
    }
}

static void set_ids(struct figures *figures)
{
    for (size_t i = 0; i < figures->count; i++) {
        struct figure *figure = figures->items[i];
        unsigned number = 1;
        for (size_t k = 0; k < i; k++) {
            number += figures->items[k]->topic == figure->topic;
        }
        (void)snprintf(figure->id, sizeof figure->id, number == 1 ? "%s" : "%s-%u",
                       figure->topic->id, number);
        (void)snprintf(figure->title, sizeof figure->title,
                       figure->parts == 1 ? "%s" : "%s (%u of %u)", figure->topic->title,
                       figure->part, figure->parts);
    }
}

/* --- what is left out --------------------------------------------------------------- */

static bool is_known(const struct result *result)
{
    for (size_t i = 0; i < TOPICS; i++) {
        if (topics[i].origin == result->origin &&
            strcmp(topics[i].kind, result->kind) == 0) {
            return true;
        }
    }
    return false;
}

/* Kinds that no figure shows, a line each; and locks that do not do what they should. */
static void note_left_out(struct collection *results)
{
    json_t *kinds = json_array(), *broken = json_array();
    bool none = false;
    for (size_t i = 0; i < results->count; i++) {
        const struct result *result = &results->items[i];
        if (result->kind != NULL && !is_known(result)) {
            add_text(kinds, result->kind);
        } else if (result->origin == OF_BENCH && is_none(result)) {
            none = true;
        } else if (truth_in(result->record, "broken")) {
            add_text(broken, result->name);
        }
    }
    size_t i;
    const json_t *text;
    json_array_foreach(kinds, i, text)
    {
        leave_out(results, false, "results of the kind %s: there is no figure for them",
                  json_string_value(text));
    }
    json_array_foreach(broken, i, text)
    {
        leave_out(results, false,
                  "what lockbench measured of %s: it was found to be broken, and its "
                  "figures are worth nothing",
                  json_string_value(text));
    }
    if (none) {
        leave_out(
            results, false,
            "%s: no lock at all, and its figures are what the measuring itself takes",
            platform_peers[0].name);
    }
    json_decref(kinds);
    json_decref(broken);
}

static void note_disturbed(struct collection *results, const struct figures *figures)
{
    for (size_t i = 0; i < figures->count; i++) {
        const struct figure *figure = figures->items[i];
        size_t disturbed = disturbed_in(figure);
        if (disturbed > 0 && !figure->with_disturbed) {
            leave_out(results, false,
                      "%s%s%s: %zu of %zu points not drawn, as others had a part of the "
                      "processors; the table has them, with a ~",
                      figure->title, figure->about[0] != '\0' ? ", " : "", figure->about,
                      disturbed, figure->count);
        }
    }
}

/* Those of the catalog first, whose style is fixed. */
static void take_styles(const struct collection *results)
{
    for (int others = 0; others < 2; others++) {
        for (size_t i = 0; i < results->count; i++) {
            const struct result *result = &results->items[i];
            if (result->kind != NULL &&
                is_of_catalog(result->family, result->name) == (others == 0)) {
                style_take(result->family, result->name);
            }
        }
    }
}

struct figures figures_of(struct collection *results, const struct groups *groups)
{
    struct figures figures = {NULL, 0, 0};
    take_styles(results);
    for (size_t t = 0; t < TOPICS; t++) {
        const struct topic *topic = &topics[t];
        for (size_t i = 0; i < groups->count; i++) {
            const struct group *group = groups->items[i];
            bool wanted =
                group->origin == topic->origin && !is_in_curves(results, topic, group);
            if (wanted && topic->split != NULL) {
                add_split(&figures, results, topic, group);
            } else if (wanted) {
                add_figure(&figures, results, topic, group, 0);
            }
        }
    }
    set_ids(&figures);
    set_halves(&figures);
    note_left_out(results);
    note_disturbed(results, &figures);
    return figures;
}
