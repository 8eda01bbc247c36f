/* SPDX-License-Identifier: MIT */
/* The catalog: the classes of locks and barriers, and what is created by name. */
#include "../contention.h"
#include "../episodes.h"

/* --- classes --- */

#define LOCK_NAME(name, style) #name,
#define BARRIER_NAME(name)     #name,
#define SLEEPING(name, plain)  #name,
static const char *const lock_names[] = {LKS_EACH_LOCK(LOCK_NAME)
                                             LKS_EACH_SLEEPING_LOCK(SLEEPING)};
static const char *const barrier_names[] = {LKS_EACH_BARRIER(BARRIER_NAME)
                                                LKS_EACH_SLEEPING_BARRIER(SLEEPING)};

#define STYLE_context_free      false
#define STYLE_queue_node        true
#define STYLE_spare_node        true
#define LOCK_STYLE(name, style) STYLE_##style,
static const bool lock_has_node[] = {LKS_EACH_LOCK(LOCK_STYLE)};

static void lock_classes_are_those_of_the_list_in_order(void **state)
{
    (void)state;
    const lks_lock_class_t *class_ = NULL;
    for (size_t i = 0; i < COUNT_OF(lock_names); i++) {
        class_ = lks_lock_class_next(class_);
        assert_non_null(class_);
        assert_string_equal(class_->name, lock_names[i]);
        assert_ptr_equal(lks_lock_class_find(lock_names[i]), class_);
    }
    assert_null(lks_lock_class_next(class_));
}

static void barrier_classes_are_those_of_the_list_in_order(void **state)
{
    (void)state;
    const lks_barrier_class_t *class_ = NULL;
    for (size_t i = 0; i < COUNT_OF(barrier_names); i++) {
        class_ = lks_barrier_class_next(class_);
        assert_non_null(class_);
        assert_string_equal(class_->name, barrier_names[i]);
        assert_ptr_equal(lks_barrier_class_find(barrier_names[i]), class_);
    }
    assert_null(lks_barrier_class_next(class_));
}

static void unknown_names_and_classes_are_not_found(void **state)
{
    (void)state;
    const char *const unknown[] = {"",   "nonsense", "MCS",
                                   "mc", "mcs ",     "mcs_tree_barrier"};
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        assert_null(lks_lock_class_find(unknown[i]));
        assert_null(lks_barrier_class_find(unknown[i]));
    }
    assert_null(lks_lock_class_find("central"));
    assert_null(lks_barrier_class_find("ticket"));
    const lks_lock_class_t stranger = *lks_lock_class_next(NULL);
    const lks_barrier_class_t strange_barrier = *lks_barrier_class_next(NULL);
    assert_null(lks_lock_class_next(&stranger));
    assert_null(lks_barrier_class_next(&strange_barrier));
}

static void assert_is_one_line(const char *text)
{
    assert_non_null(text);
    assert_true(strlen(text) > 0);
    assert_null(strchr(text, '\n'));
    assert_int_not_equal(text[strlen(text) - 1], '.');
}

static void lock_classes_are_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lock_names); i++) {
        const lks_lock_class_t *class_ = lks_lock_class_find(lock_names[i]);
        assert_is_one_line(class_->summary);
        assert_is_one_line(class_->paper);
        assert_non_null(class_->size);
        assert_non_null(class_->init);
        assert_non_null(class_->lock);
        assert_non_null(class_->unlock);
        assert_non_null(class_->is_locked);
        assert_non_null(class_->destroy);
        assert_int_equal(class_->trylock != NULL,
                         (class_->traits & LKS_LOCK_TRYLOCK) != 0);
        assert_int_equal(class_->node_size != 0,
                         (class_->traits & LKS_LOCK_NEEDS_NODE) != 0);
        assert_true(i >= COUNT_OF(lock_has_node) ||
                    lock_has_node[i] == (class_->node_size != 0));
        assert_in_range(class_->size(1), 1, 1024);
        assert_true(class_->size(64) >= class_->size(1));
        assert_int_equal(class_->init(NULL, 2), EINVAL);
    }
}

