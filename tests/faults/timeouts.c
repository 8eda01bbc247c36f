/* SPDX-License-Identifier: MIT */
/*
 * Deadlines that pass while the lock is being handed over. With a bound of 0 every waiter
 * that is woken and comes too late is handed the lock; the holders keep it for about as
 * long as the waiters are willing to wait. Some wait without a deadline: to them it
 * matters that no wake-up and no hand-over is lost on those who give up.
 */
#include "../instants.h"
#include <lockstep/futex.h>

enum { THREADS = 24, ROUNDS = 400 };

typedef struct counted {
    lks_mutex_t mutex;
    uint32_t inside;  /* guarded by the mutex */
    uint32_t entered; /* the same */
} counted_t;

static uint32_t entered_by[THREADS], timed_out_by[THREADS];

static void hold(worker_t *self, counted_t *counted)
{
    self->errors += counted->inside++ != 0;
    counted->entered++;
    const struct timespec end = from_now(random_below(self, 60000));
    while (random_below(self, 3) != 0 && lks_monotonic_now() < lks_nanoseconds(&end)) {
        (void)sched_yield();
    }
    self->errors += --counted->inside != 0;
}

static void want_it_soon(worker_t *self)
{
    counted_t *counted = (counted_t *)self->shared;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        const struct timespec deadline = from_now(random_below(self, 150000));
        int result = 0;
        if (self->index % 4 == 0) {
            lks_mutex_lock(&counted->mutex);
        } else {
            result = lks_mutex_timedlock(&counted->mutex, &deadline);
        }
        if (result == 0) {
            hold(self, counted);
            lks_mutex_unlock(&counted->mutex);
            entered_by[self->index]++;
        } else {
            self->errors += result != ETIMEDOUT;
            self->errors += lks_monotonic_now() < lks_nanoseconds(&deadline);
            timed_out_by[self->index]++;
        }
    }
}

static void those_who_give_up_leave_nothing_behind(void **state)
{
    const uint64_t *bound = (const uint64_t *)*state;
    counted_t counted;
    (void)memset(&counted, 0, sizeof counted);
    (void)memset(entered_by, 0, sizeof entered_by);
    (void)memset(timed_out_by, 0, sizeof timed_out_by);
    assert_int_equal(lks_mutex_init(&counted.mutex), 0);
    lks_mutex_set_bound(*bound);
    assert_int_equal(run_workers(THREADS, want_it_soon, &counted), 0);
    uint32_t entered = 0;
    uint32_t timed_out = 0;
    for (uint32_t i = 0; i < THREADS; i++) {
        entered += entered_by[i];
        timed_out += timed_out_by[i];
    }
    assert_int_equal(entered, counted.entered);
    assert_int_equal(entered + timed_out, THREADS * ROUNDS);
    /* Else it has not tested anything. */
    assert_true(entered > 0);
    assert_true(timed_out > 0);
    assert_false(lks_mutex_is_locked(&counted.mutex));
    assert_int_equal(
        atomic_load_explicit(lks_mutex_place(&counted.mutex), memory_order_relaxed), 0);
    assert_true(lks_mutex_trylock(&counted.mutex));
    lks_mutex_unlock(&counted.mutex);
}

int main(void)
{
    static const uint64_t bounds[] = {0, 50000, LKS_MUTEX_BOUND_NS};
    for (size_t i = 0; i < COUNT_OF(bounds); i++) {
        char subject[40];
        (void)snprintf(subject, sizeof subject, "bound %llu ns",
                       (unsigned long long)bounds[i]);
        add_test(subject, "those who give up leave nothing behind",
                 those_who_give_up_leave_nothing_behind, &bounds[i]);
    }
    return run_table_tests();
}
