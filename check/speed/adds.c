/* SPDX-License-Identifier: MIT */
/* THREADS threads add to a counter ROUNDS times each. */
#include "threads.h"

static atomic_uint counter;

static void *add(void *number)
{
    for (int i = 0; i < ROUNDS; i++) {
        atomic_fetch_add_explicit(&counter, 1, memory_order_relaxed);
    }
    return number;
}

int main(void)
{
    run_threads(add);
    return counter != THREADS * ROUNDS;
}
