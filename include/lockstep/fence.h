/* SPDX-License-Identifier: MIT */
/*
 * An asymmetric fence: two halves that order a store before a load as a pair of
 * sequentially consistent fences does, one of which costs next to nothing.
 *
 *   often                               rarely
 *     x = 1                               y = 1
 *     lks_asymmetric_fence_light()        lks_asymmetric_fence_heavy()
 *     read y                              read x           at least one reads 1
 *
 * The light half only keeps the compiler from moving the load up. The heavy half asks the
 * kernel to make every processor that runs a thread of this process pass a full fence:
 * membarrier(2), private expedited, for which the process registers before main. Light
 * fences order nothing between themselves.
 *
 * Where the kernel has no membarrier or forbids it, and on other systems, both halves are
 * full fences. Should it be forbidden only after registering (a sandbox that is entered
 * late), the heavy half that finds so makes all light halves full, and then sleeps for
 * LKS_FENCE_SETTLE_NS: that is for the light halves that were under way, whose stores
 * have by then left their processors. (That they have is no rule of C11 but how
 * processors are: a store reaches memory after some hundred instructions, and at the
 * latest when the kernel takes its thread off the processor.) From then on the fence is
 * as where there was no membarrier at all.
 *
 *   cost       light: a load and a branch, no read-modify-write. Heavy: a system call
 *              that interrupts each processor on which the process runs: some
 *              microseconds.
 *
 * D. Goldblatt: Asymmetric Fences. ISO/IEC JTC1/SC22/WG21 paper P1202.
 */
#ifndef LOCKSTEP_FENCE_H
#define LOCKSTEP_FENCE_H

#include <lockstep/atomic.h>

/* How the halves of the fence are made: lks_asymmetric_fence_kind. */
enum {
    LKS_FENCE_SYMMETRIC = 0,  /* both are full fences */
    LKS_FENCE_MEMBARRIER = 1, /* the light one is free, the heavy one a membarrier */
    LKS_FENCE_LOST = 2 /* a membarrier became impossible: soon both are full fences */
};

/* How long a heavy half sleeps when membarrier was lost. Chosen, some ten thousand times
   as long as a store takes; nothing to measure, since it is for a fault that happens once
   in a process. */
#define LKS_FENCE_SETTLE_NS 10000000

#ifdef __cplusplus
extern "C" {
#endif

/* One of the above; lks_asymmetric_fence_kind() reads it. Written by the library
   alone. */
extern _Atomic(uint32_t) lks_fence_kind;

/* The heavy half. */
void lks_asymmetric_fence_heavy(void);

/* What the light half is where it is not free: a full fence. */
void lks_asymmetric_fence_full(void);

#ifdef __cplusplus
}
#endif

/* Returns how the fence is made at the moment: LKS_FENCE_SYMMETRIC, LKS_FENCE_MEMBARRIER
   or LKS_FENCE_LOST. */
LKS_INLINE unsigned lks_asymmetric_fence_kind(void)
{
    /* Relaxed: set before main; what a late change means is said above. */
    return atomic_load_explicit(&lks_fence_kind, memory_order_relaxed);
}

/* The light half. */
LKS_INLINE void lks_asymmetric_fence_light(void)
{
    if (lks_asymmetric_fence_kind() == LKS_FENCE_MEMBARRIER) {
        atomic_signal_fence(memory_order_seq_cst);
    } else {
        lks_asymmetric_fence_full();
    }
}

#endif
