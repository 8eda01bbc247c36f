/* SPDX-License-Identifier: MIT */
/*
 * A series is fitted with each candidate below by least squares on relative errors, and
 * the simplest is taken that is nearly as good as the best.
 *
 * Costs that are counted come as formulas such as 6P − 4 or P(P + 5)/2 for P passages
 * together: divided by P they have a term in 1/P, which is not growth. So a candidate may
 * have it, or for P² a term in P, beside its own.
 *
 * One processor has nobody to contend with; its costs say nothing about growth.
 */
#include "sim/show/fit.h"

#include <math.h>

enum { MOST_LEFT_OUT = 2, MOST_TERMS = 3 };

/* Errors of a fit that is worth its name. With a lesser term it bends to much that it is
   not, such as a line with a corner. */
static const double GREATEST_ERROR = 0.1, GREATEST_ERROR_WITH_LESSER = 0.03;
static const double EXACT = 0.001;

enum term { ONE, INVERSE, LOG, ITSELF, SQUARE };

struct candidate {
    enum growth growth;
    unsigned count;
    enum term terms[MOST_TERMS]; /* offset, growth unless constant, a lesser one */
};

/* The simplest first. */
static const struct candidate candidates[] = {
    {CONSTANT, 1, {ONE}},
    {CONSTANT, 2, {ONE, INVERSE}},
    {LOGARITHMIC, 2, {ONE, LOG}},
    {LINEAR, 2, {ONE, ITSELF}},
    {QUADRATIC, 2, {ONE, SQUARE}},
    {LOGARITHMIC, 3, {ONE, LOG, INVERSE}},
    {LINEAR, 3, {ONE, ITSELF, INVERSE}},
    {QUADRATIC, 3, {ONE, SQUARE, ITSELF}},
};
enum { CANDIDATES = sizeof candidates / sizeof *candidates };

const char *growth_name(enum growth growth)
{
    static const char *const names[] = {[CONSTANT] = "constant",
                                        [LOGARITHMIC] = "log P",
                                        [LINEAR] = "P",
                                        [QUADRATIC] = "P²"};
    return names[growth];
}

static double term_value(enum term term, double processors)
{
    switch (term) {
    case ONE:
        return 1;
    case INVERSE:
        return 1 / processors;
    case LOG:
        return log2(processors);
    case ITSELF:
        return processors;
    default:
        return processors * processors;
    }
}

struct points {
    unsigned count;
    double processors[MOST_SIZES], values[MOST_SIZES];
    double weights[MOST_SIZES]; /* 1 / value: makes an error relative */
};

