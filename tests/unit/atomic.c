/* SPDX-License-Identifier: MIT */
/* Each provider's atomics, under C11's names: every operation, type and order in use. */
#include "../support.h"

/* Each order that the library uses with a load, a store, a read-modify-write. */
#define EACH_LOAD_ORDER(X)                                                               \
    X(memory_order_relaxed)                                                              \
    X(memory_order_acquire)
#define EACH_STORE_ORDER(X)                                                              \
    X(memory_order_relaxed)                                                              \
    X(memory_order_release)
#define EACH_ORDER(X)                                                                    \
    X(memory_order_relaxed)                                                              \
    X(memory_order_acquire)                                                              \
    X(memory_order_release)                                                              \
    X(memory_order_acq_rel)

/* The object lies between two others, not zero, which must stay as they are. */
#define TEST_TYPE(name, type, first, second)                                             \
    typedef struct name##_neighbours {                                                   \
        _Atomic(type) before;                                                            \
        _Atomic(type) object;                                                            \
        _Atomic(type) after;                                                             \
    } name##_neighbours_t;                                                               \
    static type name##_now(name##_neighbours_t *all)                                     \
    {                                                                                    \
        assert_true(atomic_load_explicit(&all->before, memory_order_relaxed) == second); \
        assert_true(atomic_load_explicit(&all->after, memory_order_relaxed) == second);  \
        return atomic_load_explicit(&all->object, memory_order_relaxed);                 \
    }                                                                                    \
    static void name##_set(name##_neighbours_t *all, type value)                         \
    {                                                                                    \
        atomic_store_explicit(&all->before, second, memory_order_relaxed);               \
        atomic_store_explicit(&all->after, second, memory_order_relaxed);                \
        atomic_store_explicit(&all->object, value, memory_order_relaxed);                \
    }                                                                                    \
    static void name##_is_loaded_and_stored(void **state)                                \
    {                                                                                    \
        (void)state;                                                                     \
        name##_neighbours_t all;                                                         \
        EACH_LOAD_ORDER(LOAD_##name)                                                     \
        EACH_STORE_ORDER(STORE_##name)                                                   \
    }                                                                                    \
    static void name##_is_exchanged(void **state)                                        \
    {                                                                                    \
        (void)state;                                                                     \
        name##_neighbours_t all;                                                         \
        EACH_ORDER(EXCHANGE_##name)                                                      \
    }                                                                                    \
    static void name##_is_compared_and_exchanged(void **state)                           \
    {                                                                                    \
        (void)state;                                                                     \
        name##_neighbours_t all;                                                         \
        EACH_ORDER(COMPARE_##name)                                                       \
    }

#define LOAD(name, first, second, order)                                                 \
    name##_set(&all, second);                                                            \
    assert_true(atomic_load_explicit(&all.object, order) == (second));                   \
    name##_set(&all, first);                                                             \
    assert_true(atomic_load_explicit(&all.object, order) == (first));

#define STORE(name, first, second, order)                                                \
    name##_set(&all, first);                                                             \
    atomic_store_explicit(&all.object, second, order);                                   \
    assert_true(name##_now(&all) == (second));

#define EXCHANGE(name, first, second, order)                                             \
    name##_set(&all, first);                                                             \
    assert_true(atomic_exchange_explicit(&all.object, second, order) == (first));        \
    assert_true(name##_now(&all) == (second));

/* What the object held replaces what was expected, if it was not that. */
#define COMPARE(name, type, first, second, order)                                        \
    {                                                                                    \
        type expected = first;                                                           \
        name##_set(&all, first);                                                         \
        assert_true(atomic_compare_exchange_strong_explicit(                             \
            &all.object, &expected, second, order, memory_order_relaxed));               \
        assert_true(name##_now(&all) == (second));                                       \
        assert_true(expected == (first));                                                \
        assert_false(atomic_compare_exchange_strong_explicit(                            \
            &all.object, &expected, first, order, memory_order_relaxed));                \
        assert_true(name##_now(&all) == (second));                                       \
        assert_true(expected == (second));                                               \
    }

static int target;
#define NOWHERE ((int *)NULL)

#define LOAD_flag(order)        LOAD(flag, false, true, order)
#define STORE_flag(order)       STORE(flag, false, true, order)
#define EXCHANGE_flag(order)    EXCHANGE(flag, false, true, order)
#define COMPARE_flag(order)     COMPARE(flag, bool, false, true, order)
#define LOAD_number(order)      LOAD(number, 7u, 0xfedcba98u, order)
#define STORE_number(order)     STORE(number, 7u, 0xfedcba98u, order)
#define EXCHANGE_number(order)  EXCHANGE(number, 7u, 0xfedcba98u, order)
#define COMPARE_number(order)   COMPARE(number, uint32_t, 7u, 0xfedcba98u, order)
#define LOAD_pointer(order)     LOAD(pointer, NOWHERE, &target, order)
#define STORE_pointer(order)    STORE(pointer, NOWHERE, &target, order)
#define EXCHANGE_pointer(order) EXCHANGE(pointer, NOWHERE, &target, order)
#define COMPARE_pointer(order)  COMPARE(pointer, int *, NOWHERE, &target, order)

TEST_TYPE(flag, bool, false, true)
TEST_TYPE(number, uint32_t, 7u, 0xfedcba98u)
TEST_TYPE(pointer, int *, NOWHERE, &target)

static void number_is_added_to_and_subtracted_from(void **state)
{
    (void)state;
    number_neighbours_t all;
#define ADD(order)                                                                       \
    number_set(&all, 7);                                                                 \
    assert_true(atomic_fetch_add_explicit(&all.object, 3, order) == 7);                  \
    assert_true(number_now(&all) == 10);                                                 \
    assert_true(atomic_fetch_sub_explicit(&all.object, 4, order) == 10);                 \
    assert_true(number_now(&all) == 6);                                                  \
    number_set(&all, UINT32_MAX);                                                        \
    assert_true(atomic_fetch_add_explicit(&all.object, 2, order) == UINT32_MAX);         \
    assert_true(number_now(&all) == 1);                                                  \
    assert_true(atomic_fetch_sub_explicit(&all.object, 2, order) == 1);                  \
    assert_true(number_now(&all) == UINT32_MAX);
    EACH_ORDER(ADD)
}

/* --- and atomic they are --- */

enum { THREADS = 3, ROUNDS = 20000 };

typedef struct counters {
    _Atomic(uint32_t) added;
    _Atomic(uint32_t) subtracted;
    _Atomic(uint32_t) exchanged;
    _Atomic(uint32_t) compared;
} counters_t;

/* Each thread counts up `added` and `compared`, down `subtracted`, and puts what it drew
   from `exchanged` back there, so that no number may be lost or there twice. */
static void count_in_worker(worker_t *self)
{
    counters_t *counters = (counters_t *)self->shared;
    uint32_t drawn = self->index + 1;
    for (int i = 0; i < ROUNDS; i++) {
        (void)atomic_fetch_add_explicit(&counters->added, 1, memory_order_relaxed);
        (void)atomic_fetch_sub_explicit(&counters->subtracted, 1, memory_order_relaxed);
        drawn =
            atomic_exchange_explicit(&counters->exchanged, drawn, memory_order_acq_rel);
        uint32_t seen = atomic_load_explicit(&counters->compared, memory_order_relaxed);
        while (!atomic_compare_exchange_strong_explicit(&counters->compared, &seen,
                                                        seen + 1, memory_order_relaxed,
                                                        memory_order_relaxed)) {
        }
    }
    self->errors = (uint64_t)1 << (8 * drawn);
}

/* The same with an exchange that is the compiler's own, not the library's provider's. */
static void exchange_in_worker(worker_t *self)
{
    uint32_t *exchanged = (uint32_t *)self->shared;
    uint32_t drawn = self->index + 1;
    for (int i = 0; i < ROUNDS; i++) {
        drawn = __atomic_exchange_n(exchanged, drawn, __ATOMIC_ACQ_REL);
    }
    self->errors = (uint64_t)1 << (8 * drawn);
}

/* Some emulators lose what several threads exchange; then nothing is said of the library.
   */
static bool machine_exchanges(void)
{
    for (int i = 0; i < 5; i++) {
        uint32_t exchanged = 0;
        uint64_t drawn = run_workers(THREADS, exchange_in_worker, &exchanged);
        if (drawn + ((uint64_t)1 << (8 * exchanged)) != 0x01010101) {
            return false;
        }
    }
    return true;
}

static void no_operation_of_several_threads_is_lost(void **state)
{
    (void)state;
    if (!machine_exchanges()) {
        print_message("skipped: exchanges by this machine itself get lost\n");
        skip();
    }
    counters_t counters;
    atomic_store_explicit(&counters.added, 0, memory_order_relaxed);
    atomic_store_explicit(&counters.subtracted, 0, memory_order_relaxed);
    atomic_store_explicit(&counters.exchanged, 0, memory_order_relaxed);
    atomic_store_explicit(&counters.compared, 0, memory_order_relaxed);
    uint64_t drawn = run_workers(THREADS, count_in_worker, &counters);
    uint32_t left = atomic_load_explicit(&counters.exchanged, memory_order_relaxed);
    /* Each of 0 … THREADS once: one left, the others drawn. */
    assert_true(drawn + ((uint64_t)1 << (8 * left)) == 0x01010101);
    assert_int_equal(atomic_load_explicit(&counters.added, memory_order_relaxed),
                     THREADS * ROUNDS);
    assert_int_equal(atomic_load_explicit(&counters.subtracted, memory_order_relaxed),
                     (uint32_t)0 - THREADS * ROUNDS);
    assert_int_equal(atomic_load_explicit(&counters.compared, memory_order_relaxed),
                     THREADS * ROUNDS);
}

/* With the libraries that can tell, and where no sanitizer looks: gcc's and clang's. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CANNOT_TELL
#endif
#endif
#if !defined(__GLIBC__) || defined(__SANITIZE_THREAD__)
#define CANNOT_TELL
#elif !__GLIBC_PREREQ(2, 32)
#define CANNOT_TELL
#endif

static void do_nothing(worker_t *self)
{
    (void)self;
}

static void one_thread_is_told_from_several(void **state)
{
    (void)state;
#ifdef CANNOT_TELL
    assert_false(lks_only_thread());
#else
    assert_true(lks_only_thread());
#endif
    (void)run_workers(1, do_nothing, NULL);
    assert_false(lks_only_thread());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_thread_is_told_from_several), /* before there are several */
        cmocka_unit_test(flag_is_loaded_and_stored),
        cmocka_unit_test(flag_is_exchanged),
        cmocka_unit_test(flag_is_compared_and_exchanged),
        cmocka_unit_test(number_is_loaded_and_stored),
        cmocka_unit_test(number_is_exchanged),
        cmocka_unit_test(number_is_compared_and_exchanged),
        cmocka_unit_test(number_is_added_to_and_subtracted_from),
        cmocka_unit_test(pointer_is_loaded_and_stored),
        cmocka_unit_test(pointer_is_exchanged),
        cmocka_unit_test(pointer_is_compared_and_exchanged),
        cmocka_unit_test(no_operation_of_several_threads_is_lost),
    };
    return run_all(tests);
}
