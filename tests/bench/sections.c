/* SPDX-License-Identifier: MIT */
/* What a critical section of lockbench reads and writes, and what it sees. */
#include "bench/lines.h"
#include "bench/moments.h"
#include "bench/section.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct workload THREE_TWO = {.lines_read = 3, .lines_written = 2};
static struct team nobody;

/* Would catch a line too many or too few. */
static void writes_as_many_lines(void **state)
{
    (void)state;
    struct guarded *guarded = allocate_lines(guarded_size(&THREE_TWO));
    assert_int_equal(guarded_size(&THREE_TWO), sizeof *guarded + 3 * LKS_CACHE_LINE);
    for (uint64_t number = 0; number < 2; number++) {
        assert_false(begin_writing(guarded, &THREE_TWO));
        assert_false(end_writing(guarded, &THREE_TWO, number));
    }
    assert_int_equal(guarded->lines[0].number, 2);
    assert_int_equal(guarded->lines[1].number, 2);
    assert_int_equal(guarded->lines[2].number, 0);
    assert_int_equal(updates_of(&(struct data){.memory = (char *)guarded}, 1), 2);
    free(guarded);
}

/* Would catch traces of another section that are passed over. */
static void sees_what_differs(void **state)
{
    (void)state;
    struct guarded *guarded = allocate_lines(guarded_size(&THREE_TWO));
    assert_false(only_read(&nobody, guarded, &THREE_TWO, 0));
    guarded->lines[2].number = 9; /* nobody writes it */
    assert_false(only_read(&nobody, guarded, &THREE_TWO, 0));
    guarded->lines[1].number = 9;
    assert_true(only_read(&nobody, guarded, &THREE_TWO, 0));
    assert_true(begin_writing(guarded, &THREE_TWO));
    assert_true(only_read(&nobody, guarded, &THREE_TWO, 0)); /* it has not ended */
    assert_false(end_writing(guarded, &THREE_TWO, 0));
    assert_false(only_read(&nobody, guarded, &THREE_TWO, 0));
    guarded->first = 7;
    assert_true(end_writing(guarded, &THREE_TWO, 1));
    free(guarded);
}

/* The chances come from how often a draw falls on each, stays or goes on: Σ 1 = 2³² n. */
static void zipf_is_as_its_formula(void **state)
{
    (void)state;
    enum { COUNT = 1000 };
    static double shares[COUNT];
    struct choice choice = choice_make(COUNT, 0.99);
    double sum = 0;
    for (unsigned i = 0; i < COUNT; i++) {
        double stays = choice.aliases[i].stays / 0x1p32;
        shares[i] += stays / COUNT;
        shares[choice.aliases[i].other] += (1 - stays) / COUNT;
        sum += pow(i + 1, -0.99);
    }
    for (unsigned i = 0; i < COUNT; i++) {
        assert_true(fabs(shares[i] - pow(i + 1, -0.99) / sum) < 1e-9);
    }
    assert_int_equal(choose(&choice, 0, 0), 0);
    assert_int_equal(choose(&choice, UINT32_MAX, UINT32_MAX),
                     choice.aliases[COUNT - 1].other);
    choice_free(&choice);
}

/* Would catch the same lock twice, and an order that may differ. */
static void two_locks_in_order(void **state)
{
    (void)state;
    struct choice three = choice_make(3, 0);
    struct workload workload = {.locks = &three, .held = 2};
    uint32_t random = first_random(0);
    unsigned seen[3][3] = {{0}};
    for (unsigned i = 0; i < 1000; i++) {
        uint32_t chosen[MOST_HELD] = {0};
        choose_locks(&workload, &random, chosen);
        assert_true(chosen[0] < chosen[1] && chosen[1] < 3);
        seen[chosen[0]][chosen[1]]++;
    }
    assert_true(seen[0][1] > 250 && seen[0][2] > 250 && seen[1][2] > 250);
}

/* Thread k comes 10 k after the first, and leaves 100 + k after the last one came. After
   5000 episodes those that 4 divides are kept: 2 × 2048 is too few. */
