/* SPDX-License-Identifier: MIT */
/* The first thread writes a variable ROUNDS times, THREADS - 1 others read it once. */
#include "threads.h"

static atomic_uint shared;

static void *write_or_read(void *number)
{
    if (*(unsigned *)number > 0) {
        return (void *)(size_t)atomic_load_explicit(&shared, memory_order_acquire);
    }
    for (unsigned i = 1; i <= ROUNDS; i++) {
        atomic_store_explicit(&shared, i, memory_order_release);
    }
    return NULL;
}

int main(void)
{
    run_threads(write_or_read);
    return shared != ROUNDS;
}
