/* SPDX-License-Identifier: MIT */
/* What the virtual multiprocessor asks of its instrument (virtual.h): accesses and
   threads become simulated ones. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/tool.h"
#include "sim/thread.h"
#include "virtual/instrument.h"

/* --- accesses ----------------------------------------------------------------------- */

uint64_t instrument_atomic(const struct vm_operation *operation)
{
    if ((uintptr_t)operation->address % operation->size != 0) {
        instrument_refuse(
            operation->site,
            "an atomic operation on %u bytes that are not aligned to as many",
            operation->size);
    }
    enum use use = operation->kind == VM_LOAD    ? READ
                   : operation->kind == VM_STORE ? WRITE
                                                 : MODIFY;
    turn_access(operation->site);
    return simulate_access(operation->address, use, operation, operation->site);
}

/* A pair lies on one line. */
bool instrument_swap_pair(struct vm_pair *pair)
{
    (void)instrument_atomic(&(struct vm_operation){
        .kind = VM_OR, .size = 8, .address = pair->address, .site = pair->site});
    return vm_swap_natively(pair);
}

/* A line after the other, where it is more than one. */
void instrument_plain(void *address, size_t size, enum vm_plain what, const void *site)
{
    bool write = what != VM_PLAIN_READ;
    uintptr_t first = (uintptr_t)address / machine.line;
    uintptr_t last = size == 0 ? first : ((uintptr_t)address + size - 1) / machine.line;
    for (uintptr_t line = first; line <= last; line++) {
        const void *part = line == first ? address : (void *)(line * machine.line);
        (void)simulate_access(part, write ? WRITE : READ, NULL, site);
    }
}

/* Processors have one access under way at a time: there is nothing to order. */
void instrument_fence(enum vm_fence fence, enum vm_order order, const void *site)
{
    (void)fence, (void)order, (void)site;
}

/* --- time --------------------------------------------------------------------------- */

void instrument_yield(const void *site)
{
    instrument_delay(1, site);
}

void instrument_delay(unsigned pauses, const void *site)
{
    (void)site;
    uint64_t value;
    if (step_is_known(self(), NULL, &value)) {
        return;
    }
    if (self()->foresight == FORESEEING) {
        delay_foreseen(self(), pauses * machine.pause);
        return;
    }
    try_delay(self(), pauses * machine.pause);
    self()->clock += pauses * machine.pause;
    if (stacks != PRIVATE) {
        let_others(self());
    }
    hear(self());
}

/* A cycle is a nanosecond. */
bool instrument_has_time(void)
{
    return true;
}

void instrument_sleep(uint64_t nanoseconds, const void *site)
{
    (void)site;
    try_changes(self());
    processor_work(nanoseconds);
}

/* A look takes time: a loop of nothing else must come to its end. */
uint64_t instrument_now(void)
{
    instrument_sleep(machine.pause, NULL);
    return self()->clock;
}

void instrument_effect(void)
{
    try_changes(self());
}

void instrument_tries_mutex(bool together)
{
    (void)together;
}

unsigned instrument_choose(unsigned count, const char *what, const void *site)
{
    (void)what, (void)site;
    try_changes(self());
    return (unsigned)random_below(count);
}

/* Possible, but no machine does it without a cause. */
bool instrument_returns_early(enum vm_early why, const char *name, const void *site)
{
    (void)why, (void)name, (void)site;
    return false;
}

void instrument_call_begins(const struct vm_whole_call *call)
{
    (void)call;
}

void instrument_call_returns(const char *result, const uint64_t *woken)
{
    (void)result, (void)woken;
}

/* --- threads ------------------------------------------------------------------------ */

void instrument_join(unsigned number, const void *site)
{
    struct thread *thread = self(), *other = &threads[number];
    thread->request.site = site;
    while (other->doing != OVER) {
        other->joined_by = vm_running;
        release_processor(thread);
        pause_as(ASLEEP);
        take_processor(thread);
    }
    if (other->clock > thread->clock) {
        thread->clock = other->clock;
        hear(thread);
    }
}

void instrument_look_at_result(unsigned number)
{
    (void)number;
}

void instrument_know_oneself(void)
{
}

void instrument_view(unsigned *events, unsigned room, const void *site)
{
    (void)events, (void)room;
    instrument_refuse(site, "lockcheck_view: what happens before what is lockcheck's");
}

_Noreturn void instrument_exit(void)
{
    struct thread *thread = self();
    epoch++;
    release_processor(thread);
    if (thread->joined_by != NOBODY) {
        struct thread *joining = &threads[thread->joined_by];
        if (joining->clock < thread->clock) {
            joining->clock = thread->clock;
        }
        resume_at(joining, joining->clock);
    }
    pause_as(OVER);
    vm_stop();
}

_Noreturn void instrument_end(int status, const void *site)
{
    (void)site;
    simulation.status = status;
    stop_run(ENDED);
}

/* --- the heap ----------------------------------------------------------------------- */

uint64_t instrument_allocate(void *address, size_t size, const void *site)
{
    (void)address, (void)size, (void)site;
    return 0;
}

void instrument_free(void *address, size_t size, const void *site)
{
    (void)address, (void)size, (void)site;
}

void instrument_frame_ends(void *address, size_t size, const void *site)
{
    (void)address, (void)size, (void)site;
}

/* --- what is wrong, and what cannot be done ----------------------------------------- */

/* simulation.message says why. */
static _Noreturn void fail(enum ending ending, const void *site)
{
    if (vm_self() == VM_NOBODY) {
        (void)fprintf(stderr, "locksim: in a constructor of the program: %s\n",
                      simulation.message);
        exit(STATUS_CANNOT);
    }
    simulation.site = site;
    stop_run(ending);
}

_Noreturn void instrument_wrong(const char *kind, const void *site, const char *format,
                                ...)
{
    (void)kind;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(simulation.message, sizeof simulation.message, format, arguments);
    va_end(arguments);
    fail(FAILED, site);
}

bool instrument_takes_order(void)
{
    return false;
}

_Noreturn void instrument_refuse(const void *site, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(simulation.message, sizeof simulation.message, format, arguments);
    va_end(arguments);
    fail(REFUSED, site);
}

/* These are for lockcheck's own clients. */
void instrument_others_wait(const void *site)
{
    instrument_refuse(site, "only lockcheck knows that all others wait");
}

bool instrument_waits(unsigned thread, const void *site)
{
    (void)thread;
    instrument_refuse(site, "only lockcheck knows that another one waits");
}

_Noreturn void instrument_not_wanted(const void *site)
{
    (void)site;
    stop_run(STOPPED);
}
