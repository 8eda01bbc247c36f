/* SPDX-License-Identifier: MIT */
/* Reader-writer locks: all of lks_rwlock_class_next. */
#include <assert.h>
#include <lockstep/rwlock.h>
#include <lockstep/wait.h>
#include <stdlib.h>

#include "check/clients/kinds.h"

static struct {
    const lks_rwlock_class_t *class;
    void *lock;
    void *nodes[MOST_THREADS];
    unsigned threads, rounds;
    unsigned data[2];               /* plain, always the same: the lock alone orders it */
    unsigned written[MOST_THREADS]; /* each its own */
    _Atomic(unsigned) inside;
} section;

/* Of the user's: in place of the node comes the thread's index. */
static bool by_index(const lks_rwlock_class_t *class)
{
    return (class->traits & LKS_RWLOCK_NEEDS_INDEX) != 0;
}

static bool is_catalogs(const lks_rwlock_class_t *class)
{
    return lks_rwlock_class_find(class->name) == class;
}

/* Whether the lock says that it is taken; one of the user's may say nothing. */
static void check_locked(bool locked)
{
    if (section.class->is_locked != NULL) {
        assert(section.class->is_locked(section.lock) == locked);
    }
}

static void look(void)
{
    assert(section.data[0] == section.data[1]);
}

static void change(unsigned self)
{
    section.data[0]++;
    section.data[1]++;
    section.written[self]++;
}

static void read_once(unsigned self)
{
    section.class->rdlock(section.lock, section.nodes[self]);
    look();
    section.class->rdunlock(section.lock, section.nodes[self]);
}

static void write_once(unsigned self)
{
    section.class->wrlock(section.lock);
    change(self);
    section.class->wrunlock(section.lock);
}

/* The first writes once more than the others, so that it may be quicker than one that
   waits for it. */
static void *write_again(void *argument)
{
    unsigned self = *(unsigned *)argument;
    for (unsigned i = 0; i < section.rounds + (self == 0); i++) {
        write_once(self);
    }
    return NULL;
}

/* The first half of the threads writes. */
static bool is_writer(unsigned self)
{
    return self < section.threads / 2;
}

static void *read_or_write(void *argument)
{
    unsigned self = *(unsigned *)argument;
    for (unsigned i = 0; i < section.rounds; i++) {
        if (is_writer(self)) {
            write_once(self);
        } else {
            read_once(self);
        }
    }
    return NULL;
}

/* Each thread does both. */
static void *take_turns(void *argument)
{
    unsigned self = *(unsigned *)argument;
    for (unsigned i = 0; i < section.rounds; i++) {
        if ((self + i) % 2 == 0) {
            write_once(self);
        } else {
            read_once(self);
        }
    }
    return NULL;
}

/* No reader leaves before all are in. That some have left does not make it look free. */
static void *meet_inside(void *argument)
{
    void *node = section.nodes[*(unsigned *)argument];
    section.class->rdlock(section.lock, node);
    atomic_fetch_add_explicit(&section.inside, 1, memory_order_relaxed);
    lks_await(atomic_load_explicit(&section.inside, memory_order_relaxed) ==
              section.threads);
    look();
    check_locked(true);
    section.class->rdunlock(section.lock, node);
    return NULL;
}

static void *try_both(void *argument)
{
    unsigned self = *(unsigned *)argument;
    for (unsigned i = 0; i < section.rounds; i++) {
        if (section.class->trywrlock(section.lock)) {
            change(self);
            section.class->wrunlock(section.lock);
        }
        if (section.class->tryrdlock(section.lock, section.nodes[self])) {
            look();
            section.class->rdunlock(section.lock, section.nodes[self]);
        }
    }
    return NULL;
}

/* Half of the threads try, the others wait. */
static void *try_or_wait(void *argument)
{
    unsigned self = *(unsigned *)argument;
    if (is_writer(self)) {
        return try_both(argument);
    }
    for (unsigned i = 0; i < section.rounds; i++) {
        read_once(self);
        write_once(self);
    }
    return NULL;
}

/* The first writes and stays on as a reader: nobody writes in between. */
static void *stay_on(void *argument)
{
    unsigned self = *(unsigned *)argument;
    if (self > 0) {
        return take_turns(argument);
    }
    for (unsigned i = 0; i < section.rounds; i++) {
        section.class->wrlock(section.lock);
        change(self);
        unsigned written = section.data[0];
        section.class->downgrade(section.lock, section.nodes[self]);
        look();
        assert(section.data[0] == written);
        section.class->rdunlock(section.lock, section.nodes[self]);
    }
    return NULL;
}

/* A free lock for the threads, and nodes for these and one more. `memory` is what the
   lock lies in before it is initialised. */