static void barrier_classes_are_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(barrier_names); i++) {
        const lks_barrier_class_t *class_ = lks_barrier_class_find(barrier_names[i]);
        assert_is_one_line(class_->summary);
        assert_is_one_line(class_->paper);
        assert_non_null(class_->size);
        assert_non_null(class_->init);
        assert_non_null(class_->wait);
        assert_non_null(class_->destroy);
        assert_in_range(class_->size(1), 1, 1024);
        assert_true(class_->size(64) >= class_->size(1));
        void *memory = lines(class_->size(2));
        assert_int_equal(class_->init(NULL, 2), EINVAL);
        assert_int_equal(class_->init(memory, 0), EINVAL);
        assert_int_equal(class_->init(memory, 2), 0);
        free(memory);
    }
}

#define NAME_PAIR(name, plain) {#name, #plain},
static const char *const sleeping_locks[][2] = {LKS_EACH_SLEEPING_LOCK(NAME_PAIR)};
static const char *const sleeping_barriers[][2] = {LKS_EACH_SLEEPING_BARRIER(NAME_PAIR)};

/* One that sleeps is another one's algorithm, initialised in another way. */
static void what_sleeps_differs_in_its_init(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(sleeping_locks); i++) {
        const lks_lock_class_t *sleeps = lks_lock_class_find(sleeping_locks[i][0]);
        const lks_lock_class_t *plain = lks_lock_class_find(sleeping_locks[i][1]);
        assert_int_equal(sleeps->traits, plain->traits | LKS_LOCK_SLEEPS);
        assert_int_equal(plain->traits & LKS_LOCK_SLEEPS, 0);
        assert_true(sleeps->init != plain->init);
        assert_true(sleeps->lock == plain->lock);
        assert_true(sleeps->trylock == plain->trylock);
        assert_true(sleeps->unlock == plain->unlock);
        assert_true(sleeps->is_locked == plain->is_locked);
        assert_true(sleeps->destroy == plain->destroy);
        assert_true(sleeps->age == plain->age);
        assert_int_equal(sleeps->size(5), plain->size(5));
        assert_int_equal(sleeps->node_size, plain->node_size);
    }
    for (size_t i = 0; i < COUNT_OF(sleeping_barriers); i++) {
        const lks_barrier_class_t *sleeps =
            lks_barrier_class_find(sleeping_barriers[i][0]);
        const lks_barrier_class_t *plain =
            lks_barrier_class_find(sleeping_barriers[i][1]);
        assert_int_equal(sleeps->traits, LKS_BARRIER_SLEEPS);
        assert_int_equal(plain->traits, 0);
        assert_true(sleeps->init != plain->init);
        assert_true(sleeps->wait == plain->wait);
        assert_true(sleeps->destroy == plain->destroy);
        assert_true(sleeps->age == plain->age);
        assert_int_equal(sleeps->size(5), plain->size(5));
    }
}

/* Past the wrap of the counters, which lies two rounds ahead. */
static void aged_objects_go_on_working(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lock_names); i++) {
        const lks_lock_class_t *class_ = lks_lock_class_find(lock_names[i]);
        if (class_->age == NULL) {
            continue;
        }
        void *lock = lines(class_->size(3));
        assert_int_equal(class_->init(lock, 3), 0);
        class_->age(lock);
        assert_false(class_->is_locked(lock));
        for (int round = 0; round < 5; round++) {
            class_->lock(lock, NULL);
            assert_true(class_->is_locked(lock));
            assert_true(class_->trylock == NULL || !class_->trylock(lock, NULL));
            class_->unlock(lock, NULL);
            assert_false(class_->is_locked(lock));
        }
        class_->destroy(lock);
        free(lock);
    }
    for (size_t i = 0; i < COUNT_OF(barrier_names); i++) {
        const lks_barrier_class_t *class_ = lks_barrier_class_find(barrier_names[i]);
        assert_non_null(class_->age);
        void *barrier = lines(class_->size(1));
        assert_int_equal(class_->init(barrier, 1), 0);
        class_->age(barrier);
        for (int episode = 0; episode < 5; episode++) {
            class_->wait(barrier, 0);
        }
        class_->destroy(barrier);
        free(barrier);
    }
}

