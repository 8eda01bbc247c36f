/* SPDX-License-Identifier: MIT */
/* What the programs of the verification competition (SV-COMP) call. */
#include "virtual/program/verifier.h"
#include "virtual/executions.h"
#include "virtual/ground/places.h"
#include "virtual/names/source.h"
#include "virtual/threads/threads.h"

#include <string.h>

#define SITE __builtin_return_address(0)

static _Noreturn void leave(const void *site)
{
    vm_left_open |= VM_LEFT_UNWANTED;
    instrument_not_wanted(site);
}

void __wrap___VERIFIER_assume(int condition)
{
    if (condition == 0) {
        leave(SITE);
    }
}

/* A function of the program's that does the same. */
void verifier_aborts(const void *site)
{
    static const void *known;
    if (known != site) {
        Dwarf_Die function;
        Dwarf_Addr bias;
        const char *name =
            source_function(site, &function, &bias) ? dwarf_diename(&function) : NULL;
        if (name == NULL || strcmp(name, "assume_abort_if_not") != 0) {
            return;
        }
        known = site;
    }
    leave(site);
}

/* --- any value ---------------------------------------------------------------------- */

_Bool __wrap___VERIFIER_nondet_bool(void)
{
    return instrument_choose(2, "__VERIFIER_nondet_bool", SITE) == 1;
}

/* 0 and 1 are tried of all the numbers: that is not enough for a verdict. */
#define NUMBER(type, name)                                                               \
    type __wrap___VERIFIER_nondet_##name(void)                                           \
    {                                                                                    \
        vm_left_open |= VM_LEFT_NUMBERS;                                                 \
        return (type)instrument_choose(2, "__VERIFIER_nondet_" #name, SITE);             \
    }
NUMBER(char, char)
NUMBER(unsigned char, uchar)
NUMBER(short, short)
NUMBER(unsigned short, ushort)
NUMBER(int, int)
NUMBER(unsigned, uint)
NUMBER(unsigned, unsigned)
NUMBER(long, long)
NUMBER(unsigned long, ulong)
NUMBER(long long, longlong)
NUMBER(unsigned long long, ulonglong)
NUMBER(size_t, size_t)

/* --- atomic sections ---------------------------------------------------------------- */

/* As under a mutex that all have in common. To have the section to itself is to have more
   than that; where nothing of it is touched outside of sections it is the same. */
VM_ALONE static pthread_mutex_t the_section;
VM_PLACE(VM_PLACED_SECTION, the_section)

void vm_reset_section(void)
{
    the_section = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
}

void __wrap___VERIFIER_atomic_begin(void)
{
    (void)vm_mutex_lock(&the_section, VM_CALL("__VERIFIER_atomic_begin"));
}

void __wrap___VERIFIER_atomic_end(void)
{
    (void)vm_mutex_unlock(&the_section, VM_CALL("__VERIFIER_atomic_end"));
}

/* --- what must not be reached ------------------------------------------------------- */

void __wrap___VERIFIER_error(void)
{
    instrument_wrong(VM_ASSERTION, SITE, "__VERIFIER_error was called");
}

void __wrap_reach_error(void)
{
    instrument_wrong(VM_ASSERTION, SITE, "reach_error was called");
}
