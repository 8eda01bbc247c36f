/* SPDX-License-Identifier: MIT */
/* Locks: all of lks_lock_class_next. */
#include <assert.h>
#include <lockstep/lock.h>
#include <lockstep/wait.h>
#include <stdlib.h>
#include <string.h>

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

/* Whether its nodes are those of a queue, which need no initialising; others begin as
   zeros. */
static bool has_queue_nodes(const lks_lock_class_t *class)
{
    enum { context_free, queue_node, spare_node };
#define LOCK(name, style) {#name, style},
    static const struct {
        const char *name;
        int style;
    } locks[] = { LKS_EACH_LOCK(LOCK) };
#define SLEEPING(name, same) {#name, #same},
    static const struct {
        const char *name, *same;
    } sleeping[] = {LKS_EACH_SLEEPING_LOCK(SLEEPING)};
    const char *name = class->name;
    for (unsigned i = 0; i < sizeof sleeping / sizeof *sleeping; i++) {
        name = strcmp(name, sleeping[i].name) == 0 ? sleeping[i].same : name;
    }
    unsigned i = 0;
    while (i < sizeof locks / sizeof *locks && strcmp(name, locks[i].name) != 0) {
        i++;
    }
    return i < sizeof locks / sizeof *locks && locks[i].style == queue_node;
}

/* Of the user's: in place of the node comes the thread's index. */
static bool by_index(const lks_lock_class_t *class)
{
    return (class->traits & LKS_LOCK_NEEDS_INDEX) != 0;
}

/* A free lock for the threads, and their nodes. `memory` is what the lock lies in before
   it is initialised. */
static void begin(const lks_lock_class_t *class, unsigned threads, unsigned rounds,
                  void *(*memory)(size_t))
{
    section.class = class;
    section.rounds = rounds;
    section.lock = place_for(class->size(threads), memory);
    leave_if_refused(class->init(section.lock, threads));
    for (unsigned i = 0; i < threads; i++) {
        section.nodes[i] = by_index(class)          ? (void *)(uintptr_t)i
                           : has_queue_nodes(class) ? lines_of_pointers(class->node_size)
                                                    : lines_of_zeros(class->node_size);
    }
}

/* Whether the lock says that it is taken; one of the user's may say nothing. */
static void check_state(bool taken)
{
    if (section.class->is_locked != NULL) {
        assert(section.class->is_locked(section.lock) == taken);
    }
}

static void free_nodes(unsigned threads)
{
    for (unsigned i = 0; i < threads && !by_index(section.class); i++) {
        free(section.nodes[i]);
    }
}

static void end(unsigned threads)
{
    unsigned entered = 0;
    for (unsigned i = 0; i < threads; i++) {
        entered += section.entered[i];
    }
    assert(section.data == entered);
    check_state(false);
    section.class->destroy(section.lock);
    free_nodes(threads);
    place_back(section.lock);
}

static void run(const lks_lock_class_t *class, unsigned threads, unsigned rounds,
                void *(*body)(void *))
{
    begin(class, threads, rounds, lines_of_zeros);
    run_threads(threads, body);
    end(threads);
}

static void run_plain(const void *class, unsigned threads, unsigned rounds)
{
    run(class, threads, rounds, lock_each_round);
}

static void run_trylock(const void *class, unsigned threads, unsigned rounds)
{
    run(class, threads, rounds, try_or_lock);
}

static void run_again(const void *class, unsigned threads, unsigned rounds)
{
    run(class, threads, rounds, come_again);
}

static void run_wrap(const void *class, unsigned threads, unsigned rounds)
{
    begin(class, threads, rounds, lines_of_zeros);
    section.class->age(section.lock);
    run_threads(threads, lock_each_round);
    end(threads);
}

/* The lock is held when the threads come. */
static void run_held(const void *class, unsigned threads, unsigned rounds)
{
    begin(class, threads + 1, rounds, lines);
    section.class->lock(section.lock, section.nodes[threads]);
    start_threads(threads, lock_each_round);
    enter(threads);
    section.class->unlock(section.lock, section.nodes[threads]);
    join_threads(threads);
    end(threads + 1);
}

/* --- freed by the thread that held it last ------------------------------------------ */

