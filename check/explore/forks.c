/* SPDX-License-Identifier: MIT */
#include "check/explore/forks.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "check/explore/run.h"
#include "common/memory.h"

struct fork {
    uint64_t begun, part; /* runs before it, and before the part that is under way */
    uint64_t first;       /* runs of the first part, when it is done */
    unsigned done, left;  /* parts */
};
static struct fork *forks; /* each in the part of the one before that is under way */
static size_t count, room;

/* Of the forks whose first part had at least 2^i runs, and less than twice as many: how
   many there were, and the sum of what an other part had of that, on average. */
enum { SIZES = 64 };
static double known[SIZES], ratios[SIZES];

static unsigned size_of(uint64_t runs)
{
    return runs < 2 ? 0 : 63U - (unsigned)__builtin_clzll(runs);
}

void forks_begin(void)
{
    count = 0;
    memset(known, 0, sizeof known);
    memset(ratios, 0, sizeof ratios);
}

void forks_keep_oldest(void)
{
    count = 0;
    note_fork(1);
}

void note_fork(unsigned parts)
{
    if (parts == 0) {
        return;
    }
    if (count == room) {
        room = 2 * room + 64;
        forks = grow(forks, room * sizeof *forks);
    }
    uint64_t runs = run.result->runs;
    forks[count++] = (struct fork){.begun = runs, .part = runs, .left = parts};
}

static void note_ratio(const struct fork *fork)
{
    if (fork->done > 0 && fork->first > 0) {
        double others = (double)(run.result->runs - fork->begun - fork->first);
        unsigned size = size_of(fork->first);
        known[size]++;
        ratios[size] += others / fork->done / (double)fork->first;
    }
}

void forks_next(void)
{
    while (forks[count - 1].left == 0) {
        note_ratio(&forks[--count]);
    }
    struct fork *fork = &forks[count - 1];
    if (fork->done == 0) {
        fork->first = run.result->runs - fork->begun;
    }
    fork->part = run.result->runs;
    fork->done++;
    fork->left--;
}

void forks_drop_oldest(void)
{
    size_t oldest = 0;
    while (forks[oldest].left == 0) {
        oldest++;
    }
    forks[oldest].left--;
}

/* What an other part has of a first one with so many runs. Where little is known, what is
   known of smaller ones counts as well. */
static double ratio_of(double first)
{
    const double few = 4;
    unsigned size = size_of(first < 0x1p62 ? (uint64_t)first : UINT64_MAX);
    double ratio = 1;
    for (unsigned i = 0; i <= size; i++) {
        ratio = (ratios[i] + few * ratio) / (known[i] + few);
    }
    return ratio;
}

double forks_left(void)
{
    double runs = (double)run.result->runs;
    double all = count == 0 ? runs : runs - (double)forks[count - 1].part;
    for (size_t i = count; i-- > 0;) {
        const struct fork *fork = &forks[i];
        double first = fork->done == 0 ? all : (double)fork->first;
        double expected = first * ratio_of(first);
        double others =
            fork->done == 0 ? 0 : (double)(fork->part - fork->begun - fork->first) + all;
        all = first + others + fork->left * (others + expected) / (fork->done + 1);
    }
    return all - runs;
}
