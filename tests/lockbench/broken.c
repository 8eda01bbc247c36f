/* SPDX-License-Identifier: MIT */
/*
 * Three of the catalog's classes, broken: linked into lockbench before the library, they
 * take the place of the real ones, and lockbench must find them out.
 */
#include <lockstep/barrier.h>
#include <lockstep/lock.h>
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

static void do_nothing_at_destroy(void *object)
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
                                        .destroy = do_nothing_at_destroy};

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
                                         .destroy = do_nothing_at_destroy};

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
                                                       .destroy = do_nothing_at_destroy};
