/* SPDX-License-Identifier: MIT */
/* C has no store that acquires, nor a load that releases. (clang refuses them itself.) */
// expect: wrong misuse -w -DCALL=atomic_store_explicit(&word,1,memory_order_acquire)
// expect: wrong misuse -w -DCALL=atomic_store_explicit(&word,1,memory_order_acq_rel)
// expect: wrong misuse -w -DCALL=atomic_load_explicit(&word,memory_order_release)
// expect: wrong misuse -w -DCALL=atomic_load_explicit(&word,memory_order_acq_rel)
// expect: verified -DCALL=atomic_load_explicit(&word,memory_order_consume)
#include <stdatomic.h>

static atomic_int word;

int main(void)
{
    (void)CALL;
    return 0;
}
