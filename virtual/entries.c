/* SPDX-License-Identifier: MIT */
/*
 * What the compilers call for -fsanitize=thread, of gcc and of clang.
 *
 * The interface is the sanitizer's: __tsan_read4(address) before a plain access,
 * __tsan_atomic32_load(address, order) instead of an atomic one. Outside of all
 * processors (constructors of the program) everything is done natively.
 */
#include "virtual/virtual.h"

#include <string.h>

#include "virtual/program/program.h"
#include "virtual/threads/threads.h"

#define SITE program_site(__builtin_return_address(0))

/* Where the program is: functions of the C++ library that are compiled into it (an
   atomic's operators) are shown as where the program called them, if it did (and was not
   inlined into them, as a lambda into what starts a thread). */
extern const char __executable_start, etext; /* of this executable: the linker's */

static inline const void *program_site(const void *site)
{
    if (vm_running != VM_NOBODY && vm_is_library(site)) {
        const struct vm_calls *calls = &vm_calls[vm_running];
        for (unsigned i = calls->depth < VM_CALLS ? calls->depth : VM_CALLS; i-- > 0;) {
            if (!vm_is_library(calls->sites[i])) {
                const char *caller = calls->sites[i];
                return caller >= &__executable_start && caller < &etext ? site : caller;
            }
        }
    }
    return site;
}

bool vm_writes(const struct vm_operation *operation, uint64_t old, uint64_t *value)
{
    uint64_t operand = operation->operand;
    uint64_t mask =
        operation->size == 8 ? UINT64_MAX : (UINT64_C(1) << operation->size * 8) - 1;
    switch (operation->kind) {
    case VM_LOAD:
        return false;
    case VM_CAS:
    case VM_CAS_WEAK:
        *value = operand;
        return old == operation->expected;
    case VM_STORE:
    case VM_EXCHANGE:
        *value = operand;
        return true;
    case VM_ADD:
        *value = (old + operand) & mask;
        return true;
    case VM_SUB:
        *value = (old - operand) & mask;
        return true;
    case VM_AND:
        *value = old & operand;
        return true;
    case VM_OR:
        *value = old | operand;
        return true;
    case VM_XOR:
        *value = old ^ operand;
        return true;
    case VM_NAND:
        *value = ~(old & operand) & mask;
        return true;
    }
    return false;
}

/* --- native memory ------------------------------------------------------------------ */

static uint64_t peek(const void *address, unsigned size)
{
    uint64_t value = 0;
    switch (size) {
    case 1:
        value = *(const volatile uint8_t *)address;
        break;
    case 2:
        value = *(const volatile uint16_t *)address;
        break;
    case 4:
        value = *(const volatile uint32_t *)address;
        break;
    default:
        value = *(const volatile uint64_t *)address;
        break;
    }
    return value;
}

static void poke(void *address, unsigned size, uint64_t value)
{
    switch (size) {
    case 1:
        *(volatile uint8_t *)address = (uint8_t)value;
        break;
    case 2:
        *(volatile uint16_t *)address = (uint16_t)value;
        break;
    case 4:
        *(volatile uint32_t *)address = (uint32_t)value;
        break;
    default:
        *(volatile uint64_t *)address = value;
        break;
    }
}

uint64_t vm_peek(const void *address, unsigned size)
{
    return peek(address, size);
}

void vm_poke(void *address, unsigned size, uint64_t value)
{
    poke(address, size, value);
}

/*
 * libstdc++'s atomic::notify_one looks whether anybody waits, in a table of its own,
 * after a write that need not be ordered with that: it counts on the machine, and C++
 * promises that no wake-up is lost. A fence on either side makes its table as good as it
 * takes it to be.
 */
static uint64_t perform_waiting(const struct vm_operation *operation)
{
    vm_registers.stack = NULL;
    instrument_fence(VM_FULL_FENCE, VM_SEQ_CST, operation->site);
    uint64_t value = instrument_atomic(operation);
    instrument_fence(VM_FULL_FENCE, VM_SEQ_CST, operation->site);
    return value;
}

