/* SPDX-License-Identifier: MIT */
/*
 * Which one suits: of those that get most done, and cannot be told apart by that, those
 * with the shortest waits; of these those that cost least when they are free. What comes
 * first decides; what comes later only between those that are left.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/best.h"
#include "bench/table.h"
#include "common/text.h"

struct step {
    enum metric figure;
    bool alone;       /* measured of free ones */
    const char *says; /* what the best have */
};

/* A step without words is the end. */
static const struct step steps[KINDS][5] = {
    [LOCK] = {{ACQUISITIONS, false, "most gets done"},
              {WAIT_P99_NS, false, "the shortest waits (99th percentile)"},
              {LATENCY_NS, true, "the least cost of a free lock"}},
    [RWLOCK] = {{ACQUISITIONS, false, "most gets done"},
                {WRITE_WAIT_P99_NS, false,
                 "the shortest waits of writers (99th percentile)"},
                {READ_WAIT_P99_NS, false,
                 "the shortest waits of readers (99th percentile)"},
                {READ_LATENCY_NS, true, "the least cost of a free lock to a reader"}},
    [BARRIER] = {{EPISODE_NS, false, "the shortest episodes"}}};

/* One setting, of which something is to be said. */
struct question {
    const struct report *report;
    struct setting setting;
    enum distance distance;
    const struct competitors *all;
};

static struct group group_of(const struct question *question, const struct step *step,
                             unsigned which)
{
    struct group group = {.setting = question->setting,
                          .name = question->all->items[which].name,
                          .distance = question->distance};
    if (step->alone) {
        group.setting = (struct setting){
            .kind = question->setting.kind == LOCK ? LATENCY : RWLOCK_LATENCY,
            .threads = 1};
        group.distance = ANY;
    }
    return group;
}

static double median_of(const struct question *question, const struct step *step,
                        unsigned which)
{
    const struct group group = group_of(question, step, which);
    struct spread spread = {.median = NAN};
    (void)spread_over(question->report, &group, metric_of, (int)step->figure, &spread);
    return spread.median;
}

/* "1.9 million/s", or "1.2 µs" */
static const char *figure_text(char *text, size_t size, const struct step *step,
                               double value)
{
    if (step->figure != ACQUISITIONS) {
        return time_text(text, size, value);
    }
    (void)snprintf(text, size, "%.3g million/s", value);
    return text;
}

/* "mutex (1.9 million/s), mcs (1.8 million/s)": those that are marked. */
static void list(char *text, size_t size, const struct question *question,
                 const struct step *step, const bool *marked)
{
    char figure[64];
    text[0] = '\0';
    for (unsigned i = 0; i < question->all->count; i++) {
        if (marked[i]) {
            const char *name = question->all->items[i].name;
            text_append(text, size, "%s%s", text[0] != '\0' ? ", " : "", name);
            if (step != NULL) {
                double median = median_of(question, step, i);
                text_append(text, size, " (%s)",
                            figure_text(figure, sizeof figure, step, median));
            }
        }
    }
}

static unsigned count_marked(const bool *marked)
{
    unsigned count = 0;
    for (unsigned i = 0; i < MAX_COMPETITORS; i++) {
        count += marked[i];
    }
    return count;
}

/* The best of those that are marked, by its median; NONE: none is. */
enum { NONE = MAX_COMPETITORS };
static unsigned best_of(const struct question *question, const struct step *step,
                        const bool *marked)
{
    unsigned found = NONE;
    for (unsigned i = 0; i < question->all->count; i++) {
        if (marked[i]) {
            double here = median_of(question, step, i);
            double there = found == NONE ? NAN : median_of(question, step, found);
            bool better = is_more_better(step->figure) ? here > there : here < there;
            found = found == NONE || better ? i : found;
        }
    }
    return found;
}

static struct best best_by(const struct question *question, const struct step *step,
                           const bool *among)
{
    const struct group group = group_of(question, step, 0);
    return find_best(question->report, &group.setting, group.distance, step->figure,
                     among);
}

/* --- what is left ------------------------------------------------------------------- */

struct answer {
    bool compared[MAX_COMPETITORS];
    bool left[MAX_COMPETITORS];
    bool too_few;
    size_t needed;
    char reasons[8192]; /* a line each */
};

/* Says which of those that are left does not serve its threads alike. */
static void say_uneven(struct answer *answer, const struct question *question)
{
    static const double UNEVEN = 0.9;
    const struct step even = {JAIN, false, ""};
    for (unsigned i = 0; i < question->all->count; i++) {
        double jain = median_of(question, &even, i);
        if (answer->left[i] && jain < UNEVEN) {
            text_append(answer->reasons, sizeof answer->reasons,
                        "Its threads do not get as much as each other: %s (Jain's index "
                        "%.2f)\n",
                        question->all->items[i].name, jain);
        }
    }
}

