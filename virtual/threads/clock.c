/* SPDX-License-Identifier: MIT */
/* Time, as clock.h says, and sleeping. */
#include "virtual/threads/clock.h"
#include "virtual/ground/thread.h"
#include "virtual/threads/cancellation.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/times.h>
#include <unistd.h>

#define SECOND UINT64_C(1000000000)
#define TICK   (SECOND / 100) /* of times() */

/* What clocks show at the beginning: 2020-01-01 00:00:00 UTC; a machine that was started
   a day before, and has slept for an hour of it. Each is at the end of its second: who
   adds to the nanoseconds alone gets no time. */
#define PART      (SECOND - 1)
#define BEGINNING (UINT64_C(1577836800) * SECOND + PART)
#define TAI       (BEGINNING + 37U * SECOND)
#define HOUR      (3600U * SECOND)
#define AWAKE     (23U * HOUR + PART)
#define STARTED   (24U * HOUR + PART)

static uint64_t beginning_of(clockid_t clock)
{
    switch (clock) {
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_COARSE:
        return AWAKE;
    case CLOCK_MONOTONIC_RAW:
        return AWAKE + SECOND; /* as if the others had been slewed */
    case CLOCK_BOOTTIME:
        return STARTED;
    case CLOCK_TAI:
        return TAI;
    default:
        return BEGINNING;
    }
}

static uint64_t now(void)
{
    return BEGINNING + vm_thread()->slept + (vm_in_time() ? instrument_now() : 0);
}

uint64_t vm_now(void)
{
    vm_thread()->looked = true;
    return now();
}

uint64_t vm_clock_now(clockid_t clock)
{
    return vm_now() - BEGINNING + beginning_of(clock);
}

/* Never before the beginning, nor (2500-odd) after the end. */
uint64_t vm_nanoseconds(const struct timespec *time)
{
    const int64_t last = INT64_MAX / (int64_t)SECOND - 1;
    if (time->tv_sec < 0) {
        return 0;
    }
    uint64_t seconds = time->tv_sec < last ? (uint64_t)time->tv_sec : (uint64_t)last;
    return seconds * SECOND + (uint64_t)time->tv_nsec;
}

uint64_t vm_instant(clockid_t clock, const struct timespec *time)
{
    uint64_t shown = vm_nanoseconds(time), first = beginning_of(clock);
    return shown > first ? BEGINNING + (shown - first) : BEGINNING;
}

static bool is_time(const struct timespec *time)
{
    return time->tv_nsec >= 0 && (uint64_t)time->tv_nsec < SECOND;
}

int vm_deadline(clockid_t clock, const struct timespec *shown, uint64_t *until,
                struct vm_call call)
{
    vm_plain(shown, sizeof *shown, false, call.site);
    *until = vm_instant(clock, shown);
    return is_time(shown) ? 0 : EINVAL;
}

int vm_duration(const struct timespec *time, uint64_t *nanoseconds, struct vm_call call)
{
    vm_plain(time, sizeof *time, false, call.site);
    *nanoseconds = vm_nanoseconds(time);
    return is_time(time) && time->tv_sec >= 0 ? 0 : EINVAL;
}

static struct timespec timespec_of(uint64_t nanoseconds)
{
    return (struct timespec){(time_t)(nanoseconds / SECOND),
                             (long)(nanoseconds % SECOND)};
}

static void advance(uint64_t until)
{
    if (until > now()) {
        vm_thread()->slept = until - BEGINNING;
        if (vm_thread()->looked && vm_self() != VM_NOBODY) {
            instrument_effect(); /* it will see that time has passed */
        }
    }
}

void vm_sleep(uint64_t nanoseconds, struct vm_call call)
{
    if (vm_in_time() && nanoseconds > 0) {
        instrument_sleep(nanoseconds, call.site);
        return;
    }
    if (nanoseconds > 0) {
        advance(now() + nanoseconds);
    }
    if (vm_self() != VM_NOBODY) {
        instrument_yield(call.site);
    }
}

int vm_time_out(uint64_t limit)
{
    if (!vm_in_time()) {
        advance(limit);
    }
    return ETIMEDOUT;
}

bool vm_await_failed_until(uint64_t limit, struct vm_call call)
{
    if (!vm_in_time()) {
        return false;
    }
    uint64_t zero = BEGINNING + vm_thread()->slept;
    return instrument_await_failed_until(limit > zero ? limit - zero : 0, call.site);
}

/* --- sleeping ----------------------------------------------------------------------- */

/* A VM_CALL that may be rehearsed: it changes nothing but the thread's own clock. */
#define PAUSE(text)                                                                      \
    ((struct vm_call){.name = (text), .site = __builtin_return_address(0)})

int __wrap_sched_yield(void)
{
    vm_sleep(0, PAUSE("sched_yield"));
    return 0;
}

int __wrap_pthread_yield(void)
{
    vm_sleep(0, PAUSE("pthread_yield"));
    return 0;
}

