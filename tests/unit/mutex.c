/* SPDX-License-Identifier: MIT */
/*
 * The mutex by itself; what it shares with all locks is in locks.c.
 *
 * Linked with -Wl,--wrap for the futex calls (see play.h), the fences, and what a waiter
 * does before it sleeps.
 */
#include "../asleep.h"
#include "../instants.h"
#include "../play.h"

#ifdef __cplusplus
extern "C" {
#endif
bool __real_lks_asymmetric_fence_heavy(void);
bool __wrap_lks_asymmetric_fence_heavy(void);
void __real_lks_asymmetric_fence_full(void);
void __wrap_lks_asymmetric_fence_full(void);
void __real_lks_delay(unsigned pauses);
void __wrap_lks_delay(unsigned pauses);
void __real_lks_take_turns(void);
void __wrap_lks_take_turns(void);
#ifdef __cplusplus
}
#endif

static __thread unsigned heavy_fences;

bool __wrap_lks_asymmetric_fence_heavy(void)
{
    heavy_fences++;
    return __real_lks_asymmetric_fence_heavy();
}

static __thread unsigned turns_taken;

void __wrap_lks_take_turns(void)
{
    turns_taken++;
    __real_lks_take_turns();
}

static lks_mutex_t mutex;
static unsigned initial_spins;

static uint32_t held(void)
{
    return atomic_load_explicit(&mutex.held, memory_order_relaxed);
}

static uint32_t waiters(void)
{
    uint32_t all = atomic_load_explicit(&mutex.waiters, memory_order_relaxed);
    return all & ~(uint32_t)LKS_MUTEX_SPINS;
}

/* Another thread takes the lock, or gives it back. With LKS_CHECKED it is its own. */
static void other_locks(void)
{
    assert_int_equal(held(), LKS_MUTEX_FREE);
    atomic_store_explicit(&mutex.held, LKS_MUTEX_HELD, memory_order_relaxed);
}

static void other_unlocks(void)
{
    assert_int_equal(held(), LKS_MUTEX_HELD);
    atomic_store_explicit(&mutex.held, LKS_MUTEX_MINE, memory_order_relaxed);
    lks_mutex_unlock(&mutex);
}

/* Another thread waits, too, and has made its fence. */
static void other_waits(void)
{
    (void)atomic_fetch_add_explicit(&mutex.waiters, LKS_MUTEX_SLEEPER,
                                    memory_order_relaxed);
    uint32_t all = atomic_load_explicit(&mutex.waiters, memory_order_relaxed);
    atomic_store_explicit(&mutex.waiters, all | LKS_MUTEX_FENCED, memory_order_relaxed);
}

/* After so many more full fences of this thread the hungry waiter gives up; 0: never. */
static __thread unsigned fences_until_it_gives_up;

void __wrap_lks_asymmetric_fence_full(void)
{
    __real_lks_asymmetric_fence_full();
    if (fences_until_it_gives_up > 0 && --fences_until_it_gives_up == 0) {
        (void)atomic_fetch_sub_explicit(
            &mutex.waiters, LKS_MUTEX_SLEEPER | LKS_MUTEX_TOKEN | LKS_MUTEX_HUNGRY,
            memory_order_relaxed);
    }
}

/* How long this thread has spun; and the moment at which the lock is given back. */
static __thread unsigned pauses, last_pause;

void __wrap_lks_delay(unsigned count)
{
    pauses += count;
    if (pauses == last_pause) {
        other_unlocks();
    }
    __real_lks_delay(count);
}

enum { ONE_WAITS = LKS_MUTEX_SLEEPER | LKS_MUTEX_FENCED };

/* Another thread has the lock, and the caller is about to want it. */
static void begin(const scene_t *scenes, unsigned count)
{
    assert_int_equal(lks_mutex_init(&mutex), 0);
    other_locks();
    lks_set_spins(0);                /* go to sleep at once */
    lks_mutex_set_bound(UINT64_MAX); /* and never be hungry */
    heavy_fences = 0;
    turns_taken = 0;
    begin_play(scenes, count);
}

