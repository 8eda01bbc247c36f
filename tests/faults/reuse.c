/* SPDX-License-Identifier: MIT */
/*
 * Memory that is gone as soon as the headers allow it: each object has a page of its own,
 * which nobody may touch any more from then on. Who does ends the program.
 */
#include "../instants.h"
#include <sys/mman.h>

enum { ROUNDS = 1500, THREADS = 3 };

typedef struct page {
    lks_mutex_t mutex;
    uint32_t references; /* guarded by the mutex */
    lks_cond_t cond;
    lks_sem_t sem;
    lks_rwmutex_t rwmutex;
    bool has_been_inside[THREADS]; /* each its own, guarded by the rwmutex */
    lks_once_t once;
    uint32_t calls;             /* guarded by `once` */
    _Atomic(uint32_t) returned; /* of the calls */
} page_t;

static size_t page_size;

static page_t *make_page(void)
{
    void *page =
        mmap(NULL, page_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(page != MAP_FAILED);
    return (page_t *)page;
}

static void destroy_page(page_t *page)
{
    assert_int_equal(mprotect(page, page_size, PROT_NONE), 0);
}

/* One for each round and object. */
typedef struct round {
    page_t *page;
    lks_mutex_t mutex; /* outlives the page */
    uint32_t waiting;
    bool condition;
} round_t;

static round_t rounds[ROUNDS];

static void make_rounds(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        round_t *round = &rounds[i];
        round->page = make_page();
        round->waiting = 0;
        round->condition = false;
        assert_int_equal(lks_mutex_init(&round->page->mutex), 0);
        round->page->references = THREADS;
        assert_int_equal(lks_cond_init(&round->page->cond), 0);
        assert_int_equal(lks_sem_init(&round->page->sem, 0), 0);
        assert_int_equal(lks_rwmutex_init(&round->page->rwmutex), 0);
        assert_int_equal(lks_mutex_init(&round->mutex), 0);
    }
}

static void unmap_rounds(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        assert_int_equal(munmap(rounds[i].page, page_size), 0);
    }
}

static void run_against_main(void (*run)(worker_t *), void (*main_part)(round_t *))
{
    worker_t workers[THREADS];
    page_size = (size_t)sysconf(_SC_PAGESIZE);
    make_rounds();
    for (uint32_t i = 0; i < THREADS; i++) {
        prepare(&workers[i], i, run, NULL);
        start(&workers[i]);
    }
    for (int i = 0; i < ROUNDS; i++) {
        main_part(&rounds[i]);
    }
    for (uint32_t i = 0; i < THREADS; i++) {
        join(&workers[i]);
        assert_int_equal(workers[i].errors, 0);
    }
    unmap_rounds();
}

/* --- a mutex, by the thread that held it last --------------------------------------- */

static void use_mutex(worker_t *self)
{
    for (int i = 0; i < ROUNDS; i++) {
        page_t *page = rounds[i].page;
        const struct timespec deadline = from_now(random_below(self, 20000));
        if (self->index != 0 || lks_mutex_timedlock(&page->mutex, &deadline) != 0) {
            lks_mutex_lock(&page->mutex);
        }
        if (random_below(self, 8) == 0) {
            (void)sched_yield();
        }
        uint32_t left = --page->references;
        lks_mutex_unlock(&page->mutex);
        if (left == 0) {
            lks_mutex_destroy(&page->mutex);
            destroy_page(page);
        }
    }
}

static void nothing(round_t *round)
{
    (void)round;
}

static void a_mutex_by_the_thread_that_held_it_last(void **state)
{
    (void)state;
    run_against_main(use_mutex, nothing);
}

/* --- a reader-writer mutex, by the thread that held it last ------------------------- */

/* One reads, the others write: the last of all finds that every other has been inside. */
static void use_rwmutex(worker_t *self)
{
    for (int i = 0; i < ROUNDS; i++) {
        page_t *page = rounds[i].page;
        bool reads = self->index == 0;
        if (reads) {
            lks_rwmutex_rdlock(&page->rwmutex);
        } else {
            lks_rwmutex_wrlock(&page->rwmutex);
        }
        if (random_below(self, 8) == 0) {
            (void)sched_yield();
        }
        page->has_been_inside[self->index] = true;
        bool is_last = true;
        for (int j = 0; j < THREADS; j++) {
            is_last = is_last && page->has_been_inside[j];
        }
        if (reads) {
            lks_rwmutex_rdunlock(&page->rwmutex);
        } else {
            lks_rwmutex_wrunlock(&page->rwmutex);
        }
        if (is_last) {
            lks_rwmutex_destroy(&page->rwmutex);
            destroy_page(page);
        }
    }
}

