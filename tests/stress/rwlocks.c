/* SPDX-License-Identifier: MIT */
/* Plain data under every reader-writer lock, with few threads and with many more than
   cores. */
#include "../rwlock_table.h"

typedef struct load {
    const lks_rwlock_class_t *class_;
    uint32_t nthreads;
    bool with_try;
} load_t;

static void data_under_the_lock_stays_in_order(void **state)
{
    const load_t *load = (const load_t *)*state;
    rwlock_in_use_t use = make_rwlock(load->class_, load->nthreads);
    share(&use, 6000 / load->nthreads * test_scale(), load->with_try);
    unmake_rwlock(&use);
}

int main(void)
{
    const uint32_t nthreads[] = {1, 2, 3, cores(), 4 * cores()};
    static load_t loads[MOST_TESTS];
    size_t count = 0;
    fill_rwlock_table();
    for (size_t i = 0; i < rwlock_table_count; i++) {
        for (size_t j = 0; j < COUNT_OF(nthreads); j++) {
            for (int with_try = 0; with_try < 2; with_try++) {
                load_t *load = &loads[count++];
                load->class_ = &rwlock_table[i];
                load->nthreads = nthreads[j];
                load->with_try = with_try != 0;
                char what[64];
                (void)snprintf(what, sizeof what, "%u threads%s", (unsigned)nthreads[j],
                               with_try != 0 ? ", with try" : "");
                add_test(rwlock_table[i].name, what, data_under_the_lock_stays_in_order,
                         load);
            }
        }
    }
    return run_table_tests();
}
