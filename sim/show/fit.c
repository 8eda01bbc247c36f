/* SPDX-License-Identifier: MIT */
/*
 * A law is named when the series shows it: either one formula gives each point exactly,
 * or the range is long enough for all other laws to be far off.
 *
 * What is counted comes as formulas such as 6P − 4, P(P + 5)/2 or 2P⌈log P⌉, for P
 * passages together or for one. So each law has a few formulas, of the law's own term and
 * lesser ones. Cycles follow them less closely: a bus has gaps while it is not saturated,
 * and some of what is remote on a large machine is near on a small one. That is a term in
 * 1/P; it bends much to what it is not, so that it may decide against a law, by
 * fitting as well with another one, more easily than for it.
 *
 * Few processors are often a case of their own: a formula may begin after them. One
 * processor has nobody to contend with; its costs say nothing about growth.
 */
#include "sim/show/fit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/text.h"

enum term { ONE, INVERSE, LOG, STEPS, ITSELF, TIMES_LOG, TIMES_STEPS, SQUARE };

/* The formulas of a law: its own term first. */
static const struct family {
    enum growth growth;
    unsigned count;
    enum term terms[MOST_TERMS];
} families[] = {
    {CONSTANT, 1, {ONE}},
    {LOGARITHMIC, 2, {LOG, ONE}},
    {LOGARITHMIC, 2, {STEPS, ONE}},
    {LINEAR, 2, {ITSELF, ONE}},
    {LINEARITHMIC, 2, {TIMES_LOG, ONE}},
    {LINEARITHMIC, 2, {TIMES_STEPS, ONE}},
    {LINEARITHMIC, 2, {TIMES_LOG, ITSELF}},
    {LINEARITHMIC, 2, {TIMES_STEPS, ITSELF}},
    {QUADRATIC, 2, {SQUARE, ONE}},
    {QUADRATIC, 2, {SQUARE, ITSELF}},
    {CONSTANT, 2, {ONE, INVERSE}},
    {LOGARITHMIC, 3, {LOG, ONE, INVERSE}},
    {LOGARITHMIC, 3, {STEPS, ONE, INVERSE}},
    {LINEAR, 3, {ITSELF, ONE, INVERSE}},
    {LINEARITHMIC, 3, {TIMES_LOG, ITSELF, ONE}},
    {LINEARITHMIC, 3, {TIMES_STEPS, ITSELF, ONE}},
    {QUADRATIC, 3, {SQUARE, ITSELF, ONE}},
};
enum { FAMILIES = sizeof families / sizeof *families };

/* Of counts: no more than what a measurement's ends cut through. */
static const double EXACT = 0.001, ROUNDING = 1e-9;
/* They are so over such a range at least: over less, steps of ⌈log P⌉ look like
   constants, and formulas of three terms like many another thing. */
static const double RANGE_OF_EXACT = 5, RANGE_OF_ROUNDING = 3, RANGE_OF_THREE = 4;
/* Points more than terms. */
enum { SPARE = 3 };

/* Of other formulas; over a short range many a bend comes near to P². */
static const double GREATEST_ERROR = 0.05, GREATEST_ERROR_BENT = 0.03;
/* What does not grow may have ups and downs; depths of trees go up in steps. */
static const double GREATEST_ERROR_LEVEL = 0.1;
/* Over some ranges other curves come near to P log P. */
static const double GREATEST_ERROR_TIMES_LOG = 0.01;
static const double RANGE = 12, GROWS = 1.5;
/* What the last doubling adds is as much as a law of logarithms adds, give or take a
   factor: what comes to an end of its growth adds less and less. */
static const double LAST_DOUBLING = 1.5;
/* By how much a law's own term must change what it is a part of, to be a growth. */
static const double GROWS_AT_ALL = 0.05;
/* The load of the bus is that of other points, give or take this. */
static const double ALIKE = 0.1;
/* How much farther off the other laws are: times as far, and so far at least. */
static const double FARTHER = 2, FAR = 0.02;
/* Where nothing comes near over that much, nor over its last part, it is for other
   reasons than the range. */
static const double LARGE_RANGE = 128, PART_OF_IT = 8, NEAR = 0.15;

const char *growth_name(enum growth growth)
{
    static const char *const names[] = {[CONSTANT] = "constant",
                                        [LOGARITHMIC] = "log P",
                                        [LINEAR] = "P",
                                        [LINEARITHMIC] = "P log P",
                                        [QUADRATIC] = "P²",
                                        [TOO_SMALL] = "range too small",
                                        [NONE_OF_THESE] = "none of these"};
    return names[growth];
}

