/* SPDX-License-Identifier: MIT */
/*
 * The condition variable. A waiter counts itself under the mutex before it waits, so
 * whoever has the mutex and sees it counted knows that it stands in the queue.
 */
#include "../instants.h"
#include "../play.h"

enum { MOST_WAITERS = 8 };

static lks_mutex_t mutex = LKS_MUTEX_INIT;
static lks_cond_t cond = LKS_COND_INIT;

/* Guarded by the mutex. */
static uint32_t waiting;
static uint32_t returned;
static uint32_t order[MOST_WAITERS]; /* of those who have returned */

static struct {
    worker_t worker;
    bool with_deadline;
    struct timespec deadline;
    bool gives_up; /* its deadline passes when main says so */
    int result;
} waiters[MOST_WAITERS];
static _Atomic(bool) time_has_come, time_is_noticed;

static int time_comes(void)
{
    while (!atomic_load_explicit(&time_has_come, memory_order_relaxed)) {
        (void)sched_yield();
    }
    atomic_store_explicit(&time_is_noticed, true, memory_order_relaxed);
    play = NULL;
    return ETIMEDOUT;
}

/* Main takes the mutex; it does not stand in line, so that only threads that have waited
   for the condition are woken. */
static void take(void)
{
    while (!lks_mutex_trylock(&mutex)) {
        (void)sched_yield();
    }
}

static void wait_in_thread(worker_t *self)
{
    static const scene_t scenes[] = {time_comes};
    wake_count = 0;
    lks_mutex_lock(&mutex);
    waiting++;
    if (waiters[self->index].gives_up) {
        BEGIN_PLAY(scenes);
    }
    if (waiters[self->index].with_deadline) {
        waiters[self->index].result =
            lks_cond_timedwait(&cond, &mutex, &waiters[self->index].deadline);
    } else {
        lks_cond_wait(&cond, &mutex);
        waiters[self->index].result = 0;
    }
    play = NULL;
    self->errors += !lks_mutex_is_locked(&mutex);
    order[returned++] = self->index;
    lks_mutex_unlock(&mutex);
    self->errors += wakes_of(NULL) > 1;
}

/* The next waiter, who is in the queue when this returns. The caller has the mutex. */
static void let_wait(const struct timespec *deadline, bool gives_up)
{
    uint32_t index = waiting;
    waiters[index].gives_up = gives_up;
    waiters[index].with_deadline = deadline != NULL;
    if (deadline != NULL) {
        waiters[index].deadline = *deadline;
    }
    prepare(&waiters[index].worker, index, wait_in_thread, NULL);
    start(&waiters[index].worker);
    while (waiting == index) {
        lks_mutex_unlock(&mutex);
        (void)sched_yield();
        take();
    }
}

static void let_some_wait(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        let_wait(NULL, false);
    }
}

/* The caller has the mutex, and has it again afterwards. */
static void until_returned(uint32_t count)
{
    while (returned < count) {
        lks_mutex_unlock(&mutex);
        (void)sched_yield();
        take();
    }
}

static void begin(void)
{
    waiting = returned = 0;
    atomic_store_explicit(&time_has_come, false, memory_order_relaxed);
    atomic_store_explicit(&time_is_noticed, false, memory_order_relaxed);
    assert_int_equal(lks_mutex_init(&mutex), 0);
    assert_int_equal(lks_cond_init(&cond), 0);
    lks_mutex_lock(&mutex);
}

static void end(void)
{
    lks_mutex_unlock(&mutex);
    for (uint32_t i = 0; i < waiting; i++) {
        join(&waiters[i].worker);
        assert_int_equal(waiters[i].worker.errors, 0);
    }
    assert_int_equal(returned, waiting);
    lks_cond_destroy(&cond);
}

static int wait_till(struct timespec deadline)
{
    return lks_cond_timedwait(&cond, &mutex, &deadline);
}

/* --- making ------------------------------------------------------------------------- */

static void init_makes_a_condition(void **state)
{
    (void)state;
    static lks_cond_t initialised = LKS_COND_INIT;
    lks_cond_t made;
    spoil(&made);
    assert_int_equal(lks_cond_init(&made), 0);
    assert_memory_equal(&made, &initialised, sizeof made);
    assert_int_equal(sizeof made, 2 * sizeof(void *));
    assert_int_equal(lks_cond_init(NULL), EINVAL);
    lks_cond_destroy(&made);
}

