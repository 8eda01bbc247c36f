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

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#ifndef STORE
#define STORE memory_order_relaxed
#endif
#ifndef LOAD
#define LOAD memory_order_relaxed
#endif
#ifndef FENCE0
#define FENCE0 memory_order_relaxed /* a relaxed fence is none */
#endif
#ifndef FENCE1
#define FENCE1 memory_order_relaxed
#endif

static atomic_int flag;
static int message;
static int got;

static void *first(void *unused)
{
    (void)unused;
    message = 1;
    atomic_thread_fence(FENCE0);
    atomic_store_explicit(&flag, 1, STORE);
    return NULL;
}

static void *second(void *unused)
{
    (void)unused;
    if (atomic_load_explicit(&flag, LOAD) == 1) {
        atomic_thread_fence(FENCE1);
        got = message;
    } else {
        got = 1;
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, first, NULL);
    pthread_create(&threads[1], NULL, second, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
#ifdef CHECK
    assert(!(got != 1));
#endif
    return 0;
}
