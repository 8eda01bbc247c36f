/* SPDX-License-Identifier: MIT */
/*
 * lks_NAME_init_waiting: objects whose waiters spin for ever, yield, or sleep.
 *
 * Linked with -Wl,--wrap=sched_yield, so that a waiter's yields are counted, and for the
 * calls that sleep.
 */
#include "../asleep.h"
#include "../watched_sleep.h"

#ifdef __cplusplus
extern "C" {
#endif
int __real_sched_yield(void);
int __wrap_sched_yield(void);
#ifdef __cplusplus
}
#endif

/* A worker counts its yields as its progress. */
int __wrap_sched_yield(void)
{
    if (this_worker != NULL) {
        (void)atomic_fetch_add_explicit(&this_worker->progress, 1, memory_order_release);
    }
    return __real_sched_yield();
}

static uint32_t yields_of(worker_t *worker)
{
    return atomic_load_explicit(&worker->progress, memory_order_acquire);
}

/* --- the objects, each for two threads, of which thread 1 waits for thread 0 --- */

static lks_mcs_t mcs;
static lks_mcs_node_t mcs_nodes[2];
static lks_clh_t clh;
static lks_clh_node_t clh_nodes[3];
static lks_clh_node_t *clh_spares[2];
static lks_anderson_t anderson;
static lks_anderson_slot_t slots[2];
static lks_central_barrier_t central;
static lks_combining_tree_barrier_t combining_tree;
static lks_combining_tree_barrier_node_t combining_tree_node;
static lks_mcs_tree_barrier_t mcs_tree;
static lks_mcs_tree_barrier_node_t mcs_tree_nodes[2];
static lks_tournament_barrier_t tournament;
static lks_tournament_barrier_flag_t tournament_flags[4];
static lks_dissemination_barrier_t dissemination;
static lks_dissemination_barrier_flag_t dissemination_flags[4];

typedef struct object {
    const char *name;
    int (*init)(void);
    int (*init_waiting)(lks_wait_mode_t mode);
    void (*begin)(void); /* what thread 0 does beforehand, for thread 1 to wait */
    void (*wait)(void);  /* what thread 1 does */
    void (*end)(void);   /* what thread 0 does to end the wait */
    _Atomic(uint32_t) *(*word)(void); /* what thread 1 waits at */
} object_t;

static void nothing(void)
{
}

/* The slot, flag or node at which the waiter of the present round waits. */
static _Atomic(uint32_t) *mcs_word(void)
{
    return &mcs_nodes[1].waiting;
}

static _Atomic(uint32_t) *clh_word(void)
{
    return &atomic_load_explicit(&clh.holder, memory_order_relaxed)->waiting;
}

static _Atomic(uint32_t) *anderson_word(void)
{
    return &lks_anderson_slot_of(&anderson, anderson.holder + 1)->may_enter;
}

static _Atomic(uint32_t) *central_word(void)
{
    return &central.sense;
}

static _Atomic(uint32_t) *combining_tree_word(void)
{
    return &combining_tree_node.sense;
}

static _Atomic(uint32_t) *mcs_tree_word(void)
{
    return &mcs_tree_nodes[1].woken;
}

static _Atomic(uint32_t) *tournament_word(void)
{
    return &lks_tournament_barrier_row(&tournament, 1)->episode;
}

static _Atomic(uint32_t) *dissemination_word(void)
{
    return &lks_dissemination_barrier_row(&dissemination, 1)[1].episode;
}

static int mcs_init(void)
{
    return lks_mcs_init(&mcs);
}

static int mcs_init_waiting(lks_wait_mode_t mode)
{
    return lks_mcs_init_waiting(&mcs, mode);
}

static void mcs_begin(void)
{
    lks_mcs_lock(&mcs, &mcs_nodes[0]);
}

static void mcs_wait(void)
{
    lks_mcs_lock(&mcs, &mcs_nodes[1]);
    lks_mcs_unlock(&mcs, &mcs_nodes[1]);
}

static void mcs_end(void)
{
    lks_mcs_unlock(&mcs, &mcs_nodes[0]);
}

static int clh_init(void)
{
    clh_spares[0] = &clh_nodes[1];
    clh_spares[1] = &clh_nodes[2];
    return lks_clh_init(&clh, &clh_nodes[0]);
}

static int clh_init_waiting(lks_wait_mode_t mode)
{
    clh_spares[0] = &clh_nodes[1];
    clh_spares[1] = &clh_nodes[2];
    return lks_clh_init_waiting(&clh, &clh_nodes[0], mode);
}

static void clh_begin(void)
{
    lks_clh_lock(&clh, &clh_spares[0]);
}

static void clh_wait(void)
{
    lks_clh_lock(&clh, &clh_spares[1]);
    lks_clh_unlock(&clh);
}

