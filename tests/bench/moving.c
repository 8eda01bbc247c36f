/* SPDX-License-Identifier: MIT */
/*
 * A host that moves the processors about, to a plan: linked into lockbench in place of
 * the real measurement. LOCKBENCH_TEST_TRANSFERS is a text of digits; the Nth time that
 * it is asked about two threads, the way of a cache line takes the Nth digit × 10 ns, the
 * last one from then on.
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