/* Goes on with those that are best by the step, and says so if there were others. */
static void take_step(struct answer *answer, const struct question *question,
                      const struct step *step, bool is_first)
{
    const struct best best = best_by(question, step, is_first ? NULL : answer->left);
    bool out[MAX_COMPETITORS];
    char names[2048];
    char figure[64];
    if (is_first) {
        memcpy(answer->compared, best.counts, sizeof best.counts);
        memcpy(answer->left, best.counts, sizeof best.counts);
        answer->too_few = best.too_few;
        answer->needed = best.needed;
    }
    if (best.too_few || count_marked(best.is) == 0) {
        return;
    }
    for (unsigned i = 0; i < MAX_COMPETITORS; i++) {
        out[i] = answer->left[i] && best.counts[i] && !best.is[i];
    }
    const unsigned next = best_of(question, step, out);
    if (next != NONE) {
        list(names, sizeof names, question, step, best.is);
        text_append(
            answer->reasons, sizeof answer->reasons, "%s %s: %s; next is %s (%s)\n",
            is_first ? "Of all," : "Of these,", step->says, names,
            question->all->items[next].name,
            figure_text(figure, sizeof figure, step, median_of(question, step, next)));
        memcpy(answer->left, best.is, sizeof best.is);
    }
}

/* Where another one has waits that are shorter than those of all that are left. */
static void say_otherwise(struct answer *answer, const struct question *question)
{
    const struct step *done = &steps[question->setting.kind][0];
    const struct step *waits = &steps[question->setting.kind][1];
    char figures[2][64];
    if (waits->says == NULL || answer->too_few) {
        return;
    }
    const struct best best = best_by(question, waits, NULL);
    for (unsigned i = 0; i < MAX_COMPETITORS; i++) {
        if (best.is[i] && answer->left[i]) {
            return;
        }
    }
    const unsigned first = best_of(question, waits, best.is);
    if (first != NONE && !best.too_few) {
        text_append(
            answer->reasons, sizeof answer->reasons,
            "Where waits matter more than what gets done: %s (99th percentile %s, "
            "%s)\n",
            question->all->items[first].name,
            figure_text(figures[0], sizeof figures[0], waits,
                        median_of(question, waits, first)),
            figure_text(figures[1], sizeof figures[1], done,
                        median_of(question, done, first)));
    }
}

static bool all_disturbed(const struct question *question, const bool *marked)
{
    for (unsigned i = 0; i < question->all->count; i++) {
        const struct group group =
            group_of(question, &steps[question->setting.kind][0], i);
        if (marked[i] && !is_disturbed(question->report, &group)) {
            return false;
        }
    }
    return true;
}

/* Those whose runs were disturbed where others' were not: they are not compared. */
static unsigned mark_disturbed(bool *marked, const struct question *question,
                               const struct answer *answer)
{
    for (unsigned i = 0; i < MAX_COMPETITORS; i++) {
        marked[i] = i < question->all->count && !answer->compared[i] &&
                    !is_null(&question->all->items[i]);
        if (marked[i]) {
            const struct group group =
                group_of(question, &steps[question->setting.kind][0], i);
            marked[i] = runs_in(question->report, &group) > 0;
        }
    }
    return count_marked(marked);
}

/* --- what is said of it ------------------------------------------------------------- */