static double term_value(enum term term, double processors)
{
    double logarithm = log2(processors);
    double steps = ceil(logarithm - 1e-9);
    switch (term) {
    case ONE:
        return 1;
    case INVERSE:
        return 1 / processors;
    case LOG:
        return logarithm;
    case STEPS:
        return steps;
    case ITSELF:
        return processors;
    case TIMES_LOG:
        return processors * logarithm;
    case TIMES_STEPS:
        return processors * steps;
    default:
        return processors * processors;
    }
}

/* --- one formula -------------------------------------------------------------------- */

struct points {
    unsigned count;
    double processors[MOST_SIZES], values[MOST_SIZES];
    double loads[MOST_SIZES];
    double least; /* value that is not 0 */
};

/* Makes an error relative. A value of 0 is weighed like the least one that is not. */
static double weight(const struct points *points, unsigned i)
{
    double size = fmax(fabs(points->values[i]), points->least);
    return size > 0 ? 1 / size : 1;
}

static double product(const double *a, const double *b, unsigned count)
{
    double sum = 0;
    for (unsigned i = 0; i < count; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* vector −= factor · direction */
static void subtract(double *vector, double factor, const double *direction,
                     unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        vector[i] -= factor * direction[i];
    }
}

/* Least squares of relative errors, by orthogonalisation (modified Gram-Schmidt), from
   the point `first` on. */
static void solve(const struct points *points, unsigned first,
                  const struct family *family, double coefficients[MOST_TERMS])
{
    double columns[MOST_TERMS][MOST_SIZES], rest[MOST_SIZES];
    double upper[MOST_TERMS][MOST_TERMS] = {{0}};
    unsigned n = points->count - first;
    for (unsigned i = 0; i < n; i++) {
        rest[i] = weight(points, first + i) * points->values[first + i];
    }
    for (unsigned j = 0; j < family->count; j++) {
        for (unsigned i = 0; i < n; i++) {
            columns[j][i] = weight(points, first + i) *
                            term_value(family->terms[j], points->processors[first + i]);
        }
        for (unsigned k = 0; k < j; k++) {
            upper[k][j] = product(columns[k], columns[j], n);
            subtract(columns[j], upper[k][j], columns[k], n);
        }
        upper[j][j] = sqrt(product(columns[j], columns[j], n));
        for (unsigned i = 0; i < n && upper[j][j] > 0; i++) {
            columns[j][i] /= upper[j][j];
        }
        coefficients[j] = product(columns[j], rest, n);
        subtract(rest, coefficients[j], columns[j], n);
    }
    for (unsigned j = family->count; j-- > 0;) {
        for (unsigned k = j + 1; k < family->count; k++) {
            coefficients[j] -= upper[j][k] * coefficients[k];
        }
        coefficients[j] = upper[j][j] > 0 ? coefficients[j] / upper[j][j] : 0;
    }
}

static double formula_value(const struct family *family, const double *coefficients,
                            double processors)
{
    double value = 0;
    for (unsigned j = 0; j < family->count; j++) {
        value += coefficients[j] * term_value(family->terms[j], processors);
    }
    return value;
}

static double greatest_error(const struct points *points, unsigned first,
                             const struct family *family, const double *coefficients)
{
    double greatest = 0;
    for (unsigned i = first; i < points->count; i++) {
        double value = formula_value(family, coefficients, points->processors[i]);
        greatest = fmax(greatest, fabs(value - points->values[i]) * weight(points, i));
    }
    return greatest;
}

/* A term in 1/P that is more than a beginning: it takes back half of the growth there. */
static bool falls_at_first(const struct points *points, unsigned first,
                           const struct family *family, const double *coefficients)
{
    unsigned last = family->count - 1;
    double here = points->processors[first], there = 1.01 * here;
    double own = term_value(family->terms[0], there) - term_value(family->terms[0], here);
    double inverse = 1 / here - 1 / there;
    return family->terms[last] == INVERSE &&
           coefficients[last] * inverse > coefficients[0] * own / 2;
}

/* Whether the law's own term is what decides, in the upper half of the range at least. */
static bool makes_sense(const struct points *points, unsigned first,
                        const struct family *family, const double *coefficients)
{
    double last = points->processors[points->count - 1];
    double middle = sqrt(points->processors[first] * last);
    double changes[MOST_TERMS] = {0};
    for (unsigned j = 0; j < family->count; j++) {
        changes[j] = coefficients[j] * (term_value(family->terms[j], last) -
                                        term_value(family->terms[j], middle));
    }
    if (family->growth == CONSTANT) {
        double value = fabs(coefficients[0]);
        return family->count == 1 ||
               fabs(coefficients[1]) * term_value(INVERSE, last) <= value / 4;
    }
    double all =
        coefficients[0] * (term_value(family->terms[0], last) -
                           term_value(family->terms[0], points->processors[first]));
    return !falls_at_first(points, first, family, coefficients) &&
           all >= GROWS_AT_ALL * fabs(points->values[first]) && changes[0] > 0 &&
           fabs(changes[1]) + fabs(changes[2]) <= changes[0] / 2;
}

static bool is_bent(const struct family *family)
{
    return family->terms[family->count - 1] == INVERSE || family->count == MOST_TERMS;
}

static double error_allowed(const struct family *family)
{
    bool level = family->growth == CONSTANT || family->growth == LOGARITHMIC;
    return family->growth == LINEARITHMIC                   ? GREATEST_ERROR_TIMES_LOG
           : is_bent(family) || family->growth == QUADRATIC ? GREATEST_ERROR_BENT
           : level                                          ? GREATEST_ERROR_LEVEL
                                                            : GREATEST_ERROR;
}

/* As it is printed; 0 where that is what the arithmetic has left over. */
static double rounded(const struct points *points, enum term term, double value)
{
    unsigned last = points->count - 1;
    double part = value * term_value(term, points->processors[last]);
    char text[32];
    (void)snprintf(text, sizeof text, "%.4g", value);
    return fabs(part) * weight(points, last) < ROUNDING ? 0 : strtod(text, NULL);
}

static struct fit fit_of(const struct points *points, unsigned first,
                         const struct family *family)
{
    struct fit fit = {.growth = family->growth,
                      .family = family,
                      .from = points->processors[first],
                      .from_first = first == 0};
    double coefficients[MOST_TERMS] = {0};
    solve(points, first, family, coefficients);
    for (unsigned j = 0; j < family->count; j++) {
        fit.coefficients[j] = rounded(points, family->terms[j], coefficients[j]);
    }
    bool sense = points->count - first > family->count &&
                 makes_sense(points, first, family, coefficients);
    fit.error =
        sense ? greatest_error(points, first, family, fit.coefficients) : INFINITY;
    return fit;
}

/* --- which one ---------------------------------------------------------------------- */

static double range_from(const struct points *points, unsigned first)
{
    return points->processors[points->count - 1] / points->processors[first];
}

/* How much of the last value is growth: an error counts by that. */
static double growth_part(const struct points *points, unsigned first,
                          const struct fit *fit)
{
    double last = points->values[points->count - 1];
    return fit->growth == CONSTANT || last <= 0
               ? 1
               : fmin(1, fabs(last - points->values[first]) / last);
}

/* Steps tell one law from another if there are more of them than terms: of two, any
   values are a formula. Times P, more points do as well. */
static bool has_steps(const struct points *points, unsigned first,
                      const struct family *family)
{
    enum term term = family->terms[0];
    if (term != STEPS && term != TIMES_STEPS) {
        return true;
    }
    unsigned steps = 1;
    for (unsigned i = first + 1; i < points->count; i++) {
        steps += term_value(STEPS, points->processors[i]) >
                 term_value(STEPS, points->processors[i - 1]);
    }
    return steps > family->count ||
           (term == TIMES_STEPS && points->count - first >= family->count + SPARE);
}

/* A formula of the family that gives these counts: the more points the better. */
static bool is_exact(const struct points *points, unsigned first,
                     const struct family *family, struct fit *fit)
{
    double range = range_from(points, first);
    unsigned spare = points->count - first - family->count;
    *fit = fit_of(points, first, family);
    return (fit->error < ROUNDING &&
            (family->count < MOST_TERMS ||
             range >= (spare > 1 ? RANGE_OF_THREE : RANGE_OF_EXACT))) ||
           (fit->error < EXACT * growth_part(points, first, fit) && spare >= SPARE &&
            range >= RANGE_OF_EXACT);
}

/* Whether a formula of another law gives the same: the depth of a tree, of 3, 8, 13 and
   18 leaves, is a line. */
static bool is_of_two(const struct points *points, unsigned first, enum growth growth)
{
    struct fit fit;
    bool found = false;
    for (unsigned i = 0; i < FAMILIES && !found; i++) {
        found =
            families[i].growth != growth && is_exact(points, first, &families[i], &fit);
    }
    return found;
}

/* Counts that follow a formula, of one law or of any (GROWTHS). */
static bool find_exact(const struct points *points, enum growth growth, struct fit *fit)
{
    for (unsigned first = 0; first + LEAST_SIZES <= points->count &&
                             range_from(points, first) >= RANGE_OF_ROUNDING;
         first++) {
        for (unsigned i = 0; i < FAMILIES; i++) {
            const struct family *family = &families[i];
            if ((growth == GROWTHS || family->growth == growth) &&
                has_steps(points, first, family) &&
                is_exact(points, first, family, fit)) {
                return growth != GROWTHS || !is_of_two(points, first, family->growth);
            }
        }
    }
    return false;
}

/* A bus that comes to be saturated within the range makes two laws of one. */
static bool alike_loaded(const struct points *points, unsigned first)
{
    double least = points->loads[first], greatest = least;
    for (unsigned i = first; i < points->count; i++) {
        least = fmin(least, points->loads[i]);
        greatest = fmax(greatest, points->loads[i]);
    }
    return greatest - least <= ALIKE;
}

/* The best formula of a law; a simple one if none is much better. */
static struct fit best_of_law(const struct points *points, unsigned first,
                              enum growth growth)
{
    struct fit best = {.error = INFINITY};
    for (unsigned i = 0; i < FAMILIES; i++) {
        if (families[i].growth == growth) {
            struct fit fit = fit_of(points, first, &families[i]);
            double limit = is_bent(&families[i]) ? best.error / 2 : best.error;
            best = best.family == NULL || fit.error < limit ? fit : best;
        }
    }
    return best;
}

/* The least error of any other law's formula. */
static double error_of_others(const struct points *points, unsigned first,
                              enum growth growth)
{
    double least = INFINITY;
    for (unsigned i = 0; i < FAMILIES; i++) {
        if (families[i].growth != growth) {
            least = fmin(least, fit_of(points, first, &families[i]).error);
        }
    }
    return least;
}

/* From the point that is nearest to half of the last one's processors. */
static bool grows_to_the_end(const struct points *points, const struct fit *fit)
{
    unsigned last = points->count - 1, half = last - 1;
    while (half > 0 && points->processors[half] > points->processors[last] / 2) {
        half--;
    }
    double grown = points->values[last] - points->values[half];
    double expected =
        formula_value(fit->family, fit->coefficients, points->processors[last]) -
        formula_value(fit->family, fit->coefficients, points->processors[half]);
    return grown >= expected / LAST_DOUBLING;
}

/* Whether the other points would have said the last one, so that not it alone is what
   three terms follow. */
static bool foretells(const struct points *points, unsigned first, const struct fit *fit)
{
    struct points others = *points;
    unsigned last = --others.count;
    double coefficients[MOST_TERMS] = {0};
    solve(&others, first, fit->family, coefficients);
    double value = formula_value(fit->family, coefficients, points->processors[last]);
    return fabs(value - points->values[last]) * weight(points, last) <=
           FARTHER * error_allowed(fit->family);
}

static bool is_shown(const struct points *points, unsigned first, const struct fit *fit)
{
    double last = points->values[points->count - 1];
    if (fit->error > error_allowed(fit->family) ||
        (is_bent(fit->family) && !foretells(points, first, fit)) ||
        (fit->growth == LOGARITHMIC && !grows_to_the_end(points, fit)) ||
        points->count - first < fit->family->count + SPARE ||
        (fit->growth != CONSTANT && last < GROWS * points->values[first])) {
        return false;
    }
    double others = error_of_others(points, first, fit->growth);
    return others >= FARTHER * fit->error && others >= FAR;
}

static bool find_shown(const struct points *points, struct fit *fit)
{
    for (unsigned first = 0;
         first + LEAST_SIZES <= points->count && range_from(points, first) >= RANGE;
         first++) {
        for (int growth = 0; growth < GROWTHS && alike_loaded(points, first); growth++) {
            *fit = best_of_law(points, first, (enum growth)growth);
            if (is_shown(points, first, fit)) {
                return true;
            }
        }
    }
    return false;
}

/* A bus that comes to be saturated is a reason that more processors may remove. */
static bool none_is_near(const struct points *points)
{
    for (unsigned first = 0;
         first + LEAST_SIZES <= points->count && range_from(points, first) >= PART_OF_IT;
         first++) {
        if (error_of_others(points, first, GROWTHS) <= NEAR) {
            return false;
        }
    }
    return points->count >= LEAST_SIZES && range_from(points, 0) >= LARGE_RANGE &&
           alike_loaded(points, 0);
}

/* In ascending order of processors. */
static void add_point(struct points *points, double processors, double value, double load)
{
    unsigned place = points->count++;
    for (; place > 0 && points->processors[place - 1] > processors; place--) {
        points->processors[place] = points->processors[place - 1];
        points->values[place] = points->values[place - 1];
        points->loads[place] = points->loads[place - 1];
    }
    points->processors[place] = processors;
    points->values[place] = value;
    points->loads[place] = load;
    double size = fabs(value);
    bool is_least = size > 0 && (points->least == 0 || size < points->least);
    points->least = is_least ? size : points->least;
}

static struct points points_of(const struct series_points *series)
{
    struct points points = {.count = 0};
    for (unsigned i = 0; i < series->count && points.count < MOST_SIZES; i++) {
        if (series->processors[i] >= 2 && isfinite(series->values[i])) {
            add_point(&points, series->processors[i], series->values[i],
                      series->loads != NULL ? series->loads[i] : 0);
        }
    }
    return points;
}

static bool find_law(const struct points *points, struct fit *fit)
{
    return find_exact(points, GROWTHS, fit) || find_shown(points, fit);
}

/* Trees and networks of powers of two may follow a law, and others do as they please. */
static struct points powers_of_two(const struct points *points)
{
    struct points powers = {.count = 0};
    for (unsigned i = 0; i < points->count; i++) {
        double logarithm = log2(points->processors[i]);
        if (logarithm == floor(logarithm)) {
            add_point(&powers, points->processors[i], points->values[i],
                      points->loads[i]);
        }
    }
    return powers;
}

struct fit fit_growth(struct series_points series)
{
    struct points points = points_of(&series), powers = powers_of_two(&points);
    struct fit fit;
    if (!find_law(&points, &fit)) {
        bool none = none_is_near(&points) && !find_law(&powers, &fit);
        fit = (struct fit){.growth = none ? NONE_OF_THESE : TOO_SMALL};
    }
    return fit;
}

struct fit fit_law(struct series_points series, enum growth growth)
{
    struct points points = points_of(&series);
    struct fit fit;
    if (find_exact(&points, growth, &fit)) {
        return fit;
    }
    for (unsigned first = 0; first + LEAST_SIZES <= points.count; first++) {
        fit = best_of_law(&points, first, growth);
        if (fit.error <= error_allowed(fit.family)) {
            return fit;
        }
    }
    return (struct fit){.growth = growth};
}

/* --- in words ----------------------------------------------------------------------- */

static void append_term(char *text, size_t size, double coefficient, enum term term)
{
    static const char *const names[] = {[ONE] = "",
                                        [INVERSE] = "/P",
                                        [LOG] = "log P",
                                        [STEPS] = "⌈log P⌉",
                                        [ITSELF] = "P",
                                        [TIMES_LOG] = "P log P",
                                        [TIMES_STEPS] = "P ⌈log P⌉",
                                        [SQUARE] = "P²"};
    bool first = text[0] == '\0';
    double shown = fabs(coefficient);
    if (coefficient == 0 && !(first && term == ONE)) {
        return;
    }
    text_append(text, size, "%s",
                coefficient < 0 ? first ? "−" : " − "
                : first         ? ""
                                : " + ");
    bool bare = term == ONE || term == INVERSE;
    if (bare || shown != 1) {
        text_append(text, size, "%.4g%s", shown, bare ? "" : " ");
    }
    text_append(text, size, "%s", names[term]);
}

void fit_describe(const struct fit *fit, char *text, size_t size)
{
    char formula[96] = "", error[16] = "exact", from[24] = "";
    if (fit->family == NULL) {
        (void)snprintf(text, size, "%s", growth_name(fit->growth));
        return;
    }
    for (unsigned j = 0; j < fit->family->count; j++) {
        append_term(formula, sizeof formula, fit->coefficients[j], fit->family->terms[j]);
    }
    if (fit->error >= ROUNDING) {
        (void)snprintf(error, sizeof error, "%.1f %%", 100 * fit->error);
    }
    if (!fit->from_first) {
        (void)snprintf(from, sizeof from, ", from %.0f on", fit->from);
    }
    (void)snprintf(text, size, "%s%s (%s%s)", fit->growth == CONSTANT ? "constant " : "",
                   formula, error, from);
}
