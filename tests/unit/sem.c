/* SPDX-License-Identifier: MIT */
/* The semaphore. */
#include "../asleep.h"
#include "../instants.h"
#include "../play.h"

static lks_sem_t sem;

static int32_t value(void)
{
    return atomic_load_explicit(&sem.value, memory_order_relaxed);
}

static uint32_t wakeups(void)
{
    return atomic_load_explicit(&sem.wakeups, memory_order_relaxed);
}

static int wait_till(struct timespec deadline)
{
    return lks_sem_timedwait(&sem, &deadline);
}

static void init_makes_a_semaphore(void **state)
{
    (void)state;
    static lks_sem_t initialised = LKS_SEM_INIT(3);
    spoil(&sem);
    assert_int_equal(lks_sem_init(&sem, 3), 0);
    assert_memory_equal(&sem, &initialised, sizeof sem);
    assert_int_equal(sizeof sem, 8);
    assert_int_equal(lks_sem_init(NULL, 1), EINVAL);
    assert_int_equal(lks_sem_init(&sem, (uint32_t)LKS_SEM_MOST + 1), EINVAL);
    assert_int_equal(lks_sem_init(&sem, UINT32_MAX), EINVAL);
    assert_int_equal(lks_sem_value(&sem), 3);
    lks_sem_destroy(&sem);
}

static void counts(void **state)
{
    (void)state;
    assert_int_equal(lks_sem_init(&sem, 2), 0);
    lks_sem_wait(&sem);
    assert_int_equal(lks_sem_value(&sem), 1);
    assert_true(lks_sem_trywait(&sem));
    assert_int_equal(lks_sem_value(&sem), 0);
    assert_false(lks_sem_trywait(&sem));
    assert_int_equal(lks_sem_value(&sem), 0);
    assert_int_equal(lks_sem_post(&sem), 0);
    assert_int_equal(lks_sem_post(&sem), 0);
    assert_int_equal(lks_sem_value(&sem), 2);
    assert_int_equal(wait_till(LONG_AGO), 0);
    assert_int_equal(lks_sem_value(&sem), 1);
    assert_int_equal(wakeups(), 0);
}

static void does_not_overflow(void **state)
{
    (void)state;
    assert_int_equal(lks_sem_init(&sem, LKS_SEM_MOST - 1), 0);
    assert_int_equal(lks_sem_post(&sem), 0);
    assert_int_equal(lks_sem_value(&sem), LKS_SEM_MOST);
    assert_int_equal(lks_sem_post(&sem), EOVERFLOW);
    assert_int_equal(lks_sem_value(&sem), LKS_SEM_MOST);
    lks_sem_wait(&sem);
    assert_int_equal(lks_sem_post(&sem), 0);
}

static void deadlines(void **state)
{
    (void)state;
    assert_int_equal(lks_sem_init(&sem, 0), 0);
    assert_int_equal(wait_till(LONG_AGO), ETIMEDOUT);
    const struct timespec soon = from_now(2000000);
    assert_int_equal(wait_till(soon), ETIMEDOUT);
    assert_true(lks_monotonic_now() >= lks_nanoseconds(&soon));
    for (size_t i = 0; i < COUNT_OF(not_instants); i++) {
        assert_int_equal(wait_till(not_instants[i]), EINVAL);
    }
    assert_int_equal(value(), 0);
}

/* --- in the moment of sleep --------------------------------------------------------- */

static int post_comes(void)
{
    assert_int_equal(value(), -1);
    assert_int_equal(lks_sem_value(&sem), 0);
    assert_int_equal(lks_sem_post(&sem), 0);
    /* It is the waiter's. */
    assert_int_equal(lks_sem_value(&sem), 0);
    assert_false(lks_sem_trywait(&sem));
    return WOKEN;
}

static int post_comes_at_the_deadline(void)
{
    (void)post_comes();
    return ETIMEDOUT;
}

/* A post has counted on the waiter, and has yet to make its wake-up. */
static int post_begins_at_the_deadline(void)
{
    assert_int_equal(value(), -1);
    atomic_store_explicit(&sem.value, 0, memory_order_relaxed);
    return ETIMEDOUT;
}

static void a_waiter_is_woken(void **state)
{
    (void)state;
    static const scene_t scenes[] = {nothing_happens, nothing_happens, post_comes};
    assert_int_equal(lks_sem_init(&sem, 0), 0);
    BEGIN_PLAY(scenes);
    lks_sem_wait(&sem);
    end_play();
    assert_false(had_deadline);
    assert_int_equal(wakes_of(&sem.wakeups), 1);
    assert_int_equal(most_woken, 1);
    assert_int_equal(value(), 0);
    assert_int_equal(wakeups(), 0);
}