static void clh_end(void)
{
    lks_clh_unlock(&clh);
}

static int anderson_init(void)
{
    return lks_anderson_init(&anderson, slots, 2);
}

static int anderson_init_waiting(lks_wait_mode_t mode)
{
    return lks_anderson_init_waiting(&anderson, slots, 2, mode);
}

static void anderson_begin(void)
{
    lks_anderson_lock(&anderson);
}

static void anderson_wait(void)
{
    lks_anderson_lock(&anderson);
    lks_anderson_unlock(&anderson);
}

static void anderson_end(void)
{
    lks_anderson_unlock(&anderson);
}

/* The rest of a barrier's parameters, after the number of threads. */
#define BARRIER_OBJECT(name, ...)                                                        \
    static int name##_init(void)                                                         \
    {                                                                                    \
        return lks_##name##_barrier_init(__VA_ARGS__);                                   \
    }                                                                                    \
    static int name##_init_waiting(lks_wait_mode_t mode)                                 \
    {                                                                                    \
        return lks_##name##_barrier_init_waiting(__VA_ARGS__, mode);                     \
    }                                                                                    \
    static void name##_wait(void)                                                        \
    {                                                                                    \
        lks_##name##_barrier_wait(&name, 1);                                             \
    }                                                                                    \
    static void name##_end(void)                                                         \
    {                                                                                    \
        lks_##name##_barrier_wait(&name, 0);                                             \
    }

BARRIER_OBJECT(central, &central, 2)
BARRIER_OBJECT(combining_tree, &combining_tree, 2, 2, &combining_tree_node)
BARRIER_OBJECT(mcs_tree, &mcs_tree, 2, mcs_tree_nodes)
BARRIER_OBJECT(tournament, &tournament, 2, tournament_flags)
BARRIER_OBJECT(dissemination, &dissemination, 2, dissemination_flags)

#define LOCK(name)                                                                       \
    {                                                                                    \
#name, name##_init, name##_init_waiting, name##_begin, name##_wait, name##_end,  \
            name##_word                                                                  \
    }
#define BARRIER(name)                                                                    \
    {                                                                                    \
#name " barrier", name##_init, name##_init_waiting, nothing, name##_wait,        \
            name##_end, name##_word                                                      \
    }

static const object_t objects[] = {LOCK(mcs),
                                   LOCK(clh),
                                   LOCK(anderson),
                                   BARRIER(central),
                                   BARRIER(combining_tree),
                                   BARRIER(mcs_tree),
                                   BARRIER(tournament),
                                   BARRIER(dissemination)};

#define THE_OBJECT ((const object_t *)*state)

/* --- how they wait --- */

static void wait_for_the_other(worker_t *self)
{
    ((const object_t *)self->shared)->wait();
}

static void begin_wait(const object_t *object, worker_t *waiter)
{
    object->begin();
    prepare(waiter, 1, wait_for_the_other, (void *)(uintptr_t)object);
    start_watched(waiter);
}

static void end_wait(const object_t *object, worker_t *waiter)
{
    object->end();
    join(waiter);
}

static bool is_marked(const object_t *object)
{
    return (atomic_load_explicit(object->word(), memory_order_acquire) & LKS_ASLEEP) != 0;
}

static void until_it_has_failed(worker_t *waiter, uint32_t tries)
{
    while (atomic_load_explicit(&waiter->failed_tries, memory_order_acquire) < tries) {
        (void)sched_yield();
    }
}

static void init_refuses_another_way(void **state)
{
    assert_int_equal(THE_OBJECT->init_waiting((lks_wait_mode_t)3), EINVAL);
    assert_int_equal(THE_OBJECT->init_waiting(LKS_WAIT_SPIN), 0);
    assert_int_equal(THE_OBJECT->init_waiting(LKS_WAIT_YIELD), 0);
    assert_int_equal(THE_OBJECT->init_waiting(LKS_WAIT_SLEEP), 0);
    assert_int_equal(THE_OBJECT->init(), 0);
}

/* Whatever lks_spins() says. */
static void who_spins_neither_yields_nor_sleeps(void **state)
{
    lks_set_spins(1);
    assert_int_equal(THE_OBJECT->init_waiting(LKS_WAIT_SPIN), 0);
    for (int i = 0; i < 5; i++) {
        worker_t waiter;
        begin_wait(THE_OBJECT, &waiter);
        until_it_has_failed(&waiter, 500);
        assert_int_equal(yields_of(&waiter), 0);
        assert_false(is_marked(THE_OBJECT));
        end_wait(THE_OBJECT, &waiter);
    }
}

