/* SPDX-License-Identifier: MIT */
#include "check/explore/jobs.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check/memory.h"

static const double UNIT = 0x1p60; /* of `explored` */

struct totals {
    atomic_uint_least64_t executions, blocked, left, runs, explored;
    atomic_uint threads, working;
    atomic_size_t leaked;
    _Atomic(const void *) leak;
    atomic_bool bound, interrupted, found;
};
static struct totals *shared;

static struct explore_result published;
static unsigned most;
static bool is_child;

void jobs_begin(unsigned jobs)
{
    if (shared == NULL) {
        shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (shared == MAP_FAILED) {
            perror("lockcheck: shared memory");
            exit(3);
        }
        /* Children of children are ours to wait for. */
        prctl(PR_SET_CHILD_SUBREAPER, 1);
    }
    memset(&published, 0, sizeof published);
    bool interrupted = atomic_load(&shared->interrupted);
    memset((void *)shared, 0, sizeof *shared);
    atomic_store(&shared->interrupted, interrupted);
    most = jobs;
    atomic_store(&shared->working, 1);
}

bool jobs_wanted(void)
{
    return most > 1 &&
           atomic_load_explicit(&shared->working, memory_order_relaxed) < most;
}

bool jobs_fork(void)
{
    if (atomic_fetch_add(&shared->working, 1) >= most) {
        atomic_fetch_sub(&shared->working, 1);
        return false;
    }
    (void)fflush(NULL);
    pid_t child = fork();
    if (child < 0) { /* then without */
        atomic_fetch_sub(&shared->working, 1);
        most = 1;
    }
    if (child == 0) {
        is_child = true;
        memset(&published, 0, sizeof published);
    }
    return child == 0;
}

void jobs_publish(const struct explore_result *result)
{
    atomic_fetch_add(&shared->executions, result->executions - published.executions);
    atomic_fetch_add(&shared->blocked, result->blocked - published.blocked);
    atomic_fetch_add(&shared->left, result->left - published.left);
    atomic_fetch_add(&shared->runs, result->runs - published.runs);
    atomic_fetch_add(&shared->explored,
                     (uint64_t)((result->explored - published.explored) * UNIT));
    for (unsigned threads = atomic_load(&shared->threads);
         threads < result->threads &&
         !atomic_compare_exchange_weak(&shared->threads, &threads, result->threads);) {
    }
    if (result->bound) {
        atomic_store(&shared->bound, true);
    }
    if (result->leaked > atomic_load(&shared->leaked)) {
        atomic_store(&shared->leaked, result->leaked);
        atomic_store(&shared->leak, result->leak);
    }
    published = *result;
}

bool jobs_found(void)
{
    return atomic_load_explicit(&shared->found, memory_order_relaxed);
}

bool jobs_interrupted(void)
{
    return atomic_load_explicit(&shared->interrupted, memory_order_relaxed);
}

void jobs_interrupt(void)
{
    if (shared != NULL) {
        atomic_store(&shared->interrupted, true);
    }
}

bool jobs_claim(void)
{
    return !atomic_exchange(&shared->found, true);
}

void jobs_totals(struct explore_result *result)
{
    result->executions = atomic_load(&shared->executions);
    result->blocked = atomic_load(&shared->blocked);
    result->left = atomic_load(&shared->left);
    result->runs = atomic_load(&shared->runs);
    result->explored = (double)atomic_load(&shared->explored) / UNIT;
    result->threads = atomic_load(&shared->threads);
    result->bound = atomic_load(&shared->bound);
    result->leaked = atomic_load(&shared->leaked);
    result->leak = atomic_load(&shared->leak);
}

void jobs_end(struct explore_result *result)
{
    jobs_publish(result);
    atomic_fetch_sub(&shared->working, 1);
    if (is_child) {
        (void)fflush(NULL);
        _exit(0);
    }
    int status;
    bool died = false;
    while (most > 1 && wait(&status) > 0) {
        died = died || WIFSIGNALED(status);
    }
    jobs_totals(result);
    if (died) {
        result->interrupted = true;
        (void)snprintf(result->why, sizeof result->why, "one of the processes died");
    }
    result->elsewhere = atomic_load(&shared->found);
}
