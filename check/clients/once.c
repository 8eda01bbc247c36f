/* SPDX-License-Identifier: MIT */
/* Once. */
#include <assert.h>
#include <lockstep/once.h>

#include "check/clients/kinds.h"

static lks_once_t once;
static unsigned calls; /* plain: `once` alone orders it */

static void call(void *argument)
{
    assert(argument == &calls);
    calls++;
}

static void *make_sure(void *unused)
{
    (void)unused;
    lks_once_call(&once, call, &calls);
    assert(calls == 1);
    return NULL;
}

/* The first attempt fails, the second one finds what it has left. */
static bool attempt(void *argument)
{
    assert(argument == &calls && calls < 2);
    return ++calls == 2;
}

static void *try_until_done(void *unused)
{
    (void)unused;
    if (!lks_once_try(&once, attempt, &calls)) {
        bool done = lks_once_try(&once, attempt, &calls);
        assert(done);
    }
    assert(calls == 2);
    return NULL;
}

static void run_try(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)rounds;
    run_threads(threads, try_until_done);
}

static void run(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)rounds;
    run_threads(threads, make_sure);
}

static const struct client_size sizes[] = {
    {2, 1, false}, {3, 1, false}, {4, 1, true}, {0, 0, false}};

/* Who fails, who sleeps and who is woken: much for more than two. */
static const struct client_size two[] = {{2, 1, false}, {0, 0, false}};

static const struct client clients[] = {
    {"call", fits_all, NULL, run, sizes},
    {"try", fits_all, NULL, run_try, two},
    {NULL, NULL, NULL, NULL, NULL},
};

const struct client_kind once_kind = {.alone = "once", .clients = clients};