#define BEGIN(scenes) begin((scenes), COUNT_OF(scenes))

static void end(void)
{
    lks_set_spins(initial_spins);
    lks_mutex_set_bound(LKS_MUTEX_BOUND_NS);
    end_play();
}

static unsigned waiters_woken(void)
{
    return wakes_of(&mutex.waiters);
}

static unsigned holders_woken(void)
{
    return wakes_of(&mutex.held);
}

static int lock_with_deadline(void)
{
    const struct timespec deadline = LONG_FROM_NOW;
    return lks_mutex_timedlock(&mutex, &deadline);
}

/* --- scenes ------------------------------------------------------------------------- */

static int lock_is_given_back(void)
{
    unsigned before = waiters_woken();
    other_unlocks();
    assert_int_equal(waiters_woken(), before + 1);
    assert_true((waiters() & LKS_MUTEX_TOKEN) != 0);
    assert_true((waiters() & LKS_MUTEX_WAKING) != 0);
    return WOKEN;
}

static int lock_is_given_back_too_late(void)
{
    (void)lock_is_given_back();
    return ETIMEDOUT;
}

static int another_is_quicker(void)
{
    (void)lock_is_given_back();
    other_locks();
    return WOKEN;
}

/* It had to wait, too, and leaves no token behind. */
static int another_waiter_is_quicker(void)
{
    (void)another_is_quicker();
    (void)atomic_fetch_sub_explicit(&mutex.waiters, LKS_MUTEX_TOKEN | LKS_MUTEX_WAKING,
                                    memory_order_relaxed);
    return WOKEN;
}

static int another_is_quicker_and_it_is_too_late(void)
{
    (void)another_is_quicker();
    return ETIMEDOUT;
}

/* The waiter that is about to sleep is hungry, now. */
static int nothing_happens_to_the_hungry(void)
{
    assert_int_equal(waiters() & ~(uint32_t)LKS_MUTEX_FENCED,
                     LKS_MUTEX_SLEEPER | LKS_MUTEX_TOKEN | LKS_MUTEX_HUNGRY);
    return WOKEN;
}

static int lock_is_handed_over(void)
{
    (void)nothing_happens_to_the_hungry();
    other_unlocks();
    assert_int_equal(held(), LKS_MUTEX_HANDED);
    assert_int_equal(holders_woken(), 1);
    /* It is not for who comes by. */
    assert_true(lks_mutex_is_locked(&mutex));
    assert_false(lks_mutex_trylock(&mutex));
    return WOKEN;
}

static int lock_is_handed_over_too_late(void)
{
    (void)lock_is_handed_over();
    return ETIMEDOUT;
}

/* By somebody who has not seen yet that there is a hungry one. */
static int lock_is_freed_too_late(void)
{
    (void)nothing_happens_to_the_hungry();
    atomic_store_explicit(&mutex.held, LKS_MUTEX_FREE, memory_order_relaxed);
    return ETIMEDOUT;
}

/* --- waking ------------------------------------------------------------------------- */

static void a_sleeper_is_woken_and_takes_the_lock(void **state)
{
    (void)state;
    static const scene_t scenes[] = {nothing_happens, lock_is_given_back};
    BEGIN(scenes);
    lks_mutex_lock(&mutex);
    end();
    assert_false(had_deadline);
    assert_int_equal(turns_taken, 1);
    assert_int_equal(held(), LKS_MUTEX_MINE);
    assert_int_equal(waiters(), 0);
    lks_mutex_unlock(&mutex);
    assert_int_equal(waiters_woken(), 1);
    assert_int_equal(holders_woken(), 0);
    assert_int_equal(most_woken, 1);
}

