/* SPDX-License-Identifier: MIT */
/* The phase-fair lock by itself; what it shares with all is in rwlocks.c. */
#include "../support.h"

enum {
    WRITER = LKS_RW_PHASE_FAIR_WRITER,
    PHASE = LKS_RW_PHASE_FAIR_PHASE,
    READER = LKS_RW_PHASE_FAIR_READER
};

static lks_rw_phase_fair_t lock;

static uint32_t entered(void)
{
    return atomic_load_explicit(&lock.entered, memory_order_relaxed);
}

static uint32_t left(void)
{
    return atomic_load_explicit(&lock.left, memory_order_relaxed);
}

static uint32_t next_writer(void)
{
    return atomic_load_explicit(&lock.next_writer, memory_order_relaxed);
}

static uint32_t serving_writer(void)
{
    return atomic_load_explicit(&lock.serving_writer, memory_order_relaxed);
}

static void make_free(void)
{
    assert_int_equal(lks_rw_phase_fair_init(&lock), 0);
}

static void init_makes_a_free_lock(void **state)
{
    (void)state;
    static lks_rw_phase_fair_t initialised = LKS_RW_PHASE_FAIR_INIT;
    spoil(&lock);
    make_free();
    assert_int_equal(entered(), 0);
    assert_int_equal(left(), 0);
    assert_int_equal(next_writer(), 0);
    assert_int_equal(serving_writer(), 0);
    assert_int_equal(lock.mark, initialised.mark);
    assert_memory_equal(&lock, &initialised, 4 * sizeof(uint32_t));
}

static void init_refuses_wrong_arguments(void **state)
{
    (void)state;
    assert_int_equal(lks_rw_phase_fair_init(NULL), EINVAL);
    assert_int_equal(lks_rw_phase_fair_init(MISALIGNED(lks_rw_phase_fair_t)), EINVAL);
}

static void is_compact(void **state)
{
    (void)state;
    assert_int_equal(sizeof lock, 32);
    assert_int_equal(sizeof lock, lks_rwlock_class_find("rw_phase_fair")->size(64));
}

static void counts_readers_in_and_out(void **state)
{
    (void)state;
    make_free();
    lks_rw_phase_fair_rdlock(&lock);
    assert_true(lks_rw_phase_fair_tryrdlock(&lock));
    assert_int_equal(entered(), 2 * READER);
    assert_int_equal(left(), 0);
    lks_rw_phase_fair_rdunlock(&lock);
    assert_int_equal(left(), READER);
    lks_rw_phase_fair_rdunlock(&lock);
    assert_int_equal(entered(), 2 * READER);
    assert_int_equal(left(), 2 * READER);
}

/* One after the other puts up the other mark: the next one's is seen by who missed the
   moment without. Writers that try in vain make no difference. */
static void marks_alternate(void **state)
{
    (void)state;
    make_free();
    uint32_t last = 0;
    for (uint32_t i = 0; i < 10; i++) {
        if (i % 3 == 0) {
            assert_true(lks_rw_phase_fair_trywrlock(&lock));
        } else {
            lks_rw_phase_fair_wrlock(&lock);
        }
        uint32_t mark = entered() & (WRITER | PHASE);
        assert_int_equal(mark & WRITER, WRITER);
        assert_int_not_equal(mark, last);
        last = mark;
        assert_false(lks_rw_phase_fair_trywrlock(&lock));
        assert_false(lks_rw_phase_fair_tryrdlock(&lock));
        if (i % 2 == 0) {
            lks_rw_phase_fair_wrunlock(&lock);
        } else {
            lks_rw_phase_fair_downgrade(&lock);
            assert_int_equal(entered() - left(), READER);
            assert_false(lks_rw_phase_fair_trywrlock(&lock));
            lks_rw_phase_fair_rdunlock(&lock);
        }
        assert_int_equal(entered(), left());
        assert_int_equal(serving_writer(), next_writer());
    }
}

/* The reader comes when a writer is inside; when that leaves, the next one puts up its
   mark, perhaps before the reader has looked again. */
static void read_once(worker_t *self)
{
    lks_rw_phase_fair_rdlock(&lock);
    atomic_store_explicit(&self->progress, 1, memory_order_release);
    lks_rw_phase_fair_rdunlock(&lock);
}

static void write_once(worker_t *self)
{
    lks_rw_phase_fair_wrlock(&lock);
    atomic_store_explicit(&self->progress, 1, memory_order_release);
    lks_rw_phase_fair_wrunlock(&lock);
}

static void the_next_mark_lets_a_late_reader_in(void **state)
{
    (void)state;
    make_free();
    for (int i = 0; i < 20; i++) {
        worker_t reader;
        worker_t writer;
        lks_rw_phase_fair_wrlock(&lock);
        prepare(&reader, 0, read_once, NULL);
        prepare(&writer, 1, write_once, NULL);
        start_watched(&reader);
        until_it_waits(&reader);
        start_watched(&writer);
        until_it_waits(&writer);
        lks_rw_phase_fair_wrunlock(&lock);
        join(&reader);
        join(&writer);
    }
    assert_int_equal(entered(), left());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_makes_a_free_lock),
        cmocka_unit_test(init_refuses_wrong_arguments),
        cmocka_unit_test(is_compact),
        cmocka_unit_test(counts_readers_in_and_out),
        cmocka_unit_test(marks_alternate),
        cmocka_unit_test(the_next_mark_lets_a_late_reader_in),
    };
    return run_all(tests);
}
