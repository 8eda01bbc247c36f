/* SPDX-License-Identifier: MIT */
/*
 * How to wait: lks_await, lks_relax, lks_delay, and the number of tries before a yield.
 *
 * Linked with -Wl,--wrap=sched_yield, so yields are counted; and for what tells whether
 * another thread took a yield up, the clock and sleep, which are played. The number from
 * the environment is read once a process: the program calls itself, with "spins" as
 * argument, to see what it makes of it.
 */
#include "../child.h"
#include <lockstep/futex.h>
#include <sys/resource.h>

#ifdef __cplusplus
extern "C" {
#endif
int __real_sched_yield(void);
int __wrap_sched_yield(void);
int __wrap_getrusage(int who, struct rusage *usage);
uint64_t __wrap_lks_monotonic_now(void);
void __wrap_lks_sleep_until_changed(_Atomic(uint32_t) *word, uint32_t old);
#ifdef __cplusplus
}
#endif

static unsigned yields;

/* Whether there is another thread that takes up a yield; and how often one did so. */
static bool others_run;
static _Thread_local long switches;

int __wrap_sched_yield(void)
{
    yields++;
    switches += others_run;
    return __real_sched_yield();
}

static unsigned looks_at_switches;
static bool cannot_look;

int __wrap_getrusage(int who, struct rusage *usage)
{
    assert_int_equal(who, RUSAGE_THREAD);
    looks_at_switches++;
    memset(usage, 0, sizeof *usage);
    usage->ru_nvcsw = 1000 * (long)looks_at_switches; /* sleep, which does not count */
    usage->ru_nivcsw = switches;
    return cannot_look ? -1 : 0;
}

static const char *program;

/* Makes so many yields that others take up, or not; each is one wait. */
static void yield_often(unsigned count, bool taken_up)
{
    unsigned spins = lks_spins();
    lks_set_spins(1);
    others_run = taken_up;
    for (unsigned i = 0; i < count; i++) {
        (void)lks_relax(UINT_MAX / 2);
    }
    lks_set_spins(spins);
}

/* Brings the thread to the patience that it began with: from the most, five less. The
   first 64 are to end what an impatient one has not yet looked at. */
static void begin_anew(void)
{
    yield_often(64 + 64 + 7, false);
    yield_often(5, true);
    yields = 0;
    looks_at_switches = 0;
}

static uint64_t now;

uint64_t __wrap_lks_monotonic_now(void)
{
    return now;
}

/* --- lks_await --- */

static unsigned evaluations;

static bool becomes_true_at(unsigned evaluation)
{
    evaluations++;
    return evaluations == evaluation;
}

static void await_evaluates_until_it_holds(void **state)
{
    (void)state;
    lks_set_spins(10);
    for (unsigned needed = 1; needed <= 30; needed++) {
        unsigned failed = needed - 1;
        begin_anew();
        evaluations = 0;
        lks_await(becomes_true_at(needed));
        assert_int_equal(evaluations, needed);
        /* Ten tries without a yield, one with; at half the patience two without and one
           with; then, as impatient as can be, always one without and one with. */
        assert_int_equal(yields, failed <= 10   ? 0
                                 : failed <= 13 ? 1
                                                : 2 + (failed - 14) / 2);
    }
}

static void await_is_one_statement(void **state)
{
    (void)state;
    evaluations = 0;
    if (evaluations == 0)
        lks_await(becomes_true_at(2));
    else
        fail();
    assert_int_equal(evaluations, 2);
}

/* --- lks_relax and lks_delay --- */

/* How many calls of lks_relax a wait makes before one of them yields. */
static unsigned calls_before_a_yield(void)
{
    unsigned tries = 0;
    yields = 0;
    for (unsigned calls = 0; calls < 100000; calls++) {
        tries = lks_relax(tries);
        if (yields != 0) {
            return calls;
        }
    }
    return 100000;
}

static void spins_are_set_for_all(void **state)
{
    (void)state;
    const unsigned numbers[] = {0, 1, 2, 64, 1000, LKS_NEVER_YIELD - 1, LKS_NEVER_YIELD};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        lks_set_spins(numbers[i]);
        assert_int_equal(lks_spins(), numbers[i]);
    }
}