static void who_comes_too_late_sleeps_and_is_woken_again(void **state)
{
    (void)state;
    static const scene_t scenes[] = {another_is_quicker, another_is_quicker,
                                     lock_is_given_back};
    BEGIN(scenes);
    lks_mutex_lock(&mutex);
    end();
    assert_int_equal(held(), LKS_MUTEX_MINE);
    assert_int_equal(waiters(), 0);
}

/* The wake-up may have been meant for another, who then finds it gone: so there must be
   another one. */
static void who_takes_the_lock_leaves_no_token_behind(void **state)
{
    (void)state;
    static const scene_t scenes[] = {lock_is_given_back};
    BEGIN(scenes);
    other_waits();
    lks_mutex_lock(&mutex);
    end();
    assert_int_equal(waiters(), ONE_WAITS);
    lks_mutex_unlock(&mutex);
    assert_int_equal(waiters_woken(), 2);
}

static void nobody_is_woken_while_one_competes(void **state)
{
    (void)state;
    begin(NULL, 0);
    other_waits();
    (void)atomic_fetch_add_explicit(&mutex.waiters, LKS_MUTEX_TOKEN,
                                    memory_order_relaxed);
    other_unlocks();
    end();
    assert_int_equal(held(), LKS_MUTEX_FREE);
    assert_int_equal(wakes_of(NULL), 0);
}

static void which_waiters_need_a_wake(void **state)
{
    (void)state;
    assert_false(lks_mutex_needs_wake(0));
    assert_false(lks_mutex_needs_wake(LKS_MUTEX_SPINS | LKS_MUTEX_FENCED));
    assert_true(lks_mutex_needs_wake(LKS_MUTEX_SLEEPER));
    assert_true(lks_mutex_needs_wake(3 * LKS_MUTEX_SLEEPER | LKS_MUTEX_SPINS));
    assert_false(lks_mutex_needs_wake(LKS_MUTEX_SLEEPER | LKS_MUTEX_TOKEN));
    assert_false(
        lks_mutex_needs_wake(LKS_MUTEX_SLEEPER | LKS_MUTEX_TOKEN | LKS_MUTEX_WAKING));
    assert_true(
        lks_mutex_needs_wake(LKS_MUTEX_SLEEPER | LKS_MUTEX_TOKEN | LKS_MUTEX_HUNGRY));
}

/* --- handing over ------------------------------------------------------------------- */

static void who_is_passed_over_is_handed_the_lock(void **state)
{
    (void)state;
    static const scene_t scenes[] = {another_is_quicker, nothing_happens_to_the_hungry,
                                     lock_is_handed_over};
    BEGIN(scenes);
    lks_mutex_set_bound(0);
    lks_mutex_lock(&mutex);
    end();
    assert_int_equal(held(), LKS_MUTEX_MINE);
    assert_int_equal(waiters(), 0);
    assert_int_equal(most_woken, 1);
    lks_mutex_unlock(&mutex);
    assert_int_equal(held(), LKS_MUTEX_FREE);
}

/* Else one that other waiters pass over again and again would never be hungry. */
static void who_is_woken_competes_also_without_a_token(void **state)
{
    (void)state;
    static const scene_t scenes[] = {another_waiter_is_quicker,
                                     nothing_happens_to_the_hungry, lock_is_handed_over};
    BEGIN(scenes);
    lks_mutex_set_bound(0);
    lks_mutex_lock(&mutex);
    end();
    assert_int_equal(held(), LKS_MUTEX_MINE);
    assert_int_equal(waiters(), 0);
}

static void who_is_handed_the_lock_at_its_deadline_has_it(void **state)
{
    (void)state;
    static const scene_t scenes[] = {another_is_quicker, lock_is_handed_over_too_late};
    static const scene_t others[] = {another_is_quicker, lock_is_freed_too_late};
    BEGIN(scenes);
    lks_mutex_set_bound(0);
    assert_int_equal(lock_with_deadline(), 0);
    end();
    assert_true(had_deadline);
    assert_int_equal(held(), LKS_MUTEX_MINE);
    assert_int_equal(waiters(), 0);

    BEGIN(others);
    lks_mutex_set_bound(0);
    assert_int_equal(lock_with_deadline(), 0);
    end();
    assert_int_equal(held(), LKS_MUTEX_MINE);
    assert_int_equal(waiters(), 0);
}

