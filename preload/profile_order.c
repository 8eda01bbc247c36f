/* SPDX-License-Identifier: MIT */
/*
 * The order in which threads take locks: an edge from each lock that a thread holds to
 * the one that it asks for. Each edge is written once; which of them make a cycle is
 * found out later, by lockstep-run.
 *
 * Edges are between identities, not addresses, so what lies at the address of an object
 * that was destroyed is another one. An edge has gates: what all threads held besides
 * that took it. Two orders that were only ever taken behind one lock can do no harm.
 */
#include "preload/profile_tables.h"

#include <errno.h>

#define PUT(place, value) atomic_store_explicit(place, value, memory_order_relaxed)
#define GET(place)        atomic_load_explicit(place, memory_order_relaxed)

/* --- who asks ----------------------------------------------------------------------- */

/* Who asks, for an edge that others do not see or that is locked. */
static void write_asker(struct profile_edge *edge, const struct profile_held *held,
                        const struct profile_entry *wanted, const void *place,
                        const struct profile_thread *thread)
{
    uint64_t addresses[PROFILE_STACK];
    int error = errno;
    uint32_t depth = profile_stack(place, addresses, PROFILE_STACK);
    edge->from_place = held->entry->place;
    edge->to_place = wanted->place;
    edge->tid = thread->tid;
    edge->depth = 0;
    for (uint32_t i = 0; i < depth; i++) {
        uint32_t address = profile_address(addresses[i]);
        if (address == PROFILE_NONE) {
            break; /* counted there */
        }
        edge->stack[edge->depth++] = address;
    }
    errno = error;
}

/* The same for one that others see. Where another thread does that now, it is left. */
static void write_better_asker(struct profile_edge *edge, const struct profile_held *held,
                               const struct profile_entry *wanted, const void *place,
                               const struct profile_thread *thread)
{
    uint32_t version = GET(&edge->version);
    if ((version & 1) != 0 || !atomic_compare_exchange_strong_explicit(
                                  &edge->version, &version, version + 1,
                                  memory_order_acquire, memory_order_relaxed)) {
        return;
    }
    /* Readers see that it is odd before they see anything else of this. */
    atomic_thread_fence(memory_order_release);
    write_asker(edge, held, wanted, place, thread);
    atomic_store_explicit(&edge->version, version + 2, memory_order_release);
}

/* --- gates -------------------------------------------------------------------------- */

static bool holds(const struct profile_held *all, unsigned count, unsigned from,
                  uint32_t identity)
{
    for (unsigned i = 0; i < count; i++) {
        if (i != from && !all[i].read && all[i].identity == identity) {
            return true;
        }
    }
    return false;
}

/* Takes out the gates that the thread does not hold. Returns whether there were any, and
   sets `left` to whether there are some still. */
static bool take_out_gates(struct profile_edge *edge, const struct profile_held *all,
                           unsigned count, unsigned from, bool *left)
{
    bool some = false;
    *left = false;
    for (unsigned i = 0; i < PROFILE_GATES; i++) {
        uint32_t gate = GET(&edge->gates[i]);
        if (gate != 0 && !holds(all, count, from, gate)) {
            PUT(&edge->gates[i], 0);
            some = true;
        } else if (gate != 0) {
            *left = true;
        }
    }
    return some;
}

/* What the thread holds besides, and nobody else has. */
static void add_gates(struct profile_edge *edge, const struct profile_held *all,
                      unsigned count, unsigned from)
{
    unsigned gates = 0;
    for (unsigned i = 0; i < count && gates < PROFILE_GATES; i++) {
        if (i != from && !all[i].read) {
            PUT(&edge->gates[gates++], all[i].identity);
        }
    }
}

/* --- edges -------------------------------------------------------------------------- */

/* Whether the thread still has it: it may have been given back by another one. */
static bool is_still_held(const struct profile_held *held,
                          const struct profile_thread *thread)
{
    const struct profile_object *object =
        profile_item(PROFILE_OBJECTS, held->entry->object);
    return held->identity == GET(&object->identity) &&
           (held->read || GET(&object->holder) >> 32 == thread->number);
}

/* Another thread than the first does the same. */
static void note_thread(struct profile_edge *edge, const struct profile_thread *thread)
{
    if (edge->first_thread != thread->number && GET(&edge->other_thread) == 0) {
        PUT(&edge->other_thread, thread->number);
    }
}

/* The edge from one that is held; NULL: there is no room. */
static struct profile_edge *edge_from(const struct profile_held *all, unsigned count,
                                      unsigned from, uint64_t key,
                                      const struct profile_entry *wanted,
                                      uint32_t identity, const void *place,
                                      const struct profile_thread *thread)
{
    const struct profile_held *held = &all[from];
    struct profile_edge edge = {.key = key,
                                .from = held->entry->object,
                                .to = wanted->object,
                                .from_identity = held->identity,
                                .to_identity = identity,
                                .from_read = held->read,
                                .to_read = wanted->kind == PROFILE_READ,
                                .first_thread = thread->number};
    uint32_t index = profile_find_edge(&edge);
    if (index == PROFILE_NONE && profile_has_room(PROFILE_EDGES)) {
        add_gates(&edge, all, count, from);
        write_asker(&edge, held, wanted, place, thread);
        index = profile_edge(&edge);
    }
    if (index == PROFILE_NONE) {
        return NULL;
    }
    struct profile_edge *there = profile_item(PROFILE_EDGES, index);
    note_thread(there, thread);
    return there;
}

/* A number for an order; not 0. */
static uint64_t key_of(const struct profile_held *held, bool to_read, uint32_t identity)
{
    uint64_t key = profile_hash((uint64_t)held->identity << 32 | identity,
                                held->read * 2u + to_read + 1u);
    return key + (key == 0);
}

void profile_order(const struct profile_held *held, unsigned count,
                   const struct profile_entry *wanted, const void *place,
                   const struct profile_thread *thread,
                   struct profile_known known[PROFILE_KNOWN])
{
    const struct profile_object *object = profile_item(PROFILE_OBJECTS, wanted->object);
    uint32_t identity = GET(&object->identity);
    for (unsigned i = 0; i < count; i++) {
        if (held[i].entry == NULL || held[i].identity == identity) {
            continue;
        }
        uint64_t key = key_of(&held[i], wanted->kind == PROFILE_READ, identity);
        struct profile_known *one = &known[key % PROFILE_KNOWN];
        bool left = false;
        if (one->key == key && one->edge == NULL) {
            continue;
        }
        if (one->key != key) {
            if (!is_still_held(&held[i], thread)) {
                continue;
            }
            one->key = key;
            one->edge = edge_from(held, count, i, key, wanted, identity, place, thread);
        }
        if (one->edge != NULL && take_out_gates(one->edge, held, count, i, &left)) {
            write_better_asker(one->edge, &held[i], wanted, place, thread);
        }
        one->edge = left ? one->edge : NULL;
    }
}
