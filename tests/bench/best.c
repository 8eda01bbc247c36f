/* SPDX-License-Identifier: MIT */
/* What is marked as the best, or as not to be told from it. */
#include "bench/best.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LOCKS_HERE = 10, RUNS = 8, MOST = LOCKS_HERE * RUNS * 4 };

static const char *const names[LOCKS_HERE] = {"a", "b", "c", "d", "e",
                                              "f", "g", "h", "i", "j"};
static const struct setting setting = {.kind = LOCK, .threads = 2};
static struct run runs[MOST];
static struct options options;
static struct report report = {.options = &options, .runs = runs, .launches = 1};
static uint64_t seed = 1;

/* From 0 to 1. */
static double any(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(seed >> 33) / 2147483648.0;
}

static void begin(void)
{
    options = (struct options){.launches = 1};
    options.competitors[LOCKS].count = LOCKS_HERE;
    for (unsigned i = 0; i < LOCKS_HERE; i++) {
        options.competitors[LOCKS].items[i] = (struct competitor){.name = names[i]};
    }
    report.run_count = 0;
    report.launches = 1;
}

/* A run of a lock. */
static struct run *add(unsigned which, double speed)
{
    struct run *run = &runs[report.run_count++];
    *run = (struct run){.setting = setting, .name = names[which], .launch = 1};
    run->outcome.values[ACQUISITIONS] = speed;
    run->outcome.values[EPISODE_NS] = speed;
    return run;
}

static struct best best_of(enum metric figure)
{
    return find_best(&report, &setting, ANY, figure);
}

/* Locks that are the same; without the correction for pairs, or with one for rows alone,
   in more than ten of a hundred tables one of them is said to be worse. */
static void the_same_are_not_told_apart(void **state)
{
    enum { TABLES = 400 };
    int wrong = 0;
    (void)state;
    for (int table = 0; table < TABLES; table++) {
        begin();
        for (unsigned i = 0; i < LOCKS_HERE * RUNS; i++) {
            (void)add(i % LOCKS_HERE, -log(1 - any()));
        }
        const struct best best = best_of(ACQUISITIONS);
        bool all = !best.too_few;
        for (unsigned i = 0; i < LOCKS_HERE; i++) {
            all = all && best.is[i];
        }
        wrong += !all;
    }
    assert_in_range(wrong, 1, TABLES / 20);
}

/* Two of the best speed, one that overlaps with them, and the others far below. */
static void what_is_worse_is_not_marked(void **state)
{
    (void)state;
    begin();
    for (unsigned i = 0; i < LOCKS_HERE * RUNS; i++) {
        const unsigned which = i % LOCKS_HERE;
        (void)add(which, (which < 3 ? 100 : 50) + (which == 2 ? -3 : 0) + 10 * any());
    }
    struct best best = best_of(ACQUISITIONS);
    for (unsigned i = 0; i < LOCKS_HERE; i++) {
        assert_true(best.counts[i] && best.is[i] == (i < 3));
    }
    best = best_of(EPISODE_NS); /* less is better */
    for (unsigned i = 0; i < LOCKS_HERE; i++) {
        assert_true(best.is[i] == (i >= 3));
    }
}

/* Of ten there are 45 pairs: 2 of 3432 is less than 0.05/45, and 2 of 924 is not. */
static void too_few_tell_nothing(void **state)
{
    (void)state;
    begin();
    for (unsigned i = 0; i < LOCKS_HERE * 6; i++) {
        (void)add(i % LOCKS_HERE, i % LOCKS_HERE == 4 ? 1000 : 1 + any());
    }
    struct best best = best_of(ACQUISITIONS);
    assert_true(best.too_few && best.needed == 7);
    for (unsigned i = 0; i < LOCKS_HERE; i++) {
        assert_true(best.is[i] == (i == 4));
        (void)add(i, i == 4 ? 1000 : 1 + any());
    }
    best = best_of(ACQUISITIONS);
    assert_true(!best.too_few && best.is[4] && !best.is[3]);
}

/* The fastest are broken, or were disturbed. */
static void some_do_not_count(void **state)
{
    (void)state;
    begin();
    options.competitors[LOCKS].items[0].broken = true;
    for (unsigned i = 0; i < LOCKS_HERE * RUNS; i++) {
        struct run *run = add(i % LOCKS_HERE, 100.0 - 10 * (i % LOCKS_HERE) + any());
        run->disturbed = i % LOCKS_HERE == 1;
        run->disturbance = 0.5;
    }
    struct best best = best_of(ACQUISITIONS);
    assert_true(!best.counts[0] && !best.counts[1] && best.counts[2]);
    assert_true(!best.is[0] && !best.is[1] && best.is[2] && !best.is[3]);
    for (unsigned i = 0; i < report.run_count; i++) {
        runs[i].disturbed = true;
    }
    best = best_of(ACQUISITIONS);
    assert_true(!best.is[0] && best.is[1] && !best.is[2]);
}

/* The runs of a launch are one value. */
static void launches_are_the_unit(void **state)
{
    (void)state;
    begin();
    report.launches = 2;
    for (unsigned launch = 1; launch <= 2; launch++) {
        for (unsigned i = 0; i < LOCKS_HERE * RUNS; i++) {
            add(i % LOCKS_HERE, 100.0 - 10 * (i % LOCKS_HERE) + any())->launch = launch;
        }
    }
    struct best best = best_of(ACQUISITIONS);
    assert_true(best.too_few && best.is[0] && !best.is[1]);
    report.launches = 1;
    best = best_of(ACQUISITIONS);
    assert_true(!best.too_few && best.is[0] && !best.is[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_are_not_told_apart),
        cmocka_unit_test(what_is_worse_is_not_marked),
        cmocka_unit_test(too_few_tell_nothing),
        cmocka_unit_test(some_do_not_count),
        cmocka_unit_test(launches_are_the_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
