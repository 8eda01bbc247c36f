/* SPDX-License-Identifier: MIT */
/*
 * The mutex by itself; what it shares with all locks is in locks.c.
 *
 * Linked with -Wl,--wrap for the futex calls (see play.h), the fences, the clock, and
 * what a waiter does before it sleeps.
 */
#include "../asleep.h"
#include "../instants.h"
#include "../play.h"

#ifdef __cplusplus
extern "C" {
#endif
void __real_lks_asymmetric_fence_heavy(void);
void __wrap_lks_asymmetric_fence_heavy(void);
void __real_lks_delay(unsigned pauses);
void __wrap_lks_delay(unsigned pauses);
void __real_lks_take_turns(void);
void __wrap_lks_take_turns(void);
uint64_t __real_lks_monotonic_now(void);
uint64_t __wrap_lks_monotonic_now(void);
#ifdef __cplusplus
}
#endif

static _Atomic(uint32_t) heavy_fences; /* of all threads */

void __wrap_lks_asymmetric_fence_heavy(void)
{
    (void)atomic_fetch_add_explicit(&heavy_fences, 1, memory_order_relaxed);
    __real_lks_asymmetric_fence_heavy();
}

static __thread unsigned turns_taken;

void __wrap_lks_take_turns(void)
{
    turns_taken++;
    __real_lks_take_turns();
}

static uint64_t stands_at; /* the clock; 0: it goes */
static uint64_t step;      /* each look at it moves it on by that, if it stands */

uint64_t __wrap_lks_monotonic_now(void)
{
    return stands_at != 0 ? stands_at += step : __real_lks_monotonic_now();
}

static lks_mutex_t mutex;
static unsigned initial_spins;

enum { QUEUED = LKS_MUTEX_QUEUED, TOKEN = LKS_MUTEX_TOKEN };

static bool is_held(void)
{
    return (atomic_load_explicit(&mutex.word, memory_order_relaxed) & LKS_MUTEX_HELD) !=
           0;
}

/* The bits of those that wait. */
static uint32_t bits(void)
{
    uint32_t word = atomic_load_explicit(&mutex.word, memory_order_relaxed);
    return word & (LKS_MUTEX_OWNER - 1) & ~(uint32_t)LKS_MUTEX_HELD;
}

static void set_bits(uint32_t new_bits)
{
    uint32_t word = atomic_load_explicit(&mutex.word, memory_order_relaxed);
    atomic_store_explicit(&mutex.word, (word & ~(LKS_MUTEX_OWNER - 1u)) | new_bits,
                          memory_order_relaxed);
}

static uint32_t counted(void)
{
    return atomic_load_explicit(lks_mutex_place(&mutex), memory_order_relaxed);
}

/* Another thread takes the lock, or gives it back. With LKS_CHECKED it is its own. */
static void other_locks(void)
{
    assert_false(is_held());
    set_bits(bits() | LKS_MUTEX_HELD);
}

static void other_unlocks(void)
{
    assert_true(is_held());
    atomic_store_explicit(&mutex.word, bits() | LKS_MUTEX_MINE, memory_order_relaxed);
    lks_mutex_unlock(&mutex);
}

/* Another thread gives it back that saw nobody counted: it stores, and looks again, when
   the word has become something else. */
static void blind_one_unlocks(uint32_t meanwhile)
{
    assert_true(is_held());
    atomic_store_explicit(&mutex.word, meanwhile, memory_order_relaxed);
    assert_true(counted() > 0);
    lks_mutex_wake(&mutex);
}

/* Another thread, which is only played, stands in line. */
static void stand_in_line(struct lks_mutex_waiter *waiter, lks_mutex_t *awaited)
{
    assert_true(lks_mutex_is_locked(awaited));
    lks_mutex_leave(waiter, awaited, waiter);
    lks_mutex_let_go(waiter);
}

static bool is_called(struct lks_mutex_waiter *waiter)
{
    return atomic_load_explicit(&waiter->called, memory_order_relaxed) != 0;
}

static struct lks_mutex_waiter other, line[4];

static void other_waits(void)
{
    stand_in_line(&other, &mutex);
}

static bool other_is_called(void)
{
    return is_called(&other);
}

/* How long this thread has spun; and the moment at which the lock is given back. */
static __thread unsigned pauses, last_pause;
enum { ALL_PAUSES = 1 + 2 + 4 + 8 + 16 + 32 + 42 * 64 }; /* of all looks */
enum { FAR = 150 };                                      /* ns */

void __wrap_lks_delay(unsigned count)
{
    pauses += count;
    if (pauses == last_pause) {
        other_unlocks();
    }
    __real_lks_delay(count);
}

