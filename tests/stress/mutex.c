/* SPDX-License-Identifier: MIT */
/* The mutex in all its ways at once; what it shares with all locks is in locks.c. */
#include "../mutex_ways.h"

typedef struct load {
    uint32_t nthreads;
    uint64_t bound; /* of the mutex, in nanoseconds */
} load_t;

static void data_under_the_lock_stays_in_order(void **state)
{
    const load_t *load = (const load_t *)*state;
    contend_for_mutex(load->nthreads, 20000 / load->nthreads * test_scale(), load->bound);
}

int main(void)
{
    static const uint32_t nthreads[] = {2, 3, 8, 33};
    static const uint64_t bounds[] = {0, 20000, LKS_MUTEX_BOUND_NS, UINT64_MAX};
    static load_t loads[COUNT_OF(nthreads) * COUNT_OF(bounds)];
    for (size_t i = 0; i < COUNT_OF(loads); i++) {
        load_t *load = &loads[i];
        load->nthreads = nthreads[i / COUNT_OF(bounds)];
        load->bound = bounds[i % COUNT_OF(bounds)];
        char what[80];
        (void)snprintf(what, sizeof what, "%u threads, bound %llu ns",
                       (unsigned)load->nthreads, (unsigned long long)load->bound);
        add_test("mutex", what, data_under_the_lock_stays_in_order, load);
    }
    return run_table_tests();
}