static uint64_t perform(const struct vm_operation *operation)
{
    if (vm_running != VM_NOBODY) {
        bool waiting = (uintptr_t)operation->address - vm_waiter_table < vm_waiter_size;
        return waiting ? perform_waiting(operation) : instrument_atomic(operation);
    }
    uint64_t old = peek(operation->address, operation->size);
    uint64_t value;
    if (vm_writes(operation, old, &value)) {
        poke(operation->address, operation->size, value);
    }
    return old;
}

static inline void plain(void *address, size_t size, bool write, const void *site)
{
    if (vm_running != VM_NOBODY) {
        instrument_plain(address, size, write, site);
    }
}

/* --- for the thread libraries ------------------------------------------------------- */

struct vm_registers vm_registers;

uint64_t vm_atomic(enum vm_kind kind, void *address, unsigned size, uint64_t operand,
                   enum vm_order order, const char *name, const void *site)
{
    return perform(&(struct vm_operation){.kind = kind,
                                          .order = order,
                                          .failure = VM_RELAXED,
                                          .size = size,
                                          .address = address,
                                          .operand = operand,
                                          .name = name,
                                          .site = site});
}

bool vm_compare_and_swap(void *address, unsigned size, uint64_t expected,
                         uint64_t desired, enum vm_order order, const char *name,
                         const void *site)
{
    return perform(&(struct vm_operation){.kind = VM_CAS,
                                          .order = order,
                                          .failure = VM_RELAXED,
                                          .size = size,
                                          .address = address,
                                          .operand = desired,
                                          .expected = expected,
                                          .name = name,
                                          .site = site}) == expected;
}

void vm_reset(void)
{
    vm_reset_program();
    vm_reset_memory();
    vm_reset_threads();
}

/* --- calls, for reports ------------------------------------------------------------- */

struct vm_calls vm_calls[VM_PROCESSORS];

void vm_calls_reset(unsigned processor)
{
    vm_calls[processor].depth = 0;
}

void __tsan_func_entry(const void *caller)
{
    if (vm_running != VM_NOBODY) {
        struct vm_calls *calls = &vm_calls[vm_running];
        if (calls->depth < VM_CALLS) {
            calls->sites[calls->depth] = caller;
        }
        calls->depth++;
    }
}

void __tsan_func_exit(void)
{
    if (vm_running != VM_NOBODY && vm_calls[vm_running].depth > 0) {
        vm_calls[vm_running].depth--;
    }
}

/* --- plain accesses ----------------------------------------------------------------- */

#define PLAIN(size)                                                                      \
    void __tsan_read##size(void *address)                                                \
    {                                                                                    \
        plain(address, size, false, SITE);                                               \
    }                                                                                    \
    void __tsan_write##size(void *address)                                               \
    {                                                                                    \
        plain(address, size, true, SITE);                                                \
    }                                                                                    \
    void __tsan_read_write##size(void *address)                                          \
    {                                                                                    \
        plain(address, size, false, SITE);                                               \
        plain(address, size, true, SITE);                                                \
    }                                                                                    \
    void __tsan_unaligned_read##size(void *address)                                      \
    {                                                                                    \
        plain(address, size, false, SITE);                                               \
    }                                                                                    \
    void __tsan_unaligned_write##size(void *address)                                     \
    {                                                                                    \
        plain(address, size, true, SITE);                                                \
    }                                                                                    \
    void __tsan_unaligned_read_write##size(void *address)                                \
    {                                                                                    \
        plain(address, size, false, SITE);                                               \
        plain(address, size, true, SITE);                                                \
    }                                                                                    \
    void __tsan_volatile_read##size(void *address)                                       \
    {                                                                                    \
        plain(address, size, false, SITE);                                               \
    }                                                                                    \
    void __tsan_volatile_write##size(void *address)                                      \
    {                                                                                    \
        plain(address, size, true, SITE);                                                \
    }                                                                                    \
    void __tsan_unaligned_volatile_read##size(void *address)                             \
    {                                                                                    \
        plain(address, size, false, SITE);                                               \
    }                                                                                    \
    void __tsan_unaligned_volatile_write##size(void *address)                            \
    {                                                                                    \
        plain(address, size, true, SITE);                                                \
    }