/* A value of 0 has no relative error; it is weighed like the least one that has. */
static void weigh(struct points *points)
{
    double least = 0;
    for (unsigned i = 0; i < points->count; i++) {
        double size = fabs(points->values[i]);
        least = size > 0 && (least == 0 || size < least) ? size : least;
    }
    for (unsigned i = 0; i < points->count; i++) {
        double size = fmax(fabs(points->values[i]), least);
        points->weights[i] = size > 0 ? 1 / size : 1;
    }
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

/* Least squares by orthogonalisation (modified Gram-Schmidt): the coefficients, and the
   root mean square of what is left. */
static double solve(const struct points *points, const struct candidate *candidate,
                    double coefficients[MOST_TERMS])
{
    double columns[MOST_TERMS][MOST_SIZES], rest[MOST_SIZES];
    double upper[MOST_TERMS][MOST_TERMS] = {{0}};
    unsigned n = points->count;
    for (unsigned i = 0; i < n; i++) {
        rest[i] = points->weights[i] * points->values[i];
    }
    for (unsigned j = 0; j < candidate->count; j++) {
        for (unsigned i = 0; i < n; i++) {
            columns[j][i] = points->weights[i] *
                            term_value(candidate->terms[j], points->processors[i]);
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
    for (unsigned j = candidate->count; j-- > 0;) {
        for (unsigned k = j + 1; k < candidate->count; k++) {
            coefficients[j] -= upper[j][k] * coefficients[k];
        }
        coefficients[j] = upper[j][j] > 0 ? coefficients[j] / upper[j][j] : 0;
    }
    return sqrt(product(rest, rest, n) / n);
}

static double greatest_of(const double *numbers, unsigned count)
{
    double greatest = numbers[0];
    for (unsigned i = 1; i < count; i++) {
        greatest = fmax(greatest, numbers[i]);
    }
    return greatest;
}

/* Whether the growth is what the candidate's name says. A series that falls would be
   below 0 some day; one in which the lesser term decides has not come to its growth
   yet. */
static bool makes_sense(const struct points *points, const struct candidate *candidate,
                        const double coefficients[MOST_TERMS])
{
    double processors = greatest_of(points->processors, points->count);
    unsigned last = candidate->count - 1;
    double lesser =
        fabs(coefficients[last] * term_value(candidate->terms[last], processors));
    if (candidate->growth == CONSTANT) {
        return last == 0 || lesser <= fabs(coefficients[0]) / 4;
    }
    double own = coefficients[1] * term_value(candidate->terms[1], processors);
    return own > 0 && (last == 1 || lesser <= own / 3);
}

static struct fit try_candidate(const struct points *points,
                                const struct candidate *candidate)
{
    double coefficients[MOST_TERMS] = {0};
    double error = solve(points, candidate, coefficients);
    bool lesser = candidate->count > (candidate->growth == CONSTANT ? 1 : 2);
    double greatest = lesser ? GREATEST_ERROR_WITH_LESSER : GREATEST_ERROR;
    return (struct fit){
        .known = error <= greatest && makes_sense(points, candidate, coefficients),
        .growth = candidate->growth,
        .offset = coefficients[0],
        .factor = candidate->growth == CONSTANT ? 0 : coefficients[1],
        .error = error,
    };
}

static struct fit choose(const struct points *points)
{
    struct fit fits[CANDIDATES];
    double judged[CANDIDATES]; /* errors, made worse for each coefficient that is free */
    double best = INFINITY;
    for (unsigned i = 0; i < CANDIDATES; i++) {
        unsigned bound = points->count - candidates[i].count;
        fits[i] = try_candidate(points, &candidates[i]);
        judged[i] = fits[i].error * sqrt((double)points->count / bound);
        best = fits[i].known ? fmin(best, judged[i]) : best;
    }
    for (unsigned i = 0; i < CANDIDATES; i++) {
        if (fits[i].known && judged[i] <= 1.5 * best + 0.005) {
            return fits[i];
        }
    }
    return (struct fit){.known = false};
}

/* In ascending order of processors. */
static void add_point(struct points *points, double processors, double value)
{
    unsigned place = points->count++;
    for (; place > 0 && points->processors[place - 1] > processors; place--) {
        points->processors[place] = points->processors[place - 1];
        points->values[place] = points->values[place - 1];
    }
    points->processors[place] = processors;
    points->values[place] = value;
}

/* The series without its first points. */
static struct points rest_of(const struct points *points, unsigned left_out)
{
    struct points rest = {.count = 0};
    for (unsigned i = left_out; i < points->count; i++) {
        add_point(&rest, points->processors[i], points->values[i]);
    }
    weigh(&rest);
    return rest;
}

/* Two or four processors are often a case of their own: if the others follow a formula
   exactly, it is that. */
struct fit fit_growth(const double *processors, const double *values, unsigned count)
{
    struct points points = {.count = 0};
    for (unsigned i = 0; i < count && points.count < MOST_SIZES; i++) {
        if (processors[i] >= 2 && isfinite(values[i])) {
            add_point(&points, processors[i], values[i]);
        }
    }
    struct fit fit = {.known = false};
    for (unsigned left_out = 0;
         left_out <= MOST_LEFT_OUT && points.count >= LEAST_SIZES + left_out;
         left_out++) {
        struct points rest = rest_of(&points, left_out);
        struct fit found = choose(&rest);
        if (left_out == 0 || (found.known && found.error < EXACT)) {
            fit = found;
        }
        if (fit.known && fit.error < EXACT) {
            break;
        }
    }
    return fit;
}
