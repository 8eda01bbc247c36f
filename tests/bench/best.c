/* SPDX-License-Identifier: MIT */
/* What is marked as the best, or as not to be told from it; what is said of that, and
   what is recommended. */
#include "bench/best.h"
#include "bench/table.h"

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
    return find_best(&report, &setting, ANY, figure, NULL);
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

/* --- what is recommended ------------------------------------------------------------ */

static struct settings settings = {.items = {{.kind = LATENCY, .threads = 1},
                                             {.kind = LOCK, .threads = 2},
                                             {.kind = RWLOCK, .threads = 2, .writes = 5}},
                                   .count = 3};

/* Runs of one with a setting, that go up and down by a hundredth. */
static struct run *add_runs(unsigned setting_index, const char *name, double done,
                            double wait, double free_ns)
{
    for (unsigned i = 0; i < RUNS; i++) {
        struct run *run = &runs[report.run_count++];
        const double change = 1 + 0.01 * any();
        *run = (struct run){
            .setting = settings.items[setting_index], .name = name, .launch = 1};
        run->outcome = no_outcome();
        run->outcome.values[ACQUISITIONS] = done * change;
        run->outcome.values[WAIT_P99_NS] = wait * change;
        run->outcome.values[WRITE_WAIT_P99_NS] = wait * change;
        run->outcome.values[LATENCY_NS] = free_ns * change;
        run->outcome.values[JAIN] = done > 9 ? 0.5 : 1;
    }
    return &runs[report.run_count - RUNS];
}

/* Of a, b and c most gets done, of b and c the waits are shorter, c is cheaper; d has the
   shortest waits of all. */
static void begin_to_recommend(double cost_of_c)
{
    begin();
    options.recommend = true;
    options.competitors[LOCKS].count = 4;
    options.competitors[RWLOCKS].count = 0;
    report.settings = &settings;
    const double done[] = {4, 4, 4, 2}, waits[] = {500, 300, 300, 50},
                 costs[] = {5, 5, cost_of_c, 5};
    for (unsigned i = 0; i < 4; i++) {
        options.competitors[LOCKS].items[i].summary = "a lock";
        (void)add_runs(0, names[i], NAN, NAN, costs[i]);
        (void)add_runs(1, names[i], done[i], waits[i], NAN);
    }
}

static char *what_is_said(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    assert_non_null(file);
    (options.recommend ? print_recommendation : print_look)(file, &report);
    (void)fclose(file);
    for (char *at = strstr(text, "\n  "); at != NULL; at = strstr(at, "\n  ")) {
        memmove(at, at + 2, strlen(at + 2) + 1); /* lines that were broken are one */
    }
    return text;
}

/* Each text is in it, in this order. */
static void assert_says(const char *const *texts)
{
    char *text = what_is_said();
    const char *at = text;
    for (; *texts != NULL; texts++) {
        at = strstr(at, *texts);
        if (at == NULL) {
            fail_msg("no '%s' in: %s", *texts, text);
        }
    }
    free(text);
}

static void what_comes_first_decides(void **state)
{
    (void)state;
    begin_to_recommend(4);
    assert_says((const char *[]){
        "\nLocks, 2 threads\nTake c.\n", "- Of all, most gets done: a (4.0", "b (4.0",
        "c (4.0", "next is d (2.0", "- Of these, the shortest waits", "b (30", "c (30",
        "next is a (50", "- Of these, the least cost of a free lock: c (4.0",
        "next is b (5.",
        "- Where waits matter more than what gets done: d (99th percentile 50", NULL});
    begin_to_recommend(5);
    assert_says(
        (const char *[]){"\nTake any of these, which cannot be told apart: b, c\n",
                         "next is d (2.0", "next is a (50", NULL});
}

