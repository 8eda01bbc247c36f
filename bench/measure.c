/* SPDX-License-Identifier: MIT */
#include "bench/measure.h"

#include <math.h>

const char *const metric_names[METRICS] = {
    [LATENCY_NS] = "latency_ns",
    [LATENCY_CYCLES] = "latency_cycles",
    [READ_LATENCY_NS] = "read_latency_ns",
    [READ_LATENCY_CYCLES] = "read_latency_cycles",
    [WRITE_LATENCY_NS] = "write_latency_ns",
    [WRITE_LATENCY_CYCLES] = "write_latency_cycles",
    [ACQUISITIONS] = "acquisitions_millions_per_second",
    [READS] = "reads_millions_per_second",
    [WRITES] = "writes_millions_per_second",
    [HANDOVER_NS] = "handover_ns",
    [JAIN] = "jain_index",
    [DEVIATION] = "relative_deviation",
    [SAME_THREAD] = "same_thread_share",
    [LONGEST_RUN] = "longest_run",
    [LONGEST_IDLE] = "longest_idle",
    [WINDOW_OWNERS] = "window_owners",
    [FROM_PROCESSOR] = "from_same_processor_share",
    [FROM_CORE] = "from_same_core_share",
    [FROM_CACHE] = "from_same_cache_share",
    [FROM_NODE] = "from_same_node_share",
    [FROM_ELSEWHERE] = "from_elsewhere_share",
    [WAIT_MEDIAN_NS] = "wait_median_ns",
    [WAIT_P90_NS] = "wait_p90_ns",
    [WAIT_P99_NS] = "wait_p99_ns",
    [WAIT_P999_NS] = "wait_p999_ns",
    [WAIT_P9999_NS] = "wait_p9999_ns",
    [WAIT_MAX_NS] = "wait_max_ns",
    [READ_WAIT_MEDIAN_NS] = "read_wait_median_ns",
    [READ_WAIT_P90_NS] = "read_wait_p90_ns",
    [READ_WAIT_P99_NS] = "read_wait_p99_ns",
    [READ_WAIT_P999_NS] = "read_wait_p999_ns",
    [READ_WAIT_P9999_NS] = "read_wait_p9999_ns",
    [READ_WAIT_MAX_NS] = "read_wait_max_ns",
    [WRITE_WAIT_MEDIAN_NS] = "write_wait_median_ns",
    [WRITE_WAIT_P90_NS] = "write_wait_p90_ns",
    [WRITE_WAIT_P99_NS] = "write_wait_p99_ns",
    [WRITE_WAIT_P999_NS] = "write_wait_p999_ns",
    [WRITE_WAIT_P9999_NS] = "write_wait_p9999_ns",
    [WRITE_WAIT_MAX_NS] = "write_wait_max_ns",
    [CYCLES_EACH] = "cycles_per_acquisition",
    [INSTRUCTIONS_EACH] = "instructions_per_acquisition",
    [CACHE_MISSES_EACH] = "cache_misses_per_acquisition",
    [PROCESSOR_EACH_NS] = "processor_ns_per_acquisition",
    [SWITCHES_EACH] = "switches_per_acquisition",
    [FAILED_TRIES] = "failed_tries_per_acquisition",
    [BYTES_PER_LOCK] = "bytes_per_lock",
    [BYTES_PER_THREAD] = "bytes_per_thread",
    [UNSERVED_SHARE] = "unserved_share",
    [OVERLAPPING] = "overlapping_sections",
    [LOST_UPDATES] = "lost_updates",
    [WRONG_RESULTS] = "wrong_results",
    [IMBALANCE_MEDIAN_NS] = "imbalance_median_ns",
    [IMBALANCE_MAX_NS] = "imbalance_max_ns",
    [EPISODE_NS] = "episode_ns",
    [PROCESSOR_SHARE] = "processor_share",
    [QUEUED_SHARE] = "queued_share",
    [OTHERS_SHARE] = "others_share",
    [OTHERS_MOST] = "others_share_most",
    [SIBLINGS_SHARE] = "siblings_share",
    [STEAL_SHARE] = "steal_share",
    [THROTTLED_SHARE] = "throttled_share",
    [VOLUNTARY_SWITCHES] = "voluntary_switches",
    [INVOLUNTARY_SWITCHES] = "involuntary_switches",
    [MOVED_THREADS] = "moved_threads",
};