/* Though an unlock of an earlier owner may not have returned yet. */
static void *use_and_free(void *argument)
{
    void *node = section.nodes[*(unsigned *)argument];
    section.class->lock(section.lock, node);
    bool is_last = --section.data == 0;
    section.class->unlock(section.lock, node);
    if (is_last) {
        section.class->destroy(section.lock);
        place_back(section.lock);
    }
    return NULL;
}

static void run_freed(const void *class, unsigned threads, unsigned rounds)
{
    begin(class, threads, rounds, lines_of_zeros);
    section.data = threads;
    run_threads(threads, use_and_free);
    free_nodes(threads);
}

/* --- one thread, which knows whether the lock is free ------------------------------- */

static void *try_as_another(void *argument)
{
    (void)argument;
    bool taken = section.class->trylock(section.lock, section.nodes[1]);
    assert(!taken);
    return NULL;
}

/* The second place of the one thread finds what its first place has left. Where it has
   the lock, too, that may be one which its thread may take again, and no other one. */
static void check_is_locked(bool expected)
{
    bool (*trylock)(void *, void *) = section.class->trylock;
    check_state(expected);
    if (trylock != NULL && expected && trylock(section.lock, section.nodes[1])) {
        run_threads(1, try_as_another);
        section.class->unlock(section.lock, section.nodes[1]);
    }
}

/* Of a free lock. One that returns 0 for success, as pthread_mutex_trylock does, is said
   to be such a one. */
static void check_convention(void)
{
    bool (*trylock)(void *, void *) = section.class->trylock;
    bool taken = trylock(section.lock, section.nodes[0]);
    bool trylock_returns_0_when_it_takes_the_lock =
        !taken && trylock(section.lock, section.nodes[1]) &&
        trylock(section.lock, section.nodes[1]);
    assert(!trylock_returns_0_when_it_takes_the_lock);
    assert(taken);
    section.class->unlock(section.lock, section.nodes[0]);
}

static void run_alone(const void *class, unsigned threads, unsigned rounds)
{
    begin(class, threads + 1, rounds, lines);
    if (section.class->trylock != NULL) {
        check_convention();
    }
    check_is_locked(false);
    for (unsigned i = 0; i < rounds; i++) {
        section.class->lock(section.lock, section.nodes[0]);
        enter(0);
        check_is_locked(true);
        section.class->unlock(section.lock, section.nodes[0]);
        check_is_locked(false);
        if (section.class->trylock != NULL) {
            bool taken = section.class->trylock(section.lock, section.nodes[0]);
            assert(taken);
            enter(0);
            check_is_locked(true);
            section.class->unlock(section.lock, section.nodes[0]);
            check_is_locked(false);
        }
    }
    end(threads + 1);
}

/* --- first come, first served ------------------------------------------------------- */

/*
 * A thread that has begun to wait before another one calls lock enters before it. (What
 * it has done until then it has done by itself: that is its doorway, and it is over.) All
 * that wait are known when lks_others_wait returns; whatever comes is started after that,
 * and may come at any time from then on.
 */
static struct {
    unsigned served; /* of those that were started */
    unsigned before; /* so many of them have waited when the newcomer was started */
} order;

static void serve(unsigned self)
{
    order.served++;
    enter(self);
    section.class->unlock(section.lock, section.nodes[self]);
}

/* Started in the order of their numbers, all but the last when those before wait. */
static void be_served(unsigned self)
{
    bool first_come_first_served = order.served == self;
    assert(first_come_first_served);
    serve(self);
}

static void *come_in_order(void *argument)
{
    unsigned self = *(unsigned *)argument;
    section.class->lock(section.lock, section.nodes[self]);
    be_served(self);
    return NULL;
}

static void *try_to_come(void *argument)
{
    unsigned self = *(unsigned *)argument;
    if (section.class->trylock(section.lock, section.nodes[self])) {
        be_served(self);
    }
    return NULL;
}

/* The one that holds the lock comes again, too, once for each further round. With one
   thread it is the one that comes last. */
