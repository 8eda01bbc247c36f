/* SPDX-License-Identifier: MIT */
/* What every lock does, whichever it is. */
#include "../contention.h"
#include "../lock_table.h"
#include "../watched_sleep.h"

#define THE_CLASS ((const lks_lock_class_t *)*state)

static void is_taken_and_given_back(void **state)
{
    lock_in_use_t use = make_lock(THE_CLASS, 2);
    assert_false(is_taken(&use));
    for (uint32_t i = 0; i < 100; i++) {
        take(&use, i % 2);
        assert_true(is_taken(&use));
        give_back(&use, i % 2);
        assert_false(is_taken(&use));
    }
    unmake_lock(&use);
}

static void trylock_takes_a_free_lock(void **state)
{
    lock_in_use_t use = make_lock(THE_CLASS, 2);
    for (uint32_t i = 0; i < 100; i++) {
        assert_true(try_to_take(&use, i % 2));
        assert_true(is_taken(&use));
        give_back(&use, i % 2);
        assert_false(is_taken(&use));
    }
    unmake_lock(&use);
}

static void trylock_refuses_a_held_lock(void **state)
{
    lock_in_use_t use = make_lock(THE_CLASS, 2);
    for (uint32_t i = 0; i < 100; i++) {
        /* Held through lock, then through trylock. */
        if (i % 2 == 0) {
            take(&use, 0);
        } else {
            assert_true(try_to_take(&use, 0));
        }
        assert_false(try_to_take(&use, 1));
        assert_false(try_to_take(&use, 1));
        assert_true(is_taken(&use));
        give_back(&use, 0);
        /* The refusals left nothing behind. */
        assert_false(is_taken(&use));
        take(&use, 1);
        give_back(&use, 1);
    }
    unmake_lock(&use);
}

static void is_there_exactly_if_the_traits_say_so(void **state)
{
    assert_int_equal(THE_CLASS->trylock != NULL,
                     (THE_CLASS->traits & LKS_LOCK_TRYLOCK) != 0);
}

/* The worker takes the lock as thread 1 and tells so. */
static void take_and_tell(worker_t *self)
{
    lock_in_use_t *use = (lock_in_use_t *)self->shared;
    take(use, 1);
    atomic_store_explicit(&self->progress, 1, memory_order_release);
    give_back(use, 1);
}

static void a_waiter_waits_until_it_is_given_back(void **state)
{
    lock_in_use_t use = make_lock(THE_CLASS, 2);
    for (int i = 0; i < 20; i++) {
        worker_t waiter;
        prepare(&waiter, 1, take_and_tell, &use);
        if (use.class_->trylock != NULL && i % 2 == 0) {
            assert_true(try_to_take(&use, 0));
        } else {
            take(&use, 0);
        }
        start_watched(&waiter);
        until_it_waits(&waiter);
        until_it_waits_on(&waiter);
        assert_int_equal(atomic_load_explicit(&waiter.progress, memory_order_acquire), 0);
        assert_true(is_taken(&use));
        give_back(&use, 0);
        join(&waiter);
        assert_int_equal(atomic_load_explicit(&waiter.progress, memory_order_acquire), 1);
        assert_false(is_taken(&use));
    }
    unmake_lock(&use);
}

/* Whether it sleeps is what the traits say; and it is woken, or the test does not end. */
static void a_waiter_sleeps_if_the_traits_say_so(void **state)
{
    lock_in_use_t use = make_lock(THE_CLASS, 2);
    bool sleeps = (THE_CLASS->traits & LKS_LOCK_SLEEPS) != 0;
    for (int i = 0; i < 20; i++) {
        worker_t waiter;
        prepare(&waiter, 1, take_and_tell, &use);
        take(&use, 0);
        start_watched(&waiter);
        while (!atomic_load_explicit(&waiter.asleep, memory_order_acquire) &&
               (sleeps ||
                atomic_load_explicit(&waiter.failed_tries, memory_order_acquire) < 200)) {
            (void)sched_yield();
        }
        assert_int_equal(atomic_load_explicit(&waiter.asleep, memory_order_acquire),
                         sleeps);
        assert_int_equal(atomic_load_explicit(&waiter.progress, memory_order_acquire), 0);
        give_back(&use, 0);
        join(&waiter);
        assert_false(is_taken(&use));
    }
    unmake_lock(&use);
}

