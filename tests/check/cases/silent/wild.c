/* SPDX-License-Identifier: MIT */
#include <stdatomic.h>
int main(void)
{
    int r = 0;
    atomic_compare_exchange_strong((atomic_int *)0xdeadbeef, &r, 42);
    return 0;
}