static void a_rwmutex_by_the_thread_that_held_it_last(void **state)
{
    (void)state;
    run_against_main(use_rwmutex, nothing);
}

/* --- a once, when every call has returned ------------------------------------------- */

static void count_call(void *calls)
{
    ++*(uint32_t *)calls;
    (void)sched_yield();
}

static void use_once(worker_t *self)
{
    for (int i = 0; i < ROUNDS; i++) {
        page_t *page = rounds[i].page;
        lks_once_call(&page->once, count_call, &page->calls);
        self->errors += page->calls != 1;
        if (atomic_fetch_add_explicit(&page->returned, 1, memory_order_acq_rel) ==
            THREADS - 1) {
            destroy_page(page);
        }
    }
}

static void a_once_when_every_call_has_returned(void **state)
{
    (void)state;
    run_against_main(use_once, nothing);
}

/* --- a semaphore, when the waits have returned -------------------------------------- */

static void post_sem(worker_t *self)
{
    for (int i = 0; i < ROUNDS; i++) {
        lks_sem_t *sem = &rounds[i].page->sem;
        /* Mostly when main waits. It is there until this thread has posted, too. */
        while (random_below(self, 8) != 0 &&
               atomic_load_explicit(&sem->value, memory_order_relaxed) >= 0) {
            (void)sched_yield();
        }
        self->errors += lks_sem_post(sem) != 0;
    }
}

static void wait_and_destroy_sem(round_t *round)
{
    for (int i = 0; i < THREADS; i++) {
        const struct timespec soon = from_now(1000);
        if (i != 1 || lks_sem_timedwait(&round->page->sem, &soon) != 0) {
            lks_sem_wait(&round->page->sem);
        }
    }
    lks_sem_destroy(&round->page->sem);
    destroy_page(round->page);
}

static void a_semaphore_when_the_waits_have_returned(void **state)
{
    (void)state;
    run_against_main(post_sem, wait_and_destroy_sem);
}

/* --- a condition, when signals and broadcasts have returned ------------------------- */

static void wait_for_condition(worker_t *self)
{
    for (int i = 0; i < ROUNDS; i++) {
        round_t *round = &rounds[i];
        lks_mutex_lock(&round->mutex);
        round->waiting++;
        bool timed = self->index == 1;
        while (timed && !round->condition) {
            const struct timespec soon = from_now(random_below(self, 20000));
            (void)(lks_cond_timedwait(&round->page->cond, &round->mutex, &soon) == 0);
        }
        if (!timed) {
            lks_cond_wait(&round->page->cond, &round->mutex);
        }
        self->errors += !round->condition;
        lks_mutex_unlock(&round->mutex);
    }
}

static void destroy_condition(round_t *round, void (*let_all_go)(lks_cond_t *))
{
    lks_mutex_lock(&round->mutex);
    while (round->waiting < THREADS) {
        lks_mutex_unlock(&round->mutex);
        (void)sched_yield();
        lks_mutex_lock(&round->mutex);
    }
    round->condition = true;
    let_all_go(&round->page->cond);
    lks_cond_destroy(&round->page->cond);
    destroy_page(round->page);
    lks_mutex_unlock(&round->mutex);
}

static void broadcast(lks_cond_t *cond)
{
    lks_cond_broadcast(cond);
}

static void broadcast_and_destroy(round_t *round)
{
    destroy_condition(round, broadcast);
}

static void signal_all(lks_cond_t *cond)
{
    for (int i = 0; i < THREADS; i++) {
        lks_cond_signal(cond); /* more than stand in the queue, if time is up for one */
    }
}

static void signal_and_destroy(round_t *round)
{
    destroy_condition(round, signal_all);
}

static void a_condition_when_the_broadcast_has_returned(void **state)
{
    (void)state;
    run_against_main(wait_for_condition, broadcast_and_destroy);
}

static void a_condition_when_the_signals_have_returned(void **state)
{
    (void)state;
    run_against_main(wait_for_condition, signal_and_destroy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mutex_by_the_thread_that_held_it_last),
        cmocka_unit_test(a_rwmutex_by_the_thread_that_held_it_last),
        cmocka_unit_test(a_once_when_every_call_has_returned),
        cmocka_unit_test(a_semaphore_when_the_waits_have_returned),
        cmocka_unit_test(a_condition_when_the_broadcast_has_returned),
        cmocka_unit_test(a_condition_when_the_signals_have_returned),
    };
    return run_all(tests);
}