static void the_hungry_may_give_up(void **state)
{
    (void)state;
    static const scene_t scenes[] = {another_is_quicker, time_is_up};
    for (int others = 0; others < 2; others++) {
        BEGIN(scenes);
        lks_mutex_set_bound(0);
        if (others == 1) {
            other_waits();
        }
        assert_int_equal(lock_with_deadline(), ETIMEDOUT);
        end();
        assert_int_equal(held(), LKS_MUTEX_HELD);
        assert_int_equal(waiters(), others == 1 ? ONE_WAITS : 0);
        assert_int_equal(waiters_woken(), 1);
        /* Nobody is handed it any more, and others are woken again. */
        other_unlocks();
        assert_int_equal(held(), LKS_MUTEX_FREE);
        assert_int_equal(holders_woken(), 0);
        assert_int_equal(waiters_woken(), 1 + others);
    }
}

/* When the lock has been handed over, just before it is looked whether somebody is still
   hungry. */
static void the_hungry_may_give_up_amid_the_hand_over(void **state)
{
    (void)state;
    uint32_t kind = lks_asymmetric_fence_kind();
    begin(NULL, 0);
    other_waits();
    other_waits();
    (void)atomic_fetch_add_explicit(&mutex.waiters, LKS_MUTEX_TOKEN | LKS_MUTEX_HUNGRY,
                                    memory_order_relaxed);
    atomic_store_explicit(&lks_fence_kind, LKS_FENCE_SYMMETRIC, memory_order_relaxed);
    fences_until_it_gives_up = 2;
    other_unlocks();
    atomic_store_explicit(&lks_fence_kind, kind, memory_order_relaxed);
    end();
    assert_int_equal(fences_until_it_gives_up, 0);
    assert_int_equal(held(), LKS_MUTEX_FREE);
    assert_int_equal(waiters(), ONE_WAITS | LKS_MUTEX_TOKEN | LKS_MUTEX_WAKING);
    assert_int_equal(holders_woken(), 0);
    assert_int_equal(waiters_woken(), 1);
}

/* --- giving up ---------------------------------------------------------------------- */

static void who_gives_up_is_no_longer_woken(void **state)
{
    (void)state;
    static const scene_t scenes[] = {nothing_happens, time_is_up};
    BEGIN(scenes);
    assert_int_equal(lock_with_deadline(), ETIMEDOUT);
    end();
    assert_true(had_deadline);
    assert_int_equal(held(), LKS_MUTEX_HELD);
    assert_int_equal(waiters(), 0);
    other_unlocks();
    assert_int_equal(waiters_woken(), 0);
}

static void who_gives_up_does_not_take_a_wake_up_along(void **state)
{
    (void)state;
    static const scene_t free_scenes[] = {lock_is_given_back_too_late};
    static const scene_t held_scenes[] = {another_is_quicker_and_it_is_too_late};
    BEGIN(free_scenes);
    other_waits();
    assert_int_equal(lock_with_deadline(), ETIMEDOUT);
    end();
    assert_int_equal(held(), LKS_MUTEX_FREE);
    assert_int_equal(waiters_woken(), 2);
    assert_int_equal(waiters(), ONE_WAITS | LKS_MUTEX_TOKEN | LKS_MUTEX_WAKING);

    BEGIN(held_scenes);
    other_waits();
    assert_int_equal(lock_with_deadline(), ETIMEDOUT);
    end();
    assert_int_equal(held(), LKS_MUTEX_HELD);
    assert_int_equal(waiters_woken(), 1);
    assert_int_equal(waiters(), ONE_WAITS);
    other_unlocks();
    assert_int_equal(waiters_woken(), 2);
}

