/* SPDX-License-Identifier: MIT */
/* The Malthusian lock by itself: who is set aside, and who is called back; see also
   locks.c. */
#include "../support.h"

static lks_malthusian_node_t *tail_of(const lks_malthusian_t *lock)
{
    return atomic_load_explicit(&lock->tail, memory_order_relaxed);
}

static void init_makes_a_free_lock(void **state)
{
    (void)state;
    static lks_malthusian_t initialised = LKS_MALTHUSIAN_INIT;
    lks_malthusian_t lock;
    spoil(&lock);
    assert_int_equal(lks_malthusian_init(&lock, LKS_MALTHUSIAN_PERIOD), 0);
    assert_ptr_equal(tail_of(&lock), NULL);
    assert_ptr_equal(tail_of(&initialised), NULL);
    assert_ptr_equal(lock.eldest, NULL);
    assert_ptr_equal(initialised.eldest, NULL);
    assert_int_equal(lock.period, initialised.period);
    assert_int_equal(lock.releases, 0);
    assert_int_equal(initialised.releases, 0);
    assert_false(lock.on_its_way);
    assert_false(initialised.on_its_way);
    assert_int_equal(lks_malthusian_init(&lock, 7), 0);
    assert_int_equal(lock.period, 7);
}

static void init_refuses_bad_arguments(void **state)
{
    (void)state;
    lks_malthusian_t lock;
    assert_int_equal(lks_malthusian_init(NULL, 1), EINVAL);
    assert_int_equal(lks_malthusian_init(&lock, 0), EINVAL);
    assert_int_equal(lks_malthusian_init(&lock, UINT32_MAX), 0);
}

static void nodes_need_no_initialising_and_serve_again(void **state)
{
    (void)state;
    static lks_malthusian_t lock = LKS_MALTHUSIAN_INIT;
    lks_malthusian_node_t node;
    lks_malthusian_node_t other;
    for (int i = 0; i < 5; i++) {
        spoil(&node);
        spoil(&other);
        assert_false(lks_malthusian_is_locked(&lock));
        node.called = true; /* as its last use may have left it */
        lks_malthusian_lock(&lock, &node);
        assert_false(node.called);
        assert_ptr_equal(tail_of(&lock), &node);
        assert_true(lks_malthusian_is_locked(&lock));
        assert_false(lks_malthusian_trylock(&lock, &other));
        assert_ptr_equal(tail_of(&lock), &node);
        lks_malthusian_unlock(&lock, &node);
        assert_ptr_equal(tail_of(&lock), NULL);
        spoil(&node);
        assert_true(lks_malthusian_trylock(&lock, &other));
        assert_ptr_equal(tail_of(&lock), &other);
        assert_false(lks_malthusian_trylock(&lock, &node));
        lks_malthusian_unlock(&lock, &other);
        assert_false(lks_malthusian_is_locked(&lock));
    }
    lks_malthusian_destroy(&lock);
    assert_ptr_equal(tail_of(&lock), NULL);
}

/* --- the passive list by itself ----------------------------------------------------- */

static void passive_threads_are_called_in_order_one_at_a_time(void **state)
{
    (void)state;
    lks_malthusian_t lock;
    lks_malthusian_node_t nodes[4];
    spoil(&nodes);
    assert_int_equal(lks_malthusian_init(&lock, 100), 0);
    assert_ptr_equal(lks_malthusian_next_to_recall(&lock, true), NULL);
    for (int i = 0; i < 3; i++) {
        lks_malthusian_set_aside(&lock, &nodes[i]);
    }
    for (int i = 0; i < 3; i++) {
        assert_ptr_equal(lks_malthusian_next_to_recall(&lock, true), &nodes[i]);
        assert_true(lock.on_its_way);
        assert_ptr_equal(lks_malthusian_next_to_recall(&lock, true), NULL);
        lock.on_its_way = false;
    }
    assert_ptr_equal(lks_malthusian_next_to_recall(&lock, true), NULL);
    assert_false(lock.on_its_way);
    /* The list serves again when it has been empty. */
    lks_malthusian_set_aside(&lock, &nodes[3]);
    lks_malthusian_set_aside(&lock, &nodes[0]);
    assert_ptr_equal(lks_malthusian_next_to_recall(&lock, true), &nodes[3]);
    lock.on_its_way = false;
    assert_ptr_equal(lks_malthusian_next_to_recall(&lock, true), &nodes[0]);
}