static void begin(const lks_rwlock_class_t *class, unsigned threads, unsigned rounds,
                  void *(*memory)(size_t))
{
    section.class = class;
    section.threads = threads;
    section.rounds = rounds;
    section.lock = place_for(class->size(threads), memory);
    leave_if_refused(class->init(section.lock, threads));
    for (unsigned i = 0; i <= threads; i++) {
        section.nodes[i] = by_index(class)      ? (void *)(uintptr_t)i
                           : is_catalogs(class) ? lines(class->node_size)
                                                : lines_of_zeros(class->node_size);
    }
}

static void free_nodes(void)
{
    for (unsigned i = 0; i <= section.threads && !by_index(section.class); i++) {
        free(section.nodes[i]);
    }
}

static void end(void)
{
    unsigned written = 0;
    for (unsigned i = 0; i <= section.threads; i++) {
        written += section.written[i];
    }
    assert(section.data[0] == written);
    check_locked(false);
    section.class->destroy(section.lock);
    free_nodes();
    place_back(section.lock);
}

static void run(const lks_rwlock_class_t *class, unsigned threads, unsigned rounds,
                void *(*body)(void *))
{
    begin(class, threads, rounds, lines_of_zeros);
    run_threads(threads, body);
    end();
}

static void run_plain(const void *class, unsigned threads, unsigned rounds)
{
    run(class, threads, rounds, read_or_write);
}

static void run_turns(const void *class, unsigned threads, unsigned rounds)
{
    run(class, threads, rounds, take_turns);
}

static void run_together(const void *class, unsigned threads, unsigned rounds)
{
    run(class, threads, rounds, meet_inside);
}

static void run_try(const void *class, unsigned threads, unsigned rounds)
{
    run(class, threads, rounds, try_or_wait);
}

static void run_downgrade(const void *class, unsigned threads, unsigned rounds)
{
    run(class, threads, rounds, stay_on);
}

static void run_wrap(const void *class, unsigned threads, unsigned rounds)
{
    begin(class, threads, rounds, lines_of_zeros);
    section.class->age(section.lock);
    run_threads(threads, take_turns);
    end();
}

/* Waits try once more before they sleep. */
static void run_spin(const void *class, unsigned threads, unsigned rounds)
{
    lks_spin_before_sleeping(1);
    begin(class, threads, rounds, lines);
    run_threads(threads, take_turns);
    end();
}

/* The lock is held by a writer when the threads come: all of them are woken, and meet. */
static void run_held(const void *class, unsigned threads, unsigned rounds)
{
    begin(class, threads, rounds, lines);
    section.class->wrlock(section.lock);
    start_threads(threads, meet_inside);
    change(threads);
    section.class->wrunlock(section.lock);
    join_threads(threads);
    end();
}

/* --- freed by the thread that held it last ------------------------------------------ */

/* Thread 0 reads, in a second round after it was a writer; the others write. `written`
   says which have been inside; the calls by which they gave the lock back may not have
   returned yet. */
static void *use_and_free(void *argument)
{
    const lks_rwlock_class_t *class = section.class;
    unsigned self = *(unsigned *)argument;
    bool writes = self > 0 || section.rounds == 2;
    if (writes) {
        class->wrlock(section.lock);
    } else {
        class->rdlock(section.lock, section.nodes[self]);
    }
    section.written[self] = 1;
    unsigned inside = 0; /* so far */
    for (unsigned i = 0; i < section.threads; i++) {
        inside += section.written[i];
    }
    if (self > 0) {
        class->wrunlock(section.lock);
    } else {
        if (writes) {
            class->downgrade(section.lock, section.nodes[self]);
        }
        class->rdunlock(section.lock, section.nodes[self]);
    }
    if (inside == section.threads) {
        class->destroy(section.lock);
        place_back(section.lock);
    }
    return NULL;
}

static void run_freed(const void *class, unsigned threads, unsigned rounds)
{
    begin(class, threads, rounds, lines_of_zeros);
    run_threads(threads, use_and_free);
    free_nodes();
}

/* --- one thread, which knows who is inside ------------------------------------------ */

/* What another place of the one thread finds. */
static void check_state(bool readers_pass, bool is_free)
{
    const lks_rwlock_class_t *class = section.class;
    check_locked(!is_free);
    if (class->tryrdlock != NULL) {
        bool taken = class->tryrdlock(section.lock, section.nodes[1]);
        assert(taken == readers_pass);
        if (taken) {
            look();
            check_locked(true);
            class->rdunlock(section.lock, section.nodes[1]);
        }
    }
    if (class->trywrlock != NULL) {
        bool taken = class->trywrlock(section.lock);
        assert(taken == is_free);
        if (taken) {
            change(1);
            check_locked(true);
            class->wrunlock(section.lock);
        }
    }
}

/* Writers alone. None of them has left anything behind that keeps others out. */
static void run_again(const void *class, unsigned threads, unsigned rounds)
{
    begin(class, threads, rounds, lines_of_zeros);
    run_threads(threads, write_again);
    check_state(true, true);
    end();
}

