/* SPDX-License-Identifier: MIT */
/* OpenMP: critical sections, and locks. */
#include "virtual/threads/openmp.h"

/* --- critical sections -------------------------------------------------------------- */

static bool take(uint32_t *word, uint32_t free, bool waits, struct vm_call call)
{
    return vm_perform(&(struct vm_operation){.kind = VM_CAS,
                                             .order = VM_ACQUIRE,
                                             .failure = VM_RELAXED,
                                             .waits = waits,
                                             .size = sizeof *word,
                                             .address = word,
                                             .operand = vm_thread_mark(),
                                             .expected = free,
                                             .name = call.name,
                                             .site = call.site}) == free;
}

void vm_critical_begin(uint32_t *word, struct vm_call call)
{
    while (!take(word == NULL ? &vm_critical_unnamed : word, 0, true, call)) {
        vm_await_failed(call);
    }
}

void vm_critical_end(uint32_t *word, struct vm_call call)
{
    vm_write(word == NULL ? &vm_critical_unnamed : word, sizeof *word, 0, VM_RELEASE,
             call);
}

void vm_reduction_begin(struct vm_call call)
{
    vm_critical_begin(&vm_critical_reduction, call);
}

void vm_reduction_end(struct vm_call call)
{
    vm_critical_end(&vm_critical_reduction, call);
}

/* --- locks -------------------------------------------------------------------------- */

/*
 * In the first 4 bytes, which gcc's and clang's types both have: FREE, the mark of the
 * holder, GONE, or anything else for one that was never initialised. A nested lock has
 * its holder's count in the next 4, for the holder alone.
 */
#define FREE UINT32_C(0x6f6d7001)
#define GONE UINT32_C(0x6f6d7002)

static uint32_t *word_of(void *lock)
{
    return lock;
}

static uint32_t *count_of(void *lock)
{
    return (uint32_t *)lock + 1;
}

static void init_lock(void *lock, bool nested, struct vm_call call)
{
    vm_plain(lock, sizeof(uint32_t), true, call.site);
    *word_of(lock) = FREE;
    if (nested) {
        *count_of(lock) = 0;
    }
}

static void check_lock(uint32_t value, struct vm_call call)
{
    if (value != FREE && (value == 0 || value > VM_PROCESSORS)) {
        instrument_wrong(VM_MISUSE, call.site, "%s of a lock that has %s", call.name,
                         value == GONE ? "been destroyed" : "not been initialized");
    }
}

static void destroy_lock(void *lock, struct vm_call call)
{
    uint32_t value = (uint32_t)vm_read(lock, sizeof value, VM_RELAXED, call);
    check_lock(value, call);
    if (value != FREE) {
        instrument_wrong(VM_MISUSE, call.site, "%s of a lock that is set", call.name);
    }
    vm_plain(lock, sizeof value, true, call.site);
    *word_of(lock) = GONE;
}

/* Memory shows the word as it was, or as it is: initialised, in each case. */
static void set_lock(void *lock, struct vm_call call)
{
    check_lock(*word_of(lock), call);
    while (!take(lock, FREE, true, call)) {
        vm_await_failed(call);
    }
}

static bool test_lock(void *lock, struct vm_call call)
{
    check_lock(*word_of(lock), call);
    return take(lock, FREE, false, call);
}

/* An exchange shows whose it was, for the price of a store. */
static void unset_lock(void *lock, struct vm_call call)
{
    check_lock(*word_of(lock), call);
    if (vm_atomic(VM_EXCHANGE, lock, sizeof(uint32_t), FREE, VM_RELEASE, call.name,
                  call.site) != vm_thread_mark()) {
        instrument_wrong(VM_MISUSE, call.site,
                         "%s of a lock that this thread has not set", call.name);
    }
}

/* Whether the running thread has it: memory shows its mark only if it wrote that. */
static bool holds(void *lock)
{
    return *word_of(lock) == vm_thread_mark() && *count_of(lock) > 0;
}

void __wrap_omp_init_lock(void *lock)
{
    init_lock(lock, false, VM_CALL("omp_init_lock"));
}

void __wrap_omp_init_lock_with_hint(void *lock, int hint)
{
    (void)hint;
    init_lock(lock, false, VM_CALL("omp_init_lock_with_hint"));
}

void __wrap_omp_destroy_lock(void *lock)
{
    destroy_lock(lock, VM_CALL("omp_destroy_lock"));
}

VM_NOTED("__wrap_omp_set_lock")
void __wrap_omp_set_lock_noted(void *lock)
{
    set_lock(lock, VM_CALL("omp_set_lock"));
}

void __wrap_omp_unset_lock(void *lock)
{
    unset_lock(lock, VM_CALL("omp_unset_lock"));
}

VM_NOTED("__wrap_omp_test_lock")
int __wrap_omp_test_lock_noted(void *lock)
{
    return test_lock(lock, VM_CALL("omp_test_lock"));
}

void __wrap_omp_init_nest_lock(void *lock)
{
    init_lock(lock, true, VM_CALL("omp_init_nest_lock"));
}

void __wrap_omp_init_nest_lock_with_hint(void *lock, int hint)
{
    (void)hint;
    init_lock(lock, true, VM_CALL("omp_init_nest_lock_with_hint"));
}

void __wrap_omp_destroy_nest_lock(void *lock)
{
    destroy_lock(lock, VM_CALL("omp_destroy_nest_lock"));
}

void __wrap_omp_set_nest_lock(void *lock)
{
    struct vm_call call = VM_CALL("omp_set_nest_lock");
    if (!holds(lock)) {
        set_lock(lock, call);
    }
    ++*count_of(lock);
}

VM_NOTED("__wrap_omp_test_nest_lock")
int __wrap_omp_test_nest_lock_noted(void *lock)
{
    struct vm_call call = VM_CALL("omp_test_nest_lock");
    if (!holds(lock) && !test_lock(lock, call)) {
        return 0;
    }
    return (int)++*count_of(lock);
}

void __wrap_omp_unset_nest_lock(void *lock)
{
    struct vm_call call = VM_CALL("omp_unset_nest_lock");
    check_lock(*word_of(lock), call);
    if (!holds(lock)) {
        instrument_wrong(VM_MISUSE, call.site,
                         "%s of a lock that this thread has not set", call.name);
    }
    if (--*count_of(lock) == 0) {
        unset_lock(lock, call);
    }
}
