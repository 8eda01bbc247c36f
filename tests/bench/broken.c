/* SPDX-License-Identifier: MIT */
/*
 * Some of the catalog's classes, broken: linked into lockbench before the library, they
 * take the place of the real ones, and lockbench must find them out.
 */
#include <lockstep/barrier.h>
#include <lockstep/lock.h>
#include <lockstep/rwlock.h>
#include <lockstep/wait.h>

static size_t one_line(uint32_t nthreads)
{
    (void)nthreads;
    return LKS_CACHE_LINE;
}

static int do_nothing_at_init(void *object, uint32_t nthreads)
{
    (void)object;
    (void)nthreads;
    return 0;
}

static void do_nothing(void *lock, void *node)
{
    (void)lock;
    (void)node;
}

static void leave_alone(void *object)
{
    (void)object;
}

/* A lock that lets everybody in. */
const lks_lock_class_t lks_tas_class = {.name = "tas",
                                        .summary = "lets everybody in",
                                        .size = one_line,
                                        .init = do_nothing_at_init,
                                        .lock = do_nothing,
                                        .unlock = do_nothing,
                                        .destroy = leave_alone};

static void wait_for_ever(void *lock, void *node)
{
    (void)lock;
    (void)node;
    lks_await(false);
}

/* A lock that lets nobody in. */
const lks_lock_class_t lks_ttas_class = {.name = "ttas",
                                         .summary = "lets nobody in",
                                         .size = one_line,
                                         .init = do_nothing_at_init,
                                         .lock = wait_for_ever,
                                         .unlock = do_nothing,
                                         .destroy = leave_alone};

static bool takes(_Atomic(uint32_t) *word)
{
    uint32_t free = 0;
    return atomic_compare_exchange_strong_explicit(word, &free, 1, memory_order_acquire,
                                                   memory_order_relaxed);
}

static void write_alone(void *lock)
{
    lks_await(takes((_Atomic(uint32_t) *)lock));
}

static void write_alone_no_more(void *lock)
{
    atomic_store_explicit((_Atomic(uint32_t) *)lock, 0, memory_order_release);
}

/* A reader-writer lock that lets one writer in at a time, and readers at any time. */
const lks_rwlock_class_t lks_rw_ticket_class = {.name = "rw_ticket",
                                                .summary = "lets all readers in",
                                                .size = one_line,
                                                .init = do_nothing_at_init,
                                                .rdlock = do_nothing,
                                                .rdunlock = do_nothing,
                                                .wrlock = write_alone,
                                                .wrunlock = write_alone_no_more,
                                                .destroy = leave_alone};

/* One that lets everybody in. */
const lks_rwlock_class_t lks_rwmutex_class = {.name = "rwmutex",
                                              .summary = "lets everybody in",
                                              .size = one_line,
                                              .init = do_nothing_at_init,
                                              .rdlock = do_nothing,
                                              .rdunlock = do_nothing,
                                              .wrlock = leave_alone,
                                              .wrunlock = leave_alone,
                                              .destroy = leave_alone};

static void pass(void *barrier, uint32_t thread_index)
{
    (void)barrier;
    (void)thread_index;
}

/* A barrier that holds nobody back. */
const lks_barrier_class_t lks_central_barrier_class = {.name = "central",
                                                       .summary = "holds nobody back",
                                                       .size = one_line,
                                                       .init = do_nothing_at_init,
                                                       .wait = pass,
                                                       .destroy = leave_alone};
