/* SPDX-License-Identifier: MIT */
/*
 * LKS_CHECKED: each misuse that it knows of ends the program, with one line that says in
 * which function, what, and which object. Each case runs in a child of its own.
 */
#ifndef LKS_CHECKED
#define LKS_CHECKED
#endif
#include "../child.h"

typedef struct misuse {
    const char *name;
    void (*body)(void);
    const char *function;
    const char *what;
    const volatile void *object;
} misuse_t;

static void run_body(const void *argument)
{
    ((const misuse_t *)argument)->body();
}

static void ends_the_program_with_one_line(void **state)
{
    const misuse_t *misuse = (const misuse_t *)*state;
    char expected[512];
    child_t child;
    run_child(&child, run_body, misuse);
    (void)snprintf(expected, sizeof expected, "lockstep: %s: %s (object %p)\n%s",
                   misuse->function, misuse->what,
                   (const void *)(uintptr_t)misuse->object, said_of_abort());
    assert_string_equal(child.message, expected);
    assert_string_equal(child.output, "");
    assert_true(WIFSIGNALED(child.status));
    assert_int_equal(WTERMSIG(child.status), SIGABRT);
}

/* --- locks --- */

static lks_tas_t tas = LKS_TAS_INIT;
static lks_ttas_t ttas = LKS_TTAS_INIT;
static lks_backoff_t backoff = LKS_BACKOFF_INIT;
static lks_ticket_t ticket = LKS_TICKET_INIT;
static lks_ticket_backoff_t ticket_backoff = LKS_TICKET_BACKOFF_INIT;
static lks_anderson_slot_t slots[2] = LKS_ANDERSON_SLOTS_INIT;
static lks_anderson_t anderson = LKS_ANDERSON_INIT(slots, 2);
static lks_clh_node_t clh_first = LKS_CLH_NODE_INIT;
static lks_clh_node_t clh_node = LKS_CLH_NODE_INIT;
static lks_clh_node_t *clh_spare = &clh_node;
static lks_clh_t clh = LKS_CLH_INIT(&clh_first);
static lks_mcs_node_t mcs_node;
static lks_mcs_t mcs = LKS_MCS_INIT;
static lks_mcs_k42_t mcs_k42 = LKS_MCS_K42_INIT;
static lks_malthusian_node_t malthusian_node;
static lks_malthusian_t malthusian = LKS_MALTHUSIAN_INIT;
static lks_mutex_t mutex = LKS_MUTEX_INIT;

#define LOCK_MISUSES(name, lock_arguments, unlock_arguments)                             \
    static void unlock_free_##name(void)                                                 \
    {                                                                                    \
        lks_##name##_unlock unlock_arguments;                                            \
    }                                                                                    \
    static void unlock_twice_##name(void)                                                \
    {                                                                                    \
        lks_##name##_lock lock_arguments;                                                \
        lks_##name##_unlock unlock_arguments;                                            \
        lks_##name##_unlock unlock_arguments;                                            \
    }                                                                                    \
    static void destroy_held_##name(void)                                                \
    {                                                                                    \
        lks_##name##_lock lock_arguments;                                                \
        (void)lks_##name##_destroy(&name);                                               \
    }                                                                                    \
    static void use_well_##name(void)                                                    \
    {                                                                                    \
        for (int i = 0; i < 5; i++) {                                                    \
            lks_##name##_lock lock_arguments;                                            \
            lks_##name##_unlock unlock_arguments;                                        \
        }                                                                                \
        (void)lks_##name##_destroy(&name);                                               \
    }

LOCK_MISUSES(tas, (&tas), (&tas))
LOCK_MISUSES(ttas, (&ttas), (&ttas))
LOCK_MISUSES(backoff, (&backoff), (&backoff))
LOCK_MISUSES(ticket, (&ticket), (&ticket))
LOCK_MISUSES(ticket_backoff, (&ticket_backoff), (&ticket_backoff))
LOCK_MISUSES(anderson, (&anderson), (&anderson))
LOCK_MISUSES(clh, (&clh, &clh_spare), (&clh))
LOCK_MISUSES(mcs, (&mcs, &mcs_node), (&mcs, &mcs_node))
LOCK_MISUSES(mcs_k42, (&mcs_k42), (&mcs_k42))
LOCK_MISUSES(malthusian, (&malthusian, &malthusian_node), (&malthusian, &malthusian_node))
LOCK_MISUSES(mutex, (&mutex), (&mutex))