static void a_wait_yields_after_as_many_tries(void **state)
{
    (void)state;
    const unsigned numbers[] = {0, 1, 2, 15, 16, 17, 64, 1000};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        lks_set_spins(numbers[i]);
        begin_anew();
        assert_int_equal(calls_before_a_yield(), numbers[i]);
    }
}

/* Waits of 64, and what the patience makes of it. */
static void who_yields_to_others_yields_sooner(void **state)
{
    (void)state;
    lks_set_spins(64);
    begin_anew();
    others_run = true;
    assert_int_equal(calls_before_a_yield(), 64);
    assert_int_equal(calls_before_a_yield(), 32);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(calls_before_a_yield(), 16);
    }
}

static void who_yields_to_nobody_yields_later(void **state)
{
    (void)state;
    lks_set_spins(64);
    begin_anew();
    others_run = false;
    for (unsigned expected = 64; expected < 2048; expected *= 2) {
        assert_int_equal(calls_before_a_yield(), expected);
    }
    for (int i = 0; i < 100; i++) {
        assert_int_equal(calls_before_a_yield(), 2048);
    }
    /* Others may come, and go. */
    others_run = true;
    for (unsigned expected = 2048; expected > 16; expected /= 2) {
        assert_int_equal(calls_before_a_yield(), expected);
    }
    others_run = false;
    yield_often(64, false);
    assert_int_equal(calls_before_a_yield(), 32);
    assert_int_equal(calls_before_a_yield(), 64);
}

/* What lks_relax adds to the tries is what has been delayed, and one. */
static void who_yields_to_others_delays_less(void **state)
{
    (void)state;
    lks_set_spins(64);
    begin_anew();
    lks_delay(1000);
    assert_int_equal(lks_relax(1), 1 + 1 + 1000);
    yield_often(1, true);
    lks_delay(1000);
    assert_int_equal(lks_relax(1), 1 + 1 + 32);
    yield_often(1, true);
    lks_delay(1000);
    assert_int_equal(lks_relax(1), 1 + 1 + 16);
    lks_delay(7);
    assert_int_equal(lks_relax(1), 1 + 1 + 7);
    begin_anew();
    lks_delay(1000);
    assert_int_equal(lks_relax(1), 1 + 1 + 1000);
}

/* Half of what a wait makes before its first yield. */
static void after_a_yield_the_next_comes_sooner(void **state)
{
    (void)state;
    lks_set_spins(64);
    begin_anew();
    others_run = false;
    unsigned tries = 0;
    for (unsigned calls = 0; calls <= 64; calls++) {
        tries = lks_relax(tries);
    }
    assert_int_equal(yields, 1);
    for (unsigned pause = 0; pause < 64; pause++) {
        tries = lks_relax(tries);
        assert_int_equal(yields, 1);
    }
    others_run = true;
    tries = lks_relax(tries);
    assert_int_equal(yields, 2);
    for (unsigned pause = 0; pause < 32; pause++) {
        tries = lks_relax(tries);
        assert_int_equal(yields, 2);
    }
    (void)lks_relax(tries);
    assert_int_equal(yields, 3);
}

/* To look costs a system call. Who cannot be less patient does so at one yield in 64, and
   looks at all of them. */
static void who_is_impatient_looks_rarely(void **state)
{
    (void)state;
    lks_set_spins(64);
    for (unsigned taken_up = 31; taken_up <= 32; taken_up++) {
        begin_anew();
        yield_often(2, true);
        assert_int_equal(looks_at_switches, 2);
        yield_often(taken_up, true);
        yield_often(63 - taken_up, false);
        assert_int_equal(looks_at_switches, 2);
        yield_often(1, false);
        assert_int_equal(looks_at_switches, 3);
        assert_int_equal(calls_before_a_yield(), taken_up < 32 ? 32 : 16);
    }
    begin_anew();
    lks_set_spins(0);
    (void)lks_relax(0);
    (void)lks_relax(0);
    assert_int_equal(yields, 2);
    assert_int_equal(looks_at_switches, 0);
}

