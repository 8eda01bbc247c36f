/* SPDX-License-Identifier: MIT */
/*
 * LKS_CHECKED and the reader-writer locks: each misuse that they know of ends the
 * program, with one line that says in which function, what, and which object. Each case
 * runs in a child of its own. (The locks and barriers are in misuse.c.)
 */
#ifndef LKS_CHECKED
#define LKS_CHECKED
#endif
#include "../child.h"

typedef struct use {
    const char *name;
    void (*body)(void);
    const char *what; /* it complains of; NULL: nothing */
    const volatile void *object;
} use_t;

static lks_rw_ticket_t rw_ticket = LKS_RW_TICKET_INIT;
static lks_rw_phase_fair_t rw_phase_fair = LKS_RW_PHASE_FAIR_INIT;
static lks_rwmutex_t rwmutex = LKS_RWMUTEX_INIT;
static lks_rw_distributed_indicator_t indicators[2];
static lks_rw_distributed_t rw_distributed = LKS_RW_DISTRIBUTED_INIT(indicators, 2);
static lks_rw_distributed_reader_t reader; /* as of a lock that has been given back */

#define DEFINE_CALLS(name, style) LKS_RWLOCK_CALLS_##style(name)
LKS_EACH_RWLOCK(DEFINE_CALLS)

#define DEFINE_USES(name, style)                                                         \
    static void rdunlock_free_##name(void)                                               \
    {                                                                                    \
        name##_rdunlock(&name, &reader);                                                 \
    }                                                                                    \
    static void rdunlock_twice_##name(void)                                              \
    {                                                                                    \
        name##_rdlock(&name, &reader);                                                   \
        name##_rdunlock(&name, &reader);                                                 \
        name##_rdunlock(&name, &reader);                                                 \
    }                                                                                    \
    static void rdunlock_written_##name(void)                                            \
    {                                                                                    \
        name##_wrlock(&name);                                                            \
        name##_rdunlock(&name, &reader);                                                 \
    }                                                                                    \
    static void wrunlock_free_##name(void)                                               \
    {                                                                                    \
        name##_wrunlock(&name);                                                          \
    }                                                                                    \
    static void wrunlock_read_##name(void)                                               \
    {                                                                                    \
        name##_rdlock(&name, &reader);                                                   \
        name##_wrunlock(&name);                                                          \
    }                                                                                    \
    static void downgrade_read_##name(void)                                              \
    {                                                                                    \
        name##_rdlock(&name, &reader);                                                   \
        name##_downgrade(&name, &reader);                                                \
    }                                                                                    \
    static void destroy_read_##name(void)                                                \
    {                                                                                    \
        name##_rdlock(&name, &reader);                                                   \
        name##_destroy(&name);                                                           \
    }                                                                                    \
    static void destroy_written_##name(void)                                             \
    {                                                                                    \
        name##_wrlock(&name);                                                            \
        name##_destroy(&name);                                                           \
    }                                                                                    \
    static void use_well_##name(void)                                                    \
    {                                                                                    \
        for (int i = 0; i < 5; i++) {                                                    \
            name##_rdlock(&name, &reader);                                               \
            name##_rdunlock(&name, &reader);                                             \
            name##_wrlock(&name);                                                        \
            name##_wrunlock(&name);                                                      \
            name##_wrlock(&name);                                                        \
            name##_downgrade(&name, &reader);                                            \
            name##_rdunlock(&name, &reader);                                             \
        }                                                                                \
        name##_destroy(&name);                                                           \
    }
LKS_EACH_RWLOCK(DEFINE_USES)

/* Nobody holds it, but a writer is in the queue. */
static void destroy_awaited_rwmutex(void)
{
    static uint64_t writer; /* as good as any */
    atomic_store_explicit(&rwmutex.last, (struct lks_rwmutex_writer *)(void *)&writer,
                          memory_order_relaxed);
    lks_rwmutex_destroy(&rwmutex);
}

#define NOT_HELD "the lock is not held"
#define IN_USE   "the lock is in use"

/* clang-format off */
#define USES(name, style)                                                                \
    {#name ": rdunlock when free", rdunlock_free_##name, NOT_HELD, &name},               \
    {#name ": rdunlock twice", rdunlock_twice_##name, NOT_HELD, &name},                  \
    {#name ": rdunlock by the writer", rdunlock_written_##name, NOT_HELD, &name},        \
    {#name ": wrunlock when free", wrunlock_free_##name, NOT_HELD, &name},               \
    {#name ": wrunlock by a reader", wrunlock_read_##name, NOT_HELD, &name},             \
    {#name ": downgrade by a reader", downgrade_read_##name, NOT_HELD, &name},           \
    {#name ": destroyed by a reader", destroy_read_##name, IN_USE, &name},               \
    {#name ": destroyed by the writer", destroy_written_##name, IN_USE, &name},          \
    {#name ": used well", use_well_##name, NULL, &name},
static const use_t uses[] = {
    LKS_EACH_RWLOCK(USES)
    {"rwmutex: destroyed when awaited", destroy_awaited_rwmutex, IN_USE, &rwmutex},
};
/* clang-format on */

static void run_body(const void *argument)
{
    ((const use_t *)argument)->body();
}

/* The object is the lock, or the queue in it, at the same address. */
static void is_complained_of_if_wrong(void **state)
{
    const use_t *use = (const use_t *)*state;
    char expected[128];
    child_t child;
    run_child(&child, run_body, use);
    if (use->what == NULL) {
        assert_string_equal(child.message, "");
        assert_true(WIFEXITED(child.status));
        assert_int_equal(WEXITSTATUS(child.status), 0);
        return;
    }
    (void)snprintf(expected, sizeof expected, ": %s (object %p)\n", use->what,
                   (const void *)(uintptr_t)use->object);
    assert_int_equal(strncmp(child.message, "lockstep: lks_rw", 16), 0);
    assert_non_null(strstr(child.message, expected));
    assert_int_equal(count_lines(child.message), 1 + count_lines(said_of_abort()));
    assert_true(WIFSIGNALED(child.status));
    assert_int_equal(WTERMSIG(child.status), SIGABRT);
}

int main(void)
{
    for (size_t i = 0; i < COUNT_OF(uses); i++) {
        add_test(uses[i].name, "is complained of if it is wrong",
                 is_complained_of_if_wrong, &uses[i]);
    }
    return run_table_tests();
}
