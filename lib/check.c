/* SPDX-License-Identifier: MIT */
/* What a program that misuses a primitive hears last: see lockstep/check.h. */
#include <lockstep/atomic.h>
#include <lockstep/check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

void lks_misuse(const char *function, const char *what, const volatile void *object)
{
    (void)fprintf(stderr, "lockstep: %s: %s (object %p)\n", function, what,
                  (const void *)(uintptr_t)object);
    abort();
}

uint32_t lks_thread_number(void)
{
    enum { FIRST = 3 };
    static _Atomic(uint32_t) next = FIRST;
    static _Thread_local uint32_t own;
    if (own == 0) {
        own = atomic_fetch_add_explicit(&next, 1, memory_order_relaxed);
    }
    return own;
}