static lks_seqlock_t seqlock = LKS_SEQLOCK_INIT;

static void write_twice_at_once(void)
{
    lks_seqlock_write_begin(&seqlock);
    lks_seqlock_write_begin(&seqlock);
}

static void end_what_has_not_begun(void)
{
    lks_seqlock_write_end(&seqlock);
}

static void wait_for_anderson(worker_t *self)
{
    (void)self;
    lks_anderson_lock(&anderson);
}

static void one_more_than_slots(void)
{
    worker_t waiter;
    lks_anderson_lock(&anderson);
    prepare(&waiter, 1, wait_for_anderson, NULL);
    start_watched(&waiter);
    until_it_waits(&waiter);
    lks_anderson_lock(&anderson);
}

static void lock_mutex_twice(void)
{
    lks_mutex_lock(&mutex);
    lks_mutex_lock(&mutex);
}

static void lock_mutex_twice_with_a_deadline(void)
{
    const struct timespec past = {0, 0};
    lks_mutex_lock(&mutex);
    assert_int_equal(lks_mutex_timedlock(&mutex, &past), ETIMEDOUT);
}

/* An unlock has just overwritten what it set in the word, and is about to look again. */
static void destroy_awaited_mutex(void)
{
    static struct lks_mutex_waiter waiter;
    lks_mutex_lock(&mutex);
    lks_mutex_leave(&waiter, &mutex, &waiter);
    lks_mutex_let_go(&waiter);
    atomic_store_explicit(&mutex.word, LKS_MUTEX_FREE, memory_order_relaxed);
    lks_mutex_destroy(&mutex);
}

static void destroy_malthusian_with_a_passive_thread(void)
{
    malthusian.eldest = &malthusian_node;
    lks_malthusian_destroy(&malthusian);
}

static void destroy_malthusian_with_one_on_its_way(void)
{
    malthusian.on_its_way = true;
    lks_malthusian_destroy(&malthusian);
}

/* --- barriers --- */

static lks_central_barrier_t central = LKS_CENTRAL_BARRIER_INIT(2);
static lks_combining_tree_barrier_node_t combining_tree_node;
static lks_combining_tree_barrier_t combining_tree;
static lks_mcs_tree_barrier_node_t mcs_tree_nodes[2];
static lks_mcs_tree_barrier_t mcs_tree;
static lks_tournament_barrier_flag_t tournament_flags[4];
static lks_tournament_barrier_t tournament;
static lks_dissemination_barrier_flag_t dissemination_flags[4];
static lks_dissemination_barrier_t dissemination;

