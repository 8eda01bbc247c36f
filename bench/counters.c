/* SPDX-License-Identifier: MIT */
#include "bench/counters.h"

#include <errno.h>
#if __has_include(<linux/perf_event.h>)
#include <linux/perf_event.h>
#endif
#include <lockstep/atomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench/clock.h"

static _Atomic(int) error_of_last; /* an errno value */
static const char *before;         /* in another process */

/* −1: there is none, and errno says why. */
#ifdef PERF_FLAG_FD_CLOEXEC
static int open_counter(enum counter counter, bool with_kernel)
{
    static const uint64_t configs[OF_PROCESSOR] = {
        [CYCLES] = PERF_COUNT_HW_CPU_CYCLES,
        [INSTRUCTIONS] = PERF_COUNT_HW_INSTRUCTIONS,
        [CACHE_MISSES] = PERF_COUNT_HW_CACHE_MISSES};
    struct perf_event_attr event;
    (void)memset(&event, 0, sizeof event);
    event.type = PERF_TYPE_HARDWARE;
    event.size = sizeof event;
    event.config = configs[counter];
    event.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
    event.exclude_kernel = !with_kernel;
    event.exclude_hv = 1;
    return (int)syscall(SYS_perf_event_open, &event, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}
#else
static int open_counter(enum counter counter, bool with_kernel)
{
    (void)counter;
    (void)with_kernel;
    errno = ENOSYS;
    return -1;
}
#endif

/* What the system has counted of the calling thread until now. */
static double time_until_now(void)
{
    return (double)nanoseconds_of(CLOCK_THREAD_CPUTIME_ID);
}

static double switches_until_now(void)
{
    struct rusage usage;
    (void)getrusage(RUSAGE_THREAD, &usage);
    return (double)(usage.ru_nvcsw + usage.ru_nivcsw);
}

void counters_begin(struct counters *counters)
{
    counters->begun = true;
    for (int i = 0; i < OF_PROCESSOR; i++) {
        int file = open_counter((enum counter)i, true);
        if (file < 0 && (errno == EACCES || errno == EPERM)) {
            file = open_counter((enum counter)i, false);
        }
        if (file < 0) {
            atomic_store_explicit(&error_of_last, errno, memory_order_relaxed);
        }
        counters->files[i] = file;
        counters->known[i] = false;
    }
    counters->counts[SWITCHES] = switches_until_now();
    counters->counts[PROCESSOR_NS] = time_until_now();
}

void counters_end(struct counters *counters)
{
    if (!counters->begun) {
        return;
    }
    counters->counts[PROCESSOR_NS] = time_until_now() - counters->counts[PROCESSOR_NS];
    counters->counts[SWITCHES] = switches_until_now() - counters->counts[SWITCHES];
    counters->known[PROCESSOR_NS] = true;
    counters->known[SWITCHES] = true;
    for (int i = 0; i < OF_PROCESSOR; i++) {
        struct {
            uint64_t count, enabled, running;
        } now;
        int file = counters->files[i];
        /* It may have shared the processor's counter with others: then it is scaled. */
        if (file >= 0 && read(file, &now, sizeof now) == (ssize_t)sizeof now &&
            now.running > 0) {
            counters->known[i] = true;
            counters->counts[i] =
                (double)now.count * (double)now.enabled / (double)now.running;
        }
        if (file >= 0) {
            (void)close(file);
        }
    }
}

void counters_were_missing(const char *why)
{
    before = why;
}

const char *counters_missing(void)
{
    switch (atomic_load_explicit(&error_of_last, memory_order_relaxed)) {
    case 0:
        return before;
    case ENOENT:
    case EOPNOTSUPP:
    case ENODEV:
        return "the processor has no such counters, or its host does not show them";
    case ENOSYS:
        return "the kernel has no perf events";
    case EACCES:
    case EPERM:
        return "not allowed (see /proc/sys/kernel/perf_event_paranoid)";
    case EMFILE:
        return "too many open files (see ulimit -n)";
    default:
        return "perf_event_open fails";
    }
}
