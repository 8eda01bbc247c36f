/* SPDX-License-Identifier: MIT */
// expect: verified 1 execution
// expect: verified 1 execution -DTWICE
/*
 * One thread alone, whose loop ends: each turn is in the same state, but does not put
 * back what it has changed: never, or it writes something else the second time.
 */
#include <stdatomic.h>

static atomic_int number;

int main(void)
{
    while (atomic_load(&number) < 6) {
        atomic_fetch_add(&number, 1);
#ifdef TWICE
        atomic_fetch_add(&number, 1);
#endif
    }
    return 0;
}
