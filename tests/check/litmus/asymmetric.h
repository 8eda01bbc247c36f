/* SPDX-License-Identifier: MIT */
/*
 * For programs about asymmetric fences (D. Goldblatt: Asymmetric Fences, WG21 paper
 * P1202). The tables of cases write memory_order_ before each word: two more of these.
 */
#ifndef LOCKCHECK_LITMUS_ASYMMETRIC_H
#define LOCKCHECK_LITMUS_ASYMMETRIC_H

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "litmus.h"

enum { memory_order_light = 100, memory_order_heavy };

static inline void fence(int order)
{
    if (order == memory_order_light) {
        atomic_signal_fence(memory_order_seq_cst);
    } else if (order == memory_order_heavy) {
        long error = syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
        assert(error == 0);
    } else {
        atomic_thread_fence((memory_order)order);
    }
}

/* Makes heavy fences possible. And makes one, so that light ones might matter. */
static inline void allow_heavy(void)
{
    syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);
    fence(memory_order_heavy);
}

#endif
