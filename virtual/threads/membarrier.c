/* SPDX-License-Identifier: MIT */
/*
 * membarrier(2), private expedited: a fence on all processors that run the process. It
 * must have been registered for; a word says whether it has.
 */
#include "virtual/executions.h"
#include "virtual/ground/places.h"
#include "virtual/threads/threads.h"

#include <errno.h>
#include <linux/membarrier.h>

bool vm_has_membarrier = true;

VM_ALONE static uint32_t registered;
VM_PLACE(VM_PLACED_MEMBARRIER, registered)
static uint32_t registered_before; /* by a constructor */

void vm_settle_membarrier(void)
{
    registered_before = registered;
}

void vm_reset_membarrier(void)
{
    registered = registered_before;
}

/* Acquire and release: the kernel makes a registration known with fences of its own. */
static int fence(struct vm_call call)
{
    if (registered_before == 0 &&
        vm_read(&registered, sizeof registered, VM_ACQUIRE, call) == 0) {
        return EPERM;
    }
    if (vm_self() != VM_NOBODY) {
        instrument_fence(VM_HEAVY_FENCE, VM_SEQ_CST, call.site);
    }
    return 0;
}

static const char *name_of(int command)
{
    switch (command) {
    case MEMBARRIER_CMD_GLOBAL:
        return "MEMBARRIER_CMD_GLOBAL";
    case MEMBARRIER_CMD_GLOBAL_EXPEDITED:
        return "MEMBARRIER_CMD_GLOBAL_EXPEDITED";
    case MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED:
        return "MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED";
    case MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE:
        return "MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE";
    case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE:
        return "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE";
    default:
        return "a command that is not known here";
    }
}

long vm_membarrier_call(const long *arguments, struct vm_call call)
{
    int command = (int)arguments[0];
    unsigned flags = (unsigned)arguments[1];
    call.name = "membarrier";
    if (!vm_has_membarrier) {
        return vm_result_of(ENOSYS);
    }
    switch (command) {
    case MEMBARRIER_CMD_QUERY:
        return flags != 0 ? vm_result_of(EINVAL)
                          : MEMBARRIER_CMD_PRIVATE_EXPEDITED |
                                MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED;
    case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED:
        if (flags != 0) {
            return vm_result_of(EINVAL);
        }
        if (registered_before == 0) {
            vm_write(&registered, sizeof registered, 1, VM_RELEASE, call);
        }
        return 0;
    case MEMBARRIER_CMD_PRIVATE_EXPEDITED:
        return vm_result_of(flags != 0 ? EINVAL : fence(call));
    default:
        instrument_refuse(
            call.site, "membarrier: %s: only MEMBARRIER_CMD_PRIVATE_EXPEDITED can be had",
            name_of(command));
    }
}
