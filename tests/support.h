/* SPDX-License-Identifier: MIT */
/*
 * What all tests share: cmocka, threads that can be seen to wait, and small helpers.
 *
 * Test sources are valid C11 and C++17, and take atomics from <lockstep/atomic.h>,
 * because they are compiled for each provider of atomics. A test program is one source
 * file. It is linked with -Wl,--wrap for lks_relax and lks_relax_as, so that each failed
 * try of a wait passes by here: that is how a test knows, without a clock, that another
 * thread waits. Where waiters sleep, watched_sleep.h sees that, too.
 */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* all that the system has, whatever -std says */
#endif

#include <errno.h>
#include <lockstep.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __cplusplus
extern "C" {
#endif
#include <cmocka.h>
unsigned __real_lks_relax(unsigned tries);
unsigned __wrap_lks_relax(unsigned tries);
unsigned __real_lks_relax_as(const lks_wait_mode_t *mode, unsigned tries);
unsigned __wrap_lks_relax_as(const lks_wait_mode_t *mode, unsigned tries);
#ifdef __cplusplus
}
#endif

#ifndef TEST_VARIANT
#define TEST_VARIANT "headers"
#endif

#define UNUSED __attribute__((unused))

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Runs the tests of the array. Whatever ends the program, what it said till then is
   out. */
#define run_all(tests)                                                                   \
    ((void)setvbuf(stdout, NULL, _IOLBF, 0),                                             \
     cmocka_run_group_tests_name(TEST_VARIANT, tests, NULL, NULL))

/* --- memory --- */

/* Returns `size` bytes from a cache line on, filled with `byte`. Exactly as many: the
   address sanitizer notices who uses one more. */
static UNUSED void *lines_filled(size_t size, int byte)
{
    void *memory = NULL;
    if (posix_memalign(&memory, LKS_CACHE_LINE, size) != 0) {
        fail();
    }
    (void)memset(memory, byte, size);
    return memory;
}

static UNUSED void *lines(size_t size)
{
    return lines_filled(size, 0);
}

/* Fills an object with rubbish, so that an initialiser that forgets a field is found. */
#define spoil(object) ((void)memset((void *)(object), 0xa5, sizeof *(object)))

/* A pointer that no primitive's alignment allows. Only for functions that refuse it. */
alignas(LKS_CACHE_LINE) static UNUSED char misaligned_memory[4096];
#define MISALIGNED(type) ((type *)(void *)(misaligned_memory + 8))

/* --- threads --- */

typedef struct worker {
    alignas(LKS_CACHE_LINE) _Atomic(uint32_t) failed_tries; /* of all its waits so far */
    _Atomic(bool) asleep;       /* in a wait, or about to be: see watched_sleep.h */
    _Atomic(uint32_t) progress; /* the test's own use */
    pthread_t thread;
    void (*run)(struct worker *self);
    void *shared;
    uint32_t index;
    uint32_t random;
    uint64_t errors; /* what it found wrong: read after join */
} worker_t;

static UNUSED __thread worker_t *this_worker;

static UNUSED void count_failed_try(void)
{
    if (this_worker != NULL) {
        (void)atomic_fetch_add_explicit(&this_worker->failed_tries, 1,
                                        memory_order_release);
    }
}

unsigned __wrap_lks_relax(unsigned tries)
{
    count_failed_try();
    return __real_lks_relax(tries);
}

unsigned __wrap_lks_relax_as(const lks_wait_mode_t *mode, unsigned tries)
{
    count_failed_try();
    return __real_lks_relax_as(mode, tries);
}

static UNUSED void *worker_main(void *argument)
{
    worker_t *self = (worker_t *)argument;
    self->run(self);
    return NULL;
}

/* The same, for workers whose waits are watched. The others have no atomic operation
   added that could hide a missing order from the thread sanitizer. */
static UNUSED void *watched_main(void *argument)
{
    this_worker = (worker_t *)argument;
    return worker_main(argument);
}