static void who_cannot_look_stays_as_it_is(void **state)
{
    (void)state;
    lks_set_spins(64);
    begin_anew();
    cannot_look = true;
    assert_int_equal(calls_before_a_yield(), 64);
    assert_int_equal(calls_before_a_yield(), 64);
    cannot_look = false;
}

static void patience_does_not_overflow(void **state)
{
    (void)state;
    lks_set_spins(LKS_NEVER_YIELD - 1);
    begin_anew();
    yield_often(5, false);
    (void)lks_relax(LKS_NEVER_YIELD - 2);
    lks_set_spins(UINT_MAX / 16);
    (void)lks_relax(UINT_MAX / 16 - 1);
    assert_int_equal(yields, 5);
}

static void patience_is_the_threads_own_in_worker(worker_t *self)
{
    self->errors = calls_before_a_yield() != 64;
}

static void patience_is_the_threads_own(void **state)
{
    (void)state;
    lks_set_spins(64);
    begin_anew();
    yield_often(2, true);
    assert_int_equal(run_workers(1, patience_is_the_threads_own_in_worker, NULL), 0);
    assert_int_equal(calls_before_a_yield(), 16);
}

/* Calls of lks_relax_as before one that yields or says to sleep; which of them in
   *sleep. */
static unsigned calls_of_a_wait_as(lks_wait_mode_t mode, bool *sleep)
{
    unsigned tries = 0;
    yields = 0;
    for (unsigned calls = 0; calls < 5000; calls++) {
        tries = lks_relax_as(&mode, tries);
        *sleep = tries == LKS_TIME_TO_SLEEP;
        if (*sleep || yields != 0) {
            return calls;
        }
    }
    return 5000;
}

/* Who sleeps yields first, until that has shown that others want the processor, or that
   it has spun long enough. */
static void objects_wait_as_they_say(void **state)
{
    (void)state;
    const unsigned up[] = {64, 128, 256, 512, 1024};
    bool sleep;
    lks_set_spins(64);
    begin_anew();
    others_run = false;
    for (size_t i = 0; i < COUNT_OF(up); i++) {
        assert_int_equal(calls_of_a_wait_as(LKS_WAIT_SLEEP, &sleep), up[i]);
        assert_false(sleep);
        assert_int_equal(calls_of_a_wait_as(LKS_WAIT_SPIN, &sleep), 5000);
    }
    for (int i = 0; i < 3; i++) {
        assert_int_equal(calls_of_a_wait_as(LKS_WAIT_SLEEP, &sleep), 2048);
        assert_true(sleep);
        assert_int_equal(calls_of_a_wait_as(LKS_WAIT_SLEEP, &sleep), 1024);
        assert_false(sleep);
    }
    begin_anew();
    others_run = true;
    assert_int_equal(calls_of_a_wait_as(LKS_WAIT_YIELD, &sleep), 64);
    assert_false(sleep);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(calls_of_a_wait_as(LKS_WAIT_SLEEP, &sleep), 32);
        assert_false(sleep);
        assert_int_equal(calls_of_a_wait_as(LKS_WAIT_SLEEP, &sleep), 16);
        assert_true(sleep);
        assert_int_equal(calls_of_a_wait_as(LKS_WAIT_SPIN, &sleep), 5000);
    }
    lks_set_spins(0);
    assert_int_equal(calls_of_a_wait_as(LKS_WAIT_SLEEP, &sleep), 0);
    assert_true(sleep);
    lks_set_spins(LKS_NEVER_YIELD);
    assert_int_equal(calls_of_a_wait_as(LKS_WAIT_YIELD, &sleep), 5000);
    assert_int_equal(calls_of_a_wait_as(LKS_WAIT_SLEEP, &sleep), 5000);
}