/* --- alone: deadlines, and what happens in the moment of sleep ---------------------- */

static void deadlines(void **state)
{
    (void)state;
    begin();
    assert_int_equal(wait_till(LONG_AGO), ETIMEDOUT);
    const struct timespec soon = from_now(2000000);
    assert_int_equal(wait_till(soon), ETIMEDOUT);
    assert_true(lks_monotonic_now() >= lks_nanoseconds(&soon));
    for (size_t i = 0; i < COUNT_OF(not_instants); i++) {
        assert_int_equal(wait_till(not_instants[i]), EINVAL);
        assert_true(lks_mutex_is_locked(&mutex));
    }
    end();
}

static void a_signal_is_not_remembered(void **state)
{
    (void)state;
    begin();
    lks_cond_signal(&cond);
    lks_cond_broadcast(&cond);
    assert_int_equal(wait_till(LONG_AGO), ETIMEDOUT);
    end();
}

/* As another thread, which has taken the mutex meanwhile. */
static int is_signalled(void)
{
    assert_true(lks_mutex_trylock(&mutex));
    lks_cond_signal(&cond);
    lks_mutex_unlock(&mutex);
    return WOKEN;
}

static int is_signalled_at_the_deadline(void)
{
    (void)is_signalled();
    return ETIMEDOUT;
}

static int is_let_go_without_the_mutex_at_the_deadline(void)
{
    assert_false(lks_mutex_is_locked(&mutex));
    lks_cond_broadcast(&cond);
    return ETIMEDOUT;
}

static void no_wake_up_is_spurious(void **state)
{
    (void)state;
    static const scene_t scenes[] = {nothing_happens, nothing_happens, is_signalled};
    begin();
    BEGIN_PLAY(scenes);
    lks_cond_wait(&cond, &mutex);
    end_play();
    assert_false(had_deadline);
    assert_true(lks_mutex_is_locked(&mutex));
    assert_int_equal(wakes_of(NULL), 1);
    assert_int_equal(most_woken, 1);
    end();
}

static void who_is_signalled_at_its_deadline_is_signalled(void **state)
{
    (void)state;
    static const scene_t signal_scenes[] = {is_signalled_at_the_deadline};
    static const scene_t broadcast_scenes[] = {
        nothing_happens, is_let_go_without_the_mutex_at_the_deadline};
    static const scene_t no_scenes[] = {nothing_happens, time_is_up};
    begin();
    BEGIN_PLAY(signal_scenes);
    assert_int_equal(wait_till(LONG_FROM_NOW), 0);
    end_play();
    assert_true(had_deadline);
    BEGIN_PLAY(broadcast_scenes);
    assert_int_equal(wait_till(LONG_FROM_NOW), 0);
    end_play();
    BEGIN_PLAY(no_scenes);
    assert_int_equal(wait_till(LONG_FROM_NOW), ETIMEDOUT);
    end_play();
    assert_true(lks_mutex_is_locked(&mutex));
    end();
}

/* --- with another lock; it is the mutex, called as any other ------------------------ */

static void give_back(void *lock) LKS_NOT_LOOKED_AT;
static void take_again(void *lock) LKS_NOT_LOOKED_AT;

static void give_back(void *lock)
{
    lks_mutex_unlock(LKS_CAST(lks_mutex_t *, lock));
}

static void take_again(void *lock)
{
    lks_mutex_lock(LKS_CAST(lks_mutex_t *, lock));
}

static int wait_with_till(struct timespec deadline)
{
    return lks_cond_timedwait_with(&cond, give_back, take_again, &mutex, &deadline);
}

static void with_another_lock(void **state)
{
    (void)state;
    static const scene_t signal_scenes[] = {nothing_happens, is_signalled};
    static const scene_t deadline_scenes[] = {
        nothing_happens, is_let_go_without_the_mutex_at_the_deadline};
    begin();
    assert_int_equal(wait_with_till(LONG_AGO), ETIMEDOUT);
    assert_true(lks_mutex_is_locked(&mutex));
    for (size_t i = 0; i < COUNT_OF(not_instants); i++) {
        assert_int_equal(wait_with_till(not_instants[i]), EINVAL);
        assert_true(lks_mutex_is_locked(&mutex));
    }
    BEGIN_PLAY(signal_scenes);
    lks_cond_wait_with(&cond, give_back, take_again, &mutex);
    end_play();
    assert_false(had_deadline);
    assert_true(lks_mutex_is_locked(&mutex));
    assert_int_equal(wakes_of(NULL), 1);
    BEGIN_PLAY(deadline_scenes);
    assert_int_equal(wait_with_till(LONG_FROM_NOW), 0);
    end_play();
    assert_true(had_deadline);
    end();
}