/* Another thread has the lock, and the caller is about to want it. */
static void begin(const scene_t *scenes, unsigned count)
{
    assert_int_equal(lks_mutex_init(&mutex), 0);
    assert_int_equal(counted(), 0);
    other_locks();
    lks_set_spins(0);                /* go to sleep at once */
    lks_mutex_set_bound(UINT64_MAX); /* and never be hungry */
    atomic_store_explicit(&heavy_fences, 0, memory_order_relaxed);
    turns_taken = 0;
    begin_play(scenes, count);
}

#define BEGIN(scenes) begin((scenes), COUNT_OF(scenes))

static void end(void)
{
    stands_at = 0;
    lks_set_spins(initial_spins);
    lks_mutex_set_bound(LKS_MUTEX_BOUND_NS);
    end_play();
}

static void is_mine(void)
{
    uint32_t word = atomic_load_explicit(&mutex.word, memory_order_relaxed);
    uint32_t mine = LKS_MUTEX_MINE;
    assert_true(is_held());
    assert_int_equal(word / LKS_MUTEX_OWNER, mine / LKS_MUTEX_OWNER);
}

static int lock_with_deadline(void)
{
    const struct timespec deadline = LONG_FROM_NOW;
    return lks_mutex_timedlock(&mutex, &deadline);
}

/* --- scenes ------------------------------------------------------------------------- */

static int it_sleeps(void)
{
    assert_true((bits() & QUEUED) != 0);
    assert_int_equal(counted(), 1);
    return WOKEN;
}

