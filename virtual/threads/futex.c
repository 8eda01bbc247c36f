/* SPDX-License-Identifier: MIT */
/*
 * Futexes: each address that is waited on has a waiting set, whose last bit is a lock. A
 * waiter holds the lock while it looks at the address, so that it cannot miss a waker who
 * changed the address before; a waker does all in one compare-and-swap, when the lock is
 * free.
 *
 * Each address keeps its set for all executions; the sets lie in the order in which the
 * addresses were first used, each on a cache line of its own.
 */
#include "virtual/executions.h"
#include "virtual/ground/places.h"
#include "virtual/threads/clock.h"
#include "virtual/threads/threads.h"
#include "virtual/threads/waiting_sets.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>

enum { MOST = 1 << 15, SLOTS = 2 * MOST, LINE = 128 };

#define LOCK (UINT64_C(1) << 63)

VM_ALONE static struct set {
    _Alignas(LINE) uint64_t word;
} sets[MOST];
VM_PLACE(VM_PLACED_FUTEXES, sets)
static unsigned set_count;

/* Where an address is looked for: from a place that it determines on. */
static struct slot {
    const void *address;
    struct set *set;
} slots[SLOTS];

static uint32_t kinds[VM_PROCESSORS]; /* as which each thread sleeps, or slept last */

static size_t hash(const void *address)
{
    return (size_t)((uintptr_t)address * UINT64_C(0x9e3779b97f4a7c15) >> 48);
}

static uint64_t *set_of(const void *address, struct vm_call call)
{
    size_t i = hash(address) % SLOTS;
    while (slots[i].address != address && slots[i].address != NULL) {
        i = (i + 1) % SLOTS;
    }
    if (slots[i].address == NULL) {
        if (set_count == MOST) {
            instrument_refuse(call.site, "futexes at more than %d addresses", MOST);
        }
        slots[i] = (struct slot){address, &sets[set_count++]};
    }
    return &slots[i].set->word;
}

void vm_reset_futex(void)
{
    for (unsigned i = 0; i < set_count; i++) {
        sets[i].word = 0;
    }
}

/* Returns the set as it was. */
static uint64_t lock(uint64_t *set, struct vm_call call)
{
    for (uint64_t guess = 0, found;; guess = found) {
        found = vm_compare(set, sizeof *set, guess, guess | LOCK, VM_ACQUIRE, VM_RELAXED,
                           call);
        if (found == guess) {
            return found;
        }
        if (found & LOCK) {
            vm_await_failed(call);
            found &= ~LOCK;
        }
    }
}

/* Without time, the time is out at once, and the caller only looks whether it has been
   woken before it has left the set. */
static int wait_until(uint64_t *set, uint64_t limit, struct vm_call call)
{
    if (vm_await_wake_until(limit, call)) {
        return 0;
    }
    (void)lock(set, call);
    bool there = vm_take_waiter(set, vm_thread_number(), VM_RELAXED, call);
    vm_atomic(VM_AND, set, sizeof *set, ~LOCK, VM_RELEASE, call.name, call.site);
    if (there) {
        return vm_time_out(limit);
    }
    vm_await_wake(call); /* it is on its way */
    return 0;
}

/* It might as well not have joined the set: nobody has woken it. */
static bool returns_early(uint32_t *address, uint32_t expected, struct vm_call call)
{
    if (!instrument_returns_early(VM_SPURIOUS, call.name, call.site)) {
        return false;
    }
    if (vm_read(address, sizeof *address, VM_RELAXED, call) != expected) {
        instrument_not_wanted(call.site); /* it returns with EAGAIN elsewhere */
    }
    return true;
}

static int look_and_sleep(uint32_t *address, uint32_t expected, uint32_t who,
                          const uint64_t *limit, struct vm_call call)
{
    uint64_t *set = set_of(address, call);
    kinds[vm_thread_number()] = who;
    uint64_t waiting = lock(set, call);
    if (vm_read(address, sizeof *address, VM_RELAXED, call) != expected) {
        vm_write(set, sizeof *set, waiting, VM_RELEASE, call);
        return EAGAIN;
    }
    vm_write(set, sizeof *set, waiting | vm_begin_wait(set, call), VM_RELEASE, call);
    if (limit != NULL) {
        return wait_until(set, *limit, call);
    }
    vm_await_wake(call);
    return 0;
}

