/* SPDX-License-Identifier: MIT */
/*
 * Message passing of plain data. A reader that has not acquired the flag races with the
 * writer.
 */
// case STORE=release LOAD=acquire: 2 executions, forbidden
// case STORE=relaxed LOAD=acquire: race
// long STORE=release LOAD=relaxed: race
// long STORE=seq_cst LOAD=seq_cst: 2 executions, forbidden
// long STORE=release LOAD=seq_cst: 2 executions, forbidden
// long STORE=seq_cst LOAD=acquire: 2 executions, forbidden
// long STORE=seq_cst LOAD=relaxed: race
// long STORE=relaxed LOAD=seq_cst: race
// long STORE=relaxed LOAD=relaxed: race
// long STORE=relaxed LOAD=relaxed FENCE1=acquire: race
// long STORE=relaxed LOAD=relaxed FENCE1=release: race
// long STORE=relaxed LOAD=relaxed FENCE1=seq_cst: race
// long STORE=relaxed LOAD=relaxed FENCE0=acquire: race
// long STORE=relaxed LOAD=relaxed FENCE0=acquire FENCE1=acquire: race
// long STORE=relaxed LOAD=relaxed FENCE0=acquire FENCE1=release: race
// long STORE=relaxed LOAD=relaxed FENCE0=acquire FENCE1=seq_cst: race
// long STORE=relaxed LOAD=relaxed FENCE0=release: race
// long STORE=relaxed LOAD=relaxed FENCE0=release FENCE1=acquire: 2 executions, forbidden
// long STORE=relaxed LOAD=relaxed FENCE0=release FENCE1=release: race
// long STORE=relaxed LOAD=relaxed FENCE0=release FENCE1=seq_cst: 2 executions, forbidden
// long STORE=relaxed LOAD=relaxed FENCE0=seq_cst: race
// long STORE=relaxed LOAD=relaxed FENCE0=seq_cst FENCE1=acquire: 2 executions, forbidden
// long STORE=relaxed LOAD=relaxed FENCE0=seq_cst FENCE1=release: race
// long STORE=relaxed LOAD=relaxed FENCE0=seq_cst FENCE1=seq_cst: 2 executions, forbidden
// with --model=tso
// case STORE=relaxed LOAD=relaxed: 2 executions, forbidden

#include "litmus.h"

static atomic_int flag;
static int message;
static int got;

static void *first(void *unused)
{
    message = 1;
    atomic_thread_fence(FENCE0);
    atomic_store_explicit(&flag, 1, STORE);
    return unused;
}

static void *second(void *unused)
{
    if (atomic_load_explicit(&flag, LOAD) == 1) {
        atomic_thread_fence(FENCE1);
        got = message;
    } else {
        got = 1;
    }
    return unused;
}

int main(void)
{
    run_all(first, second);
#ifdef CHECK
    assert(!(got != 1));
#endif
}