/* Others write to the line where it is said. */
static void who_spins_looks_once_how_to_wait(void **state)
{
    (void)state;
    lks_wait_mode_t mode = LKS_WAIT_SPIN;
    lks_set_spins(64);
    begin_anew();
    unsigned tries = lks_relax_as(&mode, 64);
    mode = LKS_WAIT_SLEEP;
    for (int i = 0; i < 100; i++) {
        tries = lks_relax_as(&mode, tries);
        assert_int_not_equal(tries, LKS_TIME_TO_SLEEP);
    }
}

static worker_t sleeper;
static uint32_t tries_at_sleep[3];
static unsigned sleeps;

/* It is woken for no reason, but for the last time. */
void __wrap_lks_sleep_until_changed(_Atomic(uint32_t) *word, uint32_t old)
{
    assert_in_range(sleeps, 0, COUNT_OF(tries_at_sleep) - 1);
    tries_at_sleep[sleeps++] =
        atomic_load_explicit(&sleeper.failed_tries, memory_order_relaxed);
    if (sleeps == COUNT_OF(tries_at_sleep)) {
        atomic_store_explicit(word, old + 2, memory_order_relaxed);
    }
}

static void who_is_woken_spins_before_it_sleeps_again(void **state)
{
    (void)state;
    const lks_wait_mode_t mode = LKS_WAIT_SLEEP;
    _Atomic(uint32_t) word;
    atomic_store_explicit(&word, 2, memory_order_relaxed);
    lks_set_spins(64);
    begin_anew();
    yield_often(2, true);
    prepare(&sleeper, 0, NULL, NULL);
    this_worker = &sleeper;
    sleeps = 0;
    lks_await_change(&word, 2, &mode);
    this_worker = NULL;
    assert_int_equal(sleeps, COUNT_OF(tries_at_sleep));
    /* First 16 tries; then 32, a yield, half of 16 that are left. The one that yields or
       goes to sleep counts. */
    for (uint32_t i = 0; i < COUNT_OF(tries_at_sleep); i++) {
        assert_int_equal(tries_at_sleep[i], 17 + i * (33 + 9));
    }
}

/* Who may not spin, since there is only one processor, sleeps at once. */
static void spinning_is_worth_it_unless_it_is_said_not_to(void **state)
{
    (void)state;
    lks_set_spins(0);
    assert_int_equal(lks_worth_spinning(100), 0);
    lks_set_spins(1);
    assert_int_equal(lks_worth_spinning(100), 100);
    lks_set_spins(LKS_NEVER_YIELD);
    assert_int_equal(lks_worth_spinning(100), 100);
}

/* Returns how often a thread yields that looks at the clock so many times, each so long
   after the time before. It looks once in 64 calls. */
static unsigned yields_of_turns(unsigned looks, uint64_t nanoseconds)
{
    yields = 0;
    for (unsigned look = 0; look < looks; look++) {
        now += nanoseconds;
        for (int call = 0; call < 64; call++) {
            lks_take_turns();
        }
    }
    return yields;
}

static void a_thread_yields_when_its_turn_is_over(void **state)
{
    (void)state;
    now = 1000000000;
    (void)yields_of_turns(1, 0);
    assert_int_equal(yields_of_turns(100, 0), 0);
    assert_int_equal(yields_of_turns(100, LKS_TURN_NS / 2), 50);
    assert_int_equal(yields_of_turns(100, LKS_TURN_NS), 100);
    /* Who has slept meanwhile, or done something else, has had a break. */
    assert_int_equal(yields_of_turns(100, 20 * LKS_TURN_NS), 0);
}

/* Who spins for ever never comes to the number that says to sleep. */
static void spinning_for_ever_is_not_sleeping(void **state)
{
    (void)state;
    const lks_wait_mode_t mode = LKS_WAIT_SPIN;
    unsigned tries = UINT_MAX / 2 - 2;
    for (int i = 0; i < 5; i++) {
        tries = lks_relax_as(&mode, tries);
    }
    assert_in_range(tries, 1, UINT_MAX - 1000);
    lks_set_spins(LKS_NEVER_YIELD);
    tries = UINT_MAX - 2;
    for (int i = 0; i < 5; i++) {
        tries = lks_relax_as(&mode, tries);
        assert_int_not_equal(tries, LKS_TIME_TO_SLEEP);
    }
}