static void run_in_order(const lks_lock_class_t *class, unsigned threads, unsigned rounds,
                         void *(*last)(void *))
{
    begin(class, threads + 1, rounds, lines);
    order.before = threads == 1 ? 1 : threads - 1;
    section.class->lock(section.lock, section.nodes[threads]);
    for (unsigned i = 0; i < threads; i++) {
        start_thread(i, i < order.before ? come_in_order : last);
        if (i < order.before) {
            lks_others_wait();
        }
    }
    enter(threads);
    section.class->unlock(section.lock, section.nodes[threads]);
    for (unsigned i = 1; i < rounds; i++) {
        section.class->lock(section.lock, section.nodes[threads]);
        bool first_come_first_served = order.served >= order.before;
        assert(first_come_first_served);
        enter(threads);
        section.class->unlock(section.lock, section.nodes[threads]);
    }
    join_threads(threads);
    end(threads + 1);
}

static void run_fifo(const void *class, unsigned threads, unsigned rounds)
{
    run_in_order(class, threads, rounds, come_in_order);
}

static void run_fifo_trylock(const void *class, unsigned threads, unsigned rounds)
{
    run_in_order(class, threads, rounds, try_to_come);
}

static void *come_last(void *argument)
{
    unsigned self = *(unsigned *)argument;
    section.class->lock(section.lock, section.nodes[self]);
    bool first_come_first_served = order.served >= order.before;
    assert(first_come_first_served);
    serve(self);
    return NULL;
}

/* All come in any order, while the lock is given back. The first that gets it starts the
   newcomer when the others wait. */
static void *come_early(void *argument)
{
    unsigned self = *(unsigned *)argument;
    section.class->lock(section.lock, section.nodes[self]);
    if (order.served == 0) {
        lks_others_wait();
        start_thread(order.before, come_last);
    }
    serve(self);
    return NULL;
}

static void run_fifo_newcomer(const void *class, unsigned threads, unsigned rounds)
{
    begin(class, threads + 1, rounds, lines);
    order.before = threads - 1;
    section.class->lock(section.lock, section.nodes[threads]);
    start_threads(threads - 1, come_early);
    enter(threads);
    section.class->unlock(section.lock, section.nodes[threads]);
    join_threads(threads);
    end(threads + 1);
}

/* Another one waits while the lock is given back, and that is when the last one comes. */
static atomic_uint given_back; /* rounds */

static void *give_back(void *argument)
{
    unsigned self = *(unsigned *)argument;
    unsigned round = order.served;
    section.class->lock(section.lock, section.nodes[self]);
    lks_await(atomic_load_explicit(&given_back, memory_order_relaxed) > round);
    enter(self);
    section.class->unlock(section.lock, section.nodes[self]);
    return NULL;
}

/* Threads 0 and 1, first to see where they wait, and then while the lock is given back:
   the one that holds it is the first, the other one the second that is created. */
static void *come_between(void *argument)
{
    unsigned self = *(unsigned *)argument;
    section.class->lock(section.lock, section.nodes[self]);
    serve(self);
    return NULL;
}

static void run_fifo_unlock(const void *class, unsigned threads, unsigned rounds)
{
    begin(class, threads + 1, rounds, lines);
    for (unsigned i = 0; i < 2; i++) {
        start_thread(0, give_back);
        lks_others_wait();
        start_thread(1, come_between);
        if (i == 0) {
            lks_others_wait();
        }
        atomic_store_explicit(&given_back, i + 1, memory_order_relaxed);
        if (i == 1 && lks_thread_waits(4)) {
            section.class->lock(section.lock, section.nodes[threads]);
            bool first_come_first_served = order.served == 2;
            assert(first_come_first_served);
            enter(threads);
            section.class->unlock(section.lock, section.nodes[threads]);
        }
        join_threads(2);
    }
    end(threads + 1);
}

/* --- for which locks ---------------------------------------------------------------- */

/* Clients come in two sizes: to go to sleep and be woken takes many steps, most of all
   where there is no queue; and so does a queue whose nodes come and go. */
static bool few_steps(const void *subject)
{
    const lks_lock_class_t *class = subject;
    return (class->traits & (LKS_LOCK_SLEEPS | LKS_LOCK_BRINGS_NODE)) == 0;
}