static void deadlines(void **state)
{
    (void)state;
    const struct timespec past = LONG_AGO;
    assert_int_equal(lks_mutex_init(&mutex), 0);
    assert_int_equal(lks_mutex_timedlock(&mutex, &past), 0);
    lks_mutex_unlock(&mutex);
    other_locks();
    assert_int_equal(lks_mutex_timedlock(&mutex, &past), ETIMEDOUT);
    const struct timespec soon = from_now(2000000);
    assert_int_equal(lks_mutex_timedlock(&mutex, &soon), ETIMEDOUT);
    assert_true(lks_monotonic_now() >= lks_nanoseconds(&soon));
    for (size_t i = 0; i < COUNT_OF(not_instants); i++) {
        assert_int_equal(lks_mutex_timedlock(&mutex, &not_instants[i]), EINVAL);
    }
    assert_int_equal(held(), LKS_MUTEX_HELD);
    assert_int_equal(waiters(), 0);
}

/* --- spinning ----------------------------------------------------------------------- */

enum { NEVER = 0 };

/* Takes the lock, which another gives back after so many pauses of the caller; NEVER:
   when it is about to sleep. Returns how many there were. */
static unsigned pauses_of_a_wait(unsigned before_it_is_given_back)
{
    static const scene_t scenes[] = {lock_is_given_back};
    other_locks();
    begin_play(scenes, before_it_is_given_back == NEVER ? 1 : 0);
    pauses = 0;
    last_pause = before_it_is_given_back;
    lks_mutex_lock(&mutex);
    last_pause = NEVER;
    lks_mutex_unlock(&mutex);
    end_play();
    return pauses;
}

static void how_long_it_spins_is_learned(void **state)
{
    (void)state;
    const unsigned shorter[] = {128, 64, 32, 16, 16};
    assert_int_equal(lks_mutex_init(&mutex), 0);
    lks_set_spins(1);
    for (size_t i = 0; i < COUNT_OF(shorter); i++) {
        assert_int_equal(pauses_of_a_wait(NEVER), shorter[i]);
    }
    /* At each length a wait that only just ends in time; at the last one, more. */
    for (unsigned most = 16; most < 8192; most *= 2) {
        unsigned late = (most < 1024 ? most : 1024) * 3 / 4;
        assert_int_equal(pauses_of_a_wait(late), late);
    }
    assert_int_equal(pauses_of_a_wait(NEVER), 1024);
    /* One that ends soon changes nothing. */
    assert_int_equal(pauses_of_a_wait(256), 256);
    assert_int_equal(pauses_of_a_wait(NEVER), 512);
    lks_set_spins(0);
    assert_int_equal(pauses_of_a_wait(NEVER), 0);
    lks_set_spins(initial_spins);
}

/* --- fences ------------------------------------------------------------------------- */

static void one_fence_serves_all_who_wait(void **state)
{
    (void)state;
    static const scene_t scenes[] = {lock_is_given_back};
    BEGIN(scenes);
    lks_mutex_lock(&mutex);
    end();
    assert_int_equal(heavy_fences, 1);

    BEGIN(scenes);
    other_waits();
    lks_mutex_lock(&mutex);
    end();
    assert_int_equal(heavy_fences, 0);
}

/* Then an unlock may have missed the waiter: it looks again after a while by itself. */
static void without_a_fence_it_naps(void **state)
{
    (void)state;
    static const scene_t scenes[] = {time_is_up, time_is_up, lock_is_given_back};
    uint32_t kind = lks_asymmetric_fence_kind();
    BEGIN(scenes);
    atomic_store_explicit(&lks_fence_kind, LKS_FENCE_LOST, memory_order_relaxed);
    lks_mutex_lock(&mutex);
    end();
    assert_true(had_deadline);
    assert_int_equal(waiters(), 0);
    assert_int_equal(held(), LKS_MUTEX_MINE);

    BEGIN(scenes);
    assert_int_equal(lock_with_deadline(), 0);
    end();
    atomic_store_explicit(&lks_fence_kind, kind, memory_order_relaxed);
    assert_int_equal(held(), LKS_MUTEX_MINE);
}