static int lock_is_given_back(void)
{
    unsigned before = wakes_of(NULL);
    assert_true((bits() & QUEUED) != 0);
    other_unlocks();
    assert_int_equal(wakes_of(NULL), before + 1);
    assert_int_equal(bits(), QUEUED | TOKEN);
    assert_false(is_held());
    assert_int_equal(counted(), 0);
    assert_true(lks_mutex_is_awaited(&mutex)); /* by one that is not in line any more */
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

static int another_is_quicker_and_it_is_too_late(void)
{
    (void)another_is_quicker();
    return ETIMEDOUT;
}

/* It comes behind the one that is called. */
static int another_is_quicker_and_one_stands_in_line(void)
{
    (void)another_is_quicker();
    other_waits();
    return WOKEN;
}

static int it_is_too_late_and_one_stands_in_line(void)
{
    (void)another_is_quicker_and_one_stands_in_line();
    return ETIMEDOUT;
}

/* All that waiters have set was gone. */
static int a_blind_one_frees_it(void)
{
    unsigned before = wakes_of(NULL);
    blind_one_unlocks(LKS_MUTEX_FREE);
    assert_int_equal(wakes_of(NULL), before + 1);
    assert_int_equal(bits(), QUEUED | TOKEN);
    assert_false(is_held());
    return WOKEN;
}

/* It stays in line: the next unlock calls it. */
static int a_blind_one_frees_it_for_another(void)
{
    unsigned before = wakes_of(NULL);
    blind_one_unlocks(LKS_MUTEX_HELD);
    assert_int_equal(wakes_of(NULL), before);
    assert_true(is_held());
    assert_int_equal(bits(), QUEUED);
    assert_int_equal(counted(), 1);
    return WOKEN;
}

/* The one that competes is to have the lock. */
static int a_blind_one_frees_it_while_one_competes(void)
{
    unsigned before = wakes_of(NULL);
    blind_one_unlocks(TOKEN);
    assert_int_equal(wakes_of(NULL), before);
    assert_int_equal(bits(), QUEUED | TOKEN);
    assert_int_equal(counted(), 1);
    set_bits(LKS_MUTEX_HELD | QUEUED);
    return WOKEN;
}

/* It does not compete any more: the unlock hands the lock over. */
static int lock_is_handed_to_it(void)
{
    unsigned before = wakes_of(NULL);
    assert_int_equal(bits(), QUEUED);
    other_unlocks();
    assert_true(is_held());
    assert_int_equal(bits(), QUEUED);
    assert_int_equal(wakes_of(NULL), before + 1);
    assert_false(lks_mutex_trylock(&mutex));
    return WOKEN;
}

static int lock_is_handed_to_it_too_late(void)
{
    (void)lock_is_handed_to_it();
    return ETIMEDOUT;
}

/* --- waking ------------------------------------------------------------------------- */

static void a_sleeper_is_called_and_takes_the_lock(void **state)
{
    (void)state;
    static const scene_t scenes[] = {it_sleeps, lock_is_given_back};
    BEGIN(scenes);
    lks_mutex_lock(&mutex);
    end();
    assert_false(had_deadline);
    assert_int_equal(turns_taken, 1);
    is_mine();
    assert_int_equal(bits(), QUEUED);
    assert_int_equal(counted(), 0);
    assert_false(lks_mutex_is_awaited(&mutex));
    lks_mutex_unlock(&mutex);
    assert_int_equal(atomic_load_explicit(&mutex.word, memory_order_relaxed), 0);
    assert_int_equal(wakes_of(NULL), 1);
    assert_int_equal(most_woken, 1);
}

static void who_comes_too_late_sleeps_and_is_called_again(void **state)
{
    (void)state;
    static const scene_t scenes[] = {another_is_quicker, another_is_quicker,
                                     lock_is_given_back};
    BEGIN(scenes);
    lks_mutex_lock(&mutex);
    end();
    is_mine();
    assert_int_equal(counted(), 0);
}

/* Then it stands in front of those that have come meanwhile. */
static int it_is_called_first(void)
{
    assert_int_equal(bits(), QUEUED);
    other_unlocks();
    assert_false(other_is_called());
    assert_int_equal(bits(), QUEUED | TOKEN);
    return WOKEN;
}

/* This thread has the lock, and the last one in line is called when it gives it back. */
static void is_mine_and_then_called(struct lks_mutex_waiter *last)
{
    is_mine();
    assert_int_equal(counted(), 1);
    lks_mutex_unlock(&mutex);
    assert_true(is_called(last));
    assert_int_equal(counted(), 0);
}

static void who_comes_too_late_stands_in_front(void **state)
{
    (void)state;
    static const scene_t scenes[] = {another_is_quicker_and_one_stands_in_line,
                                     it_is_called_first};
    BEGIN(scenes);
    lks_mutex_lock(&mutex);
    end();
    is_mine_and_then_called(&other);
}

/* One that waited for a condition was let go when the lock was free: it had no token, and
   whoever is hungry has the lock before it. */
static int the_other_one_is_called_first(void)
{
    assert_false(other_is_called());
    other_unlocks();
    assert_true(other_is_called());
    set_bits(LKS_MUTEX_HELD | QUEUED);
    other_unlocks();
    return WOKEN;
}

static void who_comes_back_too_late_stands_behind(void **state)
{
    (void)state;
    static const scene_t scenes[] = {the_other_one_is_called_first};
    struct lks_mutex_waiter self;
    BEGIN(scenes);
    lks_mutex_leave(&self, &mutex, &self);
    other_unlocks();
    lks_mutex_let_go(&self);
    other_locks();
    other_waits();
    lks_mutex_return(&self);
    end();
    is_mine();
    assert_int_equal(counted(), 0);
}

static void who_comes_anew_stands_behind(void **state)
{
    (void)state;
    static const scene_t scenes[] = {lock_is_given_back};
    BEGIN(scenes);
    other_waits();
    /* The first one is called, and another has the lock at once; then this one is. */
    other_unlocks();
    assert_true(other_is_called());
    set_bits(LKS_MUTEX_HELD | QUEUED);
    lks_mutex_lock(&mutex);
    end();
    is_mine();
}

static void nobody_is_called_while_one_competes(void **state)
{
    (void)state;
    begin(NULL, 0);
    other_waits();
    set_bits(LKS_MUTEX_HELD | QUEUED | TOKEN);
    other_unlocks();
    assert_false(is_held());
    assert_int_equal(bits(), QUEUED | TOKEN);
    assert_int_equal(wakes_of(NULL), 0);
    set_bits(LKS_MUTEX_HELD | QUEUED);
    other_unlocks();
    end();
    assert_true(other_is_called());
}

/* QUEUED stays behind when the last one is called. */
static void an_unlock_that_finds_nobody_says_so(void **state)
{
    (void)state;
    begin(NULL, 0);
    set_bits(LKS_MUTEX_HELD | QUEUED);
    other_unlocks();
    end();
    assert_int_equal(atomic_load_explicit(&mutex.word, memory_order_relaxed), 0);
    assert_int_equal(wakes_of(NULL), 0);
}

/* Threads wait for a mutex with the same place: this one's waiters are not they. */
static void who_waits_for_another_mutex_is_left_alone(void **state)
{
    (void)state;
    begin(NULL, 0);
    (void)atomic_fetch_add_explicit(lks_mutex_place(&mutex), 1, memory_order_relaxed);
    other_unlocks();
    end();
    assert_int_equal(atomic_load_explicit(&mutex.word, memory_order_relaxed), 0);
    assert_int_equal(wakes_of(NULL), 0);
    (void)atomic_fetch_sub_explicit(lks_mutex_place(&mutex), 1, memory_order_relaxed);
}

/* The owner had looked at the word before the waiter set QUEUED. */
static void what_waiters_set_may_be_overwritten(void **state)
{
    (void)state;
    static const scene_t scenes[] = {a_blind_one_frees_it_for_another, it_sleeps,
                                     a_blind_one_frees_it_while_one_competes,
                                     lock_is_given_back};
    BEGIN(scenes);
    lks_mutex_lock(&mutex);
    end();
    is_mine();
    assert_int_equal(counted(), 0);
}

/* The mutex may be gone: then nothing of it is touched. */
static void who_looks_again_and_finds_nobody_touches_nothing(void **state)
{
    (void)state;
    begin(NULL, 0);
    set_bits(0);
    lks_mutex_wake(&mutex);
    end();
    assert_int_equal(
        atomic_load_explicit(&mutex.word, memory_order_relaxed) % LKS_MUTEX_OWNER, 0);
    assert_int_equal(wakes_of(NULL), 0);
}

static int another_stands_in_line_and_a_blind_one_frees_it(void)
{
    other_waits();
    return a_blind_one_frees_it();
}

/* It has the lock at once, and those behind it are called by its unlock. */
static void who_is_overwritten_too_is_called_later(void **state)
{
    (void)state;
    static const scene_t scenes[] = {another_stands_in_line_and_a_blind_one_frees_it};
    BEGIN(scenes);
    lks_mutex_lock(&mutex);
    end();
    is_mine();
    assert_false(other_is_called());
    assert_int_equal(bits(), QUEUED);
    lks_mutex_unlock(&mutex);
    assert_true(other_is_called());
}

/* --- the token is taken away -------------------------------------------------------- */

enum { PASSES = 15, QUICKLY = 16000 /* nanoseconds */ };

/* One is called, and another is in line behind it. Others pass by the first, as many as
   are counted, and then it has had the token for so long. */
static void call_and_pass_by(uint64_t nanoseconds)
{
    static uint64_t last;
    lks_set_spins(1);
    lks_mutex_set_bound(LKS_MUTEX_BOUND_NS);
    stands_at = last += UINT64_C(1) << 32;
    stand_in_line(&line[0], &mutex);
    stand_in_line(&line[1], &mutex);
    other_unlocks();
    assert_true(is_called(&line[0]));
    for (unsigned i = 1; i <= PASSES; i++) {
        other_locks();
        other_unlocks();
        assert_int_equal(bits(), QUEUED | (TOKEN + i * LKS_MUTEX_PASSED));
    }
    stands_at += nanoseconds;
    other_locks();
    other_unlocks();
    assert_false(is_called(&line[1]));
}

static void the_next_one_is_called(void)
{
    assert_int_equal(bits(), QUEUED);
    other_locks();
    other_unlocks();
    assert_true(is_called(&line[1]));
    assert_int_equal(bits(), QUEUED | TOKEN);
}

static void so_many_pass_by(unsigned passes)
{
    for (unsigned i = 0; i < passes; i++) {
        other_locks();
        other_unlocks();
    }
}

/* But the next one does not, until the bound has passed. */
static void who_is_passed_by_quickly_loses_the_token(void **state)
{
    (void)state;
    begin(NULL, 0);
    call_and_pass_by(QUICKLY - 1);
    const uint64_t taken_at = stands_at;
    the_next_one_is_called();
    so_many_pass_by(PASSES + 1);
    assert_int_equal(bits(), QUEUED | TOKEN);
    stands_at = taken_at + LKS_MUTEX_BOUND_NS - 1;
    set_bits(LKS_MUTEX_HELD | QUEUED); /* line[1] has given up */
    stand_in_line(&line[2], &mutex);
    other_unlocks();
    assert_true(is_called(&line[2]));
    so_many_pass_by(PASSES + 1);
    assert_int_equal(bits(), QUEUED | TOKEN);
    stands_at++;
    so_many_pass_by(PASSES + 1);
    assert_int_equal(bits(), QUEUED);
    end();
}

static void who_has_had_the_token_for_the_bound_loses_it(void **state)
{
    (void)state;
    begin(NULL, 0);
    call_and_pass_by(LKS_MUTEX_BOUND_NS);
    the_next_one_is_called();
    end();
}

static void otherwise_it_keeps_the_token(void **state)
{
    (void)state;
    begin(NULL, 0);
    call_and_pass_by(QUICKLY);
    assert_int_equal(bits(), QUEUED | TOKEN);
    stands_at += LKS_MUTEX_BOUND_NS - 1 - QUICKLY;
    so_many_pass_by(PASSES + 1);
    assert_int_equal(bits(), QUEUED | TOKEN);
    set_bits(LKS_MUTEX_HELD | QUEUED);
    other_unlocks();
    assert_true(is_called(&line[1]));
    end();
}

/* There is no other processor on which one more could run. */
static void on_one_processor_it_keeps_the_token(void **state)
{
    (void)state;
    begin(NULL, 0);
    stand_in_line(&line[0], &mutex);
    other_unlocks();
    lks_mutex_set_bound(0);
    for (unsigned i = 0; i <= 2 * PASSES; i++) {
        other_locks();
        other_unlocks();
        assert_int_equal(bits(), QUEUED | TOKEN);
    }
    end();
}

static int the_hungry_one_is_called_first(void)
{
    assert_int_equal(bits(), QUEUED);
    other_unlocks();
    assert_true(is_held() && is_called(&line[0]));
    other_unlocks();
    assert_false(is_held() || is_called(&line[1]));
    return WOKEN;
}

static int another_is_quicker_and_the_hungry_stand_in_line(void)
{
    (void)another_is_quicker();
    stand_in_line(&line[0], &mutex);
    line[0].hungry = true;
    stand_in_line(&line[1], &mutex);
    return WOKEN;
}

static void who_comes_too_late_stands_behind_the_hungry(void **state)
{
    (void)state;
    static const scene_t scenes[] = {another_is_quicker_and_the_hungry_stand_in_line,
                                     the_hungry_one_is_called_first};
    BEGIN(scenes);
    lks_mutex_lock(&mutex);
    end();
    is_mine_and_then_called(&line[1]);
}

/* --- the line ----------------------------------------------------------------------- */

static void next_stands_in_line(unsigned number)
{
    stand_in_line(&line[number], &mutex);
}

/* The first of those that have not been called is called by an unlock, and another has
   the lock at once: the one that was called has had it, or gives up. */
static void is_called_next(struct lks_mutex_waiter *waiter)
{
    assert_false(is_called(waiter));
    other_unlocks();
    assert_true(is_called(waiter));
    set_bits(LKS_MUTEX_HELD | QUEUED);
}

static void who_comes_last_stands_at_the_end(void **state)
{
    (void)state;
    begin(NULL, 0);
    next_stands_in_line(0);
    next_stands_in_line(1);
    is_called_next(&line[0]);
    next_stands_in_line(2);
    is_called_next(&line[1]);
    is_called_next(&line[2]);
    next_stands_in_line(3);
    is_called_next(&line[3]);
    end();
    assert_int_equal(counted(), 0);
}

/* Also when the last one has left, from behind others. */
static void who_comes_after_one_that_left_stands_at_the_end(void **state)
{
    (void)state;
    static const scene_t scenes[] = {time_is_up};
    BEGIN(scenes);
    next_stands_in_line(0);
    next_stands_in_line(1);
    assert_int_equal(lock_with_deadline(), ETIMEDOUT);
    next_stands_in_line(2);
    for (unsigned i = 0; i < 3; i++) {
        is_called_next(&line[i]);
    }
    end();
    assert_int_equal(counted(), 0);
}

static int one_comes_last_and_it_is_called_first(void)
{
    next_stands_in_line(0);
    return it_is_called_first();
}

/* Also when one has come back to the front before. */
static void who_comes_after_one_in_front_stands_at_the_end(void **state)
{
    (void)state;
    static const scene_t scenes[] = {another_is_quicker_and_one_stands_in_line,
                                     one_comes_last_and_it_is_called_first};
    BEGIN(scenes);
    lks_mutex_lock(&mutex);
    end();
    is_mine();
    is_called_next(&other);
    is_called_next(&line[0]);
    assert_int_equal(counted(), 0);
}

/* Mutexes so far apart have one queue, and are counted together. */
static void who_waits_for_other_mutexes_is_passed_by(void **state)
{
    (void)state;
    enum { MUTEXES = 16384 / sizeof(lks_mutex_t) };
    static lks_mutex_t apart[3][MUTEXES];
    for (unsigned i = 0; i < 3; i++) {
        lks_mutex_lock(&apart[i][0]);
    }
    for (unsigned i = 0; i < 3; i++) {
        stand_in_line(&line[i], &apart[i][0]);
    }
    for (unsigned i = 3; i-- > 0;) {
        lks_mutex_unlock(&apart[i][0]);
        for (unsigned k = 0; k < 3; k++) {
            assert_int_equal(is_called(&line[k]), k >= i);
        }
    }
}

/* --- handed to the hungry ----------------------------------------------------------- */

static void who_is_passed_over_is_handed_the_lock(void **state)
{
    (void)state;
    static const scene_t scenes[] = {another_is_quicker, lock_is_handed_to_it};
    BEGIN(scenes);
    lks_mutex_set_bound(0);
    lks_mutex_lock(&mutex);
    end();
    is_mine();
    assert_int_equal(counted(), 0);
    assert_int_equal(most_woken, 1);
    lks_mutex_unlock(&mutex);
    assert_int_equal(atomic_load_explicit(&mutex.word, memory_order_relaxed), 0);
}

enum { NEVER = 0, CLOCK = 1000000000 };

/* Takes the lock, which another gives back after so many pauses of the caller; NEVER:
   when it is about to sleep. Returns how many there were. */
static unsigned pauses_of_a_wait(unsigned before_it_is_given_back)
{
    static const scene_t scenes[] = {lock_is_given_back};
    begin_play(scenes, before_it_is_given_back == NEVER ? 1 : 0);
    pauses = 0;
    last_pause = before_it_is_given_back;
    lks_mutex_lock(&mutex);
    last_pause = NEVER;
    lks_mutex_unlock(&mutex);
    end_play();
    return pauses;
}

/* Waits for a lock while the clock says that each look takes so many nanoseconds, as its
   third one finds. Returns how many pauses there were. */
static unsigned learn_how_far_lines_are(uint64_t nanoseconds)
{
    assert_int_equal(lks_mutex_init(&mutex), 0);
    lks_set_spins(1);
    stands_at = CLOCK;
    step = nanoseconds;
    other_locks();
    const unsigned made = pauses_of_a_wait(NEVER);
    stands_at = step = 0;
    lks_set_spins(initial_spins);
    return made;
}

/* It has spun twice for the lock, when it came and when it was called, and then for the
   unlock that hands it over. */
static int it_has_spun_before_it_sleeps(void)
{
    assert_int_equal(pauses, 2 * ALL_PAUSES + 48 * 16);
    return lock_is_handed_to_it();
}

static void who_is_handed_the_lock_next_spins(void **state)
{
    (void)state;
    static const scene_t scenes[] = {another_is_quicker, it_has_spun_before_it_sleeps};
    learn_how_far_lines_are(0);
    BEGIN(scenes);
    lks_set_spins(1);
    lks_mutex_set_bound(0);
    stands_at = CLOCK;
    pauses = 0;
    lks_mutex_lock(&mutex);
    end();
    is_mine();
}

static void who_is_handed_the_lock_at_its_deadline_has_it(void **state)
{
    (void)state;
    static const scene_t scenes[] = {another_is_quicker, lock_is_handed_to_it_too_late};
    BEGIN(scenes);
    lks_mutex_set_bound(0);
    assert_int_equal(lock_with_deadline(), 0);
    end();
    assert_true(had_deadline);
    is_mine();
    assert_int_equal(counted(), 0);
}

static void the_hungry_may_give_up(void **state)
{
    (void)state;
    static const scene_t scenes[] = {another_is_quicker, time_is_up};
    BEGIN(scenes);
    lks_mutex_set_bound(0);
    assert_int_equal(lock_with_deadline(), ETIMEDOUT);
    end();
    assert_true(is_held());
    assert_int_equal(bits(), 0);
    assert_int_equal(counted(), 0);
    /* It is handed to nobody. */
    other_unlocks();
    assert_false(lks_mutex_is_locked(&mutex));
}

/* --- giving up ---------------------------------------------------------------------- */

static void who_gives_up_is_no_longer_called(void **state)
{
    (void)state;
    static const scene_t scenes[] = {it_sleeps, time_is_up};
    BEGIN(scenes);
    assert_int_equal(lock_with_deadline(), ETIMEDOUT);
    end();
    assert_true(had_deadline);
    assert_true(is_held());
    assert_int_equal(bits(), 0); /* the next one makes a fence */
    assert_int_equal(counted(), 0);
    other_unlocks();
    assert_int_equal(wakes_of(NULL), 0);
}

static int another_stands_in_line_and_time_is_up(void)
{
    other_waits();
    return ETIMEDOUT;
}

static void who_gives_up_leaves_the_others_in_line(void **state)
{
    (void)state;
    static const scene_t scenes[] = {another_stands_in_line_and_time_is_up};
    BEGIN(scenes);
    assert_int_equal(lock_with_deadline(), ETIMEDOUT);
    end();
    assert_int_equal(bits(), QUEUED);
    assert_int_equal(counted(), 1);
    other_unlocks();
    assert_true(other_is_called());
}

/* Called at its deadline it has the lock; and if another was quicker, those that stand in
   line are called by that one's unlock. */
static void who_gives_up_does_not_take_a_call_along(void **state)
{
    (void)state;
    static const scene_t free_scenes[] = {lock_is_given_back_too_late};
    static const scene_t held_scenes[] = {another_is_quicker_and_it_is_too_late};
    static const scene_t line_scenes[] = {it_is_too_late_and_one_stands_in_line};
    BEGIN(free_scenes);
    assert_int_equal(lock_with_deadline(), 0);
    end();
    is_mine();
    assert_int_equal(bits() & TOKEN, 0);

    BEGIN(held_scenes);
    assert_int_equal(lock_with_deadline(), ETIMEDOUT);
    end();
    assert_true(is_held());
    assert_int_equal(bits(), 0);

    BEGIN(line_scenes);
    assert_int_equal(lock_with_deadline(), ETIMEDOUT);
    end();
    assert_int_equal(bits(), QUEUED);
    other_unlocks();
    assert_true(other_is_called());
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
    assert_true(is_held());
    assert_int_equal(counted(), 0);
}

/* --- spinning ----------------------------------------------------------------------- */

/* Forty-eight looks, and after each twice as many pauses as before, at most 64. */
static void it_looks_ever_more_rarely_and_then_sleeps(void **state)
{
    (void)state;
    (void)learn_how_far_lines_are(0);
    assert_int_equal(learn_how_far_lines_are(FAR - 1), ALL_PAUSES);
    lks_set_spins(1);
    stands_at = CLOCK;
    other_locks();
    assert_int_equal(pauses_of_a_wait(1 + 2 + 4 + 8), 1 + 2 + 4 + 8);
    /* Where there is a line it stands in it soon. */
    other_locks();
    set_bits(LKS_MUTEX_HELD | QUEUED);
    assert_int_equal(pauses_of_a_wait(NEVER), 1 + 2 + 4 + 8 + 16 + 32 + 2 * 64);
    stands_at = 0;
    lks_set_spins(0);
    other_locks();
    assert_int_equal(pauses_of_a_wait(NEVER), 0);
    lks_set_spins(initial_spins);
}

static void where_lines_are_far_it_looks_rarely_from_the_first(void **state)
{
    (void)state;
    (void)learn_how_far_lines_are(0);
    assert_int_equal(learn_how_far_lines_are(FAR), 1 + 2 + 46 * 64);
    assert_int_equal(learn_how_far_lines_are(FAR), 48 * 64);
    assert_int_equal(learn_how_far_lines_are(FAR - 1), 48 * 64);
    assert_int_equal(learn_how_far_lines_are(FAR - 1), ALL_PAUSES);
}

/* --- fences ------------------------------------------------------------------------- */

static uint32_t fences_made(void)
{
    return atomic_load_explicit(&heavy_fences, memory_order_relaxed);
}

static int no_further_fence_is_made(void)
{
    assert_int_equal(fences_made(), 1);
    return another_is_quicker();
}

static void one_fence_serves_a_wait_however_often_it_sleeps(void **state)
{
    (void)state;
    static const scene_t scenes[] = {no_further_fence_is_made, no_further_fence_is_made,
                                     lock_is_given_back};
    BEGIN(scenes);
    lks_mutex_lock(&mutex);
    end();
    assert_int_equal(fences_made(), 1);
}

/* Nor does one that finds that others stood in line a moment ago. */
static void who_finds_a_bit_makes_no_fence(void **state)
{
    (void)state;
    static const scene_t scenes[] = {lock_is_given_back};
    const uint32_t found[] = {QUEUED, TOKEN};
    for (size_t i = 0; i < COUNT_OF(found); i++) {
        BEGIN(scenes);
        set_bits(LKS_MUTEX_HELD | found[i]);
        if (found[i] == TOKEN) {
            static const scene_t time_out[] = {time_is_up};
            begin_play(time_out, 1);
            assert_int_equal(lock_with_deadline(), ETIMEDOUT);
            assert_int_equal(bits(), TOKEN); /* of another */
        } else {
            lks_mutex_lock(&mutex);
        }
        end();
        assert_int_equal(fences_made(), 0);
    }
}

/* Nor does one whose bit was overwritten, and was set again by another. */
static void one_fence_serves_a_wait_whose_bit_was_overwritten(void **state)
{
    (void)state;
    static const scene_t scenes[] = {a_blind_one_frees_it_for_another,
                                     no_further_fence_is_made, lock_is_given_back};
    BEGIN(scenes);
    lks_mutex_lock(&mutex);
    end();
    is_mine();
    assert_int_equal(fences_made(), 1);
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
        atomic_store_explicit(&heavy_fences, 0, memory_order_relaxed);
        lks_mutex_lock(&mutex);
        for (uint32_t i = 0; i < SLEEPERS; i++) {
            prepare(&workers[i], i, enter, NULL);
            start(&workers[i]);
            until_asleep_on(NULL, i + 1);
        }
        /* The first one's serves all. */
        assert_int_equal(fences_made(), 1);
        assert_int_equal(counted(), SLEEPERS);
        lks_mutex_unlock(&mutex);
        for (uint32_t i = 0; i < SLEEPERS; i++) {
            join(&workers[i]);
        }
        assert_int_equal(entered, SLEEPERS);
        assert_false(lks_mutex_is_locked(&mutex));
        assert_int_equal(counted(), 0);
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
    assert_int_equal(sizeof mutex, 4);
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

static void take_once(worker_t *self)
{
    lks_mutex_t *taken = (lks_mutex_t *)self->shared;
    lks_mutex_lock(taken);
    lks_mutex_unlock(taken);
}

/* Taken as a process with one thread takes it, given back as one with several does. */
static void the_first_thread_wakes_those_that_start_later(void **state)
{
    (void)state;
    static struct {
        lks_mutex_t first;
        lks_mutex_t second; /* one of them has not `mutex`'s place */
    } both = {LKS_MUTEX_INIT, LKS_MUTEX_INIT};
    lks_mutex_t *taken = lks_mutex_place(&both.first) == lks_mutex_place(&mutex)
                             ? &both.second
                             : &both.first;
    worker_t worker;
    if (!can_see_who_sleeps()) {
        skip();
    }
    lks_mutex_lock(taken);
    prepare(&worker, 0, take_once, taken);
    start(&worker);
    until_asleep_on(NULL, 1);
    lks_mutex_unlock(taken);
    join(&worker);
    assert_false(lks_mutex_is_locked(taken));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_makes_a_free_lock),
        cmocka_unit_test(is_taken_and_given_back),
        cmocka_unit_test(the_first_thread_wakes_those_that_start_later),
        cmocka_unit_test(it_looks_ever_more_rarely_and_then_sleeps),
        cmocka_unit_test(where_lines_are_far_it_looks_rarely_from_the_first),
        cmocka_unit_test(a_sleeper_is_called_and_takes_the_lock),
        cmocka_unit_test(who_comes_too_late_sleeps_and_is_called_again),
        cmocka_unit_test(who_comes_too_late_stands_in_front),
        cmocka_unit_test(who_comes_back_too_late_stands_behind),
        cmocka_unit_test(who_comes_anew_stands_behind),
        cmocka_unit_test(nobody_is_called_while_one_competes),
        cmocka_unit_test(who_is_passed_by_quickly_loses_the_token),
        cmocka_unit_test(who_has_had_the_token_for_the_bound_loses_it),
        cmocka_unit_test(otherwise_it_keeps_the_token),
        cmocka_unit_test(on_one_processor_it_keeps_the_token),
        cmocka_unit_test(who_comes_too_late_stands_behind_the_hungry),
        cmocka_unit_test(an_unlock_that_finds_nobody_says_so),
        cmocka_unit_test(who_waits_for_another_mutex_is_left_alone),
        cmocka_unit_test(what_waiters_set_may_be_overwritten),
        cmocka_unit_test(who_looks_again_and_finds_nobody_touches_nothing),
        cmocka_unit_test(who_is_overwritten_too_is_called_later),
        cmocka_unit_test(who_comes_last_stands_at_the_end),
        cmocka_unit_test(who_comes_after_one_that_left_stands_at_the_end),
        cmocka_unit_test(who_comes_after_one_in_front_stands_at_the_end),
        cmocka_unit_test(who_waits_for_other_mutexes_is_passed_by),
        cmocka_unit_test(who_is_passed_over_is_handed_the_lock),
        cmocka_unit_test(who_is_handed_the_lock_next_spins),
        cmocka_unit_test(who_is_handed_the_lock_at_its_deadline_has_it),
        cmocka_unit_test(the_hungry_may_give_up),
        cmocka_unit_test(who_gives_up_is_no_longer_called),
        cmocka_unit_test(who_gives_up_leaves_the_others_in_line),
        cmocka_unit_test(who_gives_up_does_not_take_a_call_along),
        cmocka_unit_test(deadlines),
        cmocka_unit_test(one_fence_serves_a_wait_however_often_it_sleeps),
        cmocka_unit_test(who_finds_a_bit_makes_no_fence),
        cmocka_unit_test(one_fence_serves_a_wait_whose_bit_was_overwritten),
        cmocka_unit_test(all_sleepers_are_woken),
    };
    initial_spins = lks_spins();
    return run_all(tests);
}
