/* SPDX-License-Identifier: MIT */
/* Locks: all of lks_lock_class_next. */
#include <assert.h>
#include <lockstep/lock.h>
#include <stdlib.h>

#include "check/clients/kinds.h"

static struct {
    const lks_lock_class_t *class;
    void *lock;
    void *nodes[MOST_THREADS];
    unsigned rounds;
    unsigned data;                  /* plain: the lock alone orders it */
    unsigned entered[MOST_THREADS]; /* each its own */
} section;

static void enter(unsigned self)
{
    section.data++;
    section.entered[self]++;
}

static void lock_once(unsigned self)
{
    section.class->lock(section.lock, section.nodes[self]);
    enter(self);
    section.class->unlock(section.lock, section.nodes[self]);
}

static void *lock_each_round(void *argument)
{
    for (unsigned i = 0; i < section.rounds; i++) {
        lock_once(*(unsigned *)argument);
    }
    return NULL;
}

static void *try_or_lock(void *argument)
{
    unsigned self = *(unsigned *)argument;
    for (unsigned i = 0; i < section.rounds; i++) {
        if ((self + i) % 2 == 0) {
            lock_once(self);
        } else if (section.class->trylock(section.lock, section.nodes[self])) {
            enter(self);
            section.class->unlock(section.lock, section.nodes[self]);
        }
    }
    return NULL;
}

static void *come_again(void *argument)
{
    unsigned self = *(unsigned *)argument;
    for (unsigned i = 0; i < (self == 0 ? section.rounds + 1 : 1); i++) {
        lock_once(self);
    }
    return NULL;
}

static void run(const lks_lock_class_t *class, unsigned threads, unsigned rounds,
                void *(*body)(void *), bool aged)
{
    section.class = class;
    section.rounds = rounds;
    section.lock = lines(class->size(threads));
    int error = class->init(section.lock, threads);
    assert(error == 0);
    if (aged) {
        class->age(section.lock);
    }
    for (unsigned i = 0; i < threads; i++) {
        section.nodes[i] = lines(class->node_size);
    }
    run_threads(threads, body);
    unsigned entered = 0;
    for (unsigned i = 0; i < threads; i++) {
        entered += section.entered[i];
    }
    assert(section.data == entered);
    assert(!class->is_locked(section.lock));
    class->destroy(section.lock);
    for (unsigned i = 0; i < threads; i++) {
        free(section.nodes[i]);
    }
    free(section.lock);
}

static void run_plain(const void *class, unsigned threads, unsigned rounds)
{
    run(class, threads, rounds, lock_each_round, false);
}

static void run_trylock(const void *class, unsigned threads, unsigned rounds)
{
    run(class, threads, rounds, try_or_lock, false);
}

static void run_again(const void *class, unsigned threads, unsigned rounds)
{
    run(class, threads, rounds, come_again, false);
}

static void run_wrap(const void *class, unsigned threads, unsigned rounds)
{
    run(class, threads, rounds, lock_each_round, true);
}

/* --- for which locks ---------------------------------------------------------------- */

/* Clients come in two sizes: to go to sleep and be woken takes many steps, most of all
   where there is no queue. */
static bool spins(const void *subject)
{
    const lks_lock_class_t *class = subject;
    return (class->traits & LKS_LOCK_SLEEPS) == 0;
}

static bool sleeps_in_queue(const void *subject)
{
    const lks_lock_class_t *class = subject;
    return !spins(class) && (class->traits & LKS_LOCK_FAIR) != 0;
}

static bool sleeps(const void *class)
{
    return !spins(class) && !sleeps_in_queue(class);
}

static const struct client_size sizes[] = {{2, 3, false}, {3, 2, false}, {4, 1, false},
                                           {2, 5, true},  {5, 1, true},  {0, 0, false}};
static const struct client_size in_queue[] = {
    {2, 2, false}, {3, 1, false}, {2, 3, true}, {0, 0, false}};
static const struct client_size asleep[] = {{2, 1, false}, {2, 2, true}, {0, 0, false}};

/* What not every lock has. */
static bool has_trylock(const void *subject)
{
    const lks_lock_class_t *class = subject;
    return class->trylock != NULL;
}

static bool has_age(const void *subject)
{
    const lks_lock_class_t *class = subject;
    return class->age != NULL;
}

static const struct client clients[] = {
    {"lock", spins, NULL, run_plain, sizes},
    {"lock", sleeps_in_queue, NULL, run_plain, in_queue},
    {"lock", sleeps, NULL, run_plain, asleep},
    {"trylock", spins, has_trylock, run_trylock, sizes},
    {"trylock", sleeps_in_queue, has_trylock, run_trylock, in_queue},
    {"trylock", sleeps, has_trylock, run_trylock, asleep},
    {"again", spins, NULL, run_again, sizes},
    {"again", sleeps_in_queue, NULL, run_again, in_queue},
    {"again", sleeps, NULL, run_again, asleep},
    {"wrap", spins, has_age, run_wrap, sizes},
    {"wrap", sleeps_in_queue, has_age, run_wrap, in_queue},
    {NULL, NULL, NULL, NULL, NULL},
};

static const void *next(const void *previous)
{
    return lks_lock_class_next(previous);
}

static const char *name(const void *class)
{
    return ((const lks_lock_class_t *)class)->name;
}

const struct client_kind lock_kind = {next, name, clients};