/* Where the queue is never empty. */
static void the_eldest_is_called_after_a_period(void **state)
{
    (void)state;
    for (uint32_t period = 1; period <= 5; period++) {
        lks_malthusian_t lock;
        lks_malthusian_node_t nodes[2];
        assert_int_equal(lks_malthusian_init(&lock, period), 0);
        /* Releases with nobody passive do not count. */
        for (int i = 0; i < 10; i++) {
            assert_ptr_equal(lks_malthusian_next_to_recall(&lock, false), NULL);
        }
        lks_malthusian_set_aside(&lock, &nodes[0]);
        lks_malthusian_set_aside(&lock, &nodes[1]);
        for (int called = 0; called < 2; called++) {
            for (uint32_t i = 1; i < period; i++) {
                assert_ptr_equal(lks_malthusian_next_to_recall(&lock, false), NULL);
            }
            assert_ptr_equal(lks_malthusian_next_to_recall(&lock, false), &nodes[called]);
            /* Nor those while one is on its way. */
            for (int i = 0; i < 10; i++) {
                assert_ptr_equal(lks_malthusian_next_to_recall(&lock, false), NULL);
            }
            lock.on_its_way = false;
        }
    }
}

/* --- with threads ------------------------------------------------------------------- */

enum { NODES = 4 };

typedef struct scene {
    lks_malthusian_t lock;
    lks_malthusian_node_t nodes[NODES]; /* 0 is the main thread's */
    uint32_t order[NODES];              /* who has had the lock */
    uint32_t entered;
    worker_t workers[NODES];
} scene_t;

/* Holds the lock until the test lets it go. */
static void take(worker_t *self)
{
    scene_t *scene = (scene_t *)self->shared;
    lks_malthusian_lock(&scene->lock, &scene->nodes[self->index]);
    scene->order[scene->entered++] = self->index;
    atomic_store_explicit(&self->progress, 1, memory_order_release);
    while (atomic_load_explicit(&self->progress, memory_order_acquire) != 2) {
        (void)sched_yield();
    }
    lks_malthusian_unlock(&scene->lock, &scene->nodes[self->index]);
}

static void until_it_holds(const worker_t *worker)
{
    while (atomic_load_explicit(&worker->progress, memory_order_acquire) != 1) {
        (void)sched_yield();
    }
}

static void let_go(worker_t *worker)
{
    atomic_store_explicit(&worker->progress, 2, memory_order_release);
}

static void until_it_is_behind(const scene_t *scene, int index, int predecessor)
{
    while (atomic_load_explicit(&scene->nodes[predecessor].next, memory_order_acquire) !=
           &scene->nodes[index]) {
        (void)sched_yield();
    }
}

static void until_it_sleeps(const scene_t *scene, int index)
{
    while ((atomic_load_explicit(&scene->nodes[index].state, memory_order_acquire) &
            LKS_ASLEEP) == 0) {
        (void)sched_yield();
    }
}

/* Starts the worker of that index, and waits until it stands in the queue. */
static void queue_up(scene_t *scene, int index, int predecessor)
{
    worker_t *worker = &scene->workers[index];
    prepare(worker, (uint32_t)index, take, scene);
    start(worker);
    until_it_is_behind(scene, index, predecessor);
}

/* The main thread has the lock. */
static scene_t *begin_scene(uint32_t period)
{
    scene_t *scene = (scene_t *)lines(sizeof(scene_t));
    assert_int_equal(lks_malthusian_init(&scene->lock, period), 0);
    lks_malthusian_lock(&scene->lock, &scene->nodes[0]);
    return scene;
}

