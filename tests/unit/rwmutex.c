/* SPDX-License-Identifier: MIT */
/*
 * The reader-writer mutex by itself; what it shares with all is in rwlocks.c. The other
 * threads are played: see play.h.
 */
#include "../asleep.h"
#include "../instants.h"
#include "../play.h"

enum {
    WRITER = LKS_RWMUTEX_WRITER,
    PHASE = LKS_RWMUTEX_PHASE,
    CLOSED = LKS_RWMUTEX_CLOSED,
    ASLEEP = LKS_RWMUTEX_ASLEEP,
    READER = LKS_RWMUTEX_READER
};

#ifdef __cplusplus
extern "C" {
#endif
void __real_lks_delay(unsigned pauses);
void __wrap_lks_delay(unsigned pauses);
#ifdef __cplusplus
}
#endif

/* What others do while a thread pauses for the nth time, if anything. */
static __thread void (*during_pause)(unsigned nth);
static __thread unsigned pauses;

void __wrap_lks_delay(unsigned count)
{
    pauses++;
    if (during_pause != NULL) {
        during_pause(pauses);
    }
    __real_lks_delay(count);
}

static lks_rwmutex_t lock;

static uint32_t entered(void)
{
    return atomic_load_explicit(&lock.entered, memory_order_relaxed);
}

static uint32_t left(void)
{
    return atomic_load_explicit(&lock.left, memory_order_relaxed);
}

static void make_free(void)
{
    assert_int_equal(lks_rwmutex_init(&lock), 0);
}

static void init_makes_a_free_lock(void **state)
{
    (void)state;
    static lks_rwmutex_t initialised = LKS_RWMUTEX_INIT;
    spoil(&lock);
    make_free();
    assert_memory_equal(&lock, &initialised, 3 * sizeof(uint32_t));
    assert_null(atomic_load_explicit(&lock.last, memory_order_relaxed));
    assert_int_equal(lks_rwmutex_init(NULL), EINVAL);
    assert_true(sizeof lock <= 4 * sizeof(uint32_t) + sizeof(void *));
    assert_int_equal(sizeof lock, lks_rwlock_class_find("rwmutex")->size(64));
}

/* Nobody is woken, and nothing is left behind. */
static void uncontended_it_wakes_nobody(void **state)
{
    (void)state;
    make_free();
    begin_play(NULL, 0);
    for (uint32_t i = 1; i <= 10; i++) {
        lks_rwmutex_rdlock(&lock);
        lks_rwmutex_rdunlock(&lock);
        lks_rwmutex_wrlock(&lock);
        assert_int_equal(entered() & WRITER, WRITER);
        lks_rwmutex_wrunlock(&lock);
        lks_rwmutex_wrlock(&lock);
        lks_rwmutex_downgrade(&lock);
        lks_rwmutex_rdunlock(&lock);
        assert_int_equal(entered(), 2 * i * READER);
        assert_int_equal(left(), 2 * i * READER);
    }
    assert_int_equal(wakes_of(NULL), 0);
}

/* --- a reader waits for a writer ---------------------------------------------------- */

static int writer_leaves(void)
{
    assert_int_equal(entered() & ASLEEP, ASLEEP);
    assert_int_equal(wakes_of(&lock.entered), 0);
    lks_rwmutex_wrunlock(&lock);
    assert_int_equal(wakes_of(&lock.entered), 1);
    assert_int_equal(entered() & (ASLEEP | WRITER), 0);
    return WOKEN;
}

static int another_reader_comes(void)
{
    (void)atomic_fetch_add_explicit(&lock.entered, READER, memory_order_relaxed);
    return WOKEN;
}

/* The moment without a mark goes by unseen; but the next mark is another. */
static int the_next_writer_marks(void)
{
    lks_rwmutex_wrunlock(&lock);
    (void)atomic_fetch_add_explicit(&lock.entered, WRITER, memory_order_relaxed);
    return WOKEN;
}

static void a_reader_sleeps_until_the_writer_leaves(void **state)
{
    (void)state;
    const scene_t scenes[] = {nothing_happens, another_reader_comes, nothing_happens,
                              writer_leaves};
    make_free();
    lks_rwmutex_wrlock(&lock);
    BEGIN_PLAY(scenes);
    lks_rwmutex_rdlock(&lock);
    end_play();
    assert_int_equal(entered() - left(), PHASE + 2 * READER);
}

