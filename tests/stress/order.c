/* SPDX-License-Identifier: MIT */
/*
 * First come, first served: of every lock that says so, and really seen.
 *
 * Main holds the lock and lets waiters come one after the other. Each is known to be in
 * the queue before the next one starts: it has failed a try of its wait, and a fair lock
 * gives a thread its place before that. Then main gives the lock back, and the order in
 * which the waiters enter must be the order in which they came.
 */
#include "../lock_table.h"

enum { WAITERS = 7 };

typedef struct line {
    lock_in_use_t use;
    uint32_t entered; /* how many have; this and `order` are guarded by the lock */
    uint32_t order[WAITERS];
} line_t;

static void enter_and_leave(worker_t *self)
{
    line_t *line = (line_t *)self->shared;
    take(&line->use, self->index);
    line->order[line->entered++] = self->index;
    give_back(&line->use, self->index);
}

/* Main is thread 0, the waiters are 1 … WAITERS, in another order each time. */
static void first_come_first_served(void **state)
{
    line_t line;
    worker_t workers[WAITERS];
    line.use = make_lock((const lks_lock_class_t *)*state, WAITERS + 1);
    uint32_t runs = 20 * test_scale();
    for (uint32_t run = 0; run < runs; run++) {
        uint32_t came[WAITERS];
        line.entered = 0;
        take(&line.use, 0);
        for (uint32_t i = 0; i < WAITERS; i++) {
            came[i] = 1 + (3 * i + run) % WAITERS;
            prepare(&workers[i], came[i], enter_and_leave, &line);
            start_watched(&workers[i]);
            until_it_waits(&workers[i]);
        }
        give_back(&line.use, 0);
        for (uint32_t i = 0; i < WAITERS; i++) {
            join(&workers[i]);
        }
        assert_int_equal(line.entered, WAITERS);
        for (uint32_t i = 0; i < WAITERS; i++) {
            assert_int_equal(line.order[i], came[i]);
        }
    }
    unmake_lock(&line.use);
}

/* So that a table that lost its traits does not pass by testing nothing. */
static void there_are_fair_locks(void **state)
{
    (void)state;
    size_t fair = 0;
    for (size_t i = 0; i < lock_table_count; i++) {
        fair += (lock_table[i].traits & LKS_LOCK_FAIR) != 0;
    }
    assert_in_range(fair, 5, lock_table_count);
}

int main(void)
{
    fill_lock_table();
    add_test("all", "there are fair locks", there_are_fair_locks, NULL);
    for (size_t i = 0; i < lock_table_count; i++) {
        if ((lock_table[i].traits & LKS_LOCK_FAIR) != 0) {
            add_test(lock_table[i].name, "first come, first served",
                     first_come_first_served, &lock_table[i]);
        }
    }
    return run_table_tests();
}
