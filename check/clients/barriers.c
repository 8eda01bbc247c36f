/* SPDX-License-Identifier: MIT */
/* Barriers: all of lks_barrier_class_next. */
#include <assert.h>
#include <lockstep/barrier.h>
#include <lockstep/combining_tree_barrier.h>
#include <stdlib.h>

#include "check/clients/kinds.h"

static struct {
    const lks_barrier_class_t *class;
    void *barrier;
    unsigned threads, episodes;
    unsigned written[MOST_THREADS]; /* plain: the barrier alone orders it */
} meeting;

/* Writes before each episode, reads what all others wrote after it. The next write must
   come after those reads, so another episode lies in between. */
static void *meet(void *argument)
{
    unsigned self = *(unsigned *)argument;
    for (unsigned episode = 1; episode <= meeting.episodes; episode++) {
        if (episode % 2 == 1) {
            meeting.written[self] = episode;
        }
        meeting.class->wait(meeting.barrier, self);
        if (episode % 2 == 1) {
            for (unsigned i = 0; i < meeting.threads; i++) {
                assert(meeting.written[i] == episode);
            }
        }
    }
    return NULL;
}

static void run(const lks_barrier_class_t *class, unsigned threads, unsigned episodes,
                bool aged)
{
    meeting.class = class;
    meeting.threads = threads;
    meeting.episodes = episodes;
    size_t size = class->size(threads);
    meeting.barrier = place_for(size, aged ? lines_of_zeros : lines);
    leave_if_refused(class->init(meeting.barrier, threads));
    if (aged) {
        class->age(meeting.barrier);
    }
    run_threads(threads, meet);
    class->destroy(meeting.barrier);
    place_back(meeting.barrier);
}

static void run_episodes(const void *class, unsigned threads, unsigned episodes)
{
    run(class, threads, episodes, false);
}

static void run_wrap(const void *class, unsigned threads, unsigned episodes)
{
    run(class, threads, episodes, true);
}

/* A tree with more than one node above the leaves. */
static void run_narrow(const void *class, unsigned threads, unsigned episodes)
{
    enum { FAN_IN = 2 };
    size_t count = lks_combining_tree_barrier_nodes(threads, FAN_IN);
    lks_combining_tree_barrier_node_t *nodes = lines(count * sizeof *nodes);
    lks_combining_tree_barrier_t barrier;
    int error = lks_combining_tree_barrier_init(&barrier, threads, FAN_IN, nodes);
    assert(error == 0);
    meeting.class = class;
    meeting.barrier = &barrier;
    meeting.threads = threads;
    meeting.episodes = episodes;
    run_threads(threads, meet);
    meeting.class->destroy(&barrier);
    free(nodes);
}

/* --- for which barriers ------------------------------------------------------------- */

static bool sleeps(const void *subject)
{
    const lks_barrier_class_t *class = subject;
    return (class->traits & LKS_BARRIER_SLEEPS) != 0;
}

static bool spins(const void *class)
{
    return !sleeps(class);
}

static bool has_age(const void *subject)
{
    const lks_barrier_class_t *class = subject;
    return class->age != NULL;
}

static bool is_combining_tree(const void *class)
{
    return class == lks_barrier_class_find("combining_tree");
}

static const struct client_size sizes[] = {{1, 2, false}, {2, 4, false}, {3, 3, false},
                                           {4, 2, false}, {6, 1, false}, {5, 2, true},
                                           {7, 1, true},  {0, 0, false}};

static const struct client_size narrow_sizes[] = {{5, 1, false}, {0, 0, false}};

/* Going to sleep and being woken takes many steps. */
static const struct client_size asleep[] = {
    {1, 2, false}, {2, 2, false}, {3, 1, false}, {2, 3, true}, {0, 0, false}};

static const struct client clients[] = {
    {"episodes", spins, NULL, run_episodes, sizes},
    {"episodes", sleeps, NULL, run_episodes, asleep},
    {"narrow", is_combining_tree, NULL, run_narrow, narrow_sizes},
    {"wrap", spins, has_age, run_wrap, sizes},
    {"wrap", sleeps, has_age, run_wrap, asleep},
    {NULL, NULL, NULL, NULL, NULL},
};

static const void *next(const void *previous)
{
    return lks_barrier_class_next(previous);
}

static const char *name(const void *class)
{
    return ((const lks_barrier_class_t *)class)->name;
}

const struct client_kind barrier_kind = {.next = next, .name = name, .clients = clients};
