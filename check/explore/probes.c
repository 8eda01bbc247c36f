/* SPDX-License-Identifier: MIT */
#include "check/explore/probes.h"

#include <fcntl.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check/explore/jobs.h"
#include "check/explore/work.h"

/* Seconds of processor time: when the first are made, and which share of the time until
   then. The others are made when twice as much has gone by. */
static const double FIRST = 0.5, SHARE = 0.02;

/* Samples of a level: the more the better, so twice as many when there was time left. */
enum { FEW = 8, MANY = 256 };

static struct {
    double sum, count; /* of what was found with so many samples */
    unsigned samples;
} * found; /* in shared memory */
static double due, end;
static uint32_t chance;
static pid_t first; /* of the processes that search: it alone makes some */

static double seconds_used(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void probes_begin(void)
{
    if (found == NULL) {
        found = jobs_shared_memory(sizeof *found);
    }
    found->count = 0;
    due = seconds_used() + FIRST;
    chance = 1;
    first = getpid();
}

/* From 0 on, below 1 (Marsaglia's xorshift). */
static double by_chance(void)
{
    chance ^= chance << 13;
    chance ^= chance >> 17;
    chance ^= chance << 5;
    return chance / 0x1p32;
}

static bool is_late(void)
{
    return seconds_used() >= end;
}

static void make_until_late(void)
{
    unsigned samples = found->count > 0 ? found->samples : FEW;
    for (double runs; (runs = work_sample(samples, by_chance, is_late)) > 0;) {
        if (samples != found->samples || found->count == 0) {
            found->sum = found->count = 0;
            found->samples = samples;
        }
        found->sum += runs;
        found->count++;
        samples = samples < MANY ? 2 * samples : samples;
    }
}

void probes_make(void)
{
    const double used = seconds_used();
    if (used < due || getpid() != first) {
        return;
    }
    due = 2 * used;
    chance = chance * 0x9e3779b1 | 1;
    pid_t child = fork();
    if (child == 0) {
        int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
        (void)dup2(nothing, STDOUT_FILENO);
        (void)dup2(nothing, STDERR_FILENO);
        end = seconds_used() + SHARE * used;
        (void)alarm(2 + (unsigned)(4 * SHARE * used)); /* a run may take long */
        make_until_late();
        _exit(0);
    }
    if (child > 0) {
        (void)waitpid(child, NULL, 0);
    }
}

double probes_share(double runs, double to_come)
{
    double all = runs + to_come;
    if (found != NULL && found->count > 0) {
        const double probed = found->sum / found->count;
        const double share = probed > runs ? runs / probed : 1;
        all = share * all + (1 - share) * probed;
    }
    return runs > 0 ? runs / all : 0;
}