/* --- with threads ------------------------------------------------------------------- */

static void a_signal_lets_the_first_go(void **state)
{
    (void)state;
    begin();
    let_some_wait(MOST_WAITERS);
    for (uint32_t i = 0; i < MOST_WAITERS; i++) {
        assert_int_equal(returned, i);
        if (i % 2 == 0) {
            lks_cond_signal(&cond);
        } else {
            lks_mutex_unlock(&mutex);
            lks_cond_signal(&cond);
            take();
        }
        until_returned(i + 1);
        assert_int_equal(order[i], i);
    }
    end();
}

static void each_signal_lets_one_go(void **state)
{
    (void)state;
    begin();
    let_some_wait(4);
    lks_cond_signal(&cond);
    lks_cond_signal(&cond);
    lks_cond_signal(&cond);
    until_returned(3);
    let_some_wait(1); /* if a fourth one were on its way, it could come back now */
    assert_int_equal(returned, 3);
    lks_cond_broadcast(&cond);
    end();
}

/* Who is let go while the mutex is held could do nothing but wait for it. */
static void who_is_let_go_is_woken_when_the_mutex_is_free(void **state)
{
    (void)state;
    begin();
    let_some_wait(4);
    wake_count = 0;
    lks_cond_signal(&cond);
    lks_cond_signal(&cond);
    assert_int_equal(wakes_of(NULL), 0);
    lks_mutex_unlock(&mutex);
    assert_int_equal(wakes_of(NULL), 1); /* the other one by who has it next */
    take();
    until_returned(2);
    lks_mutex_unlock(&mutex);
    /* Nobody who waits has the mutex by now, and so nobody has it. */
    wake_count = 0;
    lks_cond_signal(&cond);
    assert_int_equal(wakes_of(NULL), 1);
    take();
    until_returned(3);
    wake_count = 0;
    assert_int_equal(wait_till(LONG_AGO), ETIMEDOUT);
    assert_int_equal(wakes_of(NULL), 0);
    assert_int_equal(returned, 3);
    lks_cond_signal(&cond);
    end();
}

/* While one that waits is counted, the mutex is given back in another way. */
static void who_waits_is_counted_until_it_has_the_mutex_again(void **state)
{
    (void)state;
    begin();
    _Atomic(uint32_t) *counted = lks_mutex_place(&mutex);
    assert_int_equal(atomic_load_explicit(counted, memory_order_relaxed), 0);
    let_some_wait(2);
    assert_int_equal(atomic_load_explicit(counted, memory_order_relaxed), 2);
    lks_cond_broadcast(&cond);
    until_returned(2);
    assert_int_equal(atomic_load_explicit(counted, memory_order_relaxed), 0);
    end();
    assert_int_equal(atomic_load_explicit(&mutex.word, memory_order_relaxed), 0);
}

/* Main waits after the signal, and must not have it. */
static void a_wake_up_is_not_stolen(void **state)
{
    (void)state;
    begin();
    let_some_wait(1);
    lks_cond_signal(&cond);
    assert_int_equal(wait_till(from_now(1000000)), ETIMEDOUT);
    until_returned(1);
    end();
}

static void a_broadcast_lets_all_go_in_turn(void **state)
{
    (void)state;
    for (uint32_t run = 0; run < 20 * test_scale(); run++) {
        begin();
        let_some_wait(MOST_WAITERS);
        wake_count = 0;
        lks_cond_broadcast(&cond);
        assert_int_equal(wakes_of(NULL), 0);
        lks_mutex_unlock(&mutex);
        assert_int_equal(wakes_of(NULL), 1);
        take();
        until_returned(MOST_WAITERS);
        for (uint32_t i = 0; i < MOST_WAITERS; i++) {
            assert_int_equal(order[i], i);
        }
        end();
    }
}

static void wait_in_crowd(worker_t *self)
{
    lks_mutex_lock(&mutex); /* nobody has it */
    sleep_count = wake_count = 0;
    lks_cond_wait(&cond, &mutex);
    returned++;
    lks_mutex_unlock(&mutex);
    self->errors += sleep_count > 1 || wakes_of(NULL) > 1;
}

