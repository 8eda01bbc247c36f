/* SPDX-License-Identifier: MIT */
/* Plain data under every lock, with few threads and with many more than cores. */
#include "../contention.h"
#include "../lock_table.h"

typedef struct load {
    const lks_lock_class_t *class_;
    uint32_t nthreads;
    bool with_trylock;
} load_t;

static void data_under_the_lock_stays_in_order(void **state)
{
    const load_t *load = (const load_t *)*state;
    lock_in_use_t use = make_lock(load->class_, load->nthreads);
    contention_t data;
    data.lock = lock_for_thread;
    data.trylock = load->with_trylock ? trylock_for_thread : NULL;
    data.unlock = unlock_for_thread;
    data.object = &use;
    data.rounds = 4000 / load->nthreads * test_scale();
    contend(&data, load->nthreads);
    assert_false(is_taken(&use));
    unmake_lock(&use);
}

int main(void)
{
    const uint32_t nthreads[] = {1, 2, cores(), 4 * cores()};
    static load_t loads[MOST_TESTS];
    size_t count = 0;
    fill_lock_table();
    for (size_t i = 0; i < lock_table_count; i++) {
        for (size_t j = 0; j < COUNT_OF(nthreads); j++) {
            if (j > 0 && nthreads[j] <= nthreads[j - 1]) {
                continue;
            }
            for (int with_trylock = 0; with_trylock < 2; with_trylock++) {
                if (with_trylock != 0 && lock_table[i].trylock == NULL) {
                    continue;
                }
                load_t *load = &loads[count++];
                load->class_ = &lock_table[i];
                load->nthreads = nthreads[j];
                load->with_trylock = with_trylock != 0;
                char what[64];
                (void)snprintf(what, sizeof what, "%u threads%s", (unsigned)nthreads[j],
                               with_trylock != 0 ? ", with trylock" : "");
                add_test(lock_table[i].name, what, data_under_the_lock_stays_in_order,
                         load);
            }
        }
    }
    return run_table_tests();
}
