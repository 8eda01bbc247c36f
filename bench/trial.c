/* SPDX-License-Identifier: MIT */
#include "bench/trial.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "bench/apart.h"
#include "bench/clock.h"
#include "bench/lines.h"
#include "bench/subject.h"
#include "common/memory.h"
#include "common/tool.h"

/* A lock that is right needs a small part of this, also where threads take turns on a
   processor; one that spins for ever has used it up soon, and one that sleeps for ever
   has none. */
enum { PROCESSOR_SECONDS = 2, WALL_SECONDS = 60 };

enum { MOST_TRIED = 4, PASSAGES = 1000, EPISODES = 10, MOMENT_NS = 20000000 };

/* What the process of a trial has come to. */
static struct progress {
    atomic_uint refused;  /* threads that init is not for; 0: none */
    atomic_uint threads;  /* with so many it is running */
    atomic_bool opposite; /* a try returns 0 when it takes the lock */
} * progress;

struct candidate {
    const struct options *options;
    const struct competitor *one;
};

struct trial {
    const struct competitor *one;
    struct subject subject;
    void *barrier;
    uint64_t end;
};

struct thread {
    const struct trial *trial;
    unsigned self;
};

/* --- in a process of its own -------------------------------------------------------- */

static void pass(const struct trial *trial, unsigned self, bool reads)
{
    const struct competitor *one = trial->one;
    void *lock = lock_at(&trial->subject, 0);
    void *node = node_of_thread(&trial->subject, self, 0);
    if (one->lock != NULL) {
        one->lock->lock(lock, node);
        one->lock->unlock(lock, node);
    } else if (reads) {
        one->rwlock->rdlock(lock, node);
        one->rwlock->rdunlock(lock, node);
    } else {
        one->rwlock->wrlock(lock);
        one->rwlock->wrunlock(lock);
    }
}

static void *use(void *argument)
{
    const struct thread *thread = argument;
    const struct trial *trial = thread->trial;
    for (int i = 0; i < EPISODES && trial->one->barrier != NULL; i++) {
        trial->one->barrier->wait(trial->barrier, thread->self);
    }
    for (int i = 0; i < PASSAGES && trial->one->barrier == NULL; i++) {
        pass(trial, thread->self, i % 2 == 0);
        if (i >= EPISODES && clock_now() > trial->end) {
            break;
        }
    }
    return NULL;
}

/* Makes one, and returns whether it is for so many threads. */
static bool make(struct trial *trial, unsigned threads)
{
    const lks_barrier_class_t *barrier = trial->one->barrier;
    if (barrier == NULL) {
        return try_subject(trial->one, threads, &trial->subject);
    }
    trial->barrier = allocate_lines(barrier->size(threads));
    return barrier->init(trial->barrier, threads) == 0;
}

static void unmake(struct trial *trial)
{
    if (trial->one->barrier == NULL) {
        free_subject(trial->one, &trial->subject);
    } else {
        trial->one->barrier->destroy(trial->barrier);
        free(trial->barrier);
    }
}

static void try_with(const struct competitor *one, unsigned threads)
{
    struct trial trial = {.one = one, .end = clock_now() + MOMENT_NS};
    pthread_t started[MOST_TRIED];
    struct thread all[MOST_TRIED];
    atomic_store(&progress->threads, threads);
    if (!make(&trial, threads)) {
        return;
    }
    for (unsigned i = 0; i < threads && threads <= MOST_TRIED; i++) {
        all[i] = (struct thread){&trial, i};
        if (pthread_create(&started[i], NULL, use, &all[i]) != 0) {
            _exit(0);
        }
    }
    for (unsigned i = 0; i < threads && threads <= MOST_TRIED; i++) {
        (void)pthread_join(started[i], NULL);
    }
    unmake(&trial);
}

static bool can_be_made(const struct competitor *one, unsigned threads)
{
    struct trial trial = {.one = one};
    atomic_store(&progress->threads, threads);
    if (!make(&trial, threads)) {
        return false;
    }
    unmake(&trial);
    return true;
}

/* By two threads' nodes. Of a lock that is right only the first try is made. */
static bool says_the_opposite(const struct competitor *one, const struct subject *subject)
{
    void *lock = lock_at(subject, 0);
    if (one->lock != NULL && one->lock->trylock != NULL) {
        bool (*trylock)(void *, void *) = one->lock->trylock;
        void *other = node_of_thread(subject, 1, 0);
        return !trylock(lock, node_of_thread(subject, 0, 0)) && trylock(lock, other) &&
               trylock(lock, other);
    }
    bool (*trywrlock)(void *) = one->rwlock != NULL ? one->rwlock->trywrlock : NULL;
    return trywrlock != NULL && !trywrlock(lock) && trywrlock(lock) && trywrlock(lock);
}

static void try_one(void *argument)
{
    const struct candidate *candidate = argument;
    const struct competitor *one = candidate->one;
    const struct numbers *all = &candidate->options->threads;
    unsigned most = 1;
    for (size_t i = 0; i < all->count; i++) {
        unsigned threads = (unsigned)all->items[i];
        unsigned refused = atomic_load(&progress->refused);
        if (!can_be_made(one, threads)) {
            atomic_store(&progress->refused,
                         refused == 0 || threads < refused ? threads : refused);
        } else if (threads <= MOST_TRIED) {
            most = threads > most ? threads : most;
        }
    }
    if (atomic_load(&progress->refused) != 1) {
        try_with(one, 1);
        try_with(one, most);
    }
    struct trial trial = {.one = one};
    if (one->barrier == NULL && make(&trial, 2)) {
        atomic_store(&progress->opposite, says_the_opposite(one, &trial.subject));
    }
}

/* --- what comes of it --------------------------------------------------------------- */

static bool make_trial(const struct options *options, struct competitor *one)
{
    struct candidate candidate = {options, one};
    *progress = (struct progress){0};
    const char *fate = run_apart(try_one, &candidate, WALL_SECONDS, PROCESSOR_SECONDS);
    unsigned threads = atomic_load(&progress->threads);
    unsigned refused = atomic_load(&progress->refused);
    if (fate != NULL) {
        (void)fprintf(stderr, "lockbench: %s, with %u thread%s: %s; it is not measured\n",
                      one->name, threads, threads == 1 ? "" : "s", fate);
        one->broken = true;
    } else if (atomic_load(&progress->opposite)) {
        (void)fprintf(stderr,
                      "lockbench: %s: a try returns 0 when it takes the lock, and must "
                      "return whether it has it (%s); it is not measured\n",
                      one->name, one->summary);
        one->broken = true;
    } else if (refused > 0) {
        (void)fprintf(stderr,
                      "lockbench: %s: by its mark or its init not for %u thread%s: not "
                      "measured with as many and more\n",
                      one->name, refused, refused == 1 ? "" : "s");
        one->refused = refused;
    }
    return !one->broken;
}

bool trials_make(struct options *options)
{
    bool good = true;
    progress = shared_memory(sizeof *progress);
    for (int family = 0; family < FAMILIES; family++) {
        struct competitors *all = &options->competitors[family];
        for (unsigned i = 0; i < all->count; i++) {
            if (all->items[i].own) {
                good = make_trial(options, &all->items[i]) && good;
            }
        }
    }
    return good;
}
