/* SPDX-License-Identifier: MIT */
#include "measure.h"

#include <math.h>

const struct metric_facts metric_facts[METRICS] = {
    [LATENCY_NS] = {"latency", "ns"},
    [LATENCY_CYCLES] = {"latency_cycles", "cycles"},
    [ACQUISITIONS] = {"acquisitions", "million/s"},
    [HANDOVER_NS] = {"handover", "ns"},
    [JAIN] = {"jain", ""},
    [SAME_THREAD] = {"same_thread", "share"},
    [WAIT_MEDIAN_NS] = {"wait_median", "ns"},
    [WAIT_P99_NS] = {"wait_p99", "ns"},
    [WAIT_P999_NS] = {"wait_p999", "ns"},
    [WAIT_MAX_NS] = {"wait_max", "ns"},
    [EPISODE_NS] = {"episode", "ns"},
};

struct outcome no_outcome(void)
{
    struct outcome outcome = {.verdict = SOUND};
    for (int i = 0; i < METRICS; i++) {
        outcome.values[i] = NAN;
    }
    return outcome;
}