static bool steps_in_queue(const void *subject)
{
    const lks_lock_class_t *class = subject;
    return !few_steps(class) && (class->traits & LKS_LOCK_FAIR) != 0;
}

static bool many_steps(const void *class)
{
    return !few_steps(class) && !steps_in_queue(class);
}

static const struct client_size sizes[] = {{2, 3, false}, {3, 2, false}, {4, 1, false},
                                           {2, 5, true},  {5, 1, true},  {0, 0, false}};
static const struct client_size in_queue[] = {
    {2, 2, false}, {3, 1, false}, {2, 3, true}, {0, 0, false}};
static const struct client_size asleep[] = {{2, 1, false}, {2, 2, true}, {0, 0, false}};

/* Those that wait while the lock is held. */
static const struct client_size held[] = {
    {2, 2, false}, {3, 1, false}, {4, 1, true}, {0, 0, false}};
static const struct client_size held_in_queue[] = {
    {2, 1, false}, {3, 1, true}, {2, 2, true}, {0, 0, false}};

static const struct client_size freed[] = {{2, 1, false}, {3, 1, false}, {0, 0, false}};
static const struct client_size freed_asleep[] = {
    {2, 1, false}, {3, 1, true}, {0, 0, false}};

/* Those in a queue: how many wait before the last one comes. */
static const struct client_size fifo[] = {{1, 2, false}, {2, 1, false}, {2, 2, false},
                                          {3, 1, false}, {4, 1, true},  {0, 0, false}};
static const struct client_size fifo_trylock[] = {
    {2, 1, false}, {2, 2, false}, {3, 1, false}, {4, 1, true}, {0, 0, false}};
static const struct client_size fifo_unlock[] = {{2, 1, false}, {0, 0, false}};
static const struct client_size newcomer[] = {{3, 1, false}, {4, 1, true}, {0, 0, false}};

static const struct client_size alone[] = {{1, 2, false}, {0, 0, false}};

/* What not every lock has. */
static bool has_trylock(const void *subject)
{
    const lks_lock_class_t *class = subject;
    return class->trylock != NULL;
}

/* What it is asked of: one of the user's may be freed later. */
static bool is_catalogs(const void *subject)
{
    const lks_lock_class_t *class = subject;
    return lks_lock_class_find(class->name) == class;
}

static bool is_fair(const void *subject)
{
    const lks_lock_class_t *class = subject;
    return (class->traits & LKS_LOCK_FAIR) != 0;
}

static bool has_age(const void *subject)
{
    const lks_lock_class_t *class = subject;
    return class->age != NULL;
}

static const struct client clients[] = {
    {"alone", fits_all, NULL, run_alone, alone},
    {"lock", few_steps, NULL, run_plain, sizes},
    {"lock", steps_in_queue, NULL, run_plain, in_queue},
    {"lock", many_steps, NULL, run_plain, asleep},
    {"trylock", few_steps, has_trylock, run_trylock, sizes},
    {"trylock", steps_in_queue, has_trylock, run_trylock, in_queue},
    {"trylock", many_steps, has_trylock, run_trylock, asleep},
    {"again", few_steps, NULL, run_again, sizes},
    {"again", steps_in_queue, NULL, run_again, in_queue},
    {"again", many_steps, NULL, run_again, asleep},
    {"held", few_steps, NULL, run_held, held},
    {"held", steps_in_queue, NULL, run_held, held_in_queue},
    {"freed", few_steps, is_catalogs, run_freed, freed},
    {"freed", steps_in_queue, is_catalogs, run_freed, freed},
    {"freed", many_steps, is_catalogs, run_freed, freed_asleep},
    {"wrap", few_steps, has_age, run_wrap, sizes},
    {"wrap", steps_in_queue, has_age, run_wrap, in_queue},
    {"fifo", is_fair, NULL, run_fifo, fifo},
    {"fifo trylock", is_fair, has_trylock, run_fifo_trylock, fifo_trylock},
    {"fifo newcomer", is_fair, NULL, run_fifo_newcomer, newcomer},
    {"fifo unlock", is_fair, NULL, run_fifo_unlock, fifo_unlock},
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

const struct client_kind lock_kind = {.next = next, .name = name, .clients = clients};
