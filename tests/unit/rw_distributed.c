/* SPDX-License-Identifier: MIT */
/* The distributed lock by itself; what it shares with all is in rwlocks.c. */
#include "../support.h"

enum { COUNT = 4 };

static lks_rw_distributed_indicator_t indicators[COUNT];
static lks_rw_distributed_t lock = LKS_RW_DISTRIBUTED_INIT(indicators, COUNT);

static bool is_occupied(const lks_rw_distributed_indicator_t *indicator)
{
    return atomic_load_explicit(&indicator->occupied, memory_order_relaxed);
}

static uint32_t count_occupied(void)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < COUNT; i++) {
        count += is_occupied(&indicators[i]);
    }
    return count;
}

static void init_makes_a_free_lock(void **state)
{
    (void)state;
    assert_false(lks_rw_distributed_is_locked(&lock));
    lks_rw_distributed_t other;
    spoil(&other);
    spoil(&indicators);
    assert_int_equal(lks_rw_distributed_init(&other, indicators, COUNT), 0);
    assert_int_equal(count_occupied(), 0);
    assert_int_equal(other.mask, lock.mask);
    assert_ptr_equal(other.indicators, lock.indicators);
    assert_false(lks_rw_distributed_is_locked(&other));
    assert_true(lks_rw_distributed_trywrlock(&other));
}

static void init_refuses_wrong_arguments(void **state)
{
    (void)state;
    lks_rw_distributed_t other;
    assert_int_equal(lks_rw_distributed_init(NULL, indicators, COUNT), EINVAL);
    assert_int_equal(lks_rw_distributed_init(&other, NULL, COUNT), EINVAL);
    assert_int_equal(lks_rw_distributed_init(&other, indicators, 0), EINVAL);
    assert_int_equal(lks_rw_distributed_init(&other, indicators, 3), EINVAL);
    assert_int_equal(
        lks_rw_distributed_init(MISALIGNED(lks_rw_distributed_t), indicators, COUNT),
        EINVAL);
    assert_int_equal(lks_rw_distributed_init(
                         &other, MISALIGNED(lks_rw_distributed_indicator_t), COUNT),
                     EINVAL);
}

static void a_reader_occupies_the_indicator_of_its_processor(void **state)
{
    (void)state;
    lks_rw_distributed_reader_t reader;
    unsigned processor;
    for (bool stayed = false; !stayed;) {
        processor = lks_processor();
        lks_rw_distributed_rdlock(&lock, &reader);
        stayed = lks_processor() == processor;
        if (!stayed) {
            lks_rw_distributed_rdunlock(&lock, &reader);
        }
    }
    assert_ptr_equal(reader.indicator, &indicators[processor % COUNT]);
    assert_true(is_occupied(reader.indicator));
    assert_int_equal(count_occupied(), 1);
    lks_rw_distributed_rdunlock(&lock, &reader);
    assert_int_equal(count_occupied(), 0);
}

/* As readers do that were preempted inside. */
static void more_readers_take_other_indicators_and_then_the_queue(void **state)
{
    (void)state;
    lks_rw_distributed_reader_t readers[COUNT + 2];
    for (uint32_t i = 0; i < COUNT_OF(readers); i++) {
        if (i % 2 == 0) {
            lks_rw_distributed_rdlock(&lock, &readers[i]);
        } else {
            assert_true(lks_rw_distributed_tryrdlock(&lock, &readers[i]));
        }
        assert_int_equal(count_occupied(), i < COUNT ? i + 1 : (uint32_t)COUNT);
        assert_int_equal(readers[i].indicator == NULL, i >= COUNT);
        assert_int_equal(lks_rwmutex_is_locked(&lock.queue), i >= COUNT);
    }
    assert_false(lks_rw_distributed_trywrlock(&lock));
    for (uint32_t i = 0; i < COUNT; i++) {
        lks_rw_distributed_rdunlock(&lock, &readers[i]);
    }
    /* Those in the queue count as well. */
    assert_int_equal(count_occupied(), 0);
    assert_true(lks_rw_distributed_is_locked(&lock));
    assert_false(lks_rw_distributed_trywrlock(&lock));
    lks_rw_distributed_rdunlock(&lock, &readers[COUNT]);
    lks_rw_distributed_rdunlock(&lock, &readers[COUNT + 1]);
    assert_false(lks_rw_distributed_is_locked(&lock));
}