PLAIN(1)
PLAIN(2)
PLAIN(4)
PLAIN(8)
PLAIN(16)

void __tsan_read_range(void *address, size_t size)
{
    plain(address, size, false, SITE);
}

void __tsan_write_range(void *address, size_t size)
{
    plain(address, size, true, SITE);
}

/* The pointer to an object's virtual functions: written by constructors (most often the
   value that it has), read by virtual calls. */
void __tsan_vptr_update(void **address, void *value)
{
    if (*address != value) {
        plain((void *)address, sizeof *address, true, SITE);
    }
}

void __tsan_vptr_read(void **address)
{
    plain((void *)address, sizeof *address, false, SITE);
}

void *__tsan_memcpy(void *to, const void *from, size_t size)
{
    return vm_copy(to, from, size, SITE);
}

void *__tsan_memmove(void *to, const void *from, size_t size)
{
    return vm_copy(to, from, size, SITE);
}

void *__tsan_memset(void *to, int byte, size_t size)
{
    return vm_fill(to, byte, size, SITE);
}

void __tsan_init(void)
{
}

void __tsan_ignore_thread_begin(void)
{
}

void __tsan_ignore_thread_end(void)
{
}

/* --- atomic accesses ---------------------------------------------------------------- */

_Static_assert((offsetof(struct vm_registers, stack) == 96 &&
                offsetof(struct vm_registers, call) == 104) ||
                   sizeof(void *) != 8,
               "the stubs write it");

/* clang passes the orders as they are in C; gcc adds bits for its older built-ins. */
static enum vm_order order_of(int order)
{
    order &= 15;
    return order == VM_CONSUME ? VM_ACQUIRE : (enum vm_order)order;
}

