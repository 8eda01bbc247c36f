/* SPDX-License-Identifier: MIT */
/* The asymmetric fence: see lockstep/fence.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* syscall */
#endif
#include <lockstep/futex.h>

#undef LKS_INLINE
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

/* Makes all light halves full fences, and waits for those that are not. */
static void do_without_membarrier(void)
{
    atomic_store_explicit(&lks_fence_kind, LKS_FENCE_LOST, memory_order_relaxed);
    static _Atomic(uint32_t) unchanged;
    uint64_t now = lks_monotonic_now();
    const uint64_t end = now + LKS_FENCE_SETTLE_NS;
    for (; now < end; now = lks_monotonic_now()) {
        const struct timespec instant = {(time_t)(end / 1000000000u),
                                         (long)(end % 1000000000u)};
        (void)lks_futex_wait(&unchanged, 0, &instant);
    }
    atomic_store_explicit(&lks_fence_kind, LKS_FENCE_SYMMETRIC, memory_order_relaxed);
}

void lks_asymmetric_fence_heavy(void)
{
#ifdef __linux__
    unsigned kind = lks_asymmetric_fence_kind();
    int error = errno;
    if (kind == LKS_FENCE_MEMBARRIER && membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED)) {
        return;
    }
    errno = error;
    if (kind != LKS_FENCE_SYMMETRIC) {
        do_without_membarrier();
    }
#endif
    lks_asymmetric_fence_full();
}