/* --- with threads ------------------------------------------------------------------- */

static unsigned entered; /* guarded by the mutex */

static void enter(worker_t *self)
{
    (void)self;
    lks_mutex_lock(&mutex);
    entered++;
    lks_mutex_unlock(&mutex);
}

static void all_sleepers_are_woken(void **state)
{
    (void)state;
    enum { SLEEPERS = 5 };
    worker_t workers[SLEEPERS];
    if (!can_see_who_sleeps()) {
        skip();
    }
    for (uint32_t run = 0; run < 20 * test_scale(); run++) {
        assert_int_equal(lks_mutex_init(&mutex), 0);
        entered = 0;
        lks_mutex_lock(&mutex);
        for (uint32_t i = 0; i < SLEEPERS; i++) {
            prepare(&workers[i], i, enter, NULL);
            start(&workers[i]);
        }
        until_asleep_on(&mutex.waiters, SLEEPERS);
        assert_int_equal(waiters() / LKS_MUTEX_SLEEPER, SLEEPERS);
        lks_mutex_unlock(&mutex);
        for (uint32_t i = 0; i < SLEEPERS; i++) {
            join(&workers[i]);
        }
        assert_int_equal(entered, SLEEPERS);
        assert_int_equal(held(), LKS_MUTEX_FREE);
        assert_int_equal(waiters(), 0);
    }
}

/* --- making and using --------------------------------------------------------------- */

static void init_makes_a_free_lock(void **state)
{
    (void)state;
    static lks_mutex_t initialised = LKS_MUTEX_INIT;
    spoil(&mutex);
    assert_int_equal(lks_mutex_init(&mutex), 0);
    assert_memory_equal(&mutex, &initialised, sizeof mutex);
    assert_false(lks_mutex_is_locked(&mutex));
    assert_int_equal(sizeof mutex, 8);
    assert_int_equal(lks_mutex_init(NULL), EINVAL);
}

static void is_taken_and_given_back(void **state)
{
    (void)state;
    static lks_mutex_t lock = LKS_MUTEX_INIT;
    lks_mutex_lock(&lock);
    assert_true(lks_mutex_is_locked(&lock));
    assert_false(lks_mutex_trylock(&lock));
    lks_mutex_unlock(&lock);
    assert_false(lks_mutex_is_locked(&lock));
    assert_true(lks_mutex_trylock(&lock));
    lks_mutex_unlock(&lock);
    lks_mutex_destroy(&lock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_makes_a_free_lock),
        cmocka_unit_test(is_taken_and_given_back),
        cmocka_unit_test(a_sleeper_is_woken_and_takes_the_lock),
        cmocka_unit_test(who_comes_too_late_sleeps_and_is_woken_again),
        cmocka_unit_test(who_takes_the_lock_leaves_no_token_behind),
        cmocka_unit_test(nobody_is_woken_while_one_competes),
        cmocka_unit_test(which_waiters_need_a_wake),
        cmocka_unit_test(who_is_passed_over_is_handed_the_lock),
        cmocka_unit_test(who_is_woken_competes_also_without_a_token),
        cmocka_unit_test(who_is_handed_the_lock_at_its_deadline_has_it),
        cmocka_unit_test(the_hungry_may_give_up),
        cmocka_unit_test(the_hungry_may_give_up_amid_the_hand_over),
        cmocka_unit_test(who_gives_up_is_no_longer_woken),
        cmocka_unit_test(who_gives_up_does_not_take_a_wake_up_along),
        cmocka_unit_test(deadlines),
        cmocka_unit_test(how_long_it_spins_is_learned),
        cmocka_unit_test(one_fence_serves_all_who_wait),
        cmocka_unit_test(without_a_fence_it_naps),
        cmocka_unit_test(all_sleepers_are_woken),
    };
    initial_spins = lks_spins();
    return run_all(tests);
}
