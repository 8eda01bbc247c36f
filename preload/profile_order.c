/* SPDX-License-Identifier: MIT */
/*
 * The order in which threads take locks: an edge from each lock that a thread holds to
 * the one that it asks for. Each edge is written once, with the stack of the first thread
 * that had it; which of them make a cycle is found out later, by lockstep-run.
 *
 * Edges are between identities, not addresses, so what lies at the address of an object
 * that was destroyed is another one. Those that a thread holds besides tell edges from
 * each other, too: two orders that were only ever taken behind one lock can do no harm.
 */
#include "preload/profile_tables.h"

#include <errno.h>

static void take_stack(struct profile_edge *edge, const void *place)
{
    uint64_t addresses[PROFILE_STACK];
    uint32_t depth = profile_stack(place, addresses, PROFILE_STACK);
    for (uint32_t i = 0; i < depth; i++) {
        uint32_t address = profile_address(addresses[i]);
        if (address == PROFILE_NONE) {
            break; /* counted there */
        }
        edge->stack[edge->depth++] = address;
    }
}

/* Whether the thread still has it: it may have been given back by another one. */
static bool is_still_held(const struct profile_held *held,
                          const struct profile_thread *thread)
{
    const struct profile_object *object =
        profile_item(PROFILE_OBJECTS, held->entry->object);
    uint64_t holder = atomic_load_explicit(&object->holder, memory_order_relaxed);
    return held->identity ==
               atomic_load_explicit(&object->identity, memory_order_relaxed) &&
           (held->read || holder >> 32 == thread->number);
}

/* Another thread than the first does the same. */
static void note_thread(struct profile_edge *edge, const struct profile_thread *thread)
{
    uint32_t none = 0;
    if (edge->thread != thread->number &&
        atomic_compare_exchange_strong_explicit(&edge->other_thread, &none,
                                                thread->number, memory_order_relaxed,
                                                memory_order_relaxed)) {
        atomic_store_explicit(&edge->other_tid, thread->tid, memory_order_relaxed);
    }
}

static void write_edge(struct profile_edge *edge, const void *place,
                       const struct profile_thread *thread)
{
    int error = errno;
    uint32_t index = profile_find_edge(edge);
    if (index == PROFILE_NONE) {
        take_stack(edge, place);
        index = profile_edge(edge);
    }
    if (index != PROFILE_NONE) {
        note_thread(profile_item(PROFILE_EDGES, index), thread);
    }
    errno = error;
}

/* What tells an edge from others; not 0. */
static uint64_t key_of(const struct profile_held *all, unsigned count, unsigned from,
                       bool to_read, uint32_t identity)
{
    uint64_t key = profile_hash((uint64_t)all[from].identity << 32 | identity,
                                all[from].read * 2u + to_read + 1u);
    for (unsigned i = 0; i < count; i++) {
        if (i != from && !all[i].read) {
            key = profile_hash(key, all[i].identity);
        }
    }
    return key + (key == 0);
}

/* Those that the thread holds besides, and nobody else has. */
static void add_gates(struct profile_edge *edge, const struct profile_held *all,
                      unsigned count, unsigned from)
{
    for (unsigned i = 0; i < count && edge->gate_count < PROFILE_GATES; i++) {
        if (i != from && !all[i].read) {
            edge->gates[edge->gate_count++] = all[i].identity;
        }
    }
}

void profile_order(const struct profile_held *held, unsigned count,
                   const struct profile_entry *wanted, const void *place,
                   const struct profile_thread *thread, uint64_t known[PROFILE_KNOWN])
{
    const struct profile_object *object = profile_item(PROFILE_OBJECTS, wanted->object);
    uint32_t identity = atomic_load_explicit(&object->identity, memory_order_relaxed);
    bool to_read = wanted->kind == PROFILE_READ;
    for (unsigned i = 0; i < count; i++) {
        if (held[i].entry == NULL || held[i].identity == identity) {
            continue;
        }
        uint64_t key = key_of(held, count, i, to_read, identity);
        uint64_t *slot = &known[key % PROFILE_KNOWN];
        if (*slot != key && is_still_held(&held[i], thread)) {
            struct profile_edge edge = {.key = key,
                                        .from = held[i].entry->object,
                                        .to = wanted->object,
                                        .from_identity = held[i].identity,
                                        .to_identity = identity,
                                        .from_place = held[i].entry->place,
                                        .to_place = wanted->place,
                                        .from_read = held[i].read,
                                        .to_read = to_read,
                                        .thread = thread->number,
                                        .tid = thread->tid};
            *slot = key;
            add_gates(&edge, held, count, i);
            write_edge(&edge, place, thread);
        }
    }
}
