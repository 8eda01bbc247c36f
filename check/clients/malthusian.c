/* SPDX-License-Identifier: MIT */
/* The Malthusian lock when threads are set aside: brought about, since it takes more
   threads than can be left to chance. */
#include <assert.h>
#include <lockstep/lock.h>
#include <lockstep/malthusian.h>
#include <stdlib.h>

#include "check/clients/kinds.h"

static struct {
    const lks_lock_class_t *class;
    lks_malthusian_t *lock;
    lks_malthusian_node_t *nodes[MOST_THREADS];
    unsigned threads;
    unsigned data; /* plain: the lock alone orders it */
} section;

static void enter(unsigned self)
{
    section.class->lock(section.lock, section.nodes[self]);
    section.data++;
}

static void leave(unsigned self)
{
    section.class->unlock(section.lock, section.nodes[self]);
}

static void *lock_once(void *argument)
{
    unsigned self = *(unsigned *)argument;
    enter(self);
    leave(self);
    return NULL;
}

/* The second in the queue stays inside until the first, which was set aside and called
   back at once, stands behind it. */
static void *meet_again(void *argument)
{
    unsigned self = *(unsigned *)argument;
    enter(self);
    if (self == 1) {
        lks_await(atomic_load_explicit(&section.lock->tail, memory_order_relaxed) ==
                  section.nodes[0]);
    }
    leave(self);
    return NULL;
}

/* Waits until a thread sleeps in the queue, behind `before`, and that is seen. */
static void await_asleep(unsigned self, unsigned before)
{
    lks_malthusian_node_t *node = section.nodes[self];
    lks_await(atomic_load_explicit(&section.nodes[before]->next, memory_order_relaxed) ==
              node);
    lks_await(atomic_load_explicit(&node->state, memory_order_relaxed) ==
              (LKS_MALTHUSIAN_WAITS | LKS_ASLEEP));
}

/* The lock is held until the threads stand in the queue, in order, and sleep. */
static void run(unsigned threads, uint32_t period, void *(*body)(void *))
{
    section.class = lks_lock_class_find("malthusian");
    section.lock = lines_of_pointers(sizeof *section.lock);
    int error = lks_malthusian_init(section.lock, period);
    assert(error == 0);
    for (unsigned i = 0; i <= threads; i++) {
        section.nodes[i] = lines(sizeof *section.nodes[i]);
    }
    enter(threads);
    for (unsigned i = 0; i < threads; i++) {
        start_thread(i, body);
        await_asleep(i, i == 0 ? threads : i - 1);
    }
    leave(threads);
    join_threads(threads);
    assert(section.data == threads + 1);
    assert(section.lock->eldest == NULL && !section.lock->on_its_way);
    section.class->destroy(section.lock);
    for (unsigned i = 0; i <= threads; i++) {
        free(section.nodes[i]);
    }
    free(section.lock);
}

/* So rarely that threads are called back only when the queue is empty. */
static void run_passive(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)rounds;
    run(threads, UINT32_MAX, lock_once);
}

static void run_called_back(const void *unused, unsigned threads, unsigned rounds)
{
    (void)unused, (void)rounds;
    run(threads, 1, meet_again);
}

static const struct client_size passive[] = {
    {2, 1, false}, {3, 1, false}, {4, 1, true}, {0, 0, false}};
static const struct client_size called_back[] = {{2, 1, false}, {0, 0, false}};

static const struct client clients[] = {
    {"passive", fits_all, NULL, run_passive, passive},
    {"called back", fits_all, NULL, run_called_back, called_back},
    {NULL, NULL, NULL, NULL, NULL},
};

const struct client_kind malthusian_kind = {.alone = "malthusian", .clients = clients};
