/* SPDX-License-Identifier: MIT */
/* Barriers of OpenMP: all have come before one leaves; those with tasks complete them,
   also the first; nested teams, teams of other sizes, and of other directives. */
#include "expect.h"

#ifndef _OPENMP
int main(void)
{
    return 0;
}
#else
#include <omp.h>
#include <stdbool.h>

enum { THREADS = 4, ROUNDS = 100 };

static int written[THREADS];
static _Atomic(int) made;

/* Called by all threads of a team. */
static void write_and_look(int round)
{
    int count = omp_get_num_threads();
    written[omp_get_thread_num()] = round;
#pragma omp barrier
    for (int i = 0; i < count; i++) {
        EXPECT(written[i], round);
    }
#pragma omp barrier
}

static void threads_meet(int threads)
{
#pragma omp parallel num_threads(threads)
    for (int round = 1; round <= ROUNDS; round++) {
        write_and_look(round);
    }
}

/* A team in a team; also one that does not begin as others do, for the sake of its
   reduction. */
static void nested(void)
{
    omp_set_max_active_levels(2);
    static int sums[2];
#pragma omp parallel num_threads(2)
    {
        int outer = omp_get_thread_num();
        for (int round = 1; round <= 10; round++) {
#pragma omp parallel num_threads(2)
            {
                int mine[2] = {0, 0};
                mine[omp_get_thread_num()] = round;
#pragma omp barrier
#pragma omp atomic
                sums[outer] += mine[omp_get_thread_num()];
            }
#pragma omp barrier
            EXPECT(sums[1 - outer], round * (round + 1));
#pragma omp barrier
            int sum = 0;
#pragma omp parallel num_threads(2) reduction(task, + : sum)
            {
                sum = 1;
#pragma omp barrier
                sum++;
            }
            EXPECT(sum, 4);
        }
    }
}

/* Some phases of a team have tasks, made by one thread before it comes to the barrier or
   by a task; and phases after that have none. */
static void with_tasks(void)
{
#pragma omp parallel num_threads(THREADS)
    for (int round = 1; round <= ROUNDS; round++) {
        write_and_look(round);
        bool makes = omp_get_thread_num() == round % THREADS && round > 5;
        if (makes) {
            for (int i = 0; i < 3; i++) {
#pragma omp task
                {
#pragma omp task
                    made++;
                }
            }
        }
#pragma omp barrier
        EXPECT(made, round > 5 ? 3 * (round - 5) : 0);
#pragma omp barrier
    }
}

int main(void)
{
    for (int threads = 1; threads <= THREADS; threads++) {
        threads_meet(threads);
        threads_meet(THREADS);
    }
    nested();
    with_tasks();
    made = 0;
    with_tasks(); /* now from the beginning */
    return 0;
}
#endif
