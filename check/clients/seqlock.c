/* SPDX-License-Identifier: MIT */
/* Seqlocks: two words that every reader finds alike. */
#include <assert.h>
#include <lockstep/seqlock.h>
#include <lockstep/tas.h>

#include "check/clients/kinds.h"

static lks_seqlock_t seqlock;
static lks_tas_t writers;
static _Atomic(unsigned) first, second; /* both: how often somebody has written */
static unsigned written;                /* plain: `writers` orders it */
static unsigned rounds_of_each;

static void *write_each_round(void *unused)
{
    (void)unused;
    for (unsigned i = 0; i < rounds_of_each; i++) {
        lks_tas_lock(&writers);
        written++;
        lks_seqlock_write_begin(&seqlock);
        lks_seqlock_store(&first, written);
        lks_seqlock_store(&second, written);
        lks_seqlock_write_end(&seqlock);
        lks_tas_unlock(&writers);
    }
    return NULL;
}

/* What is found is never older than what was found before. */
static void read_twice(void)
{
    unsigned last = 0;
    for (unsigned i = 0; i < 2; i++) {
        size_t number;
        unsigned x, y;
        do {
            number = lks_seqlock_read_begin(&seqlock);
            x = lks_seqlock_load(&first);
            y = lks_seqlock_load(&second);
        } while (lks_seqlock_read_retry(&seqlock, number));
        assert(x == y && (size_t)x * 2 == number && x >= last);
        last = x;
    }
}

/* All write but the last one, which reads. */
static void run(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused;
    rounds_of_each = rounds;
    int error = lks_seqlock_init(&seqlock);
    assert(error == 0);
    start_threads(threads - 1, write_each_round);
    read_twice();
    join_threads(threads - 1);
    size_t number = lks_seqlock_read_begin(&seqlock);
    assert(number == (size_t)2 * (threads - 1) * rounds);
}

static const struct client_size sizes[] = {
    {2, 1, false}, {2, 2, false}, {3, 1, false}, {3, 2, true}, {0, 0, false}};

static const struct client clients[] = {
    {"write and read", fits_all, NULL, run, sizes},
    {NULL, NULL, NULL, NULL, NULL},
};

const struct client_kind seqlock_kind = {.alone = "seqlock", .clients = clients};
