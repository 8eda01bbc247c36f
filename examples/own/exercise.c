/* SPDX-License-Identifier: MIT */
/*
 * Three locks of one exercise: `report` beside it measures, simulates and checks them,
 * and makes a page to hand in. One of them has one word wrong; the page says where.
 */
#include <lockstep/own.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* --- swap: put a 1 there until there was a 0 --- */

typedef struct {
    atomic_int held;
} swap_t;

void swap_init(swap_t *lock)
{
    atomic_init(&lock->held, 0);
}

void swap_lock(swap_t *lock)
{
    while (atomic_exchange_explicit(&lock->held, 1, memory_order_acquire) == 1) {
    }
}

void swap_unlock(swap_t *lock)
{
    atomic_store_explicit(&lock->held, 0, memory_order_release);
}

LKS_LOCK(swap)

/* --- draw: draw a number, wait until it is called --- */

typedef struct {
    _Alignas(64) atomic_uint next;   /* for whichever thread comes next */
    _Alignas(64) atomic_uint called; /* of the thread that may enter */
} draw_t;

void draw_init(draw_t *lock)
{
    atomic_init(&lock->next, 0);
    atomic_init(&lock->called, 0);
}

void draw_lock(draw_t *lock)
{
    unsigned mine = atomic_fetch_add_explicit(&lock->next, 1, memory_order_relaxed);
    while (atomic_load_explicit(&lock->called, memory_order_acquire) != mine) {
    }
}

void draw_unlock(draw_t *lock)
{
    unsigned called = atomic_load_explicit(&lock->called, memory_order_relaxed);
    atomic_store_explicit(&lock->called, called + 1, memory_order_release);
}

LKS_LOCK(draw, fifo)

/* --- chain: stand behind the last one, and wait for a sign from there --- */

typedef struct chain_node {
    _Alignas(64) _Atomic(struct chain_node *) next;
    atomic_bool waits;
} chain_node_t;

typedef struct {
    _Atomic(chain_node_t *) last;
} chain_t;

void chain_init(chain_t *lock)
{
    atomic_init(&lock->last, NULL);
}

void chain_lock(chain_t *lock, chain_node_t *node)
{
    atomic_store_explicit(&node->next, NULL, memory_order_relaxed);
    atomic_store_explicit(&node->waits, true, memory_order_relaxed);
    chain_node_t *before =
        atomic_exchange_explicit(&lock->last, node, memory_order_acq_rel);
    if (before != NULL) {
        atomic_store_explicit(&before->next, node, memory_order_release);
        while (atomic_load_explicit(&node->waits, memory_order_acquire)) {
        }
    }
}

void chain_unlock(chain_t *lock, chain_node_t *node)
{
    chain_node_t *next = atomic_load_explicit(&node->next, memory_order_acquire);
    if (next == NULL) {
        chain_node_t *expected = node;
        if (atomic_compare_exchange_strong_explicit(&lock->last, &expected, NULL,
                                                    memory_order_release,
                                                    memory_order_relaxed)) {
            return;
        }
        do {
            next = atomic_load_explicit(&node->next, memory_order_acquire);
        } while (next == NULL);
    }
    atomic_store_explicit(&next->waits, false, memory_order_relaxed);
}

LKS_LOCK_WITH_NODE(chain, chain_node_t, fifo)
