/* SPDX-License-Identifier: MIT */
/* The catalog of reader-writer locks: its classes, and what is created by name. */
#include "../support.h"

#define NAME(name, style) #name,
static const char *const names[] = {LKS_EACH_RWLOCK(NAME)};

#define HAS_NODE_context_free false
#define HAS_NODE_reader_node  true
#define HAS_NODE(name, style) HAS_NODE_##style,
static const bool has_node[] = {LKS_EACH_RWLOCK(HAS_NODE)};

static void classes_are_those_of_the_list_in_order(void **state)
{
    (void)state;
    const lks_rwlock_class_t *class_ = NULL;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        class_ = lks_rwlock_class_next(class_);
        assert_non_null(class_);
        assert_string_equal(class_->name, names[i]);
        assert_ptr_equal(lks_rwlock_class_find(names[i]), class_);
    }
    assert_null(lks_rwlock_class_next(class_));
}

static void unknown_names_and_classes_are_not_found(void **state)
{
    (void)state;
    const char *const unknown[] = {"",       "nonsense", "RWMUTEX",
                                   "rwmute", "rwmutex ", "mcs"};
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        assert_null(lks_rwlock_class_find(unknown[i]));
    }
    const lks_rwlock_class_t stranger = *lks_rwlock_class_next(NULL);
    assert_null(lks_rwlock_class_next(&stranger));
}

static void assert_is_one_line(const char *text)
{
    assert_non_null(text);
    assert_true(strlen(text) > 0);
    assert_null(strchr(text, '\n'));
    assert_int_not_equal(text[strlen(text) - 1], '.');
}

static void classes_are_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const lks_rwlock_class_t *class_ = lks_rwlock_class_find(names[i]);
        assert_is_one_line(class_->summary);
        assert_is_one_line(class_->paper);
        assert_non_null(class_->age);
        assert_int_equal(class_->node_size != 0,
                         (class_->traits & LKS_RWLOCK_NEEDS_NODE) != 0);
        assert_int_equal(class_->node_size != 0, has_node[i]);
        assert_in_range(class_->size(1), 1, 1024);
        assert_true(class_->size(64) >= class_->size(1));
        assert_int_equal(class_->init(NULL, 2), EINVAL);
    }
}

/* What the locks claim of themselves. */
static void traits_are_those_of_the_algorithms(void **state)
{
    (void)state;
    const unsigned pass = LKS_RWLOCK_READERS_PASS | LKS_RWLOCK_WRITERS_PASS;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        assert_int_equal(lks_rwlock_class_find(names[i])->traits & pass, pass);
    }
    const unsigned sleeps = LKS_RWLOCK_SLEEPS;
    assert_int_equal(lks_rwlock_class_find("rw_ticket")->traits & sleeps, 0);
    assert_int_equal(lks_rwlock_class_find("rw_phase_fair")->traits & sleeps, 0);
    assert_int_equal(lks_rwlock_class_find("rwmutex")->traits & sleeps, sleeps);
}

static void create_refuses_wrong_arguments(void **state)
{
    (void)state;
    lks_rwlock_t *lock = NULL;
    assert_int_equal(lks_rwlock_create(NULL, "rwmutex", 2), EINVAL);
    assert_int_equal(lks_rwlock_create(&lock, NULL, 2), EINVAL);
    assert_int_equal(lks_rwlock_create(&lock, "rwmutex", 0), EINVAL);
    assert_int_equal(lks_rwlock_create(&lock, "nonsense", 2), ENOENT);
    assert_int_equal(lks_rwlock_create(&lock, "", 2), ENOENT);
    assert_int_equal(lks_rwlock_create(&lock, "mcs", 2), ENOENT);
    assert_null(lock);
    lks_rwlock_destroy(NULL);
}

#define THE_CLASS ((const lks_rwlock_class_t *)*state)

static void is_taken_and_given_back_by_name(void **state)
{
    lks_rwlock_t *lock = NULL;
    assert_int_equal(lks_rwlock_create(&lock, THE_CLASS->name, 3), 0);
    assert_ptr_equal(lks_rwlock_class_of(lock), THE_CLASS);
    for (uint32_t i = 0; i < 30; i++) {
        uint32_t self = i % 3;
        uint32_t other = (i + 1) % 3;
        assert_false(lks_rwlock_is_locked(lock));
        lks_rwlock_rdlock(lock, self);
        assert_true(lks_rwlock_tryrdlock(lock, other));
        assert_false(lks_rwlock_trywrlock(lock, (i + 2) % 3));
        lks_rwlock_rdunlock(lock, self);
        assert_true(lks_rwlock_is_locked(lock));
        lks_rwlock_rdunlock(lock, other);
        assert_false(lks_rwlock_is_locked(lock));
        lks_rwlock_wrlock(lock, self);
        assert_false(lks_rwlock_tryrdlock(lock, other));
        assert_false(lks_rwlock_trywrlock(lock, other));
        lks_rwlock_downgrade(lock, self);
        assert_true(lks_rwlock_tryrdlock(lock, other));
        lks_rwlock_rdunlock(lock, other);
        lks_rwlock_rdunlock(lock, self);
        assert_true(lks_rwlock_trywrlock(lock, other));
        assert_true(lks_rwlock_is_locked(lock));
        lks_rwlock_wrunlock(lock, other);
    }
    lks_rwlock_destroy(lock);
}

/* Each thread writes, then reads, with the node of its number. */
typedef struct shared_count {
    lks_rwlock_t *lock;
    uint64_t count; /* guarded by the lock */
} shared_count_t;

enum { ROUNDS = 300 };

static void count_in_thread(worker_t *self)
{
    shared_count_t *shared = (shared_count_t *)self->shared;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        lks_rwlock_wrlock(shared->lock, self->index);
        shared->count++;
        lks_rwlock_wrunlock(shared->lock, self->index);
        lks_rwlock_rdlock(shared->lock, self->index);
        uint64_t count = shared->count;
        if (i % 16 == 0) {
            (void)sched_yield();
        }
        self->errors += shared->count != count || count <= i;
        lks_rwlock_rdunlock(shared->lock, self->index);
    }
}

static void threads_share_it_by_name(void **state)
{
    for (uint32_t nthreads = 1; nthreads <= 5; nthreads++) {
        shared_count_t shared;
        shared.count = 0;
        assert_int_equal(lks_rwlock_create(&shared.lock, THE_CLASS->name, nthreads), 0);
        assert_int_equal(run_workers(nthreads, count_in_thread, &shared), 0);
        assert_int_equal(shared.count, (uint64_t)nthreads * ROUNDS);
        assert_false(lks_rwlock_is_locked(shared.lock));
        lks_rwlock_destroy(shared.lock);
    }
}

int main(void)
{
    add_test("catalog", "classes are those of the list, in order",
             classes_are_those_of_the_list_in_order, NULL);
    add_test("catalog", "unknown names and classes are not found",
             unknown_names_and_classes_are_not_found, NULL);
    add_test("catalog", "classes are complete", classes_are_complete, NULL);
    add_test("catalog", "traits are those of the algorithms",
             traits_are_those_of_the_algorithms, NULL);
    add_test("handles", "create refuses wrong arguments", create_refuses_wrong_arguments,
             NULL);
    for (const lks_rwlock_class_t *class_ = lks_rwlock_class_next(NULL); class_ != NULL;
         class_ = lks_rwlock_class_next(class_)) {
        add_test(class_->name, "is taken and given back by name",
                 is_taken_and_given_back_by_name, class_);
        add_test(class_->name, "by name, threads share it", threads_share_it_by_name,
                 class_);
    }
    return run_table_tests();
}
