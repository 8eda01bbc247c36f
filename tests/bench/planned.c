/* SPDX-License-Identifier: MIT */
/*
 * A host that moves the processors about, and on which others run, to a plan: linked into
 * lockbench in place of the real measurement, and of what it asks the system.
 *
 * LOCKBENCH_TEST_TRANSFERS is a text of digits; the Nth time that it is asked about two
 * threads, the way of a cache line takes the Nth digit × 10 ns, the last one from then
 * on.
 * LOCKBENCH_TEST_OTHERS likewise: in the Nth run others have the Nth digit × 10 % of the
 * processors; for runs with a processor for each thread.
 */
#include "bench/measure.h"

#include <math.h>
#include <stdlib.h>

double measure_transfer(const struct placement *placement, unsigned threads)
{
    static const char *plan;
    (void)placement;
    if (threads < 2) {
        return NAN;
    }
    if (plan == NULL) {
        plan = getenv("LOCKBENCH_TEST_TRANSFERS");
        plan = plan != NULL ? plan : "1";
    }
    double ns = (*plan - '0') * 10.0;
    plan += plan[1] != '\0';
    return ns;
}

static unsigned share; /* in tenths */

/* Called before and after each run. */
void read_processor_times(struct processor_times *times, size_t count)
{
    static const char *plan;
    static bool is_after;
    (void)times;
    (void)count;
    if (plan == NULL) {
        plan = getenv("LOCKBENCH_TEST_OTHERS");
        plan = plan != NULL ? plan : "0";
    }
    if (!is_after) {
        share = (unsigned)(*plan - '0');
        plan += plan[1] != '\0';
    }
    is_after = !is_after;
}

void presence_begin(struct presence *presence)
{
    (void)presence;
}

void presence_end(struct presence *presence)
{
    *presence = (struct presence){.wall_ns = 100000,
                                  .used_ns = (10 - share) * (uint64_t)10000,
                                  .queued_ns = share * (uint64_t)10000,
                                  .queued_known = true};
}

uint64_t tick_ns(void)
{
    return 10000000;
}

int sibling_of(unsigned processor)
{
    (void)processor;
    return -1;
}

double quota_processors(void)
{
    return NAN;
}

uint64_t throttled_ns(void)
{
    return 0;
}