static void a_reader_wakes_beside_the_next_mark(void **state)
{
    (void)state;
    const scene_t scenes[] = {nothing_happens, the_next_writer_marks};
    make_free();
    lks_rwmutex_wrlock(&lock);
    BEGIN_PLAY(scenes);
    lks_rwmutex_rdlock(&lock);
    end_play();
    assert_int_equal(entered(), READER + PHASE + WRITER);
}

static int writer_becomes_reader(void)
{
    lks_rwmutex_downgrade(&lock);
    assert_int_equal(wakes_of(&lock.entered), 1);
    return WOKEN;
}

static void a_downgrade_wakes_readers(void **state)
{
    (void)state;
    const scene_t scenes[] = {writer_becomes_reader};
    make_free();
    lks_rwmutex_wrlock(&lock);
    BEGIN_PLAY(scenes);
    lks_rwmutex_rdlock(&lock);
    end_play();
    assert_int_equal(entered() - left(), PHASE + 2 * READER);
}

/* --- a writer waits for readers ----------------------------------------------------- */

static int one_reader_leaves(void)
{
    assert_int_equal(left() & ASLEEP, ASLEEP);
    assert_int_equal(entered() & WRITER, WRITER);
    /* Who waits for readers has left the queue. */
    assert_null(atomic_load_explicit(&lock.last, memory_order_relaxed));
    lks_rwmutex_rdunlock(&lock);
    assert_int_equal(wakes_of(&lock.left), 0);
    return WOKEN;
}

/* It comes too late to be waited for. */
static int a_reader_comes_and_one_leaves(void)
{
    (void)atomic_fetch_add_explicit(&lock.entered, READER, memory_order_relaxed);
    return one_reader_leaves();
}

static int the_last_reader_leaves(void)
{
    lks_rwmutex_rdunlock(&lock);
    assert_int_equal(wakes_of(&lock.left), 1);
    return WOKEN;
}

static void only_the_last_reader_wakes_the_writer(void **state)
{
    (void)state;
    const scene_t scenes[] = {one_reader_leaves, nothing_happens,
                              a_reader_comes_and_one_leaves, the_last_reader_leaves};
    make_free();
    for (int i = 0; i < 3; i++) {
        lks_rwmutex_rdlock(&lock);
    }
    BEGIN_PLAY(scenes);
    lks_rwmutex_wrlock(&lock);
    end_play();
    assert_int_equal(left(), 3 * READER);
    assert_int_equal(entered(), 4 * READER + WRITER);
    assert_null(atomic_load_explicit(&lock.last, memory_order_relaxed));
}

/* --- a writer waits for a writer ---------------------------------------------------- */

static int another_writer_takes_it(void)
{
    lks_rwmutex_wrunlock(&lock);
    assert_int_equal(wakes_of(&lock.entered), 1);
    assert_true(lks_rwmutex_trywrlock(&lock));
    assert_int_equal(left() & CLOSED, 0);
    return WOKEN;
}

static int it_leaves_a_closed_lock(void)
{
    assert_int_equal(left() & CLOSED, CLOSED);
    lks_rwmutex_wrunlock(&lock);
    assert_int_equal(wakes_of(&lock.entered), 2);
    /* Readers may come in, writers may not. */
    assert_false(lks_rwmutex_trywrlock(&lock));
    assert_true(lks_rwmutex_tryrdlock(&lock));
    lks_rwmutex_rdunlock(&lock);
    return WOKEN;
}

static void a_writer_is_passed_over_once_and_closes_the_lock(void **state)
{
    (void)state;
    const scene_t scenes[] = {another_writer_takes_it, it_leaves_a_closed_lock};
    make_free();
    lks_rwmutex_wrlock(&lock);
    BEGIN_PLAY(scenes);
    lks_rwmutex_wrlock(&lock);
    end_play();
    assert_int_equal(entered() & WRITER, WRITER);
    /* It is open again. */
    assert_int_equal(left() & CLOSED, 0);
    lks_rwmutex_wrunlock(&lock);
    assert_true(lks_rwmutex_trywrlock(&lock));
}

static bool somebody_is_in_the_queue(void)
{
    return atomic_load_explicit(&lock.last, memory_order_relaxed) != NULL;
}

/* Takes the lock as a writer, beside others that do so much at each pause. */
static void write_beside(void (*others)(unsigned nth))
{
    pauses = 0;
    during_pause = others;
    lks_rwmutex_wrlock(&lock);
    during_pause = NULL;
}

static void the_writer_leaves_at_the_third(unsigned nth)
{
    assert_false(somebody_is_in_the_queue());
    if (nth == 3) {
        lks_rwmutex_wrunlock(&lock);
    }
}

