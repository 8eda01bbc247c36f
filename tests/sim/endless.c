/* SPDX-License-Identifier: MIT */
/* locksim with a loop of its own that does not end, where --check looks at all lines. */
#include "sim/simulate.h"

/* The linker puts it in place of the other. */
void __wrap_check_end(void);

void __wrap_check_end(void)
{
    for (volatile bool on = true; on;) {
    }
}
