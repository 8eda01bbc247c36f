/* SPDX-License-Identifier: MIT */
#include "bench/clock.h"

/* Each figure is the best of many short batches: whatever disturbs, disturbs upwards. */
enum { BATCHES = 50 };
static const uint64_t PER_BATCH = 10000;

__attribute__((noinline)) void spend(uint64_t loops)
{
    while (loops > 0) {
        loops--;
        __asm__ volatile("" : "+r"(loops));
    }
}

static void read_clock(uint64_t count)
{
    while (count-- > 0) {
        (void)clock_now();
    }
}

/* A chain of additions, each of which waits for the one before: a cycle each. What is
   added is in a register, since some processors add constants in no time at all. */
static void add_in_a_chain(uint64_t count)
{
    uint64_t sum = count;
    uint64_t step = 3;
    __asm__ volatile("" : "+r"(step));
#define ADD                                                                              \
    sum += step;                                                                         \
    __asm__ volatile("" : "+r"(sum));
    for (uint64_t i = 0; i < count; i += 10) {
        ADD ADD ADD ADD ADD ADD ADD ADD ADD ADD
    }
#undef ADD
}

/* Nanoseconds that one of function's `count` steps takes. */
static double cost(void (*function)(uint64_t count))
{
    double best = 0;
    for (int batch = 0; batch < BATCHES; batch++) {
        uint64_t start = clock_now();
        function(PER_BATCH);
        double elapsed = (double)(clock_now() - start);
        if (batch == 0 || elapsed < best) {
            best = elapsed;
        }
    }
    return best / (double)PER_BATCH;
}

struct clock_facts clock_calibrate(void)
{
    return (struct clock_facts){.read_ns = cost(read_clock),
                                .cycles_per_ns = 1 / cost(add_in_a_chain),
                                .loops_per_ns = 1 / cost(spend)};
}