static void a_writer_need_not_join_the_queue(void **state)
{
    (void)state;
    make_free();
    begin_play(NULL, 0);
    lks_rwmutex_wrlock(&lock);
    write_beside(the_writer_leaves_at_the_third);
    end_play();
    assert_int_equal(pauses, 3);
    assert_int_equal(wakes_of(NULL), 0);
    assert_int_equal(entered(), PHASE + WRITER);
}

static uint32_t mark_at_pause;

/* After its first try nobody has put up a mark, at its last pause one has. */
static void another_reader_comes_by(unsigned nth)
{
    if (nth == 2) {
        assert_true(lks_rwmutex_tryrdlock(&lock));
        lks_rwmutex_rdunlock(&lock);
    }
    mark_at_pause = entered() & WRITER;
}

static void a_writer_keeps_readers_out_only_when_it_is_first(void **state)
{
    (void)state;
    const scene_t scenes[] = {the_last_reader_leaves};
    make_free();
    lks_rwmutex_rdlock(&lock);
    BEGIN_PLAY(scenes);
    write_beside(another_reader_comes_by);
    end_play();
    assert_int_equal(mark_at_pause, WRITER);
}

static void another_closes_it_at_the_second(unsigned nth)
{
    assert_int_equal(somebody_is_in_the_queue(), nth > 2);
    if (nth == 2) {
        (void)atomic_fetch_or_explicit(&lock.left, CLOSED, memory_order_relaxed);
    } else if (nth == 3) {
        lks_rwmutex_wrunlock(&lock);
        during_pause = NULL;
    }
}

static void a_writer_joins_the_queue_of_a_closed_lock(void **state)
{
    (void)state;
    make_free();
    begin_play(NULL, 0);
    lks_rwmutex_wrlock(&lock);
    write_beside(another_closes_it_at_the_second);
    end_play();
    assert_int_equal(left() & CLOSED, 0);
    assert_false(somebody_is_in_the_queue());
}

/* --- with a deadline ---------------------------------------------------------------- */

/* It would have been let in now. */
static int time_is_up_as_the_writer_leaves(void)
{
    assert_int_equal(writer_leaves(), WOKEN);
    return time_is_up();
}

static void a_reader_gives_up_and_is_not_counted(void **state)
{
    (void)state;
    const scene_t scenes[] = {another_reader_comes, time_is_up};
    const struct timespec later = LONG_FROM_NOW;
    make_free();
    lks_rwmutex_wrlock(&lock);
    BEGIN_PLAY(scenes);
    assert_int_equal(lks_rwmutex_timedrdlock(&lock, &later), ETIMEDOUT);
    end_play();
    assert_int_equal(entered() & ~(uint32_t)ASLEEP, READER + WRITER);
    assert_int_equal(left(), 0);
}

static void a_reader_is_in_although_its_time_is_up(void **state)
{
    (void)state;
    const scene_t scenes[] = {time_is_up_as_the_writer_leaves};
    const struct timespec later = LONG_FROM_NOW;
    make_free();
    lks_rwmutex_wrlock(&lock);
    BEGIN_PLAY(scenes);
    assert_int_equal(lks_rwmutex_timedrdlock(&lock, &later), 0);
    end_play();
    assert_int_equal(entered() - left(), PHASE + READER);
}

static int a_reader_leaves_and_wakes(void)
{
    assert_int_equal(left() & ASLEEP, ASLEEP);
    const unsigned before = wakes_of(&lock.left);
    lks_rwmutex_rdunlock(&lock);
    assert_int_equal(wakes_of(&lock.left), before + 1);
    return WOKEN;
}

static int time_is_up_as_the_reader_leaves(void)
{
    assert_int_equal(a_reader_leaves_and_wakes(), WOKEN);
    return time_is_up();
}

/* Each reader wakes it, for one that is about to leave may meet the next writer. */
static void a_writer_gives_up_and_takes_its_mark_away(void **state)
{
    (void)state;
    const scene_t scenes[] = {a_reader_leaves_and_wakes, time_is_up};
    const struct timespec later = LONG_FROM_NOW;
    make_free();
    lks_rwmutex_rdlock(&lock);
    lks_rwmutex_rdlock(&lock);
    BEGIN_PLAY(scenes);
    assert_int_equal(lks_rwmutex_timedwrlock(&lock, &later), ETIMEDOUT);
    end_play();
    assert_int_equal(entered(), 2 * READER + PHASE);
    assert_int_equal(left(), READER);
    /* It sleeps no longer. */
    begin_play(NULL, 0);
    lks_rwmutex_rdunlock(&lock);
    assert_int_equal(wakes_of(&lock.left), 0);
    assert_true(lks_rwmutex_trywrlock(&lock));
}