struct outcome no_outcome(void)
{
    struct outcome outcome = {.verdict = SOUND};
    for (int i = 0; i < METRICS; i++) {
        outcome.values[i] = NAN;
    }
    return outcome;
}

void set_company(struct outcome *outcome)
{
    const struct company *company = &outcome->company;
    double *values = outcome->values;
    values[PROCESSOR_SHARE] = company->processor_share;
    values[QUEUED_SHARE] = company->queued_share;
    values[OTHERS_SHARE] = company->others_share;
    values[OTHERS_MOST] = company->others_most;
    values[SIBLINGS_SHARE] = company->siblings_share;
    values[STEAL_SHARE] = company->steal_share;
    values[THROTTLED_SHARE] = company->throttled_share;
    values[VOLUNTARY_SWITCHES] = company->voluntary;
    values[INVOLUNTARY_SWITCHES] = company->involuntary;
    values[MOVED_THREADS] = company->moved;
}

void get_company(struct outcome *outcome)
{
    const double *values = outcome->values;
    outcome->company = (struct company){.processor_share = values[PROCESSOR_SHARE],
                                        .queued_share = values[QUEUED_SHARE],
                                        .others_share = values[OTHERS_SHARE],
                                        .others_most = values[OTHERS_MOST],
                                        .siblings_share = values[SIBLINGS_SHARE],
                                        .steal_share = values[STEAL_SHARE],
                                        .throttled_share = values[THROTTLED_SHARE],
                                        .voluntary = values[VOLUNTARY_SWITCHES],
                                        .involuntary = values[INVOLUNTARY_SWITCHES],
                                        .moved = values[MOVED_THREADS]};
}

void add_counters(struct counters *all, const struct counters *one)
{
    for (int i = 0; i < COUNTERS; i++) {
        all->known[i] = one->known[i] && (all->known[i] || !all->begun);
        all->counts[i] += one->counts[i];
    }
    all->begun = true;
}

void set_counters(struct outcome *outcome, const struct counters *all, uint64_t count)
{
    for (int i = 0; i < COUNTERS; i++) {
        if (all->known[i] && count > 0) {
            outcome->values[CYCLES_EACH + i] = all->counts[i] / (double)count;
        }
    }
}

void set_soundness(struct outcome *outcome, uint64_t sections, uint64_t updates,
                   uint64_t overlaps)
{
    outcome->sections = sections;
    outcome->overlaps = overlaps;
    outcome->lost = (int64_t)(sections - updates);
    outcome->values[OVERLAPPING] = (double)overlaps;
    outcome->values[LOST_UPDATES] = (double)outcome->lost;
    if (overlaps > 0 || outcome->lost != 0) {
        outcome->verdict = OVERLAPS;
    }
}

void set_wrong_results(struct outcome *outcome, uint64_t count)
{
    outcome->values[WRONG_RESULTS] = (double)count;
    if (count > 0 && outcome->verdict == SOUND) {
        outcome->verdict = WRONG;
    }
}

void set_waits(struct outcome *outcome, enum metric median, const struct histogram *waits)
{
    histogram_octaves(waits, outcome->waits);
    if (waits->total > 0) {
        static const double shares[] = {0.5, 0.9, 0.99, 0.999, 0.9999};
        enum { COUNT = sizeof shares / sizeof *shares };
        double *values = &outcome->values[median];
        for (int i = 0; i < COUNT; i++) {
            values[i] = histogram_percentile(waits, shares[i]);
        }
        values[COUNT] = (double)waits->maximum;
    }
}
