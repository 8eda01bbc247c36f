/* SPDX-License-Identifier: MIT */
#include "bench/measure.h"

#include <math.h>

const struct metric_facts metric_facts[METRICS] = {
    [LATENCY_NS] = {"latency", "ns"},
    [LATENCY_CYCLES] = {"latency_cycles", "cycles"},
    [READ_LATENCY_NS] = {"read_latency", "ns"},
    [READ_LATENCY_CYCLES] = {"read_latency_cycles", "cycles"},
    [WRITE_LATENCY_NS] = {"write_latency", "ns"},
    [WRITE_LATENCY_CYCLES] = {"write_latency_cycles", "cycles"},
    [ACQUISITIONS] = {"acquisitions", "million/s"},
    [READS] = {"reads", "million/s"},
    [WRITES] = {"writes", "million/s"},
    [HANDOVER_NS] = {"handover", "ns"},
    [JAIN] = {"jain", ""},
    [SAME_THREAD] = {"same_thread", "share"},
    [WAIT_MEDIAN_NS] = {"wait_median", "ns"},
    [WAIT_P99_NS] = {"wait_p99", "ns"},
    [WAIT_P999_NS] = {"wait_p999", "ns"},
    [WAIT_MAX_NS] = {"wait_max", "ns"},
    [READ_WAIT_MEDIAN_NS] = {"read_wait_median", "ns"},
    [READ_WAIT_P99_NS] = {"read_wait_p99", "ns"},
    [READ_WAIT_P999_NS] = {"read_wait_p999", "ns"},
    [READ_WAIT_MAX_NS] = {"read_wait_max", "ns"},
    [WRITE_WAIT_MEDIAN_NS] = {"write_wait_median", "ns"},
    [WRITE_WAIT_P99_NS] = {"write_wait_p99", "ns"},
    [WRITE_WAIT_P999_NS] = {"write_wait_p999", "ns"},
    [WRITE_WAIT_MAX_NS] = {"write_wait_max", "ns"},
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

void set_waits(struct outcome *outcome, enum metric median, const struct histogram *waits)
{
    if (waits->total > 0) {
        double *values = &outcome->values[median];
        values[WAIT_MEDIAN_NS - WAIT_MEDIAN_NS] = histogram_percentile(waits, 0.5);
        values[WAIT_P99_NS - WAIT_MEDIAN_NS] = histogram_percentile(waits, 0.99);
        values[WAIT_P999_NS - WAIT_MEDIAN_NS] = histogram_percentile(waits, 0.999);
        values[WAIT_MAX_NS - WAIT_MEDIAN_NS] = (double)waits->maximum;
    }
}
