/* SPDX-License-Identifier: MIT */
/* Plain data across every barrier, a thousand episodes, with threads that come late. */
#include "../barrier_table.h"
#include "../episodes.h"

typedef struct load {
    const lks_barrier_class_t *class_;
    uint32_t nthreads;
} load_t;

static void what_was_written_before_is_seen_after(void **state)
{
    const load_t *load = (const load_t *)*state;
    void *barrier = make_barrier(load->class_, load->nthreads);
    uint32_t count = 1000 * test_scale();
    run_episodes(load->class_->wait, barrier, load->nthreads, count, false);
    run_episodes(load->class_->wait, barrier, load->nthreads, count / 4, true);
    unmake_barrier(load->class_, barrier);
}

int main(void)
{
    const uint32_t nthreads[] = {1, 2, 3, 5, 8, 4 * cores()};
    static load_t loads[MOST_TESTS];
    size_t count = 0;
    fill_barrier_table();
    for (size_t i = 0; i < barrier_table_count; i++) {
        for (size_t j = 0; j < COUNT_OF(nthreads); j++) {
            if (j > 0 && nthreads[j] <= nthreads[j - 1]) {
                continue;
            }
            load_t *load = &loads[count++];
            load->class_ = &barrier_table[i];
            load->nthreads = nthreads[j];
            char what[32];
            (void)snprintf(what, sizeof what, "%u threads", (unsigned)nthreads[j]);
            add_test(barrier_table[i].name, what, what_was_written_before_is_seen_after,
                     load);
        }
    }
    return run_table_tests();
}