static void never_means_never(void **state)
{
    (void)state;
    begin_anew();
    yield_often(2, true); /* impatience neither */
    lks_set_spins(LKS_NEVER_YIELD);
    assert_int_equal(calls_before_a_yield(), 100000);
    /* Not even where the count of tries wraps. */
    yields = 0;
    unsigned tries = UINT_MAX - 2;
    for (int i = 0; i < 5; i++) {
        tries = lks_relax(tries);
    }
    assert_int_equal(yields, 0);
}

static void a_delay_counts_towards_the_first_yield(void **state)
{
    (void)state;
    lks_set_spins(100);
    begin_anew();
    assert_int_equal(lks_relax(0), 1);
    lks_delay(30);
    assert_int_equal(lks_relax(1), 32);
    assert_int_equal(lks_relax(32), 33); /* it counts once */
    lks_delay(3);
    lks_delay(4);
    assert_int_equal(lks_relax(33), 41);
    lks_delay(0);
    assert_int_equal(lks_relax(41), 42);
    lks_delay(1000);
    yields = 0;
    unsigned tries = lks_relax(42);
    assert_int_equal(yields, 0);
    lks_delay(5);
    tries = lks_relax(tries);
    assert_int_equal(yields, 1);
    assert_int_equal(lks_relax(tries), tries + 1); /* what was before the yield is over */
}

/* What was delayed before a wait began is no part of it. */
static void an_old_delay_does_not_count(void **state)
{
    (void)state;
    lks_set_spins(100);
    lks_delay(50);
    assert_int_equal(lks_relax(0), 1);
    assert_int_equal(lks_relax(1), 2);
}

static void relax_in_worker(worker_t *self)
{
    self->errors = lks_relax(1) != 2;
}

static void a_delay_counts_for_its_own_thread(void **state)
{
    (void)state;
    lks_set_spins(100);
    lks_delay(7);
    assert_int_equal(run_workers(1, relax_in_worker, NULL), 0);
    assert_int_equal(lks_relax(1), 9);
}

/* --- LOCKSTEP_SPINS --- */

typedef struct environment {
    const char *spins; /* NULL: not set */
    bool one_processor;
} environment_t;

static void print_spins(const void *argument)
{
    const environment_t *environment = (const environment_t *)argument;
    if (environment->spins == NULL) {
        (void)unsetenv("LOCKSTEP_SPINS");
    } else {
        (void)setenv("LOCKSTEP_SPINS", environment->spins, 1);
    }
#ifdef CPU_COUNT
    if (environment->one_processor) {
        cpu_set_t allowed;
        cpu_set_t one;
        if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
            _exit(1);
        }
        size_t processor = 0;
        while (!CPU_ISSET(processor, &allowed)) {
            processor++;
        }
        CPU_ZERO(&one);
        CPU_SET(processor, &one);
        if (sched_setaffinity(0, sizeof one, &one) != 0) {
            _exit(1);
        }
    }
#endif
    /* The kernel may not know by which emulator a program of another processor runs. */
    const char *emulator = getenv("LOCKSTEP_EMULATOR");
    if (emulator != NULL && emulator[0] != '\0') {
        (void)execlp(emulator, emulator, program, "spins", (char *)NULL);
    }
    (void)execl(program, program, "spins", (char *)NULL);
    _exit(1);
}

/* Returns what a program with that environment takes for lks_spins(). */
static unsigned spins_with(const char *text, bool one_processor, child_t *child)
{
    const environment_t environment = {text, one_processor};
    unsigned first = 0;
    unsigned second = 1;
    run_child(child, print_spins, &environment);
    assert_true(WIFEXITED(child->status));
    assert_int_equal(WEXITSTATUS(child->status), 0);
    assert_int_equal(sscanf(child->output, "%u %u", &first, &second), 2);
    assert_int_equal(first, second);
    return first;
}

static unsigned default_spins(void)
{
    child_t child;
    unsigned spins = spins_with(NULL, false, &child);
    assert_string_equal(child.message, "");
    return spins;
}