VM_NOTED("__wrap_sleep")
unsigned __wrap_sleep_noted(unsigned seconds)
{
    vm_cancellation_point(PAUSE("sleep"));
    vm_sleep(seconds * SECOND, PAUSE("sleep"));
    return 0;
}

VM_NOTED("__wrap_usleep")
int __wrap_usleep_noted(useconds_t microseconds)
{
    vm_cancellation_point(PAUSE("usleep"));
    vm_sleep(microseconds * UINT64_C(1000), PAUSE("usleep"));
    return 0;
}

VM_NOTED("__wrap_nanosleep")
int __wrap_nanosleep_noted(const struct timespec *time, struct timespec *left)
{
    (void)left;
    struct vm_call call = PAUSE("nanosleep");
    vm_cancellation_point(call);
    uint64_t nanoseconds;
    if (vm_duration(time, &nanoseconds, call) != 0) {
        vm_set_error(EINVAL);
        return -1;
    }
    vm_sleep(nanoseconds, call);
    return 0;
}

int __wrap_clock_nanosleep(clockid_t clock, int flags, const struct timespec *time,
                           struct timespec *left)
{
    (void)left;
    struct vm_call call = PAUSE("clock_nanosleep");
    vm_cancellation_point(call);
    uint64_t nanoseconds;
    if (vm_duration(time, &nanoseconds, call) != 0) {
        return EINVAL;
    }
    if (flags & TIMER_ABSTIME) {
        uint64_t until = vm_instant(clock, time), present = vm_now();
        nanoseconds = until > present ? until - present : 0;
    }
    vm_sleep(nanoseconds, call);
    return 0;
}

/* Without anything to wait for they sleep. */
int __wrap_poll(struct pollfd *polled, nfds_t count, int milliseconds)
{
    struct vm_call call = PAUSE("poll");
    vm_cancellation_point(call);
    (void)polled;
    if (count > 0 || milliseconds < 0) {
        instrument_refuse(call.site, "poll: a program may only sleep with it");
    }
    vm_sleep((uint64_t)milliseconds * UINT64_C(1000000), call);
    return 0;
}

int __wrap_select(int count, fd_set *readable, fd_set *writable, fd_set *other,
                  struct timeval *time)
{
    struct vm_call call = PAUSE("select");
    vm_cancellation_point(call);
    (void)count;
    if (readable != NULL || writable != NULL || other != NULL || time == NULL) {
        instrument_refuse(call.site, "select: a program may only sleep with it");
    }
    vm_plain(time, sizeof *time, true, call.site);
    uint64_t microseconds = (uint64_t)time->tv_sec * 1000000 + (uint64_t)time->tv_usec;
    *time = (struct timeval){0};
    vm_sleep(microseconds * 1000, call);
    return 0;
}

/* --- clocks ------------------------------------------------------------------------- */

time_t __wrap_time(time_t *result)
{
    time_t now = (time_t)(vm_now() / SECOND);
    if (result != NULL) {
        vm_plain(result, sizeof *result, true, __builtin_return_address(0));
        *result = now;
    }
    return now;
}

/* Without time, none of it is work. */
static uint64_t worked(void)
{
    return vm_in_time() ? instrument_now() : 0;
}

clock_t __wrap_clock(void)
{
    return (clock_t)(worked() / (SECOND / CLOCKS_PER_SEC));
}

clock_t __wrap_times(struct tms *result)
{
    if (result != NULL) {
        vm_plain(result, sizeof *result, true, __builtin_return_address(0));
        memset(result, 0, sizeof *result);
        result->tms_utime = (clock_t)(worked() / TICK);
    }
    return (clock_t)(vm_clock_now(CLOCK_MONOTONIC) / TICK);
}

int __wrap_getrusage(int whose, struct rusage *result)
{
    (void)whose;
    vm_plain(result, sizeof *result, true, __builtin_return_address(0));
    memset(result, 0, sizeof *result);
    struct timespec work = timespec_of(worked());
    result->ru_utime = (struct timeval){work.tv_sec, (suseconds_t)(work.tv_nsec / 1000)};
    return 0;
}

int __wrap_clock_getres(clockid_t clock, struct timespec *result)
{
    (void)clock;
    if (result != NULL) {
        vm_plain(result, sizeof *result, true, __builtin_return_address(0));
        *result = (struct timespec){.tv_nsec = 1};
    }
    return 0;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *result)
{
    bool work = clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID;
    vm_plain(result, sizeof *result, true, __builtin_return_address(0));
    *result = timespec_of(work ? worked() : vm_clock_now(clock));
    return 0;
}

int __wrap_timespec_get(struct timespec *result, int base)
{
    vm_plain(result, sizeof *result, true, __builtin_return_address(0));
    *result = timespec_of(vm_now());
    return base;
}

int __wrap_gettimeofday(struct timeval *result, void *zone)
{
    (void)zone;
    struct timespec now = timespec_of(vm_now());
    vm_plain(result, sizeof *result, true, __builtin_return_address(0));
    *result = (struct timeval){now.tv_sec, (suseconds_t)(now.tv_nsec / 1000)};
    return 0;
}
