/* SPDX-License-Identifier: MIT */
/*
 * A holder that stands still, in a signal handler; and a process that is stopped and goes
 * on, again and again, while its threads contend.
 */
#include "../asleep.h"
#include "../child.h"
#include "../mutex_ways.h"

/* --- one thread --------------------------------------------------------------------- */

static lks_mutex_t mutex;
static _Atomic(bool) is_inside, stands_still, may_go_on;
static uint32_t entered; /* guarded by the mutex */

static void stand_still(int signal_number)
{
    (void)signal_number;
    atomic_store_explicit(&stands_still, true, memory_order_relaxed);
    while (!atomic_load_explicit(&may_go_on, memory_order_relaxed)) {
        const struct timespec moment = {0, 1000000};
        (void)nanosleep(&moment, NULL);
    }
}

static void hold(worker_t *self)
{
    (void)self;
    lks_mutex_lock(&mutex);
    atomic_store_explicit(&is_inside, true, memory_order_relaxed);
    while (!atomic_load_explicit(&stands_still, memory_order_relaxed)) {
        (void)sched_yield();
    }
    entered++;
    lks_mutex_unlock(&mutex);
}

static void enter(worker_t *self)
{
    (void)self;
    lks_mutex_lock(&mutex);
    entered++;
    lks_mutex_unlock(&mutex);
}

/* The others sleep, all of them, or give up; and go on when it does. */
static void a_holder_stands_still(void **state)
{
    (void)state;
    enum { OTHERS = 4 };
    worker_t holder, others[OTHERS];
    if (!can_see_who_sleeps()) {
        skip();
    }
    assert_int_equal(lks_mutex_init(&mutex), 0);
    entered = 0;
    prepare(&holder, 0, hold, NULL);
    start(&holder);
    while (!atomic_load_explicit(&is_inside, memory_order_relaxed)) {
        (void)sched_yield();
    }
    assert_int_equal(pthread_kill(holder.thread, SIGUSR1), 0);
    for (uint32_t i = 0; i < OTHERS; i++) {
        prepare(&others[i], i + 1, enter, NULL);
        start(&others[i]);
    }
    until_asleep_on(NULL, OTHERS);
    const struct timespec soon = from_now(2000000);
    assert_int_equal(lks_mutex_timedlock(&mutex, &soon), ETIMEDOUT);
    assert_false(lks_mutex_trylock(&mutex));
    atomic_store_explicit(&may_go_on, true, memory_order_relaxed);
    for (uint32_t i = 0; i < OTHERS; i++) {
        join(&others[i]);
    }
    join(&holder);
    assert_int_equal(entered, 1 + OTHERS);
    assert_int_equal(atomic_load_explicit(&mutex.word, memory_order_relaxed), 0);
}

/* --- the whole process -------------------------------------------------------------- */

/* Until its status says that it has ended; so often is it stopped at most. */
static int stop_again_and_again(pid_t process, int times)
{
    int status = 0;
    for (int i = 0; i < times; i++) {
        const struct timespec moment = {0, 500000};
        (void)nanosleep(&moment, NULL);
        assert_int_equal(kill(process, SIGSTOP), 0);
        assert_int_equal(waitpid(process, &status, WUNTRACED), process);
        if (!WIFSTOPPED(status)) {
            return status;
        }
        assert_int_equal(kill(process, SIGCONT), 0);
    }
    assert_int_equal(waitpid(process, &status, 0), process);
    return status;
}

static void a_process_is_stopped_again_and_again(void **state)
{
    (void)state;
    (void)fflush(NULL);
    pid_t process = fork();
    assert_true(process >= 0);
    if (process == 0) {
        contend_for_mutex(8, 3000, 0);
        contend_for_mutex(8, 3000, LKS_MUTEX_BOUND_NS);
        _exit(0);
    }
    int status = stop_again_and_again(process, 60);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_holder_stands_still),
        cmocka_unit_test(a_process_is_stopped_again_and_again),
    };
    (void)signal(SIGUSR1, stand_still);
    return run_all(tests);
}
