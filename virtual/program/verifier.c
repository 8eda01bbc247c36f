/* SPDX-License-Identifier: MIT */
/* What the programs of the verification competition (SV-COMP) call. */
#include "virtual/instrument.h"

#include <stdlib.h>

#define SITE __builtin_return_address(0)

void __wrap___VERIFIER_assume(int condition)
{
    if (condition == 0) {
        instrument_not_wanted(SITE);
    }
}

_Bool __wrap___VERIFIER_nondet_bool(void)
{
    return instrument_choose(2, "__VERIFIER_nondet_bool", SITE) == 1;
}

void __wrap___VERIFIER_error(void)
{
    instrument_wrong(VM_ASSERTION, SITE, "__VERIFIER_error was called");
}

void __wrap_reach_error(void)
{
    instrument_wrong(VM_ASSERTION, SITE, "reach_error was called");
}
