/* SPDX-License-Identifier: MIT */
/*
 * Operations on memory, handed to the instrument. Outside of all processors (constructors
 * of the program) they are done natively.
 */
#include "virtual/ground/operations.h"
#include "virtual/ground/memory.h"
#include "virtual/ground/seen.h"
#include "virtual/instrument.h"

struct vm_registers vm_registers;
_Static_assert((offsetof(struct vm_registers, stack) == 96 &&
                offsetof(struct vm_registers, call) == 104) ||
                   sizeof(void *) != 8,
               "the stubs write it");

bool vm_failed_spuriously;
uintptr_t vm_waiter_table, vm_waiter_size;
uintptr_t vm_streams, vm_streams_size;

/* --- the memory itself -------------------------------------------------------------- */

uint64_t vm_peek(const void *address, unsigned size)
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

void vm_poke(void *address, unsigned size, uint64_t value)
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

/* --- atomic operations -------------------------------------------------------------- */

/* The rest stays as it is. */
static bool writes_part(const struct vm_operation *operation, uint64_t old,
                        uint64_t *value)
{
    struct vm_operation part = *operation;
    part.size = operation->part;
    part.part = part.shift = 0;
    uint64_t mask = ((UINT64_C(1) << part.size * 8) - 1) << operation->shift;
    bool writes = vm_writes(&part, vm_part(operation, old), value);
    *value = (old & ~mask) | (*value << operation->shift & mask);
    return writes;
}

bool vm_writes(const struct vm_operation *operation, uint64_t old, uint64_t *value)
{
    if (operation->part != 0) {
        *value = 0; /* of a load */
        return writes_part(operation, old, value);
    }
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
    case VM_ADD_BELOW:
        *value = old + operand;
        return old < operation->expected;
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

/*
 * libstdc++ counts who waits for an atomic, so that notify_one need not wake where nobody
 * does. It counts on the machine: RC11 would let it miss one, and C++ promises that it
 * does not. So nobody counts, and it finds that somebody waits: lockcheck-loops(7) has
 * why that is the same. Each count lies on one cache line of the table, and a futex on
 * the next one.
 */
static bool is_count(const void *address)
{
    enum { LINE = 64 };
    uintptr_t at = (uintptr_t)address - vm_waiter_table;
    return at < vm_waiter_size && at / LINE % 2 == 0 && !instrument_has_time();
}

static uint64_t perform_count(const struct vm_operation *operation)
{
    if (vm_rehearsing) {
        return instrument_atomic(operation); /* a rehearsal may end here */
    }
    vm_registers.stack = NULL;
    return operation->kind == VM_LOAD;
}

uint64_t vm_perform(const struct vm_operation *operation)
{
    if (vm_running != VM_NOBODY) {
        return is_count(operation->address) ? perform_count(operation)
                                            : instrument_atomic(operation);
    }
    vm_access_outside(operation->address, operation->size, operation->kind != VM_LOAD,
                      operation->site);
    uint64_t old = vm_peek(operation->address, operation->size);
    uint64_t value;
    if (vm_writes(operation, old, &value)) {
        vm_poke(operation->address, operation->size, value);
    }
    return old;
}

bool vm_swap_pair(struct vm_pair *pair)
{
    if (vm_running != VM_NOBODY) {
        return instrument_swap_pair(pair);
    }
    return vm_swap_natively(pair);
}

bool vm_swap_natively(struct vm_pair *pair)
{
    uint64_t *word = pair->address, old[2] = {vm_peek(word, 8), vm_peek(word + 1, 8)};
    bool same = old[0] == pair->found[0] && old[1] == pair->found[1];
    for (unsigned i = 0; i < 2; i++) {
        if (same) {
            vm_poke(word + i, 8, pair->value[i]);
        }
        pair->found[i] = old[i];
    }
    return same;
}

uint64_t vm_atomic(enum vm_kind kind, void *address, unsigned size, uint64_t operand,
                   enum vm_order order, const char *name, const void *site)
{
    return vm_perform(&(struct vm_operation){.kind = kind,
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
    return vm_perform(&(struct vm_operation){.kind = VM_CAS,
                                             .order = order,
                                             .failure = VM_RELAXED,
                                             .size = size,
                                             .address = address,
                                             .operand = desired,
                                             .expected = expected,
                                             .name = name,
                                             .site = site}) == expected;
}

/* --- what else thread libraries do -------------------------------------------------- */

struct vm_caller vm_caller;

void vm_tell_if_dead(const void *address, uintptr_t stack, const void *site)
{
    int self = vm_running;
    if (self != VM_NOBODY && vm_stack_owner(address) == self &&
        vm_stack_owner((const void *)stack) == self) {
        instrument_wrong(VM_USE_AFTER_FREE, vm_site_in_program(site),
                         "an access to the thread's stack, to a variable of a function "
                         "that has returned");
    }
}

void vm_plain(const void *address, size_t size, bool write, const void *site)
{
    if (size == 0) {
        return;
    }
    if (vm_self() == VM_NOBODY) {
        vm_access_outside(address, size, write, site);
        return;
    }
    if (site == vm_caller.site) {
        vm_check_live(address, vm_caller.stack, site);
    }
    instrument_plain((void *)(uintptr_t)address, size,
                     write ? VM_PLAIN_CHANGE : VM_PLAIN_READ, site);
    vm_seen_note(address, size, write);
}

uint64_t vm_compare(void *address, unsigned size, uint64_t expected, uint64_t desired,
                    enum vm_order order, enum vm_order failure, struct vm_call call)
{
    if (vm_self() == VM_NOBODY) {
        vm_access_outside(address, size, true, call.site);
        uint64_t old = vm_peek(address, size);
        if (old == expected) {
            vm_poke(address, size, desired);
        }
        return old;
    }
    return instrument_atomic(&(struct vm_operation){.kind = VM_CAS,
                                                    .order = order,
                                                    .failure = failure,
                                                    .size = size,
                                                    .address = address,
                                                    .operand = desired,
                                                    .expected = expected,
                                                    .name = call.name,
                                                    .site = call.site});
}

bool vm_on_own_stack(const void *object)
{
    if (vm_self() == VM_NOBODY) {
        return false;
    }
    struct vm_stack stack = vm_stack((unsigned)vm_self());
    const unsigned char *byte = object;
    return byte >= stack.low && byte < stack.high;
}

void vm_await_failed(struct vm_call call)
{
    if (vm_self() == VM_NOBODY) {
        instrument_refuse(call.site, "%s before main would wait for ever", call.name);
    }
    instrument_await_failed(call.site);
}