/* Thread 1 waits for thread 0, which destroys the barrier. */
#define BARRIER_MISUSES(name)                                                            \
    static void index_out_of_range_##name(void)                                          \
    {                                                                                    \
        lks_##name##_barrier_wait(&name, 2);                                             \
    }                                                                                    \
    static void wait_at_##name(worker_t *self)                                           \
    {                                                                                    \
        lks_##name##_barrier_wait(&name, self->index);                                   \
    }                                                                                    \
    static void destroy_awaited_##name(void)                                             \
    {                                                                                    \
        worker_t waiter;                                                                 \
        prepare(&waiter, 1, wait_at_##name, NULL);                                       \
        start_watched(&waiter);                                                          \
        until_it_waits(&waiter);                                                         \
        lks_##name##_barrier_destroy(&name);                                             \
    }                                                                                    \
    static void use_well_##name(void)                                                    \
    {                                                                                    \
        worker_t other;                                                                  \
        for (int i = 0; i < 5; i++) {                                                    \
            prepare(&other, 1, wait_at_##name, NULL);                                    \
            start(&other);                                                               \
            lks_##name##_barrier_wait(&name, 0);                                         \
            join(&other);                                                                \
        }                                                                                \
        lks_##name##_barrier_destroy(&name);                                             \
    }

LKS_EACH_BARRIER(BARRIER_MISUSES)

/* --- and no misuse --- */

static void good_use_is_not_complained_of(void **state)
{
    const misuse_t *use = (const misuse_t *)*state;
    child_t child;
    run_child(&child, run_body, use);
    assert_string_equal(child.message, "");
    assert_true(WIFEXITED(child.status));
    assert_int_equal(WEXITSTATUS(child.status), 0);
}

#define NOT_HELD "the lock is not held"
#define IN_USE   "the lock is in use"

/* clang-format off */

/* `owner` is the primitive whose function it is that notices. */
#define LOCK_CASES(name, owner)                                                          \
    {#name " unlocked when free", unlock_free_##name,                                    \
     "lks_" #owner "_unlock", NOT_HELD, &name},                                          \
    {#name " unlocked twice", unlock_twice_##name,                                       \
     "lks_" #owner "_unlock", NOT_HELD, &name},                                          \
    {#name " destroyed when held", destroy_held_##name,                                  \
     "lks_" #owner "_destroy", IN_USE, &name},

#define BARRIER_CASES(name)                                                              \
    {#name " barrier entered out of range", index_out_of_range_##name,                   \
     "lks_" #name "_barrier_wait", "thread index out of range", &name},                  \
    {#name " barrier destroyed when awaited", destroy_awaited_##name,                    \
     "lks_" #name "_barrier_destroy", "the barrier is in use", &name},

static const misuse_t misuses[] = {
    LOCK_CASES(tas, tas)
    LOCK_CASES(ttas, ttas)
    LOCK_CASES(backoff, backoff)
    LOCK_CASES(ticket, ticket)
    LOCK_CASES(ticket_backoff, ticket)
    LOCK_CASES(anderson, anderson)
    LOCK_CASES(clh, clh)
    LOCK_CASES(mcs, mcs)
    LOCK_CASES(mcs_k42, mcs_k42)
    LOCK_CASES(malthusian, malthusian)
    LOCK_CASES(mutex, mutex)
    {"anderson with one thread more than slots", one_more_than_slots,
     "lks_anderson_lock", "more threads than the lock has slots", &anderson},
    {"mutex locked twice", lock_mutex_twice, "lks_mutex_lock",
     "the caller holds the lock already", &mutex},
    {"mutex locked twice, with a deadline", lock_mutex_twice_with_a_deadline,
     "lks_mutex_timedlock", "the caller holds the lock already", &mutex},
    {"mutex destroyed when awaited", destroy_awaited_mutex,
     "lks_mutex_destroy", IN_USE, &mutex},
    {"malthusian destroyed with a passive thread",
     destroy_malthusian_with_a_passive_thread,
     "lks_malthusian_destroy", IN_USE, &malthusian},
    {"malthusian destroyed with a thread on its way",
     destroy_malthusian_with_one_on_its_way,
     "lks_malthusian_destroy", IN_USE, &malthusian},
    {"seqlock written by two at once", write_twice_at_once,
     "lks_seqlock_write_begin", "somebody writes already", &seqlock},
    {"seqlock: an end without a beginning", end_what_has_not_begun,
     "lks_seqlock_write_end", "nobody has begun to write", &seqlock},
    LKS_EACH_BARRIER(BARRIER_CASES)
};

#define LOCK_USE(name, style) {#name, use_well_##name, NULL, NULL, NULL},
#define BARRIER_USE(name)     {#name " barrier", use_well_##name, NULL, NULL, NULL},

static const misuse_t good_uses[] = {
    LKS_EACH_LOCK(LOCK_USE)
    LKS_EACH_BARRIER(BARRIER_USE)
};

/* clang-format on */

int main(void)
{
    if (lks_combining_tree_barrier_init(&combining_tree, 2, 2, &combining_tree_node) !=
            0 ||
        lks_mcs_tree_barrier_init(&mcs_tree, 2, mcs_tree_nodes) != 0 ||
        lks_tournament_barrier_init(&tournament, 2, tournament_flags) != 0 ||
        lks_dissemination_barrier_init(&dissemination, 2, dissemination_flags) != 0) {
        return 1;
    }
    for (size_t i = 0; i < COUNT_OF(misuses); i++) {
        add_test(misuses[i].name, "ends the program with one line",
                 ends_the_program_with_one_line, &misuses[i]);
    }
    for (size_t i = 0; i < COUNT_OF(good_uses); i++) {
        add_test(good_uses[i].name, "good use is not complained of",
                 good_use_is_not_complained_of, &good_uses[i]);
    }
    return run_table_tests();
}
