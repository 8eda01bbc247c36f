/* SPDX-License-Identifier: MIT */
/* What a program may ask of its own execution. */
#include "virtual/ground/operations.h"
#include "virtual/instrument.h"

/* How many events of each thread happen before this point; returns the running thread's
   number. */
unsigned __wrap_lockcheck_view(unsigned *events, unsigned threads);
unsigned __wrap_lockcheck_view(unsigned *events, unsigned threads)
{
    struct vm_call call = VM_CALL("lockcheck_view");
    instrument_view(events, threads, call.site);
    instrument_plain(events, threads * sizeof *events, VM_PLAIN_CHANGE, call.site);
    return (unsigned)vm_self();
}
