/* SPDX-License-Identifier: MIT */
/* A thousand threads at one mutex, one condition, one semaphore. */
#include "../support.h"

enum { CROWD = 1000, ROUNDS = 20 };

static lks_mutex_t mutex = LKS_MUTEX_INIT;
static lks_cond_t cond = LKS_COND_INIT;
static lks_sem_t sem = LKS_SEM_INIT(0);
static uint32_t inside, entered, waiting, returned; /* guarded by the mutex */

/* Like run_workers, with small stacks. While they run, `meanwhile` does. */
static void run_crowd(void (*run)(worker_t *), void (*meanwhile)(void))
{
    worker_t *workers = (worker_t *)lines(CROWD * sizeof(worker_t));
    pthread_attr_t small;
    assert_int_equal(pthread_attr_init(&small), 0);
    assert_int_equal(pthread_attr_setstacksize(&small, 65536), 0);
    for (uint32_t i = 0; i < CROWD; i++) {
        prepare(&workers[i], i, run, NULL);
        assert_int_equal(
            pthread_create(&workers[i].thread, &small, worker_main, &workers[i]), 0);
    }
    meanwhile();
    for (uint32_t i = 0; i < CROWD; i++) {
        join(&workers[i]);
        assert_int_equal(workers[i].errors, 0);
    }
    (void)pthread_attr_destroy(&small);
    free(workers);
}

static void enter_often(worker_t *self)
{
    for (int i = 0; i < ROUNDS; i++) {
        lks_mutex_lock(&mutex);
        self->errors += inside++ != 0;
        entered++;
        if (random_below(self, 64) == 0) {
            (void)sched_yield();
        }
        self->errors += --inside != 0;
        lks_mutex_unlock(&mutex);
    }
}

static void let_them_in(void)
{
    lks_mutex_unlock(&mutex);
}

static void a_mutex(void **state)
{
    (void)state;
    entered = 0;
    lks_mutex_lock(&mutex);
    run_crowd(enter_often, let_them_in);
    assert_int_equal(entered, CROWD * ROUNDS);
    assert_int_equal(atomic_load_explicit(lks_mutex_place(&mutex), memory_order_relaxed),
                     0);
}

static void wait_for_condition(worker_t *self)
{
    lks_mutex_lock(&mutex);
    uint32_t index = waiting++;
    lks_cond_wait(&cond, &mutex);
    self->errors += returned++ != index; /* in the order in which they came */
    lks_mutex_unlock(&mutex);
}

static void let_all_go(void)
{
    for (;;) {
        lks_mutex_lock(&mutex);
        if (waiting == CROWD) {
            break;
        }
        lks_mutex_unlock(&mutex);
        (void)sched_yield();
    }
    lks_mutex_unlock(&mutex);
    lks_cond_broadcast(&cond);
}

static void a_condition(void **state)
{
    (void)state;
    waiting = returned = 0;
    run_crowd(wait_for_condition, let_all_go);
    assert_int_equal(returned, CROWD);
}

static void wait_for_sem(worker_t *self)
{
    (void)self;
    lks_sem_wait(&sem);
}

static void post_to_all(void)
{
    for (int i = 0; i < CROWD; i++) {
        assert_int_equal(lks_sem_post(&sem), 0);
    }
}

static void a_semaphore(void **state)
{
    (void)state;
    run_crowd(wait_for_sem, post_to_all);
    assert_int_equal(atomic_load_explicit(&sem.value, memory_order_relaxed), 0);
    assert_int_equal(atomic_load_explicit(&sem.wakeups, memory_order_relaxed), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mutex),
        cmocka_unit_test(a_condition),
        cmocka_unit_test(a_semaphore),
    };
    return run_all(tests);
}
