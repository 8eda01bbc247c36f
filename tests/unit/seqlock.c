/* SPDX-License-Identifier: MIT */
/* Seqlocks. */
#include "../support.h"

static void init_makes_a_free_one(void **state)
{
    (void)state;
    static lks_seqlock_t initialised = LKS_SEQLOCK_INIT;
    lks_seqlock_t seqlock;
    spoil(&seqlock);
    assert_int_equal(lks_seqlock_init(NULL), EINVAL);
    assert_int_equal(lks_seqlock_init(&seqlock), 0);
    assert_int_equal(lks_seqlock_read_begin(&seqlock), 0);
    assert_int_equal(lks_seqlock_read_begin(&initialised), 0);
}

static void a_reader_sees_that_somebody_wrote(void **state)
{
    (void)state;
    lks_seqlock_t seqlock = LKS_SEQLOCK_INIT;
    size_t number = lks_seqlock_read_begin(&seqlock);
    assert_false(lks_seqlock_read_retry(&seqlock, number));
    lks_seqlock_write_begin(&seqlock);
    assert_true(lks_seqlock_read_retry(&seqlock, number));
    lks_seqlock_write_end(&seqlock);
    assert_true(lks_seqlock_read_retry(&seqlock, number));
    assert_int_equal(lks_seqlock_read_begin(&seqlock), number + 2);
    assert_false(lks_seqlock_read_retry(&seqlock, number + 2));
}

/* The number may wrap: what is even stays so. */
static void its_number_wraps(void **state)
{
    (void)state;
    lks_seqlock_t seqlock = {SIZE_MAX - 1};
    size_t number = lks_seqlock_read_begin(&seqlock);
    lks_seqlock_write_begin(&seqlock);
    lks_seqlock_write_end(&seqlock);
    assert_true(lks_seqlock_read_retry(&seqlock, number));
    assert_int_equal(lks_seqlock_read_begin(&seqlock), 0);
}

struct pair {
    lks_ttas_t writers;
    lks_seqlock_t seqlock;
    alignas(LKS_CACHE_LINE) _Atomic(uint32_t) first;
    alignas(LKS_CACHE_LINE) _Atomic(uint32_t) second;
};

enum { WRITES = 2000 };

static void write_or_read(worker_t *self)
{
    struct pair *pair = (struct pair *)self->shared;
    uint32_t last = 0;
    for (uint32_t i = 0; i < WRITES; i++) {
        if (self->index < 2) {
            lks_ttas_lock(&pair->writers);
            uint32_t written =
                atomic_load_explicit(&pair->first, memory_order_relaxed) + 1;
            lks_seqlock_write_begin(&pair->seqlock);
            lks_seqlock_store(&pair->first, written);
            lks_seqlock_store(&pair->second, written);
            lks_seqlock_write_end(&pair->seqlock);
            lks_ttas_unlock(&pair->writers);
        } else {
            size_t number;
            uint32_t first, second;
            do {
                number = lks_seqlock_read_begin(&pair->seqlock);
                first = lks_seqlock_load(&pair->first);
                second = lks_seqlock_load(&pair->second);
            } while (lks_seqlock_read_retry(&pair->seqlock, number));
            self->errors += first != second || first < last || number != 2 * first;
            last = first;
        }
    }
}

static void readers_never_see_half_of_a_writing(void **state)
{
    (void)state;
    struct pair pair = {LKS_TTAS_INIT, LKS_SEQLOCK_INIT, 0, 0};
    assert_int_equal(run_workers(4, write_or_read, &pair), 0);
    assert_int_equal(lks_seqlock_read_begin(&pair.seqlock), 4 * WRITES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_makes_a_free_one),
        cmocka_unit_test(a_reader_sees_that_somebody_wrote),
        cmocka_unit_test(its_number_wraps),
        cmocka_unit_test(readers_never_see_half_of_a_writing),
    };
    return run_all(tests);
}
