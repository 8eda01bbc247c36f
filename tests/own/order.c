/* SPDX-License-Identifier: MIT */
/*
 * Locks that claim to be first come, first served: two that are, each with tries of two
 * reads, and the others are not, each in its own way.
 */
#include <lockstep/own.h>
#include <lockstep/wait.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* Peterson: the one that comes later lets the other one go first. */
typedef struct {
    atomic_bool wants[2];
    atomic_int turn;
} polite_t;

static void polite_init(polite_t *l)
{
    atomic_init(&l->wants[0], false);
    atomic_init(&l->wants[1], false);
    atomic_init(&l->turn, 0);
}

static void polite_lock(polite_t *l, int self)
{
    atomic_store(&l->wants[self], true);
    atomic_store(&l->turn, !self);
    while (atomic_load(&l->wants[!self]) && atomic_load(&l->turn) != self) {
    }
}

static void polite_unlock(polite_t *l, int self)
{
    atomic_store(&l->wants[self], false);
}

LKS_LOCK(polite, fifo, 2 threads)

/* The same, with waits that say so. */
typedef polite_t awaited_t;
#define awaited_init   polite_init
#define awaited_unlock polite_unlock

static void awaited_lock(awaited_t *l, int self)
{
    atomic_store(&l->wants[self], true);
    atomic_store(&l->turn, !self);
    lks_await(!atomic_load(&l->wants[!self]) || atomic_load(&l->turn) == self);
}

LKS_LOCK(awaited, fifo, 2 threads)

/* Nobody keeps an order: with two threads the one that comes again may be first. */
typedef struct {
    atomic_bool held;
} flag_t;

static void flag_init(flag_t *l)
{
    atomic_init(&l->held, false);
}

static void flag_lock(flag_t *l)
{
    while (atomic_exchange_explicit(&l->held, true, memory_order_acquire)) {
    }
}

static void flag_unlock(flag_t *l)
{
    atomic_store_explicit(&l->held, false, memory_order_release);
}

LKS_LOCK(flag, fifo)

/* The same, by a mutex of the system's. */
typedef struct {
    pthread_mutex_t mutex;
} system_t;

static void system_init(system_t *l)
{
    pthread_mutex_init(&l->mutex, NULL);
}

static void system_lock(system_t *l)
{
    pthread_mutex_lock(&l->mutex);
}

static void system_unlock(system_t *l)
{
    pthread_mutex_unlock(&l->mutex);
}

LKS_LOCK(system, fifo)

/* Tickets, but a try that finds nobody inside goes in before those that wait. */
typedef struct {
    atomic_uint next, now;
    atomic_bool held;
} pushy_t;

static void pushy_init(pushy_t *l)
{
    atomic_init(&l->next, 0);
    atomic_init(&l->now, 0);
    atomic_init(&l->held, false);
}

static bool pushy_trylock(pushy_t *l)
{
    bool held = false;
    return atomic_compare_exchange_strong(&l->held, &held, true);
}

static void pushy_lock(pushy_t *l)
{
    unsigned ticket = atomic_fetch_add(&l->next, 1);
    while (atomic_load(&l->now) != ticket) {
    }
    while (!pushy_trylock(l)) {
    }
    atomic_store(&l->now, ticket + 1);
}

static void pushy_unlock(pushy_t *l)
{
    atomic_store(&l->held, false);
}

LKS_LOCK(pushy, fifo)

/* A stack of those that wait: the last one is first, when there are two of them. */
typedef struct stacked_node {
    struct stacked_node *below;
    atomic_bool go;
} stacked_node_t;

typedef struct {
    pthread_mutex_t mutex;
    bool held;
    stacked_node_t *top;
} stacked_t;

static void stacked_init(stacked_t *l)
{
    pthread_mutex_init(&l->mutex, NULL);
    l->held = false;
    l->top = NULL;
}

static void stacked_lock(stacked_t *l, stacked_node_t *node)
{
    pthread_mutex_lock(&l->mutex);
    bool waits = l->held;
    l->held = true;
    if (waits) {
        atomic_init(&node->go, false);
        node->below = l->top;
        l->top = node;
    }
    pthread_mutex_unlock(&l->mutex);
    while (waits && !atomic_load_explicit(&node->go, memory_order_acquire)) {
    }
}

static void stacked_unlock(stacked_t *l, stacked_node_t *node)
{
    (void)node;
    pthread_mutex_lock(&l->mutex);
    stacked_node_t *first = l->top;
    l->held = first != NULL;
    l->top = first != NULL ? first->below : NULL;
    pthread_mutex_unlock(&l->mutex);
    if (first != NULL) {
        atomic_store_explicit(&first->go, true, memory_order_release);
    }
}

LKS_LOCK_WITH_NODE(stacked, stacked_node_t, fifo)

/* The queue of MCS without a compare-and-swap. A thread that gives it back and sees
   nobody behind takes the queue apart; one that comes before it is together again gets in
   before one that has joined it in the meantime and waits. */
typedef struct usurped_node {
    _Atomic(struct usurped_node *) next;
    atomic_bool waits;
} usurped_node_t;

typedef struct {
    _Atomic(usurped_node_t *) last;
} usurped_t;

static void usurped_init(usurped_t *l)
{
    atomic_init(&l->last, NULL);
}

static void usurped_lock(usurped_t *l, usurped_node_t *node)
{
    atomic_store(&node->next, NULL);
    usurped_node_t *before = atomic_exchange(&l->last, node);
    if (before != NULL) {
        atomic_store(&node->waits, true);
        atomic_store(&before->next, node);
        while (atomic_load(&node->waits)) {
        }
    }
}

static void usurped_unlock(usurped_t *l, usurped_node_t *node)
{
    usurped_node_t *last = NULL, *usurper = NULL;
    if (atomic_load(&node->next) == NULL) {
        last = atomic_exchange(&l->last, NULL);
        if (last == node) {
            return;
        }
        usurper = atomic_exchange(&l->last, last);
        while (atomic_load(&node->next) == NULL) {
        }
    }
    usurped_node_t *next = atomic_load(&node->next);
    if (usurper != NULL) {
        atomic_store(&usurper->next, next);
    } else {
        atomic_store(&next->waits, false);
    }
}

LKS_LOCK_WITH_NODE(usurped, usurped_node_t, fifo)