static void environment_sets_the_number(void **state)
{
    (void)state;
    const struct {
        const char *text;
        unsigned spins;
    } numbers[] = {{"0", 0},
                   {"1", 1},
                   {"77", 77},
                   {"1000000", 1000000},
                   {"0099", 99},
                   {"4294967294", LKS_NEVER_YIELD - 1},
                   {"never", LKS_NEVER_YIELD}};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        child_t child;
        assert_int_equal(spins_with(numbers[i].text, false, &child), numbers[i].spins);
        assert_string_equal(child.message, "");
    }
}

static void garbage_is_ignored_with_one_line(void **state)
{
    (void)state;
    const char *const garbage[] = {"abc",
                                   "12x",
                                   "-1",
                                   " 5",
                                   "+5",
                                   "0x10",
                                   "1.5",
                                   "5 ",
                                   "NEVER",
                                   "never ",
                                   "4294967295",
                                   "4294967296",
                                   "99999999999999999999999"};
    unsigned expected = default_spins();
    for (size_t i = 0; i < COUNT_OF(garbage); i++) {
        child_t child;
        char beginning[64];
        assert_int_equal(spins_with(garbage[i], false, &child), expected);
        assert_int_equal(count_lines(child.message), 1);
        (void)snprintf(beginning, sizeof beginning, "lockstep: LOCKSTEP_SPINS=%s ",
                       garbage[i]);
        assert_int_equal(strncmp(child.message, beginning, strlen(beginning)), 0);
    }
    /* Empty is as good as not set. */
    child_t child;
    assert_int_equal(spins_with("", false, &child), expected);
    assert_string_equal(child.message, "");
}

static void default_is_to_spin_a_while(void **state)
{
    (void)state;
#ifdef CPU_COUNT
    child_t child;
    cpu_set_t allowed;
    assert_int_equal(sched_getaffinity(0, sizeof allowed, &allowed), 0);
    if (CPU_COUNT(&allowed) > 1) {
        assert_in_range(default_spins(), 1, 100000);
    }
    /* On one processor, whom one waits for cannot run meanwhile. */
    assert_int_equal(spins_with(NULL, true, &child), 0);
    assert_string_equal(child.message, "");
    assert_int_equal(spins_with("77", true, &child), 77);
#else
    skip();
#endif
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "spins") == 0) {
        (void)printf("%u %u\n", lks_spins(), lks_spins());
        return 0;
    }
    program = argv[0];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(await_evaluates_until_it_holds),
        cmocka_unit_test(await_is_one_statement),
        cmocka_unit_test(spins_are_set_for_all),
        cmocka_unit_test(a_wait_yields_after_as_many_tries),
        cmocka_unit_test(who_yields_to_others_yields_sooner),
        cmocka_unit_test(who_yields_to_nobody_yields_later),
        cmocka_unit_test(who_yields_to_others_delays_less),
        cmocka_unit_test(after_a_yield_the_next_comes_sooner),
        cmocka_unit_test(who_is_impatient_looks_rarely),
        cmocka_unit_test(who_cannot_look_stays_as_it_is),
        cmocka_unit_test(patience_does_not_overflow),
        cmocka_unit_test(patience_is_the_threads_own),
        cmocka_unit_test(objects_wait_as_they_say),
        cmocka_unit_test(who_spins_looks_once_how_to_wait),
        cmocka_unit_test(who_is_woken_spins_before_it_sleeps_again),
        cmocka_unit_test(spinning_is_worth_it_unless_it_is_said_not_to),
        cmocka_unit_test(a_thread_yields_when_its_turn_is_over),
        cmocka_unit_test(spinning_for_ever_is_not_sleeping),
        cmocka_unit_test(never_means_never),
        cmocka_unit_test(a_delay_counts_towards_the_first_yield),
        cmocka_unit_test(an_old_delay_does_not_count),
        cmocka_unit_test(a_delay_counts_for_its_own_thread),
        cmocka_unit_test(environment_sets_the_number),
        cmocka_unit_test(garbage_is_ignored_with_one_line),
        cmocka_unit_test(default_is_to_spin_a_while),
    };
    return run_all(tests);
}
