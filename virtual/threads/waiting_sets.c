/* SPDX-License-Identifier: MIT */
/* Waiting sets, as waiting_sets.h says. */
#include "virtual/threads/waiting_sets.h"
#include "virtual/executions.h"
#include "virtual/ground/thread.h"
#include "virtual/threads/cancellation.h"
#include "virtual/threads/clock.h"

#include <string.h>

enum { OWN_BITS = 63, CROWD_FROM = 62, WORDS = VM_PROCESSORS / 64 };

/* The set in whose crowd a thread waits, or NULL. What is done with it is done at once:
   no access, at which others could run, comes in between. */
static const uint64_t *crowds[VM_PROCESSORS];
static unsigned highest; /* thread that has been in a crowd, plus one */

void vm_reset_crowds(void)
{
    memset((void *)crowds, 0, highest * sizeof crowds[0]);
    highest = 0;
}

static bool is_of_crowd(unsigned thread)
{
    return thread >= CROWD_FROM && vm_in_time();
}

/* --- joining ------------------------------------------------------------------------ */

uint64_t vm_begin_wait(const uint64_t *word, struct vm_call call)
{
    unsigned self = vm_thread_number();
    bool crowd = is_of_crowd(self);
    if (self >= OWN_BITS && !crowd) {
        instrument_refuse(call.site, "%s in more than %d threads", call.name, OWN_BITS);
    }
    vm_thread()->waits++;
    if (crowd) {
        crowds[self] = word;
        highest = self >= highest ? self + 1 : highest;
    }
    return crowd ? VM_CROWD : UINT64_C(1) << self;
}

/* --- which threads wait ------------------------------------------------------------- */

struct vm_waiters vm_waiters_of(const uint64_t *word, uint64_t value)
{
    struct vm_waiters waiters = {{value}};
    if ((value & VM_CROWD) != 0 && vm_in_time()) {
        waiters.bits[0] = value & ~VM_CROWD;
        for (unsigned thread = CROWD_FROM; thread < highest; thread++) {
            if (crowds[thread] == word) {
                waiters.bits[thread / 64] |= UINT64_C(1) << thread % 64;
            }
        }
    }
    return waiters;
}

unsigned vm_waiters_count(const struct vm_waiters *waiters)
{
    unsigned count = 0;
    for (unsigned i = 0; i < WORDS; i++) {
        count += (unsigned)__builtin_popcountll(waiters->bits[i]);
    }
    return count;
}

void vm_add_waiters(struct vm_waiters *to, const struct vm_waiters *more)
{
    for (unsigned i = 0; i < WORDS; i++) {
        to->bits[i] |= more->bits[i];
    }
}

unsigned vm_choose_waiter(const struct vm_waiters *waiters, struct vm_call call)
{
    unsigned count = vm_waiters_count(waiters);
    unsigned skip =
        count == 1 ? 0 : instrument_choose(count, "which waiter wakes", call.site);
    for (unsigned i = 0;; i++) {
        for (uint64_t bits = waiters->bits[i]; bits != 0; bits &= bits - 1) {
            if (skip-- == 0) {
                return i * 64 + (unsigned)__builtin_ctzll(bits);
            }
        }
    }
}

/* --- leaving ------------------------------------------------------------------------ */

static bool leave_crowd(const uint64_t *word, unsigned thread)
{
    bool there = crowds[thread] == word;
    if (there) {
        crowds[thread] = NULL;
    }
    return there;
}

bool vm_take_waiter(uint64_t *word, unsigned thread, enum vm_order order,
                    struct vm_call call)
{
    bool crowd = is_of_crowd(thread);
    uint64_t bit = crowd ? 0 : UINT64_C(1) << thread;
    uint64_t before =
        vm_atomic(VM_AND, word, sizeof *word, ~bit, order, call.name, call.site);
    return crowd ? leave_crowd(word, thread) : (before & bit) != 0;
}

uint64_t vm_without(uint64_t value, const struct vm_waiters *waiters)
{
    uint64_t own = vm_in_time() ? VM_CROWD - 1 : ~UINT64_C(0);
    return value & ~(waiters->bits[0] & own);
}

unsigned vm_take_crowd(const uint64_t *word, struct vm_waiters *waiters)
{
    unsigned gone = 0;
    for (unsigned thread = CROWD_FROM; thread < highest && vm_in_time(); thread++) {
        uint64_t *bits = &waiters->bits[thread / 64], bit = UINT64_C(1) << thread % 64;
        if ((*bits & bit) != 0 && !leave_crowd(word, thread)) {
            *bits &= ~bit;
            gone++;
        }
    }
    return gone;
}

/* --- being woken -------------------------------------------------------------------- */

static bool is_woken(struct vm_call call)
{
    struct vm_thread *self = vm_thread();
    return instrument_atomic(&(struct vm_operation){.kind = VM_LOAD,
                                                    .order = VM_ACQUIRE,
                                                    .size = sizeof self->woken,
                                                    .awaits = true,
                                                    .address = &self->woken,
                                                    .name = call.name,
                                                    .site = call.site}) == self->waits;
}

void vm_await_wake(struct vm_call call)
{
    while (!is_woken(call)) {
        vm_await_failed(call);
    }
}

bool vm_await_wake_or_cancel(struct vm_call call)
{
    while (!is_woken(call)) {
        if (vm_is_cancelled(call)) {
            return false;
        }
        vm_await_failed(call);
    }
    return true;
}

bool vm_await_wake_until(uint64_t limit, struct vm_call call)
{
    while (vm_in_time() && !is_woken(call)) {
        if (!vm_await_failed_until(limit, call)) {
            return false;
        }
    }
    return vm_in_time();
}

void vm_wake(unsigned thread, struct vm_call call)
{
    struct vm_thread *waiter = &vm_threads[thread];
    vm_write(&waiter->woken, sizeof waiter->woken, waiter->waits, VM_RELEASE, call);
}

void vm_wake_all(const struct vm_waiters *waiters, struct vm_call call)
{
    for (unsigned i = 0; i < WORDS; i++) {
        for (uint64_t bits = waiters->bits[i]; bits != 0; bits &= bits - 1) {
            vm_wake(i * 64 + (unsigned)__builtin_ctzll(bits), call);
        }
    }
}
