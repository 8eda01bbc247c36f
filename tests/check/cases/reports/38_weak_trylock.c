/* SPDX-License-Identifier: MIT */
/* SRC: pmodels/argobots PR #223: weak compare-and-swap in a trylock fails with nobody holding (POWER9)
 */
#include <assert.h>
#include <stdatomic.h>
#include <stdbool.h>
static _Atomic int l;
static bool trylock(void)
{
    int z = 0;
    return atomic_compare_exchange_weak_explicit(&l, &z, 1, memory_order_acquire,
                                                 memory_order_relaxed);
}
int main(void)
{
    assert(trylock());
    return 0;
}