#define MODIFY(bits, type, function, operation)                                          \
    VM_NOTED("__tsan_atomic" #bits "_" #function)                                        \
    type __tsan_atomic##bits##_##function##_noted(void *address, type value, int order)  \
    {                                                                                    \
        return (type)perform(&(struct vm_operation){.kind = (operation),                 \
                                                    .order = order_of(order),            \
                                                    .size = sizeof(type),                \
                                                    .address = address,                  \
                                                    .operand = value,                    \
                                                    .site = SITE});                      \
    }

#define COMPARE(bits, type, function, operation)                                         \
    VM_NOTED("__tsan_atomic" #bits "_" #function)                                        \
    int __tsan_atomic##bits##_##function##_noted(void *address, void *expected,          \
                                                 type desired, int order, int failure)   \
    {                                                                                    \
        return compare(&(struct vm_operation){.kind = (operation),                       \
                                              .order = order_of(order),                  \
                                              .failure = order_of(failure),              \
                                              .size = sizeof(type),                      \
                                              .address = address,                        \
                                              .operand = desired,                        \
                                              .site = SITE},                             \
                       expected);                                                        \
    }

/* Whether a compare-and-swap has just failed for no cause: the instrument says so. */
bool vm_failed_spuriously;

static int compare(struct vm_operation *operation, void *expected)
{
    plain(expected, operation->size, false, operation->site);
    operation->expected = peek(expected, operation->size);
    vm_failed_spuriously = false;
    uint64_t old = perform(operation);
    if (old == operation->expected && !vm_failed_spuriously) {
        return 1;
    }
    plain(expected, operation->size, true, operation->site);
    poke(expected, operation->size, old);
    return 0;
}

#define ATOMIC(bits, type)                                                               \
    VM_NOTED("__tsan_atomic" #bits "_load")                                              \
    type __tsan_atomic##bits##_load_noted(const void *address, int order)                \
    {                                                                                    \
        return (type)perform(                                                            \
            &(struct vm_operation){.kind = VM_LOAD,                                      \
                                   .order = order_of(order),                             \
                                   .size = sizeof(type),                                 \
                                   .address = (void *)(uintptr_t)address,                \
                                   .site = SITE});                                       \
    }                                                                                    \
    VM_NOTED("__tsan_atomic" #bits "_store")                                             \
    void __tsan_atomic##bits##_store_noted(void *address, type value, int order)         \
    {                                                                                    \
        perform(&(struct vm_operation){.kind = VM_STORE,                                 \
                                       .order = order_of(order),                         \
                                       .size = sizeof(type),                             \
                                       .address = address,                               \
                                       .operand = value,                                 \
                                       .site = SITE});                                   \
    }                                                                                    \
    MODIFY(bits, type, exchange, VM_EXCHANGE)                                            \
    MODIFY(bits, type, fetch_add, VM_ADD)                                                \
    MODIFY(bits, type, fetch_sub, VM_SUB)                                                \
    MODIFY(bits, type, fetch_and, VM_AND)                                                \
    MODIFY(bits, type, fetch_or, VM_OR)                                                  \
    MODIFY(bits, type, fetch_xor, VM_XOR)                                                \
    MODIFY(bits, type, fetch_nand, VM_NAND)                                              \
    COMPARE(bits, type, compare_exchange_strong, VM_CAS)                                 \
    COMPARE(bits, type, compare_exchange_weak, VM_CAS_WEAK)                              \
    /* clang's: it does not tell weak from strong. */                                    \
    VM_NOTED("__tsan_atomic" #bits "_compare_exchange_val")                              \
    type __tsan_atomic##bits##_compare_exchange_val_noted(                               \
        void *address, type expected, type desired, int order, int failure)              \
    {                                                                                    \
        return (type)perform(&(struct vm_operation){.kind = VM_CAS,                      \
                                                    .maybe_weak = true,                  \
                                                    .order = order_of(order),            \
                                                    .failure = order_of(failure),        \
                                                    .size = sizeof(type),                \
                                                    .address = address,                  \
                                                    .operand = desired,                  \
                                                    .expected = expected,                \
                                                    .site = SITE});                      \
    }
ATOMIC(8, uint8_t)
ATOMIC(16, uint16_t)
ATOMIC(32, uint32_t)
ATOMIC(64, uint64_t)

void __tsan_atomic_thread_fence(int order)
{
    if (vm_running != VM_NOBODY) {
        instrument_fence(VM_FULL_FENCE, order_of(order), SITE);
    }
}

/* Between a thread and its own signal handlers, and between it and a membarrier of
   another thread, which has the effect of one on all processors. */
void __tsan_atomic_signal_fence(int order)
{
    if (vm_running != VM_NOBODY) {
        instrument_fence(VM_LIGHT_FENCE, order_of(order), SITE);
    }
}

/* --- what there is no machine for --------------------------------------------------- */

#define REFUSED(function)                                                                \
    void __tsan_atomic128_##function(void)                                               \
    {                                                                                    \
        instrument_refuse(SITE, "an atomic of 16 bytes: only 1, 2, 4 and 8 can be had"); \
    }
REFUSED(load)
REFUSED(store)
REFUSED(exchange)
REFUSED(fetch_add)
REFUSED(fetch_sub)
REFUSED(fetch_and)
REFUSED(fetch_or)
REFUSED(fetch_xor)
REFUSED(fetch_nand)
REFUSED(compare_exchange_strong)
REFUSED(compare_exchange_weak)
REFUSED(compare_exchange_val)