static void what_is_alike_is_said_to_be(void **state)
{
    (void)state;
    begin_to_recommend(5);
    options.competitors[LOCKS].items[0].broken = true;
    options.competitors[LOCKS].items[3].broken = true;
    assert_says(
        (const char *[]){"\nNOTHING CAN BE TOLD APART, and any will do: b, c\n", NULL});
    report.run_count = 2 * RUNS; /* of b there is nothing */
    runs[2 * RUNS - 1] = runs[2 * RUNS - 2];
    options.competitors[LOCKS].items[0].broken = false;
    assert_says((const char *[]){"\nTake a.\n", NULL});
}

static void what_is_wrong_with_it_is_said(void **state)
{
    (void)state;
    begin_to_recommend(5);
    options.competitors[LOCKS].count = 5;
    struct run *run = add_runs(1, names[4], 10, 400, NAN);
    assert_says((const char *[]){"\nTake e.\n", "- Of all, most gets done: e (10",
                                 "not get as much as each other: e (Jain's index 0.50)",
                                 NULL});
    for (unsigned i = 0; i < report.run_count; i++) {
        runs[i].disturbed = true;
    }
    assert_says((const char *[]){"\nTake e.\nThis is of disturbed runs", NULL});
    report.run_count -= 6;
    for (unsigned i = 0; i < report.run_count; i++) {
        runs[i].disturbed = run == NULL;
    }
    for (unsigned i = 2; i < RUNS; i++) {
        for (unsigned k = 0; k < report.run_count; k += RUNS) {
            runs[k + i].outcome.values[ACQUISITIONS] = NAN;
        }
    }
    assert_says((const char *[]){"\nNOTHING CAN BE TOLD APART in so few runs", NULL});
}

/* In the first look, with two processors: all runs of b, c and d; then not those of b. */
static void what_was_disturbed_is_left_out(void **state)
{
    (void)state;
    begin_to_recommend(5);
    options.recommend = false;
    report.processors = 2;
    for (unsigned i = 0; i < report.run_count; i++) {
        runs[i].disturbed = runs[i].setting.kind == LOCK && runs[i].name != names[0];
    }
    assert_says((const char *[]){"\nAlone: a free",
                                 "\nUnder contention, 2 threads: nothing can be compared",
                                 "others having disturbed all runs of b, c, d.\n", NULL});
    char *text = what_is_said();
    assert_null(strstr(text, " * "));
    free(text);
    for (unsigned i = 0; i < report.run_count; i++) {
        runs[i].disturbed = runs[i].disturbed && runs[i].name != names[1];
    }
    assert_says((const char *[]){
        "\nUnder contention, 2 threads: not compared, others having disturbed all their "
        "runs: c, d.\nUnder contention, 2 threads: most gets done with ",
        "(4.0", NULL});
}

/* Reader-writer locks are held against a plain one. */
static void readers_may_gain_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        static const double done[] = {8, 4, 2};
        static const char *const says[] = {"which is less (f: 8", "which cannot be told",
                                           "which is MORE: take that (f: 2"};
        begin_to_recommend(4);
        options.competitors[RWLOCKS].count = 1;
        options.competitors[RWLOCKS].items[0] =
            (struct competitor){.name = names[5], .summary = "for readers"};
        (void)add_runs(2, names[5], done[i], 100, NAN);
        assert_says((const char *[]){
            "\nReader-writer locks, 2 threads, 5 % writes\nTake f.",
            "With a plain lock readers wait for each other: ", "million/s done, ",
            says[i], NULL});
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_are_not_told_apart),
        cmocka_unit_test(what_is_worse_is_not_marked),
        cmocka_unit_test(too_few_tell_nothing),
        cmocka_unit_test(some_do_not_count),
        cmocka_unit_test(launches_are_the_unit),
        cmocka_unit_test(what_comes_first_decides),
        cmocka_unit_test(what_is_alike_is_said_to_be),
        cmocka_unit_test(what_is_wrong_with_it_is_said),
        cmocka_unit_test(what_was_disturbed_is_left_out),
        cmocka_unit_test(readers_may_gain_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