static void moments_of_a_barrier(void **state)
{
    (void)state;
    enum { THREADS = 3, EPISODES = 5000 };
    struct moments *all = allocate_lines(THREADS * sizeof *all);
    struct histogram *waits = calloc(1, sizeof *waits);
    struct histogram *imbalances = calloc(1, sizeof *imbalances);
    assert_true(waits != NULL && imbalances != NULL);
    for (unsigned k = 0; k < THREADS; k++) {
        all[k].every = 1;
        for (uint64_t episode = 1; episode <= EPISODES; episode++) {
            if (is_kept(&all[k], episode)) {
                uint64_t came = 1000 * episode + 10 * k;
                uint64_t last = 1000 * episode + 10 * (uint64_t)(THREADS - 1);
                keep_moment(&all[k], episode, (struct moment){came, last + 100 + k});
            }
        }
        assert_int_equal(all[k].every, 4);
    }
    evaluate_moments(all, THREADS, 2001, EPISODES, 40, waits, imbalances);
    assert_int_equal(imbalances->total, (EPISODES - 2000) / 4);
    assert_int_equal(imbalances->maximum, 20);
    assert_true(histogram_percentile(imbalances, 0.5) == 20);
    assert_int_equal(waits->total, THREADS * (EPISODES - 2000) / 4);
    assert_int_equal(waits->maximum, 62);
    assert_true(histogram_percentile(waits, 0.01) == 60);
    free(all);
    free(waits);
    free(imbalances);
}

/* Would catch money that is made or lost, and a sum that is not looked at. */
static void transfers_keep_the_sum(void **state)
{
    (void)state;
    struct choice two = choice_make(2, 0);
    const struct workload workload = {.locks = &two, .task = &bank_task};
    struct data data = make_data(&workload, 1);
    struct payload *accounts[2];
    uint32_t random = first_random(0);
    int64_t tally = 0;
    bool moved = false;
    for (unsigned i = 0; i < 2; i++) {
        accounts[i] = payload_of(guarded_at(&data, i), &workload);
    }
    for (unsigned i = 0; i < 100; i++) {
        bank_task.change(accounts, &random, &tally);
        assert_int_equal(accounts[0]->amount + accounts[1]->amount, 2000);
        moved = moved || accounts[0]->amount != 1000;
    }
    assert_true(moved);
    assert_int_equal(errors_in(&data, &workload, tally), 0);
    accounts[1]->amount -= 7;
    assert_int_equal(errors_in(&data, &workload, tally), 7);
    free(data.memory);
}

/* Would catch a key that is there twice, one that is lost, a bucket that overflows. */
static void buckets_have_each_key_once(void **state)
{
    (void)state;
    struct choice one = choice_make(1, 0);
    const struct workload workload = {.locks = &one, .task = &table_task};
    struct data data = make_data(&workload, 1);
    struct payload *bucket = payload_of(guarded_at(&data, 0), &workload);
    uint32_t random = first_random(0);
    int64_t tally = 0;
    int64_t most = 0;
    for (unsigned i = 0; i < 1000; i++) {
        table_task.change(&bucket, &random, &tally);
        most = bucket->amount > most ? bucket->amount : most;
        assert_int_equal(errors_in(&data, &workload, tally), 0);
    }
    assert_int_equal(most, PLACES);
    assert_int_equal(errors_in(&data, &workload, tally + 1), 1);
    bucket->amount = 2;
    bucket->keys[0] = bucket->keys[1] = 5;
    assert_int_equal(errors_in(&data, &workload, 2), 1);
    bucket->amount = PLACES + 1;
    assert_true(errors_in(&data, &workload, PLACES + 1) > 0);
    free(data.memory);
}

/* All threads do their part of each sweep; then all but one of one sweep. */
static void grid_knows_its_result(void **state)
{
    (void)state;
    enum { THREADS = 3, ROUND = 33 };
    struct grid *grid = grid_make(THREADS);
    for (unsigned episode = 1; episode <= 2 * ROUND; episode++) {
        for (unsigned self = 0; self < THREADS; self++) {
            assert_true(grid_work(grid, self, episode));
        }
    }
    bool right = true;
    for (unsigned episode = 1; episode <= ROUND; episode++) {
        for (unsigned self = 0; self < THREADS; self++) {
            right =
                (episode == 5 && self == 1) || (grid_work(grid, self, episode) && right);
        }
    }
    assert_false(right);
    grid_free(grid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_as_many_lines),
        cmocka_unit_test(sees_what_differs),
        cmocka_unit_test(zipf_is_as_its_formula),
        cmocka_unit_test(two_locks_in_order),
        cmocka_unit_test(moments_of_a_barrier),
        cmocka_unit_test(transfers_keep_the_sum),
        cmocka_unit_test(buckets_have_each_key_once),
        cmocka_unit_test(grid_knows_its_result),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