static void a_writer_keeps_readers_from_the_indicators(void **state)
{
    (void)state;
    lks_rw_distributed_reader_t reader;
    lks_rw_distributed_wrlock(&lock);
    assert_int_equal(count_occupied(), 0);
    assert_false(lks_rw_distributed_enter(&lock, &reader));
    assert_false(lks_rw_distributed_tryrdlock(&lock, &reader));
    assert_int_equal(count_occupied(), 0);
    lks_rw_distributed_downgrade(&lock, &reader);
    assert_null(reader.indicator);
    assert_int_equal(count_occupied(), 0);
    lks_rw_distributed_rdunlock(&lock, &reader);
    assert_false(lks_rw_distributed_is_locked(&lock));
}

/* It waits for each of them. */
static void write_once(worker_t *self)
{
    lks_rw_distributed_wrlock(&lock);
    atomic_store_explicit(&self->progress, 1, memory_order_release);
    lks_rw_distributed_wrunlock(&lock);
}

static void a_writer_waits_for_all_indicators(void **state)
{
    (void)state;
    for (uint32_t last = 0; last < COUNT; last++) {
        lks_rw_distributed_reader_t readers[COUNT];
        worker_t writer;
        for (uint32_t i = 0; i < COUNT; i++) {
            lks_rw_distributed_rdlock(&lock, &readers[i]);
        }
        prepare(&writer, 0, write_once, NULL);
        start_watched(&writer);
        until_it_waits(&writer);
        for (uint32_t i = 0; i < COUNT; i++) {
            if (i != last) {
                lks_rw_distributed_rdunlock(&lock, &readers[i]);
            }
        }
        until_it_waits_on(&writer);
        assert_int_equal(atomic_load_explicit(&writer.progress, memory_order_acquire), 0);
        lks_rw_distributed_rdunlock(&lock, &readers[last]);
        join(&writer);
        assert_false(lks_rw_distributed_is_locked(&lock));
    }
}

static void has_indicators_for_all_threads_up_to_a_limit(void **state)
{
    (void)state;
    const lks_rwlock_class_t *class_ = lks_rwlock_class_find("rw_distributed");
    const uint32_t counts[][2] = {{1, 1},   {2, 2},   {3, 4},     {4, 4},          {5, 8},
                                  {64, 64}, {65, 64}, {1000, 64}, {UINT32_MAX, 64}};
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        size_t size = class_->size(counts[i][0]);
        assert_int_equal(size, sizeof(lks_rw_distributed_t) +
                                   counts[i][1] * sizeof(lks_rw_distributed_indicator_t));
        lks_rw_distributed_t *other = (lks_rw_distributed_t *)lines(size);
        assert_int_equal(class_->init(other, counts[i][0]), 0);
        assert_int_equal(other->mask, counts[i][1] - 1);
        assert_int_equal(class_->init(other, 0), EINVAL);
        free(other);
    }
}

static void what_processors_write_is_apart(void **state)
{
    (void)state;
    assert_int_equal(sizeof(lks_rw_distributed_indicator_t), LKS_CACHE_LINE);
    assert_int_equal(alignof(lks_rw_distributed_indicator_t), LKS_CACHE_LINE);
    assert_int_equal(sizeof(lks_rw_distributed_t), LKS_CACHE_LINE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_makes_a_free_lock),
        cmocka_unit_test(init_refuses_wrong_arguments),
        cmocka_unit_test(a_reader_occupies_the_indicator_of_its_processor),
        cmocka_unit_test(more_readers_take_other_indicators_and_then_the_queue),
        cmocka_unit_test(a_writer_keeps_readers_from_the_indicators),
        cmocka_unit_test(a_writer_waits_for_all_indicators),
        cmocka_unit_test(has_indicators_for_all_threads_up_to_a_limit),
        cmocka_unit_test(what_processors_write_is_apart),
    };
    return run_all(tests);
}