/* However many there are: each wakes the next, which then finds the mutex free. */
static void a_broadcast_is_no_stampede(void **state)
{
    (void)state;
    static worker_t crowd[500];
    const uint32_t size = test_scale() > 1 ? COUNT_OF(crowd) : 100;
    begin();
    lks_mutex_unlock(&mutex);
    for (uint32_t i = 0; i < size; i++) {
        prepare(&crowd[i], i, wait_in_crowd, NULL);
        start(&crowd[i]);
        while (atomic_load_explicit(lks_mutex_place(&mutex), memory_order_relaxed) <= i) {
            (void)sched_yield();
        }
    }
    take();
    wake_count = 0;
    lks_cond_broadcast(&cond);
    lks_mutex_unlock(&mutex);
    assert_int_equal(wakes_of(NULL), 1);
    for (uint32_t i = 0; i < size; i++) {
        join(&crowd[i]);
        assert_int_equal(crowd[i].errors, 0);
    }
    assert_int_equal(returned, size);
    lks_cond_destroy(&cond);
}

/* Who waits after the broadcast stays. */
static void a_broadcast_lets_nobody_else_go(void **state)
{
    (void)state;
    begin();
    let_some_wait(3);
    lks_cond_broadcast(&cond);
    let_some_wait(2);
    until_returned(3);
    lks_cond_signal(&cond);
    until_returned(4);
    assert_int_equal(order[3], 3);
    lks_cond_signal(&cond);
    end();
}

/* From the beginning, the middle and the end of the queue. */
static void who_gives_up_leaves_the_others_in_order(void **state)
{
    (void)state;
    enum { WAITERS = 4 };
    const struct timespec later = LONG_FROM_NOW;
    for (uint32_t place = 0; place < WAITERS; place++) {
        begin();
        for (uint32_t i = 0; i < WAITERS; i++) {
            let_wait(i == place || i % 2 == 0 ? &later : NULL, i == place);
        }
        atomic_store_explicit(&time_has_come, true, memory_order_relaxed);
        until_returned(1);
        assert_int_equal(order[0], place);
        assert_int_equal(waiters[place].result, ETIMEDOUT);
        let_wait(NULL, false); /* the queue must be whole for who comes after, too */
        for (uint32_t i = 1; i <= WAITERS; i++) {
            lks_cond_signal(&cond);
            until_returned(i + 1);
            uint32_t expected = i - 1 < place ? i - 1 : i;
            assert_int_equal(order[i], expected);
            assert_int_equal(waiters[expected].result, 0);
        }
        end();
    }
}

/* The second one's deadline passes when it has been let go, but not yet woken. */
static void a_turn_may_come_after_the_deadline(void **state)
{
    (void)state;
    const struct timespec later = LONG_FROM_NOW;
    begin();
    let_wait(NULL, false);
    let_wait(&later, true);
    let_wait(NULL, false);
    lks_cond_broadcast(&cond);
    atomic_store_explicit(&time_has_come, true, memory_order_relaxed);
    while (!atomic_load_explicit(&time_is_noticed, memory_order_relaxed)) {
        (void)sched_yield();
    }
    assert_int_equal(returned, 0);
    until_returned(3);
    assert_int_equal(waiters[1].result, 0);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(order[i], i);
    }
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_makes_a_condition),
        cmocka_unit_test(deadlines),
        cmocka_unit_test(a_signal_is_not_remembered),
        cmocka_unit_test(no_wake_up_is_spurious),
        cmocka_unit_test(who_is_signalled_at_its_deadline_is_signalled),
        cmocka_unit_test(with_another_lock),
        cmocka_unit_test(a_signal_lets_the_first_go),
        cmocka_unit_test(each_signal_lets_one_go),
        cmocka_unit_test(who_is_let_go_is_woken_when_the_mutex_is_free),
        cmocka_unit_test(who_waits_is_counted_until_it_has_the_mutex_again),
        cmocka_unit_test(a_wake_up_is_not_stolen),
        cmocka_unit_test(a_broadcast_lets_all_go_in_turn),
        cmocka_unit_test(a_broadcast_is_no_stampede),
        cmocka_unit_test(a_broadcast_lets_nobody_else_go),
        cmocka_unit_test(who_gives_up_leaves_the_others_in_order),
        cmocka_unit_test(a_turn_may_come_after_the_deadline),
    };
    return run_all(tests);
}
