/* SPDX-License-Identifier: MIT */
#include "clients.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

enum { MOST_THREADS = 16 };

static pthread_t threads_of[MOST_THREADS];

static void start(unsigned threads, void *(*body)(void *))
{
    static unsigned numbers[MOST_THREADS];
    for (unsigned i = 0; i < threads; i++) {
        numbers[i] = i;
        pthread_create(&threads_of[i], NULL, body, &numbers[i]);
    }
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(threads_of[i], NULL);
    }
}

static void *lines(size_t bytes)
{
    bytes = bytes == 0 ? 1 : bytes;
    void *memory = aligned_alloc(LKS_CACHE_LINE, LKS_WHOLE_LINES(bytes));
    assert(memory != NULL);
    return memory;
}

/* --- locks -------------------------------------------------------------------------- */

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
    (void)self;
    section.data++;
    section.entered[self]++;
}

static void *lock_each_round(void *argument)
{
    unsigned self = *(unsigned *)argument;
    for (unsigned i = 0; i < section.rounds; i++) {
        section.class->lock(section.lock, section.nodes[self]);
        enter(self);
        section.class->unlock(section.lock, section.nodes[self]);
    }
    return NULL;
}

static void *try_or_lock(void *argument)
{
    unsigned self = *(unsigned *)argument;
    for (unsigned i = 0; i < section.rounds; i++) {
        if ((self + i) % 2 == 0) {
            section.class->lock(section.lock, section.nodes[self]);
        } else if (!section.class->trylock(section.lock, section.nodes[self])) {
            continue;
        }
        enter(self);
        section.class->unlock(section.lock, section.nodes[self]);
    }
    return NULL;
}

static void *come_again(void *argument)
{
    unsigned self = *(unsigned *)argument;
    for (unsigned i = 0; i < (self == 0 ? section.rounds + 1 : 1); i++) {
        section.class->lock(section.lock, section.nodes[self]);
        enter(self);
        section.class->unlock(section.lock, section.nodes[self]);
    }
    return NULL;
}

static void run_lock(const lks_lock_class_t *class, unsigned threads, unsigned rounds,
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
        size_t bytes = class->node_size == 0 ? 1 : class->node_size;
        unsigned char *node = section.nodes[i] = lines(bytes);
        for (size_t k = 0; k < bytes; k++) {
            node[k] = 0;
        }
    }
    start(threads, body);
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

static bool any_lock(const lks_lock_class_t *class)
{
    return class != NULL;
}

static bool has_trylock(const lks_lock_class_t *class)
{
    return class->trylock != NULL;
}

static bool has_age(const lks_lock_class_t *class)
{
    return class->age != NULL;
}

static void client_plain(const lks_lock_class_t *class, unsigned threads, unsigned rounds)
{
    run_lock(class, threads, rounds, lock_each_round, false);
}

static void client_trylock(const lks_lock_class_t *class, unsigned threads,
                           unsigned rounds)
{
    run_lock(class, threads, rounds, try_or_lock, false);
}

static void client_again(const lks_lock_class_t *class, unsigned threads, unsigned rounds)
{
    run_lock(class, threads, rounds, come_again, false);
}

static void client_wrap(const lks_lock_class_t *class, unsigned threads, unsigned rounds)
{
    run_lock(class, threads, rounds, lock_each_round, true);
}

const struct lock_client lock_clients[] = {
    {"lock", any_lock, client_plain},
    {"trylock", has_trylock, client_trylock},
    {"again", any_lock, client_again},
    {"wrap", has_age, client_wrap},
    {NULL, NULL, NULL},
};

/* --- barriers ----------------------------------------------------------------------- */

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

static void run_barrier(const lks_barrier_class_t *class, unsigned threads,
                        unsigned episodes, bool aged)
{
    meeting.class = class;
    meeting.threads = threads;
    meeting.episodes = episodes;
    meeting.barrier = lines(class->size(threads));
    int error = class->init(meeting.barrier, threads);
    assert(error == 0);
    if (aged) {
        class->age(meeting.barrier);
    }
    start(threads, meet);
    class->destroy(meeting.barrier);
    free(meeting.barrier);
}

static bool any_barrier(const lks_barrier_class_t *class)
{
    return class != NULL;
}

static void client_episodes(const lks_barrier_class_t *class, unsigned threads,
                            unsigned episodes)
{
    run_barrier(class, threads, episodes, false);
}

static void client_barrier_wrap(const lks_barrier_class_t *class, unsigned threads,
                                unsigned episodes)
{
    run_barrier(class, threads, episodes, true);
}

const struct barrier_client barrier_clients[] = {
    {"episodes", any_barrier, client_episodes},
    {"wrap", any_barrier, client_barrier_wrap},
    {NULL, NULL, NULL},
};