/* What the locks claim of themselves. */
static void traits_are_those_of_the_algorithms(void **state)
{
    (void)state;
    const char *const fair[] = {"ticket", "ticket_backoff", "anderson", "clh",
                                "mcs",    "mcs_k42"};
    const char *const unfair[] = {"tas", "ttas", "backoff"};
    for (size_t i = 0; i < COUNT_OF(fair); i++) {
        assert_true((lks_lock_class_find(fair[i])->traits & LKS_LOCK_FAIR) != 0);
    }
    for (size_t i = 0; i < COUNT_OF(unfair); i++) {
        assert_true((lks_lock_class_find(unfair[i])->traits & LKS_LOCK_FAIR) == 0);
    }
    assert_null(lks_lock_class_find("clh")->trylock);
}

static void anderson_has_room_for_all_threads(void **state)
{
    (void)state;
    const lks_lock_class_t *class_ = lks_lock_class_find("anderson");
    const uint32_t rooms[][2] = {{1, 1}, {2, 2}, {3, 4}, {4, 4}, {5, 8}, {8, 8}, {9, 16}};
    for (size_t i = 0; i < COUNT_OF(rooms); i++) {
        size_t size = class_->size(rooms[i][0]);
        assert_int_equal(size, sizeof(lks_anderson_t) +
                                   rooms[i][1] * sizeof(lks_anderson_slot_t));
        lks_anderson_t *lock = (lks_anderson_t *)lines(size);
        assert_int_equal(class_->init(lock, rooms[i][0]), 0);
        assert_int_equal(lock->mask, rooms[i][1] - 1);
        free(lock);
    }
    lks_anderson_t *lock = (lks_anderson_t *)lines(class_->size(1));
    assert_int_equal(class_->init(lock, 0), EINVAL);
    /* There is no power of two so large. */
    assert_int_equal(class_->init(lock, 0x80000001u), EINVAL);
    free(lock);
}

/* --- locks by name --- */

#define LOCK_CLASS ((const lks_lock_class_t *)*state)

static void create_refuses_wrong_arguments(void **state)
{
    (void)state;
    lks_lock_t *lock = NULL;
    lks_barrier_t *barrier = NULL;
    assert_int_equal(lks_lock_create(NULL, "mcs", 2), EINVAL);
    assert_int_equal(lks_lock_create(&lock, NULL, 2), EINVAL);
    assert_int_equal(lks_lock_create(&lock, "mcs", 0), EINVAL);
    assert_int_equal(lks_lock_create(&lock, "nonsense", 2), ENOENT);
    assert_int_equal(lks_lock_create(&lock, "", 2), ENOENT);
    assert_int_equal(lks_lock_create(&lock, "central", 2), ENOENT);
    assert_null(lock);
    assert_int_equal(lks_barrier_create(NULL, "central", 2), EINVAL);
    assert_int_equal(lks_barrier_create(&barrier, NULL, 2), EINVAL);
    assert_int_equal(lks_barrier_create(&barrier, "central", 0), EINVAL);
    assert_int_equal(lks_barrier_create(&barrier, "nonsense", 2), ENOENT);
    assert_int_equal(lks_barrier_create(&barrier, "", 2), ENOENT);
    assert_int_equal(lks_barrier_create(&barrier, "mcs", 2), ENOENT);
    assert_null(barrier);
}

static void destroy_allows_null(void **state)
{
    (void)state;
    lks_lock_destroy(NULL);
    lks_barrier_destroy(NULL);
}

static lks_lock_t *create_lock(const lks_lock_class_t *class_, uint32_t nthreads)
{
    lks_lock_t *lock = NULL;
    assert_int_equal(lks_lock_create(&lock, class_->name, nthreads), 0);
    assert_non_null(lock);
    return lock;
}

static void lock_is_taken_and_given_back_by_name(void **state)
{
    lks_lock_t *lock = create_lock(LOCK_CLASS, 3);
    assert_ptr_equal(lks_lock_class_of(lock), LOCK_CLASS);
    for (uint32_t i = 0; i < 30; i++) {
        uint32_t self = i % 3;
        uint32_t other = (i + 1) % 3;
        assert_false(lks_lock_is_locked(lock));
        lks_lock_lock(lock, self);
        assert_true(lks_lock_is_locked(lock));
        assert_false(lks_lock_trylock(lock, other));
        lks_lock_unlock(lock, self);
        assert_false(lks_lock_is_locked(lock));
        /* Where there is no trylock, it is always refused. */
        bool taken = lks_lock_trylock(lock, other);
        assert_int_equal(taken, LOCK_CLASS->trylock != NULL);
        assert_int_equal(lks_lock_is_locked(lock), taken);
        if (taken) {
            assert_false(lks_lock_trylock(lock, self));
            lks_lock_unlock(lock, other);
        }
    }
    lks_lock_destroy(lock);
}