static void yields_and_does_not_sleep(const object_t *object)
{
    for (int i = 0; i < 5; i++) {
        worker_t waiter;
        begin_wait(object, &waiter);
        until_it_has_failed(&waiter, 50);
        assert_in_range(yields_of(&waiter), 10, UINT32_MAX);
        assert_false(is_marked(object));
        end_wait(object, &waiter);
    }
}

static void who_yields_does_not_sleep(void **state)
{
    lks_set_spins(0);
    assert_int_equal(THE_OBJECT->init_waiting(LKS_WAIT_YIELD), 0);
    yields_and_does_not_sleep(THE_OBJECT);
    assert_int_equal(THE_OBJECT->init(), 0);
    yields_and_does_not_sleep(THE_OBJECT);
}

/* Where it may not spin. And it is woken, or the test does not end. */
static void who_sleeps_marks_the_word_and_does_not_yield(void **state)
{
    lks_set_spins(0);
    assert_int_equal(THE_OBJECT->init_waiting(LKS_WAIT_SLEEP), 0);
    for (int i = 0; i < 5; i++) {
        worker_t waiter;
        begin_wait(THE_OBJECT, &waiter);
        while (!is_marked(THE_OBJECT)) {
            (void)sched_yield();
        }
        if (can_see_who_sleeps()) {
            until_asleep_on(THE_OBJECT->word(), 1);
        }
        end_wait(THE_OBJECT, &waiter);
        assert_int_equal(yields_of(&waiter), 0);
    }
}

/* --- nodes that go from lock to lock, of all kinds --- */

enum { KINDS = 3, THREADS = 3, ROUNDS = 300 };

typedef struct mixture {
    lks_mcs_t mcs[KINDS];
    lks_mcs_node_t mcs_nodes[THREADS];
    uint64_t mcs_data[KINDS]; /* plain: each its lock's */
    lks_clh_t clh[KINDS];
    lks_clh_node_t clh_nodes[KINDS + THREADS];
    uint64_t clh_data[KINDS];
} mixture_t;

static void use_all_kinds(worker_t *self)
{
    mixture_t *all = (mixture_t *)self->shared;
    lks_mcs_node_t *node = &all->mcs_nodes[self->index];
    lks_clh_node_t *spare = &all->clh_nodes[KINDS + self->index];
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t kind = random_below(self, KINDS);
        lks_mcs_lock(&all->mcs[kind], node);
        all->mcs_data[kind]++;
        if (round % 16 == 0) {
            (void)sched_yield();
        }
        lks_mcs_unlock(&all->mcs[kind], node);
        lks_clh_lock(&all->clh[kind], &spare);
        all->clh_data[kind]++;
        lks_clh_unlock(&all->clh[kind]);
        if (lks_mcs_trylock(&all->mcs[round % KINDS], node)) {
            lks_mcs_unlock(&all->mcs[round % KINDS], node);
        }
    }
}

static void nodes_serve_all_kinds(void **state)
{
    (void)state;
    static mixture_t all;
    const lks_wait_mode_t kinds[KINDS] = {LKS_WAIT_YIELD, LKS_WAIT_SPIN, LKS_WAIT_SLEEP};
    uint64_t mcs_sum = 0;
    uint64_t clh_sum = 0;
    lks_set_spins(4);
    for (size_t i = 0; i < KINDS; i++) {
        assert_int_equal(lks_mcs_init_waiting(&all.mcs[i], kinds[i]), 0);
        assert_int_equal(lks_clh_init_waiting(&all.clh[i], &all.clh_nodes[i], kinds[i]),
                         0);
    }
    assert_int_equal(run_workers(THREADS, use_all_kinds, &all), 0);
    for (size_t i = 0; i < KINDS; i++) {
        assert_false(lks_mcs_is_locked(&all.mcs[i]));
        assert_false(lks_clh_is_locked(&all.clh[i]));
        mcs_sum += all.mcs_data[i];
        clh_sum += all.clh_data[i];
    }
    assert_int_equal(mcs_sum, THREADS * ROUNDS);
    assert_int_equal(clh_sum, THREADS * ROUNDS);
}

int main(void)
{
    for (size_t i = 0; i < COUNT_OF(objects); i++) {
        const object_t *object = &objects[i];
        add_test(object->name, "init refuses another way", init_refuses_another_way,
                 object);
        add_test(object->name, "who spins neither yields nor sleeps",
                 who_spins_neither_yields_nor_sleeps, object);
        add_test(object->name, "who yields does not sleep", who_yields_does_not_sleep,
                 object);
        add_test(object->name, "who sleeps marks the word, and does not yield",
                 who_sleeps_marks_the_word_and_does_not_yield, object);
    }
    add_test("nodes", "serve all kinds", nodes_serve_all_kinds, NULL);
    return run_table_tests();
}
