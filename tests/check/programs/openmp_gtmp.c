/* SPDX-License-Identifier: MIT */
// expect: verified 16 executions -fopenmp -DCENTRAL
// expect: wrong hang -fopenmp -DCENTRAL -DRESET_LATE
// expect: verified 1 execution -fopenmp -DDISSEMINATION
// expect: wrong hang -fopenmp -DDISSEMINATION -DWITHOUT_PARITY
// expect: wrong race -fopenmp -DDISSEMINATION -DRELAXED
// expect: wrong race -fopenmp -DVOLATILE
// OpenMP as courses on parallel systems use it: barriers of one's own, between the
// threads of a team that know their numbers, and a harness that counts rounds. The last
// of 2 to arrive is one or the other, 4 times; in a dissemination barrier nobody is.
#include <assert.h>
#include <omp.h>
#include <stdlib.h>

enum { THREADS = 2, ROUNDS = 2 };

#ifdef RELAXED
#define RELEASE __ATOMIC_RELAXED
#else
#define RELEASE __ATOMIC_RELEASE
#endif

static int threads;

#if defined CENTRAL
static int count, sense;
static int senses[THREADS];

static void gtmp_init(int number)
{
    threads = count = number;
}

static void gtmp_barrier(void)
{
    int *mine = &senses[omp_get_thread_num()];
    *mine = !*mine;
    if (__sync_fetch_and_sub(&count, 1) == 1) {
#ifdef RESET_LATE
        __atomic_store_n(&sense, *mine, RELEASE);
        __atomic_store_n(&count, threads, __ATOMIC_RELAXED);
#else
        __atomic_store_n(&count, threads, __ATOMIC_RELAXED);
        __atomic_store_n(&sense, *mine, RELEASE);
#endif
    } else {
        while (__atomic_load_n(&sense, __ATOMIC_ACQUIRE) != *mine) {
        }
    }
}
#elif defined DISSEMINATION
static struct {
    int flag[2], parity, sense;
} * nodes; /* of one round: there are 2 threads */

static void gtmp_init(int number)
{
    threads = number;
    nodes = calloc((size_t)number, sizeof *nodes);
}

static void gtmp_barrier(void)
{
    int self = omp_get_thread_num(), parity = nodes[self].parity;
    int wanted = !nodes[self].sense;
    __atomic_store_n(&nodes[(self + 1) % threads].flag[parity], wanted, RELEASE);
    while (__atomic_load_n(&nodes[self].flag[parity], __ATOMIC_ACQUIRE) != wanted) {
    }
#ifdef WITHOUT_PARITY
    nodes[self].sense = wanted;
#else
    nodes[self].sense = parity == 1 ? wanted : !wanted;
    nodes[self].parity = !parity;
#endif
}
#else
static int arrived;
static volatile int rounds; /* a course of before C11 */

static void gtmp_init(int number)
{
    threads = number;
}

static void gtmp_barrier(void)
{
    int now = rounds;
    if (__sync_add_and_fetch(&arrived, 1) == threads) {
        arrived = 0;
        rounds = now + 1;
    } else {
        while (rounds == now) {
        }
    }
}
#endif

static int round_of[THREADS];

int main(void)
{
    gtmp_init(THREADS);
    omp_set_dynamic(0);
    omp_set_num_threads(THREADS);
#pragma omp parallel
    {
        int self = omp_get_thread_num();
        for (int i = 1; i <= ROUNDS; i++) {
            round_of[self] = i;
            gtmp_barrier();
            for (int other = 0; other < THREADS; other++) {
                assert(round_of[other] == i);
            }
            gtmp_barrier();
        }
    }
#ifdef DISSEMINATION
    free(nodes);
#endif
    return 0;
}
