/* SPDX-License-Identifier: MIT */
/*
 * Semaphores under load: as a lock, and with more posts and waits in flight than there
 * are to take, some of which give up at the moment when they are let go.
 */
#include "../contention.h"
#include "../instants.h"

static __thread uint32_t seed;

static void lock(void *sem, uint32_t self)
{
    seed = (seed + self) * 1664525u + 1013904223u;
    const struct timespec deadline = from_now(seed >> 16);
    if ((seed & 0x8000) != 0 || lks_sem_timedwait((lks_sem_t *)sem, &deadline) != 0) {
        lks_sem_wait((lks_sem_t *)sem);
    }
}

static bool trylock(void *sem, uint32_t self)
{
    (void)self;
    return lks_sem_trywait((lks_sem_t *)sem);
}

static void unlock(void *sem, uint32_t self)
{
    (void)self;
    (void)lks_sem_post((lks_sem_t *)sem);
}

static void is_a_lock(void **state)
{
    contention_t data;
    lks_sem_t sem = LKS_SEM_INIT(1);
    uint32_t nthreads = *(const uint32_t *)*state;
    data.lock = lock;
    data.trylock = trylock;
    data.unlock = unlock;
    data.object = &sem;
    data.rounds = 20000 / nthreads * test_scale();
    contend(&data, nthreads);
    assert_int_equal(lks_sem_value(&sem), 1);
    assert_int_equal(atomic_load_explicit(&sem.wakeups, memory_order_relaxed), 0);
}

/* Each takes one and gives it back, later; what cannot be had in time is let be. */
static void take_and_give(worker_t *self)
{
    lks_sem_t *sem = (lks_sem_t *)self->shared;
    for (uint32_t round = 0; round < 1000 * test_scale(); round++) {
        const struct timespec deadline = from_now(random_below(self, 50000));
        if (lks_sem_timedwait(sem, &deadline) == 0) {
            if (random_below(self, 4) == 0) {
                (void)sched_yield();
            }
            self->errors += lks_sem_post(sem) != 0;
        }
    }
}

static void nothing_is_lost(void **state)
{
    uint32_t nthreads = *(const uint32_t *)*state;
    lks_sem_t sem = LKS_SEM_INIT(2);
    assert_int_equal(run_workers(nthreads, take_and_give, &sem), 0);
    assert_int_equal(lks_sem_value(&sem), 2);
    assert_int_equal(atomic_load_explicit(&sem.wakeups, memory_order_relaxed), 0);
}

int main(void)
{
    static const uint32_t nthreads[] = {2, 3, 8, 33};
    for (size_t i = 0; i < COUNT_OF(nthreads); i++) {
        char subject[32];
        (void)snprintf(subject, sizeof subject, "%u threads", (unsigned)nthreads[i]);
        add_test(subject, "is a lock", is_a_lock, &nthreads[i]);
        add_test(subject, "nothing is lost", nothing_is_lost, &nthreads[i]);
    }
    return run_table_tests();
}
