/* SPDX-License-Identifier: MIT */
/* lockstep/wait.h, processor.h and a part of check.h, as the virtual multiprocessor
   supplies them. */
#include "virtual/executions.h"
#include "virtual/threads/clock.h"
#include "virtual/threads/threads.h"

#include <lockstep/check.h>
#include <lockstep/processor.h>
#include <lockstep/wait.h>

enum { DEFAULT_SPINS = 32 }; /* of no effect here, but it can be read and set */

static unsigned spins = DEFAULT_SPINS;
static unsigned spins_before_sleeping; /* without time */

void vm_reset_wait(void)
{
    spins = DEFAULT_SPINS;
    spins_before_sleeping = 0;
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
unsigned lks_relax_noted(unsigned tries)
{
    /* Nothing is changed that going back to a moment would not undo: no VM_CALL. */
    vm_await_failed(
        (struct vm_call){.name = "lks_relax", .site = __builtin_return_address(0)});
    return tries;
}

/*
 * Without time, a thread that may sleep does so at once: that it finds while it spins
 * what it waits for is an execution in which its first try comes later. With time each
 * thread has a processor of its own, and need not sleep.
 */
VM_NOTED("lks_relax_as")
unsigned lks_relax_as_noted(const lks_wait_mode_t *mode, unsigned tries)
{
    struct vm_call call = {.name = "lks_relax_as", .site = __builtin_return_address(0)};
    if (!vm_in_time()) {
        vm_plain(mode, sizeof *mode, false, call.site);
        if (*mode == LKS_WAIT_SLEEP) {
            return LKS_TIME_TO_SLEEP;
        }
    }
    vm_await_failed(call);
    return tries;
}

/* For clients that have to know which thread was there first (check/clients/kinds.h). */
void lks_others_wait(void)
{
    instrument_others_wait(__builtin_return_address(0));
}

bool lks_thread_waits(unsigned thread)
{
    return instrument_waits(thread, __builtin_return_address(0));
}

void lks_spin_before_sleeping(unsigned tries)
{
    spins_before_sleeping = tries;
}

/* Without time none, as above, but for checks of the spinning itself. */
unsigned lks_worth_spinning(unsigned tries)
{
    if (!vm_in_time()) {
        return tries < spins_before_sleeping ? tries : spins_before_sleeping;
    }
    return spins == 0 ? 0 : tries;
}

/* Each thread has a processor of its own: it keeps nobody from it. */
void lks_take_turns(void)
{
}

/* A program under test has one copy: the instrumented one. */
void lks_refuse_copies(void)
{
}

unsigned lks_processor(void)
{
    instrument_know_oneself();
    return vm_thread_number();
}

void lks_delay(unsigned pauses)
{
    if (vm_self() != VM_NOBODY) {
        instrument_delay(pauses, __builtin_return_address(0));
    }
}
