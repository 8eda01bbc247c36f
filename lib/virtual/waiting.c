/* SPDX-License-Identifier: MIT */
/* lockstep/wait.h, as the virtual multiprocessor supplies it. */
#include "threads.h"

#include <lockstep/wait.h>

enum { DEFAULT_SPINS = 32 }; /* of no effect here, but it can be read and set */

static unsigned spins = DEFAULT_SPINS;

void vm_reset_waiting(void)
{
    spins = DEFAULT_SPINS;
}

unsigned lks_spins(void)
{
    return spins;
}

void lks_set_spins(unsigned tries)
{
    spins = tries;
}

/* Returns what it got: the next try begins in the same state as the last. */
VM_NOTED("lks_relax")
unsigned lks_relax_noted(unsigned tries);
unsigned lks_relax_noted(unsigned tries)
{
    vm_await_failed(VM_CALL("lks_relax"));
    return tries;
}

void lks_delay(unsigned pauses)
{
    if (vm_self() != VM_NOBODY) {
        instrument_delay(pauses, __builtin_return_address(0));
    }
}