static void print_answer(FILE *file, const struct answer *answer,
                         const struct question *question)
{
    static const char *const titles[KINDS] = {
        [LOCK] = "Locks", [RWLOCK] = "Reader-writer locks", [BARRIER] = "Barriers"};
    const char *runs = question->report->launches > 1 ? "launches" : "runs";
    const unsigned left = count_marked(answer->left);
    char setting[64];
    char names[2048];
    setting_text(setting, sizeof setting, &question->setting);
    list(names, sizeof names, question, NULL, answer->left);
    (void)fprintf(file, "\n%s, %s\n", titles[question->setting.kind], setting);
    bool disturbed[MAX_COMPETITORS];
    char missing[2048];
    const unsigned lost = mark_disturbed(disturbed, question, answer);
    list(missing, sizeof missing, question, NULL, disturbed);
    if (lost > 0 && count_marked(answer->compared) < 2) {
        text_wrapped(file, WIDTH,
                     "NOTHING CAN BE COMPARED: others disturbed all runs of %s", missing);
        return;
    }
    if (answer->too_few) {
        text_wrapped(file, WIDTH,
                     "NOTHING CAN BE TOLD APART in so few %s: it takes %zu of each", runs,
                     answer->needed);
    } else if (left == 1) {
        (void)fprintf(file, "Take %s.\n", names);
    } else if (left < count_marked(answer->compared)) {
        text_wrapped(file, WIDTH, "Take any of these, which cannot be told apart: %s",
                     names);
    } else {
        text_wrapped(file, WIDTH, "NOTHING CAN BE TOLD APART, and any will do: %s",
                     names);
    }
    if (all_disturbed(question, answer->left)) {
        text_wrapped(
            file, WIDTH,
            "This is of disturbed runs: on a quiet machine it may be another one");
    }
    if (lost > 0) {
        text_wrapped(file, WIDTH, "Not compared, others having disturbed all runs: %s",
                     missing);
    }
    for (const char *line = answer->reasons; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        text_wrapped(file, WIDTH, "- %.*s", (int)length, line);
        line += length + 1;
    }
    for (unsigned i = 0; i < question->all->count; i++) {
        if (answer->left[i]) {
            text_wrapped(file, WIDTH, "  %s: %s", question->all->items[i].name,
                         question->all->items[i].summary);
        }
    }
}

static struct answer answer_to(const struct question *question)
{
    struct answer answer = {.too_few = false};
    for (const struct step *step = steps[question->setting.kind]; step->says != NULL;
         step++) {
        take_step(&answer, question, step, step == steps[question->setting.kind]);
    }
    say_otherwise(&answer, question);
    say_uneven(&answer, question);
    return answer;
}

/* Of several distances that which has runs. */
static struct question question_of(const struct report *report,
                                   const struct setting *setting)
{
    struct question question = {
        .report = report,
        .setting = *setting,
        .all = &report->options->competitors[kind_facts[setting->kind].family]};
    for (int distance = 0; distance < DISTANCES; distance++) {
        for (unsigned i = 0; i < question.all->count; i++) {
            question.distance = (enum distance)distance;
            const struct group group = group_of(&question, &steps[setting->kind][0], i);
            if (runs_in(report, &group) > 0) {
                return question;
            }
        }
    }
    return question;
}

/* Whether readers gain anything: with a plain lock they wait for each other. */
static void compare_with_plain(FILE *file, const struct question *shared,
                               const struct answer *answer)
{
    const struct setting plain = {.kind = LOCK, .threads = shared->setting.threads};
    const struct question question = question_of(shared->report, &plain);
    const struct step *done = &steps[LOCK][0];
    const struct best best = best_by(&question, done, NULL);
    const unsigned first = best_of(&question, done, best.is);
    const unsigned other = best_of(shared, done, answer->left);
    if (first == NONE || other == NONE) {
        return;
    }
    const struct group groups[] = {group_of(shared, done, other),
                                   group_of(&question, done, first)};
    struct values values[] = {
        values_over(shared->report, &groups[0], metric_of, (int)done->figure),
        values_over(shared->report, &groups[1], metric_of, (int)done->figure)};
    const struct difference difference = difference_of(&values[0], &values[1]);
    const double all = (double)count_marked(best.counts) + count_marked(answer->compared);
    const char *says = difference.p > 0.05 / (all * (all - 1) / 2)
                           ? "which cannot be told from it"
                       : difference.greater > 0.5 ? "which is MORE: take that"
                                                  : "which is less";
    char figures[2][64];
    text_wrapped(
        file, WIDTH,
        "- With a plain lock readers wait for each other: %s gets %s done, %s "
        "(%s: %s)",
        question.all->items[first].name,
        figure_text(figures[0], sizeof figures[0], done,
                    median_of(&question, done, first)),
        says, shared->all->items[other].name,
        figure_text(figures[1], sizeof figures[1], done, median_of(shared, done, other)));
    free(values[0].items);
    free(values[1].items);
}

void print_recommendation(FILE *file, const struct report *report)
{
    text_wrapped(file, WIDTH,
                 "what comes first decides, what comes later only between those that the "
                 "rank-sum test cannot tell apart (of the %s, 5 %%, corrected for all "
                 "pairs)",
                 report->launches > 1 ? "launches" : "runs");
    for (unsigned i = 0; i < report->settings->count; i++) {
        const struct setting *setting = &report->settings->items[i];
        if (steps[setting->kind][0].says == NULL) {
            continue;
        }
        const struct question question = question_of(report, setting);
        const struct answer answer = answer_to(&question);
        if (count_marked(answer.compared) > 0) {
            print_answer(file, &answer, &question);
            if (setting->kind == RWLOCK) {
                compare_with_plain(file, &question, &answer);
            }
        }
    }
}