static void lock_for_thread(void *object, uint32_t self)
{
    lks_lock_lock((lks_lock_t *)object, self);
}

static bool trylock_for_thread(void *object, uint32_t self)
{
    return lks_lock_trylock((lks_lock_t *)object, self);
}

static void unlock_for_thread(void *object, uint32_t self)
{
    lks_lock_unlock((lks_lock_t *)object, self);
}

static void lock_by_name_lets_one_in_at_a_time(void **state)
{
    for (uint32_t nthreads = 1; nthreads <= 5; nthreads++) {
        lks_lock_t *lock = create_lock(LOCK_CLASS, nthreads);
        contention_t data;
        data.lock = lock_for_thread;
        data.trylock = LOCK_CLASS->trylock == NULL ? NULL : trylock_for_thread;
        data.unlock = unlock_for_thread;
        data.object = lock;
        data.rounds = 100;
        contend(&data, nthreads);
        assert_false(lks_lock_is_locked(lock));
        lks_lock_destroy(lock);
    }
}

/* --- barriers by name --- */

#define BARRIER_CLASS ((const lks_barrier_class_t *)*state)

static void wait_for_thread(void *object, uint32_t self)
{
    lks_barrier_wait((lks_barrier_t *)object, self);
}

static void barrier_by_name_waits_for_all(void **state)
{
    for (uint32_t nthreads = 1; nthreads <= 9; nthreads++) {
        lks_barrier_t *barrier = NULL;
        assert_int_equal(lks_barrier_create(&barrier, BARRIER_CLASS->name, nthreads), 0);
        assert_ptr_equal(lks_barrier_class_of(barrier), BARRIER_CLASS);
        run_episodes(wait_for_thread, barrier, nthreads, 50, false);
        lks_barrier_destroy(barrier);
    }
}

int main(void)
{
    add_test("catalog", "lock classes are those of the list, in order",
             lock_classes_are_those_of_the_list_in_order, NULL);
    add_test("catalog", "barrier classes are those of the list, in order",
             barrier_classes_are_those_of_the_list_in_order, NULL);
    add_test("catalog", "unknown names and classes are not found",
             unknown_names_and_classes_are_not_found, NULL);
    add_test("catalog", "lock classes are complete", lock_classes_are_complete, NULL);
    add_test("catalog", "barrier classes are complete", barrier_classes_are_complete,
             NULL);
    add_test("catalog", "what sleeps differs in its init",
             what_sleeps_differs_in_its_init, NULL);
    add_test("catalog", "aged objects go on working", aged_objects_go_on_working, NULL);
    add_test("catalog", "traits are those of the algorithms",
             traits_are_those_of_the_algorithms, NULL);
    add_test("catalog", "anderson has room for all threads",
             anderson_has_room_for_all_threads, NULL);
    add_test("handles", "create refuses wrong arguments", create_refuses_wrong_arguments,
             NULL);
    add_test("handles", "destroy allows NULL", destroy_allows_null, NULL);
    for (const lks_lock_class_t *class_ = lks_lock_class_next(NULL); class_ != NULL;
         class_ = lks_lock_class_next(class_)) {
        add_test(class_->name, "is taken and given back by name",
                 lock_is_taken_and_given_back_by_name, class_);
        add_test(class_->name, "by name, lets one in at a time",
                 lock_by_name_lets_one_in_at_a_time, class_);
    }
    for (const lks_barrier_class_t *class_ = lks_barrier_class_next(NULL); class_ != NULL;
         class_ = lks_barrier_class_next(class_)) {
        add_test(class_->name, "by name, waits for all", barrier_by_name_waits_for_all,
                 class_);
    }
    return run_table_tests();
}