/* Everybody has left, and these have had the lock, in this order. */
static void end_scene(scene_t *scene, const uint32_t *order, uint32_t count)
{
    assert_int_equal(scene->entered, count);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(scene->order[i], order[i]);
    }
    assert_false(lks_malthusian_is_locked(&scene->lock));
    assert_ptr_equal(scene->lock.eldest, NULL);
    assert_false(scene->lock.on_its_way);
    lks_malthusian_destroy(&scene->lock);
    free(scene);
}

static void who_has_others_behind_is_set_aside_until_the_queue_is_empty(void **state)
{
    (void)state;
    /* So that nobody sleeps, which would be a reason, too. */
    unsigned spins = lks_spins();
    lks_set_spins(LKS_NEVER_YIELD);
    scene_t *scene = begin_scene(1000);
    queue_up(scene, 1, 0);
    queue_up(scene, 2, 1);
    queue_up(scene, 3, 2);
    lks_malthusian_unlock(&scene->lock, &scene->nodes[0]);
    until_it_holds(&scene->workers[2]);
    assert_ptr_equal(scene->lock.eldest, &scene->nodes[1]);
    assert_ptr_equal(tail_of(&scene->lock), &scene->nodes[3]);
    let_go(&scene->workers[2]);
    until_it_holds(&scene->workers[3]);
    assert_ptr_equal(scene->lock.eldest, &scene->nodes[1]);
    let_go(&scene->workers[3]);
    until_it_holds(&scene->workers[1]);
    let_go(&scene->workers[1]);
    for (int i = 1; i < NODES; i++) {
        join(&scene->workers[i]);
    }
    lks_set_spins(spins);
    const uint32_t order[] = {2, 3, 1};
    end_scene(scene, order, 3);
}

static void who_sleeps_is_called_but_not_handed_the_lock(void **state)
{
    (void)state;
    scene_t *scene = begin_scene(1000);
    queue_up(scene, 1, 0);
    until_it_sleeps(scene, 1);
    lks_malthusian_unlock(&scene->lock, &scene->nodes[0]);
    until_it_holds(&scene->workers[1]);
    assert_true(scene->nodes[1].called);
    assert_false(scene->lock.on_its_way);
    let_go(&scene->workers[1]);
    join(&scene->workers[1]);
    const uint32_t order[] = {1};
    end_scene(scene, order, 1);
}

static void who_was_called_is_not_set_aside_again(void **state)
{
    (void)state;
    scene_t *scene = begin_scene(1);
    queue_up(scene, 1, 0);
    queue_up(scene, 2, 1);
    /* A period of one: 1 is set aside and called at once, and queues up behind 2. */
    lks_malthusian_unlock(&scene->lock, &scene->nodes[0]);
    until_it_holds(&scene->workers[2]);
    until_it_is_behind(scene, 1, 2);
    assert_true(scene->lock.on_its_way);
    queue_up(scene, 3, 1);
    until_it_sleeps(scene, 1);
    let_go(&scene->workers[2]);
    until_it_holds(&scene->workers[1]);
    assert_false(scene->lock.on_its_way);
    assert_ptr_equal(scene->lock.eldest, NULL);
    let_go(&scene->workers[1]);
    until_it_holds(&scene->workers[3]);
    let_go(&scene->workers[3]);
    for (int i = 1; i < NODES; i++) {
        join(&scene->workers[i]);
    }
    const uint32_t order[] = {2, 1, 3};
    end_scene(scene, order, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_makes_a_free_lock),
        cmocka_unit_test(init_refuses_bad_arguments),
        cmocka_unit_test(nodes_need_no_initialising_and_serve_again),
        cmocka_unit_test(passive_threads_are_called_in_order_one_at_a_time),
        cmocka_unit_test(the_eldest_is_called_after_a_period),
        cmocka_unit_test(who_has_others_behind_is_set_aside_until_the_queue_is_empty),
        cmocka_unit_test(who_sleeps_is_called_but_not_handed_the_lock),
        cmocka_unit_test(who_was_called_is_not_set_aside_again),
    };
    return run_all(tests);
}
