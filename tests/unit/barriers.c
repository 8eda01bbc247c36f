/* SPDX-License-Identifier: MIT */
/* What every barrier does, whichever it is. */
#include "../barrier_table.h"
#include "../episodes.h"
#include "../watched_sleep.h"

#define THE_CLASS ((const lks_barrier_class_t *)*state)

static void one_thread_passes(void **state)
{
    void *barrier = make_barrier(THE_CLASS, 1);
    for (int i = 0; i < 100; i++) {
        THE_CLASS->wait(barrier, 0);
    }
    unmake_barrier(THE_CLASS, barrier);
}

typedef struct arrival {
    const lks_barrier_class_t *class_;
    void *barrier;
} arrival_t;

static void arrive_and_tell(worker_t *self)
{
    arrival_t *arrival = (arrival_t *)self->shared;
    for (uint32_t episode = 1; episode <= 3; episode++) {
        arrival->class_->wait(arrival->barrier, self->index);
        atomic_store_explicit(&self->progress, episode, memory_order_release);
    }
}

/* All but one wait; they stay until the last one comes, whichever that is. */
static void nobody_leaves_before_all_have_come(void **state)
{
    for (uint32_t nthreads = 2; nthreads <= 6; nthreads++) {
        for (uint32_t last = 0; last < nthreads; last++) {
            worker_t workers[6];
            arrival_t arrival = {THE_CLASS, make_barrier(THE_CLASS, nthreads)};
            for (uint32_t i = 0; i < nthreads; i++) {
                prepare(&workers[i], i, arrive_and_tell, &arrival);
                if (i != last) {
                    start_watched(&workers[i]);
                }
            }
            for (uint32_t episode = 0; episode < 3; episode++) {
                for (uint32_t i = 0; i < nthreads; i++) {
                    if (i != last) {
                        while (atomic_load_explicit(&workers[i].progress,
                                                    memory_order_acquire) < episode) {
                            (void)sched_yield();
                        }
                        until_it_waits_on(&workers[i]);
                    }
                }
                for (uint32_t i = 0; i < nthreads; i++) {
                    if (i != last) {
                        assert_int_equal(atomic_load_explicit(&workers[i].progress,
                                                              memory_order_acquire),
                                         episode);
                    }
                }
                THE_CLASS->wait(arrival.barrier, last);
            }
            for (uint32_t i = 0; i < nthreads; i++) {
                if (i != last) {
                    join(&workers[i]);
                }
            }
            unmake_barrier(THE_CLASS, arrival.barrier);
        }
    }
}

/* Whether it sleeps is what the traits say; and it is woken, or the test does not end. */
static void a_waiter_sleeps_if_the_traits_say_so(void **state)
{
    bool sleeps = (THE_CLASS->traits & LKS_BARRIER_SLEEPS) != 0;
    for (uint32_t last = 0; last < 2; last++) {
        arrival_t arrival = {THE_CLASS, make_barrier(THE_CLASS, 2)};
        worker_t waiter;
        prepare(&waiter, 1 - last, arrive_and_tell, &arrival);
        start_watched(&waiter);
        for (uint32_t episode = 0; episode < 3; episode++) {
            uint32_t before =
                atomic_load_explicit(&waiter.failed_tries, memory_order_acquire);
            while (atomic_load_explicit(&waiter.progress, memory_order_acquire) <
                       episode ||
                   (!atomic_load_explicit(&waiter.asleep, memory_order_acquire) &&
                    (sleeps ||
                     atomic_load_explicit(&waiter.failed_tries, memory_order_acquire) -
                             before <
                         200))) {
                (void)sched_yield();
            }
            assert_int_equal(atomic_load_explicit(&waiter.asleep, memory_order_acquire),
                             sleeps);
            THE_CLASS->wait(arrival.barrier, last);
        }
        join(&waiter);
        unmake_barrier(THE_CLASS, arrival.barrier);
    }
}

static void what_was_written_before_is_seen_after(void **state)
{
    for (uint32_t nthreads = 2; nthreads <= 9; nthreads++) {
        void *barrier = make_barrier(THE_CLASS, nthreads);
        run_episodes(THE_CLASS->wait, barrier, nthreads, 20, false);
        unmake_barrier(THE_CLASS, barrier);
    }
}

int main(void)
{
    fill_barrier_table();
    for (size_t i = 0; i < barrier_table_count; i++) {
        const lks_barrier_class_t *class_ = &barrier_table[i];
        add_test(class_->name, "one thread passes", one_thread_passes, class_);
        add_test(class_->name, "nobody leaves before all have come",
                 nobody_leaves_before_all_have_come, class_);
        add_test(class_->name, "a waiter sleeps if the traits say so",
                 a_waiter_sleeps_if_the_traits_say_so, class_);
        add_test(class_->name, "what was written before is seen after",
                 what_was_written_before_is_seen_after, class_);
    }
    return run_table_tests();
}