static UNUSED void prepare(worker_t *worker, uint32_t index, void (*run)(worker_t *),
                           void *shared)
{
    atomic_store_explicit(&worker->failed_tries, 0, memory_order_relaxed);
    atomic_store_explicit(&worker->asleep, false, memory_order_relaxed);
    atomic_store_explicit(&worker->progress, 0, memory_order_relaxed);
    worker->run = run;
    worker->shared = shared;
    worker->index = index;
    worker->random = 2463534242u + 7919 * index;
    worker->errors = 0;
}

static UNUSED void start(worker_t *worker)
{
    assert_int_equal(pthread_create(&worker->thread, NULL, worker_main, worker), 0);
}

static UNUSED void start_watched(worker_t *worker)
{
    assert_int_equal(pthread_create(&worker->thread, NULL, watched_main, worker), 0);
}

static UNUSED void join(worker_t *worker)
{
    assert_int_equal(pthread_join(worker->thread, NULL), 0);
}

/* Waits until a watched worker has begun to wait for something. */
static UNUSED void until_it_waits(worker_t *worker)
{
    while (atomic_load_explicit(&worker->failed_tries, memory_order_acquire) == 0) {
        (void)sched_yield();
    }
}

/* Waits until a watched worker has failed some more tries of its wait, or sleeps in
   it. */
static UNUSED void until_it_waits_on(worker_t *worker)
{
    uint32_t before = atomic_load_explicit(&worker->failed_tries, memory_order_acquire);
    while (atomic_load_explicit(&worker->failed_tries, memory_order_acquire) - before <
               4 &&
           !atomic_load_explicit(&worker->asleep, memory_order_acquire)) {
        (void)sched_yield();
    }
}

/* Runs `count` workers at once and returns the errors that they found. */
static UNUSED uint64_t run_workers(uint32_t count, void (*run)(worker_t *), void *shared)
{
    worker_t *workers = (worker_t *)lines(count * sizeof(worker_t));
    for (uint32_t i = 0; i < count; i++) {
        prepare(&workers[i], i, run, shared);
    }
    for (uint32_t i = 0; i < count; i++) {
        start(&workers[i]);
    }
    uint64_t errors = 0;
    for (uint32_t i = 0; i < count; i++) {
        join(&workers[i]);
        errors += workers[i].errors;
    }
    free(workers);
    return errors;
}

static UNUSED uint32_t random_below(worker_t *self, uint32_t limit)
{
    self->random ^= self->random << 13;
    self->random ^= self->random >> 17;
    self->random ^= self->random << 5;
    return self->random % limit;
}

/* --- sizes of runs --- */

/* How many times longer than usual the runs are to be: LOCKSTEP_TEST_SCALE. */
static UNUSED uint32_t test_scale(void)
{
    const char *text = getenv("LOCKSTEP_TEST_SCALE");
    unsigned long scale = text == NULL ? 1 : strtoul(text, NULL, 10);
    return scale == 0 || scale > 10000 ? 1 : (uint32_t)scale;
}

static UNUSED uint32_t cores(void)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online < 1 ? 1 : online > 64 ? 64 : (uint32_t)online;
}

/* --- tests that are made at run time, one for each member of a table --- */

enum { MOST_TESTS = 400 };

static UNUSED struct CMUnitTest table_tests[MOST_TESTS];
static UNUSED size_t table_test_count;

/* Adds a test called "subject: what", whose *state is `subject_object`. */
static UNUSED void add_test(const char *subject, const char *what,
                            CMUnitTestFunction function, const void *subject_object)
{
    size_t size = strlen(subject) + strlen(what) + 3;
    char *name = (char *)malloc(size);
    if (name == NULL || table_test_count == MOST_TESTS) {
        abort();
    }
    (void)snprintf(name, size, "%s: %s", subject, what);
    struct CMUnitTest *test = &table_tests[table_test_count++];
    test->name = name;
    test->test_func = function;
    test->setup_func = NULL;
    test->teardown_func = NULL;
    test->initial_state = (void *)(uintptr_t)subject_object;
}

static UNUSED int run_table_tests(void)
{
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    int failures =
        _cmocka_run_group_tests(TEST_VARIANT, table_tests, table_test_count, NULL, NULL);
    for (size_t i = 0; i < table_test_count; i++) {
        free((void *)(uintptr_t)table_tests[i].name);
    }
    return failures;
}

#endif
