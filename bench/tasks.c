/* SPDX-License-Identifier: MIT */
#include "bench/tasks.h"

#include <string.h>

#include "bench/lines.h"
#include "bench/workload.h"
#include "common/memory.h"

/* --- accounts --- */

static void transfer(struct payload *const *accounts, chance_t chance, int64_t *tally)
{
    enum { MOST = 100 };
    (void)tally;
    int64_t amount = next_random(chance) % MOST;
    unsigned from = next_random(chance) >> 31;
    accounts[from]->amount -= amount;
    accounts[1 - from]->amount += amount;
}

const struct task bank_task = {.nested = true, .initial = 1000, .change = transfer};

/* --- buckets --- */

/* With a lock that lets two in anything may be there: it is not followed. */
static unsigned count_of(const struct payload *bucket)
{
    int64_t amount = bucket->amount;
    return amount < 0 ? 0 : amount > PLACES ? PLACES : (unsigned)amount;
}

/* One of twice as many keys as there are places for. */
static uint32_t next_key(chance_t chance)
{
    return (uint32_t)(((uint64_t)next_random(chance) * 2 * PLACES) >> 32);
}

/* Its place, or as many as there are. */
static unsigned find(const struct payload *bucket, uint32_t key)
{
    unsigned count = count_of(bucket);
    unsigned i = 0;
    while (i < count && bucket->keys[i] != key) {
        i++;
    }
    return i;
}

static void look_up(const struct payload *bucket, chance_t chance)
{
    unsigned place = find(bucket, next_key(chance));
    __asm__ volatile("" : : "r"(place));
}

static void put_or_take(struct payload *const *buckets, chance_t chance, int64_t *tally)
{
    struct payload *bucket = buckets[0];
    uint32_t key = next_key(chance);
    unsigned count = count_of(bucket);
    unsigned place = find(bucket, key);
    if (place < count) {
        bucket->keys[place] = bucket->keys[count - 1];
        bucket->amount = count - 1;
        (*tally)--;
    } else if (count < PLACES) {
        bucket->keys[count] = key;
        bucket->amount = count + 1;
        (*tally)++;
    }
}

static bool has_each_once(const struct payload *bucket)
{
    unsigned count = count_of(bucket);
    bool once = bucket->amount == (int64_t)count;
    for (unsigned i = 0; i < count; i++) {
        once = once && find(bucket, bucket->keys[i]) == i;
    }
    return once;
}

const struct task table_task = {
    .change = put_or_take, .look = look_up, .is_right = has_each_once};

/* --- a grid --- */

enum { LEAST_ROWS = 64, COLUMNS = 64, SWEEPS = 32 };

struct grid {
    unsigned threads, rows; /* with those at the edge */
    double *now[2];         /* of every other sweep */
    double *result;         /* after SWEEPS */
};

/* Warm here and there, so that no sweep leaves anything as it was. */
static void heat(double *cells, unsigned first, unsigned end)
{
    for (unsigned row = first; row < end; row++) {
        for (unsigned column = 0; column < COLUMNS; column++) {
            cells[row * COLUMNS + column] = (row * 37 + column * 101) % 64;
        }
    }
}

/* The mean of the four around each. */
static void sweep(const double *from, double *to, unsigned first, unsigned end)
{
    for (unsigned row = first; row < end; row++) {
        for (unsigned column = 1; column + 1 < COLUMNS; column++) {
            size_t at = (size_t)row * COLUMNS + column;
            to[at] =
                (from[at - COLUMNS] + from[at - 1] + from[at + 1] + from[at + COLUMNS]) /
                4;
        }
    }
}

struct grid *grid_make(unsigned threads)
{
    struct grid *grid = zeroed(1, sizeof *grid);
    grid->threads = threads;
    grid->rows = 2 + (threads > LEAST_ROWS ? threads : LEAST_ROWS);
    size_t size = (size_t)grid->rows * COLUMNS * sizeof(double);
    double **all[] = {&grid->now[0], &grid->now[1], &grid->result};
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
        *all[i] = allocate_lines(size);
        heat(*all[i], 0, grid->rows);
    }
    for (unsigned i = 0; i < SWEEPS; i++) {
        sweep(grid->now[i % 2], grid->now[1 - i % 2], 1, grid->rows - 1);
    }
    memcpy(grid->result, grid->now[SWEEPS % 2], size);
    heat(grid->now[0], 0, grid->rows);
    return grid;
}

void grid_free(struct grid *grid)
{
    free(grid->now[0]);
    free(grid->now[1]);
    free(grid->result);
    free(grid);
}

bool grid_work(struct grid *grid, unsigned self, uint64_t episode)
{
    const unsigned inner = grid->rows - 2;
    const unsigned first = 1 + inner * self / grid->threads;
    const unsigned end = 1 + inner * (self + 1) / grid->threads;
    const unsigned step = (unsigned)(episode % (SWEEPS + 1));
    if (step > 0) {
        sweep(grid->now[1 - step % 2], grid->now[step % 2], first, end);
        return true;
    }
    double *mine = &grid->now[SWEEPS % 2][(size_t)first * COLUMNS];
    size_t size = (size_t)(end - first) * COLUMNS * sizeof(double);
    bool right = memcmp(mine, &grid->result[(size_t)first * COLUMNS], size) == 0;
    heat(grid->now[0], first, end);
    return right;
}
