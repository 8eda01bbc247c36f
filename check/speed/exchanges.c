/* SPDX-License-Identifier: MIT */
/* THREADS threads compare and exchange ROUNDS times each: one more, if it is their
   number. */
#include "threads.h"

static atomic_uint turn;

static void *exchange(void *number)
{
    for (int i = 0; i < ROUNDS; i++) {
        unsigned own = *(unsigned *)number;
        atomic_compare_exchange_strong(&turn, &own, own + 1);
    }
    return NULL;
}

int main(void)
{
    run_threads(exchange);
    return turn == 0 || turn > THREADS;
}