static void use_alone(const lks_rwlock_class_t *class, unsigned rounds)
{
    check_state(true, true);
    for (unsigned i = 0; i < rounds; i++) {
        class->rdlock(section.lock, section.nodes[0]);
        check_state(true, false);
        class->rdunlock(section.lock, section.nodes[0]);
        check_state(true, true);
        class->wrlock(section.lock);
        change(0);
        check_state(false, false);
        class->wrunlock(section.lock);
        check_state(true, true);
        if (class->downgrade != NULL) {
            class->wrlock(section.lock);
            class->downgrade(section.lock, section.nodes[0]);
            check_state(true, false);
            class->rdunlock(section.lock, section.nodes[0]);
            check_state(true, true);
        }
    }
}

/* As of locks (locks.c). */
static void check_convention(const lks_rwlock_class_t *class)
{
    bool taken = class->trywrlock(section.lock);
    bool trywrlock_returns_0_when_it_takes_the_lock =
        !taken && class->trywrlock(section.lock) && class->trywrlock(section.lock);
    assert(!trywrlock_returns_0_when_it_takes_the_lock);
    assert(taken);
    class->wrunlock(section.lock);
}

/* Small numbers may be a lock's flags, and great ones what it counts. */
static void run_alone(const void *class, unsigned threads, unsigned rounds)
{
    begin(class, threads, rounds, lines);
    if (section.class->trywrlock != NULL) {
        check_convention(class);
    }
    use_alone(class, rounds);
    end();
    begin(class, threads, rounds, lines_of_pointers);
    use_alone(class, rounds);
    end();
}

/* --- for which locks ---------------------------------------------------------------- */

static bool sleeps(const void *subject)
{
    const lks_rwlock_class_t *class = subject;
    return (class->traits & LKS_RWLOCK_SLEEPS) != 0;
}

static bool spins(const void *class)
{
    return !sleeps(class);
}

static bool has_age(const void *subject)
{
    const lks_rwlock_class_t *class = subject;
    return class->age != NULL;
}

static bool has_tries(const void *subject)
{
    const lks_rwlock_class_t *class = subject;
    return class->tryrdlock != NULL && class->trywrlock != NULL;
}

static bool has_downgrade(const void *subject)
{
    const lks_rwlock_class_t *class = subject;
    return class->downgrade != NULL;
}

/* Of the others the headers say that all calls must have returned. */
static bool may_be_freed(const void *class)
{
    return class == lks_rwlock_class_find("rw_ticket") ||
           class == lks_rwlock_class_find("rwmutex");
}

static const struct client_size freed_sizes[] = {
    {2, 1, false}, {2, 2, false}, {0, 0, false}};
static const struct client_size sizes[] = {
    {2, 2, false}, {3, 2, false}, {4, 1, false}, {4, 2, true}, {0, 0, false}};
static const struct client_size try_sizes[] = {
    {2, 2, false}, {3, 1, false}, {3, 2, true}, {4, 1, true}, {0, 0, false}};
static const struct client_size together_sizes[] = {
    {2, 1, false}, {3, 1, false}, {0, 0, false}};

/* Going to sleep and being woken takes many steps. */
static const struct client_size asleep[] = {{2, 2, false}, {3, 1, true}, {0, 0, false}};
static const struct client_size most_asleep[] = {
    {2, 1, false}, {2, 2, true}, {0, 0, false}};

static const struct client_size spin_sizes[] = {
    {2, 1, false}, {2, 2, true}, {0, 0, false}};
static const struct client_size again_sizes[] = {{2, 1, false}, {0, 0, false}};
static const struct client_size held_sizes[] = {
    {2, 1, false}, {3, 1, true}, {0, 0, false}};
static const struct client_size alone_sizes[] = {{1, 2, false}, {0, 0, false}};

static const struct client clients[] = {
    {"alone", fits_all, NULL, run_alone, alone_sizes},
    {"freed", may_be_freed, NULL, run_freed, freed_sizes},
    {"readers and writers", spins, NULL, run_plain, sizes},
    {"readers and writers", sleeps, NULL, run_plain, asleep},
    {"turns", spins, NULL, run_turns, sizes},
    {"turns", sleeps, NULL, run_turns, asleep},
    {"together", fits_all, NULL, run_together, together_sizes},
    {"try", spins, has_tries, run_try, try_sizes},
    {"try", sleeps, has_tries, run_try, most_asleep},
    {"downgrade", spins, has_downgrade, run_downgrade, sizes},
    {"downgrade", sleeps, has_downgrade, run_downgrade, most_asleep},
    {"again", sleeps, NULL, run_again, again_sizes},
    {"held", fits_all, NULL, run_held, held_sizes},
    {"spin", sleeps, NULL, run_spin, spin_sizes},
    {"wrap", spins, has_age, run_wrap, sizes},
    {"wrap", sleeps, has_age, run_wrap, asleep},
    {NULL, NULL, NULL, NULL, NULL},
};

static const void *next(const void *previous)
{
    return lks_rwlock_class_next(previous);
}

static const char *name(const void *class)
{
    return ((const lks_rwlock_class_t *)class)->name;
}

const struct client_kind rwlock_kind = {.next = next, .name = name, .clients = clients};