static void trylock_refuses_while_a_waiter_is_queued(void **state)
{
    lock_in_use_t use = make_lock(THE_CLASS, 3);
    worker_t waiter;
    prepare(&waiter, 1, take_and_tell, &use);
    take(&use, 0);
    start_watched(&waiter);
    until_it_waits(&waiter);
    assert_false(try_to_take(&use, 2));
    assert_int_equal(atomic_load_explicit(&waiter.progress, memory_order_acquire), 0);
    give_back(&use, 0);
    join(&waiter);
    assert_true(try_to_take(&use, 2));
    give_back(&use, 2);
    unmake_lock(&use);
}

/* One lock inside the other, with nodes that wander (CLH) or are used again (MCS). */
static void two_locks_are_two(void **state)
{
    lock_in_use_t outer = make_lock(THE_CLASS, 2);
    lock_in_use_t inner = make_lock(THE_CLASS, 2);
    for (uint32_t i = 0; i < 50; i++) {
        take(&outer, 0);
        assert_false(is_taken(&inner));
        take(&inner, i % 2);
        give_back(&outer, 0);
        assert_false(is_taken(&outer));
        assert_true(is_taken(&inner));
        give_back(&inner, i % 2);
        assert_false(is_taken(&inner));
    }
    unmake_lock(&outer);
    unmake_lock(&inner);
}

static void one_thread_is_enough_and_needs_no_more_room(void **state)
{
    lock_in_use_t use = make_lock(THE_CLASS, 1);
    for (int i = 0; i < 10; i++) {
        take(&use, 0);
        assert_true(is_taken(&use));
        give_back(&use, 0);
        assert_false(is_taken(&use));
    }
    unmake_lock(&use);
}

static void one_thread_at_a_time(void **state)
{
    lock_in_use_t use = make_lock(THE_CLASS, 3);
    contention_t data;
    data.lock = lock_for_thread;
    data.trylock = use.class_->trylock == NULL ? NULL : trylock_for_thread;
    data.unlock = unlock_for_thread;
    data.object = &use;
    data.rounds = 300;
    contend(&data, 3);
    assert_false(is_taken(&use));
    unmake_lock(&use);
}

int main(void)
{
    fill_lock_table();
    for (size_t i = 0; i < lock_table_count; i++) {
        const lks_lock_class_t *class_ = &lock_table[i];
        add_test(class_->name, "is taken and given back", is_taken_and_given_back,
                 class_);
        add_test(class_->name, "a waiter waits until it is given back",
                 a_waiter_waits_until_it_is_given_back, class_);
        add_test(class_->name, "a waiter sleeps if the traits say so",
                 a_waiter_sleeps_if_the_traits_say_so, class_);
        add_test(class_->name, "two locks are two", two_locks_are_two, class_);
        add_test(class_->name, "one thread is enough",
                 one_thread_is_enough_and_needs_no_more_room, class_);
        add_test(class_->name, "one thread at a time", one_thread_at_a_time, class_);
        add_test(class_->name, "trylock is there if the traits say so",
                 is_there_exactly_if_the_traits_say_so, class_);
        if (class_->trylock != NULL) {
            add_test(class_->name, "trylock takes a free lock", trylock_takes_a_free_lock,
                     class_);
            add_test(class_->name, "trylock refuses a held lock",
                     trylock_refuses_a_held_lock, class_);
            add_test(class_->name, "trylock refuses while a waiter is queued",
                     trylock_refuses_while_a_waiter_is_queued, class_);
        }
    }
    return run_table_tests();
}
