/* SPDX-License-Identifier: MIT */
/* The asymmetric fence: see lockstep/fence.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* syscall */
#endif
#define LKS_INLINE
#include <lockstep/fence.h>

#ifdef __linux__
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of <linux/membarrier.h>, which is not everywhere where the C library is. */
enum {
    MEMBARRIER_CMD_PRIVATE_EXPEDITED = 1 << 3,
    MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED = 1 << 4
};

static bool membarrier(int command)
{
    return syscall(SYS_membarrier, command, 0, 0) == 0;
}
#endif

_Atomic(uint32_t) lks_fence_kind = LKS_FENCE_SYMMETRIC;

/* Runs before main. What a thread that is there already makes of the old kind, a full
   fence, is right with the new one, too. */
__attribute__((constructor)) static void register_membarrier(void)
{
#ifdef __linux__
    int error = errno;
    if (membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED)) {
        atomic_store_explicit(&lks_fence_kind, LKS_FENCE_MEMBARRIER,
                              memory_order_relaxed);
    }
    errno = error;
#endif
}

/* The thread sanitizer does not know fences, and gcc says so. Nothing that it could miss
   hangs on these: they order the looks at a lock, not what is under it. */
#if defined(__SANITIZE_THREAD__) && !defined(__clang__) && __GNUC__ > 10
#pragma GCC diagnostic ignored "-Wtsan"
#endif

void lks_asymmetric_fence_full(void)
{
    atomic_thread_fence(memory_order_seq_cst);
}

bool lks_asymmetric_fence_heavy(void)
{
#ifdef __linux__
    if (lks_asymmetric_fence_kind() == LKS_FENCE_MEMBARRIER) {
        int error = errno;
        bool done = membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
        errno = error;
        if (done) {
            return true;
        }
        atomic_store_explicit(&lks_fence_kind, LKS_FENCE_LOST, memory_order_relaxed);
    }
#endif
    lks_asymmetric_fence_full();
    return lks_asymmetric_fence_kind() != LKS_FENCE_LOST;
}