static void a_writer_is_in_although_its_time_is_up(void **state)
{
    (void)state;
    const scene_t scenes[] = {time_is_up_as_the_reader_leaves};
    const struct timespec later = LONG_FROM_NOW;
    make_free();
    lks_rwmutex_rdlock(&lock);
    BEGIN_PLAY(scenes);
    assert_int_equal(lks_rwmutex_timedwrlock(&lock, &later), 0);
    end_play();
    assert_int_equal(left(), READER);
    assert_int_equal(entered() & WRITER, WRITER);
}

static void deadlines(void **state)
{
    (void)state;
    const struct timespec past = LONG_AGO, soon = from_now(2000000);
    make_free();
    assert_int_equal(lks_rwmutex_timedwrlock(&lock, &past), 0);
    lks_rwmutex_downgrade(&lock);
    assert_int_equal(lks_rwmutex_timedrdlock(&lock, &past), 0);
    /* As when the writer that it found has left meanwhile. */
    assert_int_equal(lks_rwmutex_read_until(&lock, &past), 0);
    lks_rwmutex_rdunlock(&lock);
    lks_rwmutex_rdunlock(&lock);
    assert_int_equal(lks_rwmutex_timedwrlock(&lock, &past), ETIMEDOUT);
    assert_int_equal(lks_rwmutex_timedwrlock(&lock, &soon), ETIMEDOUT);
    assert_true(lks_monotonic_now() >= lks_nanoseconds(&soon));
    lks_rwmutex_rdunlock(&lock);
    lks_rwmutex_wrlock(&lock);
    assert_int_equal(lks_rwmutex_timedrdlock(&lock, &past), ETIMEDOUT);
    assert_int_equal(lks_rwmutex_timedwrlock(&lock, &past), ETIMEDOUT);
    for (size_t i = 0; i < COUNT_OF(not_instants); i++) {
        assert_int_equal(lks_rwmutex_timedrdlock(&lock, &not_instants[i]), EINVAL);
        assert_int_equal(lks_rwmutex_timedwrlock(&lock, &not_instants[i]), EINVAL);
    }
    lks_rwmutex_wrunlock(&lock);
    assert_false(lks_rwmutex_is_locked(&lock));
}

static void write_once(worker_t *self)
{
    (void)self;
    lks_rwmutex_wrlock(&lock);
    lks_rwmutex_wrunlock(&lock);
}

static void all_writers_sleep_that_wait(void **state)
{
    (void)state;
    worker_t writers[3];
    if (!can_see_who_sleeps()) {
        skip();
    }
    make_free();
    lks_rwmutex_wrlock(&lock);
    for (uint32_t i = 0; i < COUNT_OF(writers); i++) {
        prepare(&writers[i], i, write_once, NULL);
        start(&writers[i]);
    }
    until_asleep_on(&lock.entered, 1);
    until_asleep_on(NULL, COUNT_OF(writers));
    lks_rwmutex_wrunlock(&lock);
    for (uint32_t i = 0; i < COUNT_OF(writers); i++) {
        join(&writers[i]);
    }
    assert_false(lks_rwmutex_is_locked(&lock));
    assert_null(atomic_load_explicit(&lock.last, memory_order_relaxed));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_makes_a_free_lock),
        /* So far there was one thread: it is taken as that takes it. */
        cmocka_unit_test(all_writers_sleep_that_wait),
        cmocka_unit_test(uncontended_it_wakes_nobody),
        cmocka_unit_test(a_reader_sleeps_until_the_writer_leaves),
        cmocka_unit_test(a_reader_wakes_beside_the_next_mark),
        cmocka_unit_test(a_downgrade_wakes_readers),
        cmocka_unit_test(only_the_last_reader_wakes_the_writer),
        cmocka_unit_test(a_writer_is_passed_over_once_and_closes_the_lock),
        cmocka_unit_test(a_writer_need_not_join_the_queue),
        cmocka_unit_test(a_writer_keeps_readers_out_only_when_it_is_first),
        cmocka_unit_test(a_writer_joins_the_queue_of_a_closed_lock),
        cmocka_unit_test(a_reader_gives_up_and_is_not_counted),
        cmocka_unit_test(a_reader_is_in_although_its_time_is_up),
        cmocka_unit_test(a_writer_gives_up_and_takes_its_mark_away),
        cmocka_unit_test(a_writer_is_in_although_its_time_is_up),
        cmocka_unit_test(deadlines),
    };
    return run_all(tests);
}
