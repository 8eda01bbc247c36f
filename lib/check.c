/* SPDX-License-Identifier: MIT */
/* What a program that misuses a primitive hears last: see lockstep/check.h. */
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
