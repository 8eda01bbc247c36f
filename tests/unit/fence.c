/* SPDX-License-Identifier: MIT */
/* The asymmetric fence. */
#include "../support.h"
#include <lockstep/futex.h>
#include <sys/syscall.h>

#ifdef __linux__
/* Of <linux/membarrier.h>, which is not everywhere where the C library is. */
enum { MEMBARRIER_CMD_QUERY = 0, MEMBARRIER_CMD_PRIVATE_EXPEDITED = 1 << 3 };
#endif

/* Whether the kernel has what the fence wants of it. */
static bool kernel_has_membarrier(void)
{
#ifdef __linux__
    long commands = syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);
    return commands >= 0 && (commands & MEMBARRIER_CMD_PRIVATE_EXPEDITED) != 0;
#else
    return false;
#endif
}

static void its_kind_is_what_the_kernel_allows(void **state)
{
    (void)state;
    assert_int_equal(lks_asymmetric_fence_kind(), kernel_has_membarrier()
                                                      ? LKS_FENCE_MEMBARRIER
                                                      : LKS_FENCE_SYMMETRIC);
    errno = 77;
    lks_asymmetric_fence_heavy();
    lks_asymmetric_fence_light();
    assert_int_equal(errno, 77);
}

/*
 * Two threads, round after round: x = 1, fence, read y; and y = 1, fence, read x. Without
 * the fences both read 0 now and then, within a few thousand rounds on any machine with
 * two processors, if each thread has one of its own.
 */
typedef struct litmus {
    alignas(LKS_CACHE_LINE) _Atomic(uint32_t) x;
    alignas(LKS_CACHE_LINE) _Atomic(uint32_t) y;
    alignas(LKS_CACHE_LINE) _Atomic(uint32_t) arrived;
    uint32_t rounds;
    uint32_t *seen[2]; /* by each thread in each round; counting rounds from 1 */
} litmus_t;

/* Keeps a side to a processor of its own. Returns whether there is one for each. */
static bool stay_apart(uint32_t side)
{
#ifdef CPU_COUNT
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0 || CPU_COUNT(&allowed) < 2) {
        return false;
    }
    size_t processor = 0;
    for (uint32_t others = 0; others < side || !CPU_ISSET(processor, &allowed);
         processor++) {
        others += CPU_ISSET(processor, &allowed) ? 1 : 0;
    }
    CPU_ZERO(&allowed);
    CPU_SET(processor, &allowed);
    return sched_setaffinity(0, sizeof allowed, &allowed) == 0;
#else
    (void)side;
    return false;
#endif
}

/* Both begin a round at about the same time: each as much later as chance will have
   it. Who is apart does not yield: on a busy machine they would run by turns. */
static void meet(litmus_t *litmus, worker_t *self, uint32_t round, bool apart)
{
    (void)atomic_fetch_add_explicit(&litmus->arrived, 1, memory_order_relaxed);
    for (uint32_t tries = 0;
         atomic_load_explicit(&litmus->arrived, memory_order_relaxed) < 2 * round;
         tries++) {
        if (tries > 1000 && !apart) {
            (void)sched_yield();
        }
    }
    for (volatile uint32_t delay = random_below(self, 64); delay > 0;) {
        delay = delay - 1;
    }
}

static void run_side(worker_t *self)
{
    litmus_t *litmus = (litmus_t *)self->shared;
    bool apart = stay_apart(self->index);
    for (uint32_t round = 1; round <= litmus->rounds; round++) {
        meet(litmus, self, round, apart);
        if (self->index == 0) {
            atomic_store_explicit(&litmus->x, round, memory_order_relaxed);
            lks_asymmetric_fence_light();
            litmus->seen[0][round - 1] =
                atomic_load_explicit(&litmus->y, memory_order_relaxed);
        } else {
            atomic_store_explicit(&litmus->y, round, memory_order_relaxed);
            lks_asymmetric_fence_heavy();
            litmus->seen[1][round - 1] =
                atomic_load_explicit(&litmus->x, memory_order_relaxed);
        }
    }
}

static uint64_t rounds_that_saw_nothing(uint32_t rounds)
{
    litmus_t *litmus = (litmus_t *)lines(sizeof(litmus_t));
    litmus->rounds = rounds;
    litmus->seen[0] = (uint32_t *)lines(rounds * sizeof(uint32_t));
    litmus->seen[1] = (uint32_t *)lines(rounds * sizeof(uint32_t));
    (void)run_workers(2, run_side, litmus);
    uint64_t nothing = 0;
    for (uint32_t i = 0; i < rounds; i++) {
        nothing += litmus->seen[0][i] <= i && litmus->seen[1][i] <= i;
    }
    free(litmus->seen[0]);
    free(litmus->seen[1]);
    free(litmus);
    return nothing;
}

static void one_half_sees_the_other(void **state)
{
    (void)state;
    assert_int_equal(rounds_that_saw_nothing(10000 * test_scale()), 0);
}

/* The same where there is no membarrier. */
static void so_do_two_full_fences(void **state)
{
    (void)state;
    uint32_t kind = lks_asymmetric_fence_kind();
    atomic_store_explicit(&lks_fence_kind, LKS_FENCE_SYMMETRIC, memory_order_relaxed);
    uint64_t nothing = rounds_that_saw_nothing(50000 * test_scale());
    /* From the moment on at which it is lost, and the first heavy half has settled
       that. */
    atomic_store_explicit(&lks_fence_kind, LKS_FENCE_LOST, memory_order_relaxed);
    uint64_t begin = lks_monotonic_now();
    lks_asymmetric_fence_heavy();
    assert_true(lks_monotonic_now() - begin >= LKS_FENCE_SETTLE_NS);
    assert_int_equal(lks_asymmetric_fence_kind(), LKS_FENCE_SYMMETRIC);
    nothing += rounds_that_saw_nothing(50000 * test_scale());
    atomic_store_explicit(&lks_fence_kind, kind, memory_order_relaxed);
    assert_int_equal(nothing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_kind_is_what_the_kernel_allows),
        cmocka_unit_test(one_half_sees_the_other),
        cmocka_unit_test(so_do_two_full_fences),
    };
    return run_all(tests);
}