static void who_is_posted_to_at_its_deadline_has_it(void **state)
{
    (void)state;
    static const scene_t scenes[] = {nothing_happens, post_comes_at_the_deadline};
    static const scene_t no_scenes[] = {nothing_happens, time_is_up};
    assert_int_equal(lks_sem_init(&sem, 0), 0);
    BEGIN_PLAY(scenes);
    assert_int_equal(wait_till(LONG_FROM_NOW), 0);
    end_play();
    assert_true(had_deadline);
    BEGIN_PLAY(no_scenes);
    assert_int_equal(wait_till(LONG_FROM_NOW), ETIMEDOUT);
    end_play();
    assert_int_equal(value(), 0);
    assert_int_equal(wakeups(), 0);
    /* And nobody is woken for it. */
    wake_count = 0;
    assert_int_equal(lks_sem_post(&sem), 0);
    assert_int_equal(wakes_of(NULL), 0);
    assert_int_equal(lks_sem_value(&sem), 1);
}

/* --- with threads ------------------------------------------------------------------- */

static int result;

static void wait_till_a_post_begins(worker_t *self)
{
    static const scene_t scenes[] = {post_begins_at_the_deadline};
    (void)self;
    BEGIN_PLAY(scenes);
    result = wait_till(LONG_FROM_NOW);
    end_play();
}

/* A post is halfway through when the time is up: its wake-up comes, or goes to another
   thread, which waits in this one's place. */
static void who_is_almost_posted_to_does_not_sleep(void **state)
{
    (void)state;
    for (int comes = 0; comes <= 1; comes++) {
        worker_t worker;
        assert_int_equal(lks_sem_init(&sem, 0), 0);
        prepare(&worker, 0, wait_till_a_post_begins, NULL);
        start_watched(&worker);
        until_it_waits(&worker);
        if (comes) {
            (void)atomic_fetch_add_explicit(&sem.wakeups, 1, memory_order_release);
        } else {
            (void)atomic_fetch_sub_explicit(&sem.value, 1, memory_order_relaxed);
        }
        join(&worker);
        assert_int_equal(result, comes ? 0 : ETIMEDOUT);
        assert_int_equal(value(), 0);
        assert_int_equal(wakeups(), 0);
    }
}

static _Atomic(uint32_t) gone_on;

static void wait_in_thread(worker_t *self)
{
    (void)self;
    lks_sem_wait(&sem);
    (void)atomic_fetch_add_explicit(&gone_on, 1, memory_order_relaxed);
}

static uint32_t how_many_have_gone_on(void)
{
    return atomic_load_explicit(&gone_on, memory_order_relaxed);
}

static void each_post_lets_one_go(void **state)
{
    (void)state;
    enum { WAITERS = 5 };
    worker_t workers[WAITERS];
    assert_int_equal(lks_sem_init(&sem, 0), 0);
    atomic_store_explicit(&gone_on, 0, memory_order_relaxed);
    for (uint32_t i = 0; i < WAITERS; i++) {
        prepare(&workers[i], i, wait_in_thread, NULL);
        start(&workers[i]);
    }
    while (value() != -WAITERS) {
        (void)sched_yield();
    }
    if (can_see_who_sleeps()) {
        until_asleep_on(&sem.wakeups, WAITERS);
    }
    for (uint32_t i = 0; i < WAITERS; i++) {
        assert_int_equal(how_many_have_gone_on(), i);
        assert_int_equal(lks_sem_post(&sem), 0);
        while (how_many_have_gone_on() == i) {
            (void)sched_yield();
        }
    }
    for (uint32_t i = 0; i < WAITERS; i++) {
        join(&workers[i]);
    }
    assert_int_equal(value(), 0);
    assert_int_equal(wakeups(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_makes_a_semaphore),
        cmocka_unit_test(counts),
        cmocka_unit_test(does_not_overflow),
        cmocka_unit_test(deadlines),
        cmocka_unit_test(a_waiter_is_woken),
        cmocka_unit_test(who_is_posted_to_at_its_deadline_has_it),
        cmocka_unit_test(who_is_almost_posted_to_does_not_sleep),
        cmocka_unit_test(each_post_lets_one_go),
    };
    return run_all(tests);
}
