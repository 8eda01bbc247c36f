/* SPDX-License-Identifier: MIT */
#include "measure.h"

#include <math.h>

const struct metric_facts metric_facts[METRICS] = {
    [LATENCY_NS] = {"latency", "ns", LATENCY},
    [LATENCY_CYCLES] = {"latency_cycles", "cycles", LATENCY},
    [ACQUISITIONS] = {"acquisitions", "million/s", LOCK},
    [HANDOVER_NS] = {"handover", "ns", LOCK},
    [JAIN] = {"jain", "", LOCK},
    [SAME_THREAD] = {"same_thread", "share", LOCK},
    [WAIT_MEDIAN_NS] = {"wait_median", "ns", LOCK},
    [WAIT_P99_NS] = {"wait_p99", "ns", LOCK},
    [WAIT_P999_NS] = {"wait_p999", "ns", LOCK},
    [WAIT_MAX_NS] = {"wait_max", "ns", LOCK},
    [EPISODE_NS] = {"episode", "ns", BARRIER},
};

struct outcome no_outcome(void)
{
    struct outcome outcome = {.verdict = SOUND};
    for (int i = 0; i < METRICS; i++) {
        outcome.values[i] = NAN;
    }
    return outcome;
}