int vm_futex_wait(uint32_t *address, uint32_t expected, uint32_t who,
                  const uint64_t *limit, struct vm_call call)
{
    instrument_call_begins(&(struct vm_whole_call){
        .name = call.name, .object = address, .expects = &expected});
    if (returns_early(address, expected, call)) {
        instrument_call_returns("returns for no reason", NULL);
        return 0;
    }
    int error = look_and_sleep(address, expected, who, limit, call);
    instrument_call_returns(error == 0        ? "woken"
                            : error == EAGAIN ? "EAGAIN"
                                              : "ETIMEDOUT",
                            NULL);
    return error;
}

/* Those of a set that sleep as `who`. */
static struct vm_waiters of_kind(struct vm_waiters waiters, uint32_t who)
{
    for (unsigned i = 0; i < VM_PROCESSORS / 64; i++) {
        for (uint64_t bits = waiters.bits[i]; bits != 0; bits &= bits - 1) {
            unsigned one = (unsigned)__builtin_ctzll(bits);
            if ((kinds[i * 64 + one] & who) == 0) {
                waiters.bits[i] &= ~(UINT64_C(1) << one);
            }
        }
    }
    return waiters;
}

static struct vm_waiters choose(struct vm_waiters waiters, unsigned count,
                                struct vm_call call)
{
    if (count >= vm_waiters_count(&waiters)) {
        return waiters;
    }
    struct vm_waiters chosen = {{0}};
    for (; count > 0; count--) {
        unsigned one = vm_choose_waiter(&waiters, call);
        waiters.bits[one / 64] &= ~(UINT64_C(1) << one % 64);
        chosen.bits[one / 64] |= UINT64_C(1) << one % 64;
    }
    return chosen;
}

unsigned vm_futex_wake(uint32_t *address, unsigned count, uint32_t who,
                       struct vm_call call)
{
    instrument_call_begins(&(struct vm_whole_call){.name = call.name, .object = address});
    uint64_t *set = set_of(address, call);
    unsigned woken = 0;
    struct vm_waiters all = {{0}};
    for (uint64_t guess = 0, found;; guess = found) {
        struct vm_waiters chosen =
            choose(of_kind(vm_waiters_of(set, guess), who), count - woken, call);
        /* Writes even where nobody waits: later waiters must see what came before. But
           what such a waker has seen is its own: it takes no lock in the kernel. */
        enum vm_order order = vm_waiters_count(&chosen) > 0 ? VM_ACQ_REL : VM_RELEASE;
        found = vm_compare(set, sizeof *set, guess, vm_without(guess, &chosen), order,
                           VM_RELAXED, call);
        if (found == guess) {
            unsigned gone = vm_take_crowd(set, &chosen);
            vm_wake_all(&chosen, call);
            vm_add_waiters(&all, &chosen);
            woken += vm_waiters_count(&chosen);
            if (gone == 0) {
                instrument_call_returns(NULL, all.bits);
                return woken;
            }
            found = 0; /* others may wait in their place */
            continue;
        }
        if (found & LOCK) {
            vm_await_failed(call);
            found &= ~LOCK;
        }
    }
}

/* --- the system call ---------------------------------------------------------------- */

long vm_futex_call(const long *arguments, struct vm_call call)
{
    uint32_t *address = (uint32_t *)arguments[0];
    int operation = (int)arguments[1] & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
    uint32_t value = (uint32_t)arguments[2];
    const struct timespec *time = (const struct timespec *)arguments[3];
    clockid_t clock =
        arguments[1] & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;
    uint64_t limit = 0;
    bool has_kinds = operation == FUTEX_WAIT_BITSET || operation == FUTEX_WAKE_BITSET;
    uint32_t who = has_kinds ? (uint32_t)arguments[5] : FUTEX_BITSET_MATCH_ANY;
    if (who == 0) {
        return vm_result_of(EINVAL);
    }
    switch (operation) {
    case FUTEX_WAIT:
        call.name = "futex wait";
        if (time != NULL && vm_duration(time, &limit, call) != 0) {
            return vm_result_of(EINVAL);
        }
        limit += time != NULL ? vm_now() : 0; /* a time from now on … */
        return vm_result_of(
            vm_futex_wait(address, value, who, time == NULL ? NULL : &limit, call));
    case FUTEX_WAIT_BITSET:
        call.name = "futex wait";
        if (time != NULL && vm_deadline(clock, time, &limit, call) != 0) {
            return vm_result_of(EINVAL); /* … or an instant */
        }
        return vm_result_of(
            vm_futex_wait(address, value, who, time == NULL ? NULL : &limit, call));
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
        call.name = "futex wake";
        return (long)vm_futex_wake(address, value, who, call);
    default:
        instrument_refuse(
            call.site, "futex operation %d: only waits and wakes can be had", operation);
    }
}
